package terraform

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/hclconf"
)

// relation makes a resource a part of its owner. An error says why that cannot
// be done.
type relation func(s site, owner *resource) error

// relations are the resources that only relate two others.
func relations() map[string]relation {
	return map[string]relation{
		"auth0_connection_clients":       connectionClients,
		"auth0_connection_client":        connectionClient,
		"auth0_resource_server_scopes":   allScopes,
		"auth0_resource_server_scope":    oneScope,
		"auth0_client_credentials":       credentials,
		"auth0_organization_connections": organizationConnections,
	}
}

// owner is the attribute that names the owner.
func owner(typ string) string {
	switch typ {
	case "auth0_connection_clients", "auth0_connection_client":
		return "connection_id"
	case "auth0_client_credentials":
		return "client_id"
	case "auth0_organization_connections":
		return "organization_id"
	default:
		return "resource_server_identifier"
	}
}

func (c *converter) relate(r *resource) {
	s := site{converter: c, r: r}
	e := r.Attr(owner(r.typ))
	if e == nil {
		c.lose(r.address, owner(r.typ)+" is not written")
		return
	}
	to := s.named(*e)
	switch {
	case to == nil || to.form == nil || c.lost[to.address] != "" || to.out == nil:
		c.lose(r.address, "its "+owner(r.typ)+" is nothing that was converted")
		return
	case to.existing && r.typ != "auth0_organization_connections":
		c.lose(r.address, to.address+" is only looked up, and tacit never writes such objects")
		return
	}
	if err := r.relation(s, to); err != nil {
		c.lose(r.address, err.Error())
		return
	}
	r.target = cmp.Or(r.target, to.place().String())
	if r.out == nil && len(r.more) == 0 {
		to.lines = append(to.lines, r.lines...)
	}
}

// named is the resource whose object an expression names.
func (s site) named(e hclconf.Expr) *resource {
	m := e.Mention(s.dialect())
	switch {
	case len(m) < 2: //nolint:mnd // a type and a name
		return nil
	case m[0].Name == "each" && m[1].Name == "value" && s.chained():
		return s.blockOf(*s.r.Attr("for_each"))
	case m[0].Name == "data" && len(m) > 2: //nolint:mnd // data, a type and a name
		return s.byAddress["data."+m[1].Name+"."+m[2].Name]
	default:
		return s.byAddress[m[0].Name+"."+m[1].Name]
	}
}

// along checks that the relation has an instance for each of the owner's.
func (s site) along(to *resource) (site, error) {
	switch {
	case s.r.each == single && to.each == single:
		return s, nil
	case s.r.each == keyed && to.each == keyed:
		mine, theirs := s.r.Attr("for_each"), to.Attr("for_each")
		if s.blockOf(*mine) == to {
			s.noValue = "each.value is " + to.address + " itself there"
			return s, nil
		}
		if mine.Source() == theirs.Source() {
			return s, nil
		}
	}
	return s, fmt.Errorf("it stands for other objects than %s does; write it into that block", to.address)
}

func connectionClients(s site, to *resource) error {
	s, err := s.along(to)
	if err != nil {
		return err
	}
	e := s.r.Attr("enabled_clients")
	if e == nil {
		return errors.New("enabled_clients is not written")
	}
	v, err := s.refs(*e)
	if err != nil {
		return err
	}
	if to.out.Values["clients"] != nil {
		return fmt.Errorf("something else says the clients of %s", to.address)
	}
	to.out.Values["clients"] = v
	to.out.Args = append(to.out.Args, hclconf.Arg{Name: "clients_exact", Value: true})
	return nil
}

func connectionClient(s site, to *resource) error {
	e := s.r.Attr("client_id")
	if e == nil {
		return errors.New("client_id is not written")
	}
	list, ok := to.out.Values["clients"].([]any)
	if !ok && to.out.Values["clients"] != nil {
		return fmt.Errorf("something else says the clients of %s", to.address)
	}
	if s.r.each == keyed && to.each == single {
		more, err := s.listed(*e)
		if err == nil {
			to.out.Values["clients"] = append(list, more...)
		}
		return err
	}
	s, err := s.along(to)
	if err != nil {
		return err
	}
	code, err := s.ref(*e)
	if err == nil {
		to.out.Values["clients"] = append(list, code)
	}
	return err
}

// listed are the elements of for_each = toset([...]) when the expression is
// each.value or each.key.
func (s site) listed(e hclconf.Expr) ([]any, error) {
	m := e.Mention(s.dialect())
	list := *s.r.Attr("for_each")
	if name, args, ok := list.Call(); ok && name == "toset" && len(args) == 1 {
		list = args[0]
	}
	items, ok := list.Items()
	if !ok || len(m) != 2 || m[0].Name != "each" { //nolint:mnd // each and value
		return nil, errors.New("its clients are computed; write clients = ... into the connection's block")
	}
	var out []any
	for _, i := range items {
		code, err := site{converter: s.converter}.ref(i)
		if err != nil {
			return nil, err
		}
		out = append(out, code)
	}
	return out, nil
}

func (r *resource) addScope(name string, e map[string]any) {
	list, _ := r.out.Values["scope"].([]any)
	e["value"] = name
	r.out.Values["scope"] = append(list, e)
}

// scope makes a scope block of what says its name and description.
func (s site) scope(to *resource, name, description *hclconf.Expr) error {
	if name == nil {
		return errors.New("the name of a scope is not written")
	}
	fields := map[string]any{}
	if description != nil {
		v, err := s.value(&schema.Attr{Name: "description"}, rule{}, *description)
		if err != nil {
			return err
		}
		if v != nil {
			fields["description"] = v
		}
	}
	if text, ok := name.Text(); ok {
		to.addScope(text, fields)
		return nil
	}
	code, err := s.code(*name)
	if err != nil {
		return err
	}
	return s.dynamicScope(to, "toset(["+code+"])", "scope.value", fields)
}

func (s site) dynamicScope(to *resource, each, label hclconf.Code, fields map[string]any) error {
	content := hclconf.Block{Type: "content"}
	if v := fields["description"]; v != nil {
		content.Args = append(content.Args, hclconf.Arg{Name: "description", Value: v})
	}
	to.out.Blocks = append(to.out.Blocks, hclconf.Block{
		Type: "dynamic", Name: "scope", Blocks: []hclconf.Block{content},
		Args: []hclconf.Arg{{Name: "for_each", Value: each}, {Name: "labels", Value: "[" + label + "]"}},
	})
	return nil
}

func allScopes(s site, to *resource) error {
	s, err := s.along(to)
	if err != nil {
		return err
	}
	for _, b := range s.r.Blocks {
		switch {
		case b.Type == "scopes":
			err = s.scope(to, b.Attr("name"), b.Attr("description"))
		case b.Type == "dynamic" && slices.Equal(b.Labels, []string{"scopes"}) && len(b.Blocks) == 1 && b.Attr("for_each") != nil:
			err = s.eachScope(to, *b.Attr("for_each"), b)
		}
		if err != nil {
			return err
		}
	}
	to.out.Args = append(to.out.Args, hclconf.Arg{Name: "scopes_exact", Value: true})
	return nil
}

// eachScope takes over a dynamic block of scopes.
func (s site) eachScope(to *resource, list hclconf.Expr, b *hclconf.ForeignBlock) error {
	each, err := s.code(list)
	if err != nil {
		return err
	}
	inner := s
	name := "scopes"
	if i := b.Attr("iterator"); i != nil {
		name = string(i.Source())
	}
	inner.iterators = map[string]string{name: "scope"}
	return inner.loop(to, each, b.Blocks[0].Attr("name"), b.Blocks[0].Attr("description"))
}

// loop writes a dynamic block whose label and description are computed.
func (s site) loop(to *resource, each hclconf.Code, name, description *hclconf.Expr) error {
	if name == nil {
		return errors.New("the name of a scope is not written")
	}
	label, err := s.code(*name)
	fields := map[string]any{}
	if err == nil && description != nil {
		fields["description"], err = s.value(&schema.Attr{Name: "description"}, rule{}, *description)
	}
	if err != nil {
		return err
	}
	return s.dynamicScope(to, each, label, fields)
}

func oneScope(s site, to *resource) error {
	name, description := s.r.Attr("scope"), s.r.Attr("description")
	if s.r.each == keyed && to.each == single {
		each, err := site{converter: s.converter}.code(*s.r.Attr("for_each"))
		if err != nil {
			return err
		}
		s.each = "scope"
		return s.loop(to, each, name, description)
	}
	s, err := s.along(to)
	if err != nil {
		return err
	}
	return s.scope(to, name, description)
}

// credentials takes over how a client proves itself, and nothing of the
// credentials.
func credentials(s site, to *resource) error {
	s, err := s.along(to)
	if err != nil {
		return err
	}
	row := schema.SPAClient.Attr("token_endpoint_auth_method")
	for _, a := range s.r.Attrs {
		switch {
		case a.Name == "authentication_method":
			text, ok := a.Value.Text()
			if !ok || !slices.Contains(row.Enum, text) {
				s.leave(a.Name, a.Src, "tacit sets "+strings.Join(row.Enum, ", ")+" only")
				continue
			}
			to.out.Values[row.Name] = text
		case a.Name != "client_id" && !slices.Contains(ownBlocks(), a.Name):
			s.leave(a.Name, a.Src, secretStays)
		}
	}
	for _, b := range s.r.Blocks {
		if !slices.Contains(ownBlocks(), b.Type) {
			s.leave(b.Type, b.Src, "tacit does not manage the credentials of applications")
		}
	}
	return nil
}

// organizationConnections makes a block for every connection.
func organizationConnections(s site, _ *resource) error {
	organization, err := s.ref(*s.r.Attr("organization_id"))
	if err != nil {
		return err
	}
	for _, b := range s.r.Blocks {
		inner, content, args := s, b, []hclconf.Arg(nil)
		if b.Type == "dynamic" && len(b.Blocks) == 1 && b.Attr("for_each") != nil && s.r.each == single && b.Attr("iterator") == nil {
			each, err := s.code(*b.Attr("for_each"))
			if err != nil {
				return err
			}
			content, args = b.Blocks[0], []hclconf.Arg{{Name: "for_each", Value: each}}
			inner.iterators = map[string]string{"enabled_connections": "each"}
		} else if b.Type != "enabled_connections" {
			continue
		}
		out, name, err := inner.organizationConnection(content)
		if err != nil {
			return err
		}
		out.Args, out.Values["organization"] = args, organization
		if len(args) == 0 && !s.instances(out) {
			return errors.New("how many there are has no counterpart")
		}
		out.Name = s.unique(out.Kind, s.r.Labels[1]+name)
		s.r.more = append(s.r.more, out)
	}
	s.r.target = schema.OrganizationConnection.Name + "." + s.r.Labels[1]
	if len(s.r.more) > 0 {
		s.r.more[0].Above, s.r.target = s.r.Above, schema.OrganizationConnection.Name+"."+s.r.more[0].Name
	}
	return nil
}

func (s site) organizationConnection(b *hclconf.ForeignBlock) (*hclconf.Block, string, error) {
	out := &hclconf.Block{Kind: schema.OrganizationConnection, Values: map[string]any{}}
	name := ""
	for _, a := range b.Attrs {
		row := out.Kind.Attr(strings.TrimSuffix(a.Name, "_id"))
		if row == nil {
			return nil, "", fmt.Errorf("%s: %s", a.Name, unknownPath)
		}
		v, err := s.value(row, rule{}, a.Value)
		if err != nil {
			return nil, "", err
		}
		if v != nil {
			out.Values[row.Name] = v
		}
		if to := s.named(a.Value); row.Name == "connection" && to != nil {
			name = "_" + to.name
		}
	}
	if out.Values["connection"] == nil {
		return nil, "", errors.New("connection_id is not written")
	}
	return out, name, nil
}

// unique is a name that no block of the kind has.
func (c *converter) unique(k *schema.Kind, name string) string {
	out := name
	for n := 2; c.names[k.Name+"."+out] || c.Taken != nil && c.Taken(k.Name+"."+out); n++ {
		out = numbered(name, n)
	}
	c.names[k.Name+"."+out] = true
	return out
}
