package adopt

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/hclconf"
)

// group are connections that are written as one block.
type group struct {
	// name is that of the block, local that of the map it is made for.
	name, local string
	members     []*Object
}

// facts are what customers differ in by nature. Connections that differ in
// nothing else fold.
var facts = [...]string{
	"name", "display_name", "sign_in_endpoint", "sign_out_endpoint", "signing_cert", "metadata_url", "entity_id", "domain_aliases", "tenant_domain",
	"icon_url", "signature_algorithm", "digest_algorithm", "protocol_binding", "user_id_attribute", "destination_url", "recipient_url",
	"global_token_revocation_jwt_iss", "global_token_revocation_jwt_sub", "metadata", "idp_initiated.query",
}

// fold finds the groups, those that marks ask for first, and returns the objects
// that can be written.
func (w *writer) fold(objects []*Object) []*Object {
	var dropped []*Object
	marked, free := map[string][]*Object{}, map[string][]*Object{}
	for _, o := range objects {
		switch {
		case o.Kind != schema.SAMLConnection || o.Existing || o.Addr.Name != "" && !o.Addr.Each:
		case o.Addr.Each:
			marked[o.Addr.Name] = append(marked[o.Addr.Name], o)
		case w.foldable(o):
			s := w.signature(o)
			free[s] = append(free[s], o)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(marked)) {
		members := w.largest(marked[name])
		for _, o := range marked[name] {
			if !slices.Contains(members, o) {
				w.out.Conflicts = append(w.out.Conflicts, Skipped{o.Kind.Name, o.Label, fmt.Sprintf("its mark says that it is %s, and it differs from the other instances of that block in more than its columns", o.Addr)})
				dropped = append(dropped, o)
			}
		}
		if len(members) > 0 {
			w.group(name, members)
		}
	}
	least := map[Fold]int{FoldAuto: 3, FoldAlways: 2}[w.Fold] //nolint:mnd // see the constants
	var lists [][]*Object
	for _, list := range free {
		if least > 0 && len(list) >= least {
			lists = append(lists, list)
		}
	}
	slices.SortFunc(lists, func(a, b []*Object) int {
		return cmp.Or(len(b)-len(a), strings.Compare(a[0].Label, b[0].Label))
	})
	for _, list := range lists {
		w.group("customer", list)
	}
	return slices.DeleteFunc(slices.Clone(objects), func(o *Object) bool { return slices.Contains(dropped, o) })
}

// largest are those members of a marked block that fold together.
func (w *writer) largest(list []*Object) []*Object {
	alike := map[string][]*Object{}
	var best []*Object
	for _, o := range list {
		if w.foldable(o) {
			s := w.signature(o)
			alike[s] = append(alike[s], o)
			if len(alike[s]) > len(best) {
				best = alike[s]
			}
		}
	}
	return best
}

// numbered parts a name from the number behind it.
var numbered = regexp.MustCompile(`^(.*?)(_[0-9]+)?$`)

func (w *writer) group(name string, members []*Object) {
	g := &group{members: members}
	if g.name = name; !members[0].Addr.Each { // else its marks say so
		g.name = w.free("saml_connection", name)
	}
	g.local = w.free("local", numbered.ReplaceAllString(g.name, "${1}s${2}"))
	for _, o := range members {
		w.address(o, schema.Address{Kind: "saml_connection", Name: g.name, Key: cmp.Or(o.Addr.Key, o.text("name")), Each: true})
	}
	w.groups = append(w.groups, g)
}

func (w *writer) groupOf(o *Object) *group {
	a, ok := w.out.Addresses[o]
	if !ok || !a.Each {
		return nil
	}
	for _, g := range w.groups {
		if g.name == a.Name {
			return g
		}
	}
	return nil
}

// signature is the same for connections that may fold: all that is no fact, and
// which facts of those there are that cannot be left out of a row.
func (w *writer) signature(o *Object) string {
	rest := map[string]any{"resets": o.Resets}
	for n, v := range o.Values {
		if !slices.Contains(facts[:], n) {
			rest[n] = v
		} else if varied := w.varied(o, n); varied != "" {
			rest["variables in "+n] = varied // no cell can hold a variable
		}
	}
	rest["signing_cert"], rest["metadata_url"] = o.Values["signing_cert"] != nil, o.Values["metadata_url"] != nil
	if m, ok := o.Values["metadata"].(map[string]any); ok {
		rest["metadata"] = slices.Sorted(maps.Keys(m))
	}
	if raw, ok := o.Values["idp_initiated.query"].(string); ok {
		keys := []string{"as a text"}
		if q, ok := w.queryBlock(raw); ok {
			keys = nil
			for _, p := range q {
				keys = append(keys, p.Name)
			}
		}
		rest["idp_initiated.query"] = keys
	}
	out, err := json.Marshal(rest)
	if err != nil {
		panic("adopt: not a JSON value: " + err.Error())
	}
	return string(out)
}

// varied is a fact that holds variables, "" for others: it must be the same for
// all, or made of the key where [table] can write that.
func (w *writer) varied(o *Object, row string) string {
	raw, err := json.Marshal(o.Values[row])
	if err != nil || len(w.Variables.in(string(raw))) == 0 {
		return ""
	}
	if row == "idp_initiated.query" || row == "entity_id" {
		return strings.ReplaceAll(string(raw), o.text("name"), "\x00")
	}
	return string(raw)
}

// foldable: the facts can stand in a CSV file and come back as they were, and
// no cell is taken for a formula by a spreadsheet.
func (w *writer) foldable(o *Object) bool {
	varied := w.Variables.in(o.Addr.Key + " " + o.text("name") + " " + o.text("signing_cert"))
	if !cellable(o.Addr.Key) || len(varied) > 0 || w.Variables.within(o.text("name")) || len(w.Variables.rows(o)) > 0 {
		return false
	}
	for _, n := range facts {
		switch v := o.Values[n].(type) {
		case hclconf.Code:
			return false
		case string:
			if o.Kind.Attr(n).Type != schema.Cert && !cellable(v) {
				return false
			}
		case []any:
			for _, e := range v {
				if s, _ := e.(string); s == "" || strings.ContainsAny(s, " ") || !cellable(s) {
					return false
				}
			}
		case map[string]any:
			for _, e := range v {
				if s, ok := e.(string); !ok || !cellable(s) {
					return false
				}
			}
		}
	}
	return true
}

func cellable(s string) bool {
	return !strings.Contains(s, "\r") && (s == "" || !strings.ContainsAny(s[:1], "=+-@\t\n"))
}
