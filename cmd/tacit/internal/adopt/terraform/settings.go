package terraform

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/hclconf"
)

// local writes a locals block, without what has no counterpart.
func (c *converter) local(b *hclconf.ForeignBlock) {
	out := hclconf.Block{Type: "locals", Above: b.Above}
	s := site{converter: c}
	for _, a := range b.Attrs {
		if !c.usedBefore["local."+a.Name] && c.lost["local."+a.Name] == "" { // it may be there for a secret that was not copied
			c.skip("local."+a.Name, a.Src, "nothing that was converted refers to it")
			continue
		}
		err := s.secret(a.Name, a.Value)
		var code hclconf.Code
		if err == nil {
			code, err = s.code(a.Value)
		}
		if err != nil {
			c.lose("local."+a.Name, err.Error())
			c.skip("local."+a.Name, a.Src, err.Error())
			continue
		}
		out.Args = append(out.Args, hclconf.Arg{Name: a.Name, Value: code})
	}
	if len(out.Args) > 0 {
		c.add(b.Src, &out)
	}
}

func (c *converter) output(b *hclconf.ForeignBlock) {
	out := hclconf.Block{Type: "output", Name: b.Labels[0], Above: b.Above}
	s := site{converter: c}
	for _, a := range b.Attrs {
		if !slices.Contains([]string{"value", "description", "sensitive"}, a.Name) {
			continue // depends_on, and what newer versions say to Terraform itself
		}
		code, err := s.code(a.Value)
		if err != nil {
			c.skip("output."+b.Labels[0], a.Src, err.Error())
			return
		}
		out.Args = append(out.Args, hclconf.Arg{Name: a.Name, Value: code})
	}
	c.add(b.Src, &out)
}

// declaration writes a variable that something refers to.
func (c *converter) declaration(b *hclconf.ForeignBlock) {
	name := b.Labels[0]
	if !c.usedBefore["var."+name] {
		c.skip("var."+name, b.Src, "nothing that was converted refers to it")
		return
	}
	c.used["var."+name] = true
	out := hclconf.Block{Type: "variable", Name: name, Above: b.Above}
	s := site{converter: c}
	hidden := b.Attr("sensitive") != nil && string(b.Attr("sensitive").Source()) == "true"
	secret := b.Attr("default") != nil && (s.secret(name, *b.Attr("default")) != nil || hidden && !empty(*b.Attr("default")))
	for _, a := range b.Attrs {
		switch {
		case !slices.Contains([]string{"type", "default", "description", "sensitive", "nullable"}, a.Name):
			c.remark("var."+name+"."+a.Name, a.Src, unknownPath)
		case a.Name == "default" && secret:
			why := "it looks like a secret, and secrets are not copied; pass it as TACIT_VAR_" + name
			c.remark("var."+name+".default", a.Src, why)
			out.Below = append(out.Below, "default: "+why+".")
		default:
			out.Args = append(out.Args, hclconf.Arg{Name: a.Name, Value: a.Value.Source()})
		}
	}
	if secret && !hidden {
		out.Args = append(out.Args, hclconf.Arg{Name: "sensitive", Value: true})
	}
	for _, n := range b.Blocks {
		if v, ok := s.validation(n); ok {
			out.Blocks = append(out.Blocks, v)
		} else {
			c.remark("var."+name+"."+n.Type, n.Src, "its condition has no counterpart")
		}
	}
	c.add(b.Src, &out)
}

func empty(e hclconf.Expr) bool {
	v, ok := e.Literal()
	return ok && (v == nil || v == "")
}

func (s site) validation(b *hclconf.ForeignBlock) (hclconf.Block, bool) {
	out := hclconf.Block{Type: "validation"}
	for _, a := range b.Attrs {
		code, err := s.code(a.Value)
		if err != nil {
			return out, false
		}
		out.Args = append(out.Args, hclconf.Arg{Name: a.Name, Value: code})
	}
	return out, b.Type == "validation"
}

func (c *converter) remark(what string, src schema.Range, why string) {
	c.out.Remarks = append(c.out.Remarks, Note{what, &src, why})
}

// provider takes the domain over when it is written out.
func (c *converter) provider(b *hclconf.ForeignBlock) {
	name := "provider " + strings.Join(b.Labels, " ")
	domain := literal(b, "domain")
	switch {
	case name != "provider auth0":
		c.skip(name, b.Src, "tacit has no providers")
	case b.Attr("alias") != nil:
		c.skip(name+"."+literal(b, "alias"), b.Src, "tacit has one tenant for a directory")
	case domain == "" || c.Taken != nil && c.Taken("tenant"):
		c.skip(name, b.Src, "tacit takes the tenant and the credentials from AUTH0_DOMAIN, AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET")
	default:
		c.skip(name, b.Src, "its domain stands in the tenant block; tacit takes credentials from AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET")
		c.add(b.Src, &hclconf.Block{Kind: schema.Tenant, Above: b.Above, Values: map[string]any{"domain": domain}})
	}
}

// others says what files were not read.
func (c *converter) others() {
	for _, n := range c.src.Others {
		switch {
		case n == "terraform.tfvars" || strings.HasSuffix(n, ".auto.tfvars"):
			c.out.VarFiles = append(c.out.VarFiles, filepath.Join(c.Dir, n))
		case strings.HasSuffix(n, ".tf.json"), strings.HasSuffix(n, ".tfvars.json"):
			c.out.Skipped = append(c.out.Skipped, Note{What: n, Why: "files in JSON syntax are not read"})
		}
	}
}
