package terraform

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/hclconf"
)

func (f *form) rowName(path string) string {
	if r := f.rules[path]; r.row != "" {
		return r.row
	}
	return strings.TrimPrefix(path, "options.")
}

// convert makes the block of a resource.
func (c *converter) convert(r *resource) {
	r.out = &hclconf.Block{Kind: r.form.kind, Name: r.name, Above: r.Above, Values: map[string]any{}}
	s := site{converter: c, r: r}
	if r.existing {
		r.out.Args = append(r.out.Args, hclconf.Arg{Name: "existing", Value: true})
	}
	if !s.instances(r.out) {
		return
	}
	if r.existing {
		s.finders()
	} else {
		s.body(r.ForeignBlock, "")
		s.lifecycle()
		s.incomplete()
	}
	for i := range r.form.kind.Attrs {
		row := &r.form.kind.Attrs[i]
		if row.Has(schema.Required) && r.out.Values[row.Name] == nil {
			c.lose(r.address, "its "+row.Name+" has no counterpart: "+cmp.Or(c.lost[r.address+"."+row.Name], "it is not written"))
		}
	}
	if r.form.kind == schema.SPAClient && !r.existing {
		s.implied()
	}
}

// instances writes for_each, or count as a for_each over numbers.
func (s site) instances(b *hclconf.Block) bool {
	e, outside := s.r.Attr("for_each"), site{converter: s.converter}
	if s.r.each == counted {
		e = s.r.Attr("count")
	}
	if e == nil {
		return true
	}
	code, err := outside.code(*e)
	if err != nil {
		s.lose(s.r.address, fmt.Sprintf("how many there are has no counterpart: %s", err))
		return false
	}
	if s.r.each == counted {
		code = "toset([for n in range(" + code + ") : tostring(n)])"
	}
	b.Args = append(b.Args, hclconf.Arg{Name: "for_each", Value: code})
	return true
}

// leave says that something is not converted, at its place and in the list.
func (s site) leave(path string, src schema.Range, why string) {
	s.r.lines = append(s.r.lines, fmt.Sprintf("%s (%s:%d) stays as it is on the tenant: %s.", path, filepath.Base(src.File), src.Start.Line, why))
	s.out.Remarks = append(s.out.Remarks, Note{s.r.address + "." + path, &src, why})
}

// finders takes what an object is looked up by.
func (s site) finders() {
	for _, n := range finders(s.r.form.kind) {
		for _, a := range s.r.Attrs {
			if a.Name == n {
				s.attribute(a, a.Name)
			}
		}
		if s.r.out.Values[n] != nil {
			return
		}
	}
	s.lose(s.r.address, fmt.Sprintf("tacit looks such objects up by %s, and that is not written, or not in a way that it takes", strings.Join(finders(s.r.form.kind), " or ")))
}

// body converts attributes and nested blocks below a path.
func (s site) body(b *hclconf.ForeignBlock, prefix string) {
	for _, a := range b.Attrs {
		if prefix != "" || !slices.Contains(ownBlocks(), a.Name) {
			s.attribute(a, prefix+a.Name)
		}
	}
	for _, n := range b.Blocks {
		if prefix != "" || !slices.Contains(ownBlocks(), n.Type) {
			s.nested(n, prefix+n.Type)
		}
	}
}

func (s site) attribute(a hclconf.ForeignAttr, path string) {
	rule := s.r.form.rules[path]
	row := s.r.form.kind.Attr(s.r.form.rowName(path))
	text, _ := a.Value.Text()
	switch {
	case s.r.ignores(path):
		s.leave(path, a.Src, "Terraform ignores changes to it")
	case rule.why != "":
		s.leave(path, a.Src, rule.why)
	case rule.via == omitted && rule.row == "":
	case rule.via == omitted && text == "on_each_login":
		s.leave(path, a.Src, "the provider does not send "+text+", which is what Auth0 does without")
	case row == nil || row.Has(schema.Internal):
		s.leave(path, a.Src, unknownPath)
	default:
		v, err := s.value(row, rule, a.Value)
		if err != nil {
			s.lose(s.r.address+"."+path, err.Error())
			s.leave(path, a.Src, err.Error())
		} else if v != nil {
			s.r.out.Values[row.Name] = v
		}
	}
}

func (s site) nested(b *hclconf.ForeignBlock, path string) {
	rule, row := s.r.form.rules[path], s.r.form.kind.Attr(s.r.form.rowName(path))
	switch {
	case s.r.ignores(path):
		s.leave(path, b.Src, "Terraform ignores changes to it")
	case b.Type == "dynamic" && len(b.Labels) == 1:
		s.dynamic(b, strings.TrimSuffix(path, "dynamic")+b.Labels[0])
	case rule.why != "":
		s.leave(path, b.Src, rule.why)
	case row != nil && row.Has(schema.Secret):
		s.leave(path, b.Src, secretStays)
	case row != nil && row.Type == schema.JSON && rule.via == manyOf:
		list, _ := s.r.out.Values[row.Name].([]any)
		s.r.out.Values[row.Name] = append(list, s.members(b, path))
	case row != nil && row.Type == schema.JSON:
		s.r.out.Values[row.Name] = s.members(b, path)
	case path == "options" || s.group(path):
		s.body(b, path+".")
	default:
		s.leave(path, b.Src, unknownPath)
	}
}

// group: rows lie below the path.
func (s site) group(path string) bool {
	return slices.ContainsFunc(s.r.form.kind.Attrs, func(a schema.Attr) bool {
		return strings.HasPrefix(a.Name, s.r.form.rowName(path)+".") && !a.Has(schema.Internal)
	})
}

// members makes the value of a block that is an object in the API, whose members
// the provider calls as the API does.
func (s site) members(b *hclconf.ForeignBlock, path string) map[string]any {
	out := map[string]any{}
	free := &schema.Attr{Name: path, Type: schema.JSON}
	for _, a := range b.Attrs {
		if why := s.r.form.rules[path+"."+a.Name].why; why != "" {
			s.leave(path+"."+a.Name, a.Src, why)
			continue
		}
		v, err := s.value(free, rule{}, a.Value)
		if err == nil {
			err = s.secret(a.Name, a.Value)
		}
		if err != nil {
			s.leave(path+"."+a.Name, a.Src, err.Error())
		} else if v != nil {
			out[a.Name] = v
		}
	}
	for _, n := range b.Blocks {
		switch {
		case n.Type == "dynamic":
			s.leave(path+"."+strings.Join(n.Labels, ""), n.Src, "a dynamic block makes it")
		case out[n.Type] == nil:
			out[n.Type] = s.members(n, path+"."+n.Type)
		default:
			list, ok := out[n.Type].([]any)
			if !ok {
				list = []any{out[n.Type]}
			}
			out[n.Type] = append(list, s.members(n, path+"."+n.Type))
		}
	}
	return out
}

// dynamic takes over a dynamic block around a block of tacit's.
func (s site) dynamic(b *hclconf.ForeignBlock, path string) {
	each := b.Attr("for_each")
	if !s.group(path) || each == nil || len(b.Blocks) != 1 || len(b.Blocks[0].Blocks) > 0 {
		s.leave(path, b.Src, "a dynamic block makes it")
		return
	}
	label := b.Labels[0]
	code, err := s.code(*each)
	name := s.r.form.rowName(path)
	out := hclconf.Block{Type: "dynamic", Name: name, Args: []hclconf.Arg{{Name: "for_each", Value: code}}}
	iterator := label
	if i := b.Attr("iterator"); i != nil {
		iterator = string(i.Source())
	}
	if iterator != name {
		out.Args = append(out.Args, hclconf.Arg{Name: "iterator", Value: hclconf.Code(iterator)})
	}
	inner := s
	inner.iterators = map[string]string{iterator: iterator}
	content := hclconf.Block{Type: "content"}
	for _, a := range b.Blocks[0].Attrs {
		rule, row := s.r.form.rules[path+"."+a.Name], s.r.form.kind.Attr(s.r.form.rowName(path+"."+a.Name))
		if row == nil {
			err = fmt.Errorf("%s: %s", a.Name, unknownPath)
			break
		}
		v, e := inner.value(row, rule, a.Value)
		if e != nil && err == nil {
			err = fmt.Errorf("%s: %w", a.Name, e)
		}
		leaf := row.Name
		if row.Alt != "" {
			leaf = row.Alt
		}
		content.Args = append(content.Args, hclconf.Arg{Name: leaf[strings.LastIndexByte(leaf, '.')+1:], Value: v})
	}
	if err == nil && name == "idp_initiated" && b.Blocks[0].Attr("enabled") == nil {
		err = errors.New(notEnabled)
	}
	if err != nil {
		s.leave(path, b.Src, err.Error())
		return
	}
	out.Blocks = []hclconf.Block{content}
	s.r.out.Blocks = append(s.r.out.Blocks, out)
}

// lifecycle takes prevent_destroy over.
func (s site) lifecycle() {
	for _, b := range s.r.Blocks {
		if b.Type != "lifecycle" {
			continue
		}
		for _, n := range b.Blocks {
			s.leave("lifecycle."+n.Type, n.Src, "tacit has no conditions of objects; validation blocks of variables and rules take their place")
		}
		e := b.Attr("prevent_destroy")
		if e == nil || !slices.Contains(s.r.form.kind.Meta, "prevent_destroy") {
			continue
		}
		if v, ok := e.Literal(); ok {
			s.r.out.Args = append(s.r.out.Args, hclconf.Arg{Name: "prevent_destroy", Value: v})
		}
	}
}

const notEnabled = "it does not say enabled, and without that Auth0 refuses logins that start at the IdP; write the block with enabled = true or false to decide"

// incomplete takes nested blocks out that lack what tacit wants to be said.
func (s site) incomplete() {
	for _, row := range s.r.form.kind.Attrs {
		group, _, nested := strings.Cut(row.Name, ".")
		if !nested || !row.Has(schema.RequiredInBlock) || s.r.out.Values[row.Name] != nil {
			continue
		}
		var lines []string
		for _, other := range s.r.form.kind.Attrs {
			v := s.r.out.Values[other.Name]
			leaf, below := strings.CutPrefix(other.Name, group+".")
			if !below || v == nil {
				continue
			}
			if other.Alt != "" {
				leaf = other.Alt[strings.LastIndexByte(other.Alt, '.')+1:]
			}
			lines = append(lines, leaf+" = "+strings.Join(strings.Fields(string(hclconf.Expression(v))), " "))
			delete(s.r.out.Values, other.Name)
		}
		if lines == nil {
			continue
		}
		for _, b := range s.r.Blocks {
			for _, n := range append(b.Blocks, b) {
				if n.Type == group {
					s.leave(group, n.Src, notEnabled)
				}
			}
		}
		s.r.lines = append(append(append(s.r.lines, group+" {"), lines...), "}")
	}
}

// implied names what tacit implies of single-page applications and Terraform does
// not say.
func (s site) implied() {
	var silent []string
	for _, row := range s.r.form.kind.Attrs {
		if row.Implied != nil && s.r.out.Values[row.Name] == nil && !s.given(row.Name) {
			silent = append(silent, row.Name)
		}
	}
	if len(silent) > 0 {
		why := "Terraform does not say it. tacit expects what it implies for single-page applications; plan says so where the tenant has something else"
		s.r.lines = append(s.r.lines, strings.Join(silent, ", ")+": "+why+".")
		s.out.Remarks = append(s.out.Remarks, Note{s.r.address + "." + strings.Join(silent, ", "), &s.r.Src, why})
	}
}

// given: auth0_client_credentials says it of the client.
func (s site) given(row string) bool {
	return row == "token_endpoint_auth_method" && slices.ContainsFunc(s.resources, func(r *resource) bool {
		return r.typ == "auth0_client_credentials" && r.Attr("client_id") != nil && s.named(*r.Attr("client_id")) == s.r
	})
}
