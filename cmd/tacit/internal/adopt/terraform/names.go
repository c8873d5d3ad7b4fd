package terraform

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/hclconf"
)

// site is where an expression stands.
type site struct {
	*converter
	// r is nil outside of resources.
	r *resource
	// iterators are those of dynamic blocks around, by Terraform's names.
	iterators map[string]string
	// each is what each is called there: an iterator, "" for each itself.
	each string
	// noValue says why each.value means something else there.
	noValue string
}

// here is how a directory names itself, in the place of path.module.
const here = `"."`

// code translates an expression.
func (s site) code(e hclconf.Expr) (hclconf.Code, error) {
	code, err := e.Translate(s.dialect())
	if err != nil {
		return "", err
	}
	return hclconf.Code(strings.ReplaceAll(string(code), "${"+here+"}/", "")), nil
}

func (s site) dialect() hclconf.Dialect {
	return hclconf.Dialect{Mention: s.mention, Call: s.call}
}

// mention says what a name of Terraform's is called.
func (s site) mention(m hclconf.Mention) (hclconf.Code, error) {
	root := m[0].Name
	if now, ok := s.iterators[root]; ok {
		return hclconf.Code(now) + rest(m[1:]), nil
	}
	switch root {
	case "var":
		return "", s.variable(m)
	case "local":
		return "", s.localName(m)
	case "each":
		return s.eachName(m)
	case "count":
		if s.r == nil || s.r.each != counted || s.each != "" || s.noValue != "" {
			return "", errors.New("count means nothing here")
		}
		return "tonumber(each.key)", nil
	case "path":
		if len(m) > 1 && (m[1].Name == "module" || m[1].Name == "root") {
			return here, nil
		}
		return "", fmt.Errorf("tacit has no %s: files stand in the directory of the configuration", m)
	case "data":
		if len(m) > 2 && m[1].Name != "" { //nolint:mnd // data, a type and a name
			return s.object("data."+m[1].Name+"."+m[2].Name, m[3:])
		}
	case "terraform", "module", "self":
		return "", fmt.Errorf("tacit has no %s", m)
	default:
		if len(m) > 1 {
			return s.object(root+"."+m[1].Name, m[2:])
		}
	}
	return "", fmt.Errorf("nothing is called %s", m)
}

func (s site) variable(m hclconf.Mention) error {
	if len(m) < 2 || s.variables[m[1].Name] == nil {
		return fmt.Errorf("no variable is called %s", m)
	}
	s.used["var."+m[1].Name] = true
	return nil
}

func (s site) localName(m hclconf.Mention) error {
	switch {
	case len(m) < 2 || !s.locals[m[1].Name]:
		return fmt.Errorf("no local is called %s", m)
	case s.lost["local."+m[1].Name] != "":
		return fmt.Errorf("local.%s is not converted", m[1].Name)
	}
	s.used["local."+m[1].Name] = true
	return nil
}

func (s site) eachName(m hclconf.Mention) (hclconf.Code, error) {
	switch {
	case s.each != "":
		return hclconf.Code(s.each) + rest(m[1:]), nil
	case s.r == nil || s.r.each != keyed || len(m) < 2:
		return "", fmt.Errorf("%s means nothing here", m)
	case m[1].Name == "value" && s.noValue != "":
		return "", errors.New(s.noValue)
	default:
		return "", nil
	}
}

// rest writes steps as they are.
func rest(m hclconf.Mention) hclconf.Code {
	var b strings.Builder
	for _, s := range m {
		switch {
		case s.Name != "":
			b.WriteString("." + s.Name)
		case s.Splat:
			b.WriteString("[*]")
		default:
			b.WriteString("[" + string(s.Key) + "]")
		}
	}
	return hclconf.Code(b.String())
}

// object says what an object of Terraform's, or an attribute of it, is called.
func (s site) object(addr string, m hclconf.Mention) (hclconf.Code, error) {
	r := s.byAddress[addr]
	switch {
	case r == nil:
		return "", fmt.Errorf("nothing declares %s", addr)
	case s.lost[addr] != "":
		return "", fmt.Errorf("%s is not converted", addr)
	case r.form == nil:
		return "", fmt.Errorf("%s has no block of its own in tacit", addr)
	}
	s.used[addr] = true
	name := hclconf.Code(r.place().String())
	if r.form.kind.Unlabelled {
		name = hclconf.Code(r.form.kind.Name)
	}
	if len(m) > 0 && m[0].Name == "" && r.each == single && !m[0].Splat {
		return "", fmt.Errorf("%s has neither for_each nor count, so it takes no key", addr)
	}
	if len(m) > 0 && m[0].Splat {
		attr, err := s.member(r, m[1:])
		if r.each == single {
			return "[" + name + attr + "]", err
		}
		return "[for x in " + name + " : x" + attr + "]", err
	}
	if len(m) > 0 && m[0].Name == "" {
		name, m = name+"["+key(r, m[0])+"]", m[1:]
	}
	attr, err := s.member(r, m)
	return name + attr, err
}

// key is the key of an instance: those of count are numbers, and tacit's texts.
func key(r *resource, s hclconf.Step) hclconf.Code {
	switch {
	case r.each != counted:
		return s.Key
	case s.Index != "":
		return hclconf.Quoted(s.Index)
	case s.Key == "tonumber(each.key)":
		return "each.key"
	default:
		return "tostring(" + s.Key + ")"
	}
}

// member says what an attribute is called.
func (s site) member(r *resource, m hclconf.Mention) (hclconf.Code, error) {
	var names []string
	for _, step := range m {
		if step.Name == "" && step.Index != "0" {
			break
		}
		if step.Name != "" {
			names = append(names, step.Name)
		}
	}
	if len(names) == 0 {
		return rest(m), nil
	}
	if names[0] == "id" || names[0] == r.form.kind.IDAttr {
		return hclconf.Code("." + r.form.kind.IDAttr), nil
	}
	path := strings.Join(names, ".")
	row := r.form.kind.Attr(r.form.rowName(path))
	switch {
	case row == nil || row.Has(schema.Secret):
		return "", fmt.Errorf("%s.%s is nothing that files know: %s", r.address, path, madeByAuth0)
	case !written(r.ForeignBlock, names) || r.existing && !slices.Contains(finders(r.form.kind), row.Name) || s.lost[r.address+"."+path] != "":
		return "", fmt.Errorf("%s.%s is not in the configuration, and what the tenant has cannot be referred to", r.address, path)
	}
	return hclconf.Code("." + row.Name), nil
}

// written: the block has the attribute.
func written(b *hclconf.ForeignBlock, names []string) bool {
	if len(names) == 1 {
		return b.Attr(names[0]) != nil
	}
	return slices.ContainsFunc(b.Blocks, func(n *hclconf.ForeignBlock) bool { return n.Type == names[0] && written(n, names[1:]) })
}

// ref writes an expression where tacit takes a block: without the .id.
func (s site) ref(e hclconf.Expr) (hclconf.Code, error) {
	code, err := s.code(e)
	m := e.Mention(s.dialect())
	chained := len(m) == 3 && m[0].Name == "each" && m[1].Name == "value" && s.chained() //nolint:mnd // each, value and id
	if err == nil && len(m) > 0 && (strings.HasPrefix(m[0].Name, "auth0_") || m[0].Name == "data" || chained) {
		last := m[len(m)-1].Name
		if last == "id" || last == "client_id" {
			code = code[:strings.LastIndexByte(string(code), '.')]
		}
	}
	return code, err
}

// chained: for_each names another block, so that each.value is its object.
func (s site) chained() bool {
	if s.r == nil || s.r.each != keyed {
		return false
	}
	return s.blockOf(*s.r.Attr("for_each")) != nil
}

// blockOf is the resource that an expression names as a whole.
func (s site) blockOf(e hclconf.Expr) *resource {
	m := e.Mention(s.dialect())
	if len(m) != 2 || m[1].Name == "" { //nolint:mnd // a type and a name
		return nil
	}
	return s.byAddress[m[0].Name+"."+m[1].Name]
}

// refs is ref for a list.
func (s site) refs(e hclconf.Expr) (any, error) {
	items, ok := e.Items()
	if !ok {
		return s.ref(e)
	}
	out := []any{}
	for _, i := range items {
		code, err := s.ref(i)
		if err != nil {
			return nil, err
		}
		out = append(out, code)
	}
	return out, nil
}
