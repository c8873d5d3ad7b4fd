package terraform

import (
	"slices"
	"strings"

	"github.com/tacit-dev/tacit/cmd/tacit/internal/adopt"
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/hclconf"
)

// suggest writes silent_upgrade blocks as comments, for applications that a
// connection leads to and the API that they are granted, or the only one.
func (c *converter) suggest() {
	apis := map[string]bool{}
	for _, r := range c.resources {
		if r.out != nil && r.form.kind == schema.API {
			apis[r.place().String()] = r.each == single
		}
	}
	for _, r := range c.resources {
		if r.out == nil || r.form.kind != schema.SPAClient || r.each != single {
			continue
		}
		client := hclconf.Code(r.place().String())
		connections := c.leadTo(client)
		for _, api := range c.apisOf(client, apis) {
			if len(connections) > 0 {
				c.upgrade(r, api, connections)
			}
		}
	}
}

// leadTo are the connections of which an IdP-initiated login lands in the client.
func (c *converter) leadTo(client hclconf.Code) []hclconf.Code {
	var out []hclconf.Code
	for _, r := range c.resources {
		if r.out == nil || r.form.kind != schema.SAMLConnection || r.out.Values["idp_initiated.client"] != client {
			continue
		}
		name := hclconf.Code(r.place().String())
		if r.each != single {
			name = "values(" + name + ")..."
		}
		out = append(out, name)
	}
	return out
}

func (c *converter) apisOf(client hclconf.Code, apis map[string]bool) []hclconf.Code {
	var out []hclconf.Code
	for _, r := range c.resources {
		if r.out == nil || r.form.kind != schema.ClientGrant || r.out.Values["client"] != client {
			continue
		}
		audience, _ := r.out.Values["audience"].(hclconf.Code)
		api := strings.TrimSuffix(string(audience), ".identifier")
		if apis[api] && !slices.Contains(out, hclconf.Code(api)) {
			out = append(out, hclconf.Code(api))
		}
	}
	if len(out) == 0 && len(apis) == 1 {
		for api, one := range apis {
			if one {
				out = append(out, hclconf.Code(api))
			}
		}
	}
	return out
}

func (c *converter) upgrade(r *resource, api hclconf.Code, connections []hclconf.Code) {
	_, name, _ := strings.Cut(string(api), ".")
	b := &hclconf.Block{
		Kind: schema.SilentUpgrade, Name: c.unique(schema.SilentUpgrade, adopt.Identifier(name)), Off: true,
		Above:  []string{"Terraform has no word for it: users of these connections land in the application, which asks for a token for the API without a prompt. To have tacit check and complete what that needs, set redirect_uri to what the application sends, and take the comment signs away; plan shows the rest."},
		Values: map[string]any{"connections": together(connections), "client": hclconf.Code(r.place().String()), "api": api, "redirect_uri": c.callback(r)},
	}
	c.docs["upgrades"] = append(c.docs["upgrades"], b)
}

// callback is the first address that the application is answered at.
func (c *converter) callback(r *resource) any {
	if e := r.Attr("callbacks"); e != nil {
		if items, ok := e.Items(); ok && len(items) > 0 {
			if code, err := (site{converter: c, r: r}).code(items[0]); err == nil {
				return code
			}
		}
	}
	return "https://app.example.com"
}

// together is a list of blocks, of which those with for_each end in "...".
func together(connections []hclconf.Code) hclconf.Code {
	var singles, lists []string
	for _, n := range connections {
		if all, ok := strings.CutSuffix(string(n), "..."); ok {
			lists = append(lists, all)
		} else {
			singles = append(singles, string(n))
		}
	}
	if len(lists) == 1 && len(singles) == 0 {
		return hclconf.Code(strings.TrimSuffix(strings.TrimPrefix(lists[0], "values("), ")"))
	}
	if len(singles) > 0 {
		lists = append(lists, "["+strings.Join(singles, ", ")+"]")
	}
	if len(lists) == 1 {
		return hclconf.Code(lists[0])
	}
	return hclconf.Code("concat(" + strings.Join(lists, ", ") + ")")
}
