package terraform

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/hclconf"
)

// resource is a resource or a data source.
type resource struct {
	*hclconf.ForeignBlock
	// address is Terraform's: auth0_client.app, data.auth0_client.app.
	address string
	typ     string
	data    bool
	// form says what it becomes; relation that it becomes a part of another.
	form     *form
	relation relation
	// existing: only looked up.
	existing bool
	name     string
	each     instances
	// ignored are paths that Terraform leaves alone.
	ignored []string

	out   *hclconf.Block
	more  []*hclconf.Block
	lines []string
	// target is the address of what a relation became a part of.
	target string
}

// instances says how many objects a block stands for.
type instances int

const (
	single  instances = iota
	keyed             // for_each
	counted           // count
)

// onlyReferred: the block is written when something refers to it.
func (r *resource) onlyReferred() bool { return r.form.kind == schema.Client && !r.data }

func (r *resource) place() schema.Address {
	return schema.Address{Kind: r.form.kind.Name, Name: r.name}
}

func address(b *hclconf.ForeignBlock) string {
	out := strings.Join(b.Labels, ".")
	if b.Type == "data" {
		return "data." + out
	}
	return out
}

// declare finds out what there is.
func (c *converter) declare() schema.Diagnostics {
	c.byAddress, c.variables, c.locals = map[string]*resource{}, map[string]*hclconf.ForeignBlock{}, map[string]bool{}
	var ds schema.Diagnostics
	for _, b := range c.src.Blocks {
		switch {
		case b.Type == "resource" || b.Type == "data":
			ds = append(ds, c.resource(b)...)
		case (b.Type == "variable" || b.Type == "output") && (len(b.Labels) != 1 || !identifier.MatchString(b.Labels[0])):
			ds = append(ds, mistake(b.Src, "Unusable name", "Write "+b.Type+" \"NAME\" { ... }. A name begins with a letter and holds letters, digits, - and _."))
		case b.Type == "variable":
			c.variables[b.Labels[0]] = b
		case b.Type == "locals":
			for _, a := range b.Attrs {
				c.locals[a.Name] = true
			}
		}
	}
	if ds.HasErrors() {
		return ds
	}
	return c.clashes()
}

// identifier are names that can be referred to (Terraform: Identifiers).
var identifier = regexp.MustCompile(`^[\p{L}_][\p{L}\p{N}_-]*$`)

func mistake(src schema.Range, summary, detail string) schema.Diagnostic {
	return schema.Diagnostic{Severity: schema.Error, Summary: summary, Detail: detail, Subject: &src}
}

// clashes are names that the configuration beside has already: both would count.
func (c *converter) clashes() schema.Diagnostics {
	var ds schema.Diagnostics
	for _, b := range c.src.Blocks {
		names := map[string]schema.Range{}
		switch b.Type {
		case "variable", "output":
			names[map[string]string{"variable": "var.", "output": "output."}[b.Type]+b.Labels[0]] = b.Src
		case "locals":
			for _, a := range b.Attrs {
				names["local."+a.Name] = a.Src
			}
		}
		for n, src := range names {
			if c.Taken != nil && c.Taken(n) {
				ds = append(ds, mistake(src, "Name in use", "The configuration in the directory declares "+n+" already. Rename one of the two, or convert into a new directory."))
			}
		}
	}
	return ds
}

func (c *converter) resource(b *hclconf.ForeignBlock) schema.Diagnostics {
	if len(b.Labels) != 2 || !identifier.MatchString(b.Labels[1]) { //nolint:mnd // a type and a name
		return schema.Diagnostics{mistake(b.Src, "Unusable name", "Write "+b.Type+" \"TYPE\" \"NAME\" { ... }. A name begins with a letter and holds letters, digits, - and _.")}
	}
	r := &resource{ForeignBlock: b, address: address(b), typ: b.Labels[0], data: b.Type == "data"}
	if first := c.byAddress[r.address]; first != nil {
		d := mistake(b.Src, "Declared twice", r.address+" is declared already; give one of the blocks another name.")
		d.Also = []schema.Range{first.Src}
		return schema.Diagnostics{d}
	}
	c.byAddress[r.address] = r
	c.resources = append(c.resources, r)
	switch {
	case b.Attr("for_each") != nil:
		r.each = keyed
	case b.Attr("count") != nil:
		r.each = counted
	}
	r.ignoring()
	c.classify(r)
	return nil
}

// classify says what the resource becomes.
func (c *converter) classify(r *resource) {
	if why := c.foreign(r); why != "" {
		c.lose(r.address, why)
		return
	}
	if r.data {
		r.form, r.existing = dataForms()[r.typ], true
		if r.form == nil {
			c.lose(r.address, "tacit reads nothing of the kind from the tenant")
		}
		return
	}
	r.form, r.relation = forms()[r.typ], relations()[r.typ]
	switch {
	case r.typ == "auth0_client" && literal(r.ForeignBlock, "app_type") != "spa":
		r.form, r.existing = existingClient(), true
	case r.typ == "auth0_connection" && literal(r.ForeignBlock, "strategy") != "samlp":
		r.form = nil
		why := "its strategy is computed"
		if s := literal(r.ForeignBlock, "strategy"); s != "" {
			why = "its strategy is " + s
		}
		c.lose(r.address, why+"; tacit declares SAML connections (samlp), and leaves others as they are")
	case r.form == nil && r.relation == nil:
		c.lose(r.address, "tacit does not manage "+r.typ+"; what it made stays as it is")
	}
	if r.form != nil && slices.Contains(r.ignored, "all") {
		r.existing = true
	}
}

// foreign says why a resource is none of this tenant's.
func (c *converter) foreign(r *resource) string {
	if !strings.HasPrefix(r.typ, "auth0_") {
		return "it is not Auth0's"
	}
	if p := r.Attr("provider"); p != nil && string(p.Source()) != "auth0" {
		return fmt.Sprintf("it is of another tenant (provider = %s): tacit has one tenant for a directory, so convert that one into another", p.Source())
	}
	return ""
}

// literal is the text of an attribute, "" when it is none or computed.
func literal(b *hclconf.ForeignBlock, attr string) string {
	if e := b.Attr(attr); e != nil {
		s, _ := e.Text()
		return s
	}
	return ""
}

// ignoring reads lifecycle { ignore_changes = [...] }.
func (r *resource) ignoring() {
	for _, b := range r.Blocks {
		e := b.Attr("ignore_changes")
		if b.Type != "lifecycle" || e == nil {
			continue
		}
		items, ok := e.Items()
		if !ok {
			items = []hclconf.Expr{*e}
		}
		for _, i := range items {
			r.ignored = append(r.ignored, i.Mention(hclconf.Dialect{}).String())
		}
	}
}

// ignores: Terraform leaves the path, or something that it is a part of, alone.
func (r *resource) ignores(path string) bool {
	for _, i := range r.ignored {
		if i != "" && (path == i || strings.HasPrefix(path, i+".")) {
			return true
		}
	}
	return false
}

// nameAll gives every block its name: Terraform's, unless it is in use.
func (c *converter) nameAll() {
	used := map[string]bool{}
	for _, r := range c.resources {
		if r.form == nil {
			continue
		}
		label := r.Labels[1]
		r.name = label
		for n := 2; used[r.place().String()] || c.Taken != nil && c.Taken(r.place().String()); n++ {
			r.name = numbered(label, n)
		}
		used[r.place().String()] = true
		if r.form.kind.Unlabelled {
			r.name = ""
		}
	}
}

func numbered(name string, n int) string { return fmt.Sprintf("%s_%d", name, n) }
