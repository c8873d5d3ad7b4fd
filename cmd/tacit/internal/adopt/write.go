package adopt

import (
	"bytes"
	"cmp"
	"encoding/pem"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/hclconf"
)

// Fold says when connections that differ in a few columns only become one block
// with for_each over a CSV file.
type Fold string

// The ways to fold.
const (
	FoldAuto   Fold = "auto" // three and more
	FoldAlways Fold = "always"
	FoldNever  Fold = "never"
)

// Plan says how objects are to be written.
type Plan struct {
	Fold Fold
	// Head are the blocks about the whole configuration.
	Head []hclconf.Block
	// Single is the one HCL file to write; "" for one for each sort of object.
	Single string
	// Declared says where objects are declared already, by collection and id.
	Declared map[schema.Collection]map[string]schema.Address
	// Taken are addresses of blocks ("spa_client.portal") and names of locals
	// ("local.customers") that are in use.
	Taken func(name string) bool
	// Present is the content of a file that is there already, nil when there is
	// none. It is never written over.
	Present func(name string) []byte
	// Upgrades are the paths to declare.
	Upgrades []Upgrade
	// Variables are what values hold marks of.
	Variables *Variables
}

// Written is a configuration that is not on disk yet.
type Written struct {
	// Files are to be made, by names with slashes below the directory.
	Files map[string][]byte
	// Addresses are where the objects are declared.
	Addresses map[*Object]schema.Address
	// Variables are those that the files declare.
	Variables []*Variable
	// Conflicts are objects that could not be written.
	Conflicts []Skipped
}

// writer gives objects names, then blocks, then files.
type writer struct {
	Plan
	out      *Written
	names    map[string]*names
	byID     map[schema.Collection]map[string]schema.Address
	audience map[string]schema.Address
	stems    *names
	groups   []*group
	docs     map[string][]hclconf.Block
	// variables are those in use.
	variables map[*Variable]bool
}

// Write lays objects out as files. It changes nothing of what it is given.
func Write(objects []*Object, p Plan) *Written {
	w := &writer{
		Plan: p, names: map[string]*names{}, byID: map[schema.Collection]map[string]schema.Address{}, audience: map[string]schema.Address{},
		stems: newNames(), variables: map[*Variable]bool{}, docs: map[string][]hclconf.Block{}, out: &Written{Files: map[string][]byte{}, Addresses: map[*Object]schema.Address{}},
	}
	for c, ids := range p.Declared {
		w.byID[c] = maps.Clone(ids)
	}
	for _, o := range objects {
		if a := o.Addr; a.Name != "" && !w.used(a.Kind, a.Name) {
			w.free(a.Kind, a.Name)
		}
	}
	objects = w.fold(objects)
	w.name(objects)
	w.docs[main] = p.Head
	for _, g := range w.groups {
		w.add(schema.SAMLConnection, w.folded(g))
	}
	for _, o := range objects {
		if w.groupOf(o) == nil {
			w.add(o.Kind, w.block(o, w.out.Addresses[o].Name))
		}
	}
	w.upgrades()
	w.variableBlocks()
	w.files()
	return w.out
}

// name gives every object an address: first those whose marks say where, and
// relations, which are called after what they relate, last.
func (w *writer) name(objects []*Object) {
	const marked, free, relation = 0, 1, 2
	pass := func(o *Object) int {
		switch {
		case o.Addr.Name != "":
			return marked
		case o.Kind.KeyRest == nil:
			return free
		default:
			return relation
		}
	}
	for p := marked; p <= relation; p++ {
		for _, o := range objects {
			if w.groupOf(o) != nil || pass(o) != p {
				continue
			}
			a := schema.Address{Kind: o.Kind.Name}
			switch {
			case p == marked:
				a = o.Addr
			case !o.Kind.Unlabelled:
				a.Name = w.free(a.Kind, w.wanted(o))
			}
			w.address(o, a)
		}
	}
}

// wanted is the name for a block: relations are called after what they relate.
func (w *writer) wanted(o *Object) string {
	parts := []string{}
	for _, n := range []string{"organization", "connection", "client"} {
		if row := o.Kind.Attr(n); row != nil && row.Type == schema.Ref {
			if a, ok := w.find(row, o.text(n)); ok {
				parts = append(parts, a.Name)
				if a.Each {
					parts[len(parts)-1] = Identifier(a.Key)
				}
			}
		}
	}
	if a, ok := w.audience[o.text("audience")]; ok {
		parts = append(parts, a.Name)
	}
	if len(parts) > 0 {
		return strings.Join(parts, "_")
	}
	return w.blockName(o)
}

func (w *writer) address(o *Object, a schema.Address) {
	w.out.Addresses[o] = a
	c := o.Kind.Collection
	if w.byID[c] == nil {
		w.byID[c] = map[string]schema.Address{}
	}
	w.byID[c][o.ID] = a
	if o.Kind == schema.API {
		w.audience[o.text("identifier")] = a
	}
}

// free takes a name that no block of the kind has.
func (w *writer) free(kind, name string) string {
	n := w.names[kind]
	if n == nil {
		n = newNames()
		w.names[kind] = n
	}
	for {
		if free := n.take(name); w.Taken == nil || !w.Taken(kind+"."+free) {
			return free
		}
	}
}

func (w *writer) used(kind, name string) bool {
	return w.names[kind] != nil && w.names[kind].used[name]
}

// find is the address of what a row refers to.
func (w *writer) find(row *schema.Attr, id string) (schema.Address, bool) {
	for _, kind := range row.Targets {
		if a, ok := w.byID[schema.KindByName(kind).Collection][id]; ok && slices.Contains(row.Targets, a.Kind) {
			return a, true
		}
	}
	return schema.Address{}, false
}

// resolve replaces ids by references, where something declares the object.
func (w *writer) resolve(row *schema.Attr, v any) any {
	switch e := v.(type) {
	case string:
		if a, ok := w.find(row, e); ok && (row.Type == schema.Ref || row.Type == schema.Refs) {
			return schema.RefTo(a)
		}
		if a, ok := w.audience[e]; ok && row.Name == "audience" {
			return hclconf.Code(hclconf.Reference(a) + ".identifier")
		}
	case []any:
		if row.Type != schema.Refs {
			return v
		}
		out := make([]any, len(e))
		for i := range e {
			out[i] = w.resolve(row, e[i])
		}
		return out
	}
	return v
}

// block is the block of one object.
func (w *writer) block(o *Object, name string) hclconf.Block {
	b := hclconf.Block{Kind: o.Kind, Name: name, Below: slices.Clone(o.Remarks), Values: map[string]any{}}
	if o.Existing {
		b.Args = append(b.Args, hclconf.Arg{Name: "existing", Value: true})
	}
	if len(o.Resets) > 0 {
		resets := make([]any, len(o.Resets))
		for i, r := range o.Resets {
			resets[i] = r
		}
		b.Args = append(b.Args, hclconf.Arg{Name: "reset", Value: resets})
	}
	for n, v := range o.Values {
		row := o.Kind.Attr(n)
		b.Values[n] = w.beside(row, w.express(row, w.resolve(row, v)), textsOf(o.Kind), cmp.Or(name, o.Kind.Name))
	}
	for n, v := range w.Variables.rows(o) {
		b.Values[n], w.variables[v] = hclconf.Code("var."+v.Name), true
	}
	for i, r := range b.Below {
		b.Below[i] = w.Variables.Show(r)
	}
	return b
}

// A text that is longer, or has more lines, stands in a file of its own.
const longestText, mostLines = 300, 2

// beside puts certificates and long texts into files of their own.
func (w *writer) beside(row *schema.Attr, v any, dir, name string) any {
	s, ok := v.(string)
	switch {
	case !ok:
		return v
	case row.Type == schema.Cert:
		return fileCall(w.claim("idp/"+fileStem(name), ".pem", certificate(s)))
	case row.Type == schema.String && (len(s) > longestText || strings.Count(s, "\n") > mostLines):
		last := row.Name[strings.LastIndexByte(row.Name, '.')+1:]
		return fileCall(w.claim(path.Join(dir, fileStem(name))+"."+last, ".txt", []byte(s)))
	default:
		return v
	}
}

// textsOf is the directory of long texts of a kind.
func textsOf(k *schema.Kind) string {
	if k == schema.SAMLConnection {
		return "idp"
	}
	return docOf(k)
}

func fileCall(name string) hclconf.Code { return "file(" + hclconf.Quoted(name) + ")" }

// certificate is the PEM text of any spelling that tenants hold.
func certificate(s string) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: schema.CertDER(s)})
}

// claim finds the name of a file that is not there yet, or that holds the text
// already, and gives it the text. Names that differ in case only are one.
func (w *writer) claim(stem, ext string, text []byte) string {
	for i := 1; ; i++ {
		name := stem + ext
		if i > 1 {
			name = fmt.Sprintf("%s_%d%s", stem, i, ext)
		}
		if key := strings.ToLower(name); w.stems.used[key] {
			continue
		}
		if w.Present != nil {
			if there := w.Present(name); there != nil && !bytes.Equal(there, text) {
				continue
			}
		}
		w.stems.used[strings.ToLower(name)] = true
		w.out.Files[name] = text
		return name
	}
}

// main is the file of blocks about the whole configuration, variables that of
// its variables.
const (
	main      = "main"
	variables = "variables"
)

func (w *writer) add(k *schema.Kind, b hclconf.Block) {
	w.docs[docOf(k)] = append(w.docs[docOf(k)], b)
}

// docOf is the file for blocks of a kind.
func docOf(k *schema.Kind) string {
	switch k {
	case schema.SPAClient, schema.Client:
		return "applications"
	case schema.API, schema.ClientGrant:
		return "apis"
	case schema.SAMLConnection:
		return "connections"
	case schema.Organization, schema.OrganizationConnection:
		return "organizations"
	case schema.SilentUpgrade:
		return "upgrades"
	default:
		return k.Name
	}
}

// perFile keeps files at a size that editors like and tacit reads.
const perFile = 1000

func (w *writer) files() {
	order := []string{main, variables, "applications", "apis", "connections", "organizations", "tenant_settings", "upgrades"}
	if w.Single != "" {
		var all []hclconf.Block
		for _, n := range order {
			all = append(all, w.docs[n]...)
		}
		order, w.docs = []string{w.Single}, map[string][]hclconf.Block{w.Single: all}
	}
	for _, n := range order {
		for chunk := range slices.Chunk(w.docs[n], perFile) {
			w.claim(n, ".hcl", hclconf.Document{Blocks: chunk}.Bytes())
		}
	}
}
