package onboard

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/hclconf"
)

// ofTheHouse are the rows that connections of one house share; the others are
// the customer's own.
func ofTheHouse() []string {
	return []string{
		"show_as_button", "disable_signout", "idp_initiated.client", "idp_initiated.client_protocol", "idp_initiated.query",
		"authentication.active", "set_user_root_attributes", "non_persistent_attrs", "sign_saml_request", "signature_algorithm", "digest_algorithm", "deflate",
	}
}

// block gives the customer a block like those that are there.
func (r *Request) block(base *draft) (*Proposal, error) {
	if err := r.choose(base); err != nil {
		return nil, err
	}
	values, dir, like := r.model(base)
	maps.Copy(values, r.own(dir))
	values["idp_initiated.client"] = hclconf.Code(hclconf.Reference(r.Client))
	b := hclconf.Block{Kind: schema.SAMLConnection, Name: r.label(base), Values: values}
	edit, err := base.files.AddBlock(b, like)
	if err != nil {
		return nil, err
	}
	next, err := base.with(edit)
	if err != nil {
		return nil, err
	}
	addr, err := r.verify(base, next)
	if err != nil {
		return nil, fmt.Errorf("a block of its own does not do either: %w", err)
	}
	return r.upgrade(base, next, &Proposal{Address: addr})
}

// label is the block's name: the connection's, made to be referred to.
func (r *Request) label(d *draft) string {
	label := r.Name
	if label[0] >= '0' && label[0] <= '9' {
		label = "c" + label
	}
	taken := func(l string) bool {
		return slices.ContainsFunc(d.files.Declared(schema.SAMLConnection.Name), func(b hclconf.Declared) bool { return b.Addr.Name == l })
	}
	for taken(label) {
		label += "-sso"
	}
	return label
}

// choose settles on a client and an API, where the configuration leaves no
// doubt.
func (r *Request) choose(d *draft) error {
	var clients, apis []schema.Address
	for _, o := range d.config.Objects {
		if o.Kind != schema.SilentUpgrade {
			continue
		}
		client, api := reference(o.Want("client").V), reference(o.Want("api").V)
		if (r.Client.Kind == "" || client == r.Client) && (r.API.Kind == "" || api == r.API) {
			clients, apis = append(clients, client), append(apis, api)
		}
	}
	if len(clients) == 0 { // no upgrade says: there may be only one of each
		for _, o := range d.config.Objects {
			switch o.Kind {
			case schema.SPAClient:
				clients = append(clients, o.Addr)
			case schema.API:
				apis = append(apis, o.Addr)
			}
		}
	}
	if err := one(&r.Client, clients, "--client", "spa_client"); err != nil {
		return err
	}
	return one(&r.API, apis, "--api", "api")
}

func one(to *schema.Address, from []schema.Address, flag, kind string) error {
	slices.SortFunc(from, schema.Address.Compare)
	from = slices.Compact(from)
	switch {
	case to.Kind != "":
		return nil
	case len(from) == 1:
		*to = from[0]
		return nil
	case len(from) == 0:
		return fmt.Errorf("the configuration declares no %s, so there is nothing to log in to; nothing was written. tacit init writes a configuration to start from", kind)
	}
	var names []string
	for _, a := range from {
		names = append(names, a.String())
	}
	return fmt.Errorf("which one is meant? Give %s: %s", flag, strings.Join(names, ", "))
}

var idpFile = regexp.MustCompile(`"([^"$%{}]*/)?[^"/]*\.(xml|pem|crt|cer)"`)

// model is what an existing connection says that holds for this one too, the
// directory it keeps its files in, and a block in whose file to write.
func (r *Request) model(d *draft) (values map[string]any, dir string, like schema.Address) {
	dir, like = "idp", r.Client.Block()
	values = map[string]any{
		"idp_initiated.client_protocol": "oauth2",
		"idp_initiated.query": r.landsSomewhere(d, hclconf.QueryBlock{
			{Name: "response_type", Value: []any{"id_token"}}, {Name: "scope", Value: []any{"openid", "profile", "email"}},
		}),
	}
	var model *hclconf.Declared
	for _, b := range d.files.Declared(schema.SAMLConnection.Name) {
		if model == nil || !b.ForEach { // the last block of one connection, else any
			model = &b
		}
	}
	if model == nil {
		return values, dir, like
	}
	said, err := d.files.Written(model.Addr, r.Name)
	if err != nil {
		return values, dir, like
	}
	for _, row := range []string{"signing_cert", "metadata_xml"} {
		if code, ok := said[row].(hclconf.Code); ok && idpFile.MatchString(string(code)) {
			dir = path.Clean(idpFile.FindStringSubmatch(string(code))[1])
		}
	}
	other := d.config.Object(model.Addr)
	for _, row := range ofTheHouse() {
		v, ok := said[row]
		if !ok {
			continue
		}
		if q, isQuery := v.(hclconf.QueryBlock); isQuery {
			v = r.landsSomewhere(d, q)
		}
		if q, isQuery := v.(hclconf.QueryBlock); isQuery && other != nil {
			v = renamed(q, other.NaturalKey(), r.Name)
		}
		values[row] = v
	}
	return values, dir, model.Addr
}

// renamed is a query with one connection's name in its URLs replaced.
func renamed(q hclconf.QueryBlock, from, to string) hclconf.QueryBlock {
	out := slices.Clone(q)
	for i, a := range out {
		if code, ok := a.Value.(hclconf.Code); ok {
			out[i].Value = hclconf.Code(strings.ReplaceAll(string(code), "connection="+from, "connection="+to))
		}
	}
	return out
}

// landsSomewhere is a query that says where the login ends, if that is known;
// Auth0 takes the first callback otherwise.
func (r *Request) landsSomewhere(d *draft, q hclconf.QueryBlock) hclconf.QueryBlock {
	at := r.landing(d)
	if at == "" || slices.ContainsFunc(q, func(a hclconf.Arg) bool { return a.Name == "redirect_uri" }) {
		return q
	}
	return append(slices.Clone(q), hclconf.Arg{Name: "redirect_uri", Value: at})
}

// landing is where the login ends: the client's first callback, with the name
// of the connection, so that the application can name it.
func (r *Request) landing(d *draft) string {
	o := d.config.Object(r.Client)
	if o == nil {
		return ""
	}
	list, _ := o.Want("callbacks").V.([]any)
	if len(list) == 0 {
		return ""
	}
	first, _ := list[0].(string)
	u, err := url.Parse(first)
	if err != nil {
		return first
	}
	q := u.Query()
	q.Set("connection", r.Name)
	u.RawQuery = q.Encode()
	return u.String()
}

// own are the rows that are the customer's own.
func (r *Request) own(dir string) map[string]any {
	id := r.Identity
	out := map[string]any{"name": r.Name, "display_name": r.DisplayName, "idp_initiated.enabled": true}
	if len(r.Domains) > 0 {
		out["domain_aliases"] = texts(r.Domains)
	}
	file := func(ext string) hclconf.Code {
		return "file(" + hclconf.Quoted(path.Join(dir, r.Name+ext)) + ")"
	}
	if id.Metadata == nil {
		out["sign_in_endpoint"], out["signing_cert"] = id.SignOn[0].Location, file(".pem")
	} else {
		out["metadata_xml"] = file(".xml")
		if id.several {
			out["metadata_entity_id"] = id.EntityID
		}
		if id.Metadata.WantAuthnRequestsSigned != nil && *id.Metadata.WantAuthnRequestsSigned {
			out["sign_saml_request"] = true
		}
	}
	if r.Maker.Fields != nil {
		out["fields_map"] = r.Maker.Fields
	}
	return out
}

func texts(list []string) []any {
	out := make([]any, len(list))
	for i, s := range list {
		out[i] = s
	}
	return out
}

// upgrade sees that a path leads through the connection, and makes one where
// none does.
func (r *Request) upgrade(base, next *draft, p *Proposal) (*Proposal, error) {
	var err error
	if r.Organization.Kind != "" {
		if next, err = r.join(next, p); err != nil {
			return nil, err
		}
	} else if len(through(next.config, p.Address)) == 0 {
		if next, err = r.path(next, p); err != nil {
			return nil, err
		}
	}
	if _, err := r.verify(base, next); err != nil {
		return nil, err
	}
	paths := through(next.config, p.Address)
	if len(paths) == 0 {
		return nil, errors.New("no silent_upgrade would lead through the connection")
	}
	for _, o := range paths {
		p.Paths = append(p.Paths, o.Addr)
	}
	p.Edits = next.edits
	return p, nil
}

// path adds the connection to an upgrade of its client and API, or writes one.
func (r *Request) path(d *draft, p *Proposal) (*draft, error) {
	if err := r.choose(d); err != nil {
		return nil, err
	}
	model := r.upgradeLike(d)
	if model != nil && !model.Addr.Each && model.Want("organization").V == nil {
		edit, err := d.files.AddReference(model.Addr, "connections", p.Address)
		if err == nil {
			if next, err := d.with(edit); err == nil && len(through(next.config, p.Address)) > 0 {
				return next, nil
			}
		}
	}
	return r.newUpgrade(d, p, model)
}

// upgradeLike is a declared upgrade of the client and the API.
func (r *Request) upgradeLike(d *draft) *schema.Object {
	for _, o := range d.config.Objects {
		if o.Kind == schema.SilentUpgrade && reference(o.Want("client").V) == r.Client && reference(o.Want("api").V) == r.API {
			return o
		}
	}
	return nil
}

// newUpgrade writes a silent_upgrade of the connection alone.
func (r *Request) newUpgrade(d *draft, p *Proposal, model *schema.Object) (*draft, error) {
	like, values := p.Address.Block(), map[string]any{"redirect_uri": r.landing(d), "scopes": r.scopes(d)}
	if model != nil {
		said, err := d.files.Written(model.Addr, r.Name)
		if err != nil {
			return nil, err
		}
		maps.Copy(values, said)
		delete(values, "organization")
		like = model.Addr.Block()
	} else {
		maps.Copy(values, r.asks(d))
	}
	values["client"], values["api"] = hclconf.Code(hclconf.Reference(r.Client)), hclconf.Code(hclconf.Reference(r.API))
	values["connections"] = hclconf.Code(hclconf.Reference(p.Address))
	if r.Organization.Kind != "" {
		values["organization"] = hclconf.Code(hclconf.Reference(r.Organization))
	}
	edit, err := d.files.AddBlock(hclconf.Block{Kind: schema.SilentUpgrade, Name: p.Address.Name, Values: values}, like)
	if err != nil {
		return nil, err
	}
	return d.with(edit)
}

// asks is how an application asks of which no upgrade says it: from where its
// logins land, and with the whole page where the tenant's own domain is another
// site, whose cookies browsers keep out of iframes.
func (r *Request) asks(d *draft) map[string]any {
	out := map[string]any{}
	if u, err := url.Parse(r.landing(d)); err == nil {
		u.RawQuery = ""
		out["redirect_uri"] = u.String()
	}
	if d.config.LoginDomain() == d.config.Domain() {
		out["via"] = schema.ViaRedirect
	}
	return out
}

// scopes are all that the API has.
func (r *Request) scopes(d *draft) []any {
	out := []any{}
	o := d.config.Object(r.API)
	if o == nil {
		return out
	}
	list, _ := o.Want("scope").V.([]any)
	for _, e := range list {
		if m, ok := e.(map[string]any); ok {
			out = append(out, m["value"])
		}
	}
	return out
}

// join enables the connection for its organization, and writes the upgrade of
// logins to it.
func (r *Request) join(d *draft, p *Proposal) (*draft, error) {
	edit, err := d.files.AddBlock(hclconf.Block{Kind: schema.OrganizationConnection, Name: p.Address.Name, Values: map[string]any{
		"organization": hclconf.Code(hclconf.Reference(r.Organization)), "connection": hclconf.Code(hclconf.Reference(p.Address)),
		"assign_membership_on_login": true,
	}}, p.Address.Block())
	if err != nil {
		return nil, err
	}
	next, err := d.with(edit)
	if err != nil {
		return nil, err
	}
	p.Added = append(p.Added, schema.Address{Kind: schema.OrganizationConnection.Name, Name: p.Address.Name})
	return r.newUpgrade(next, p, r.upgradeLike(next))
}
