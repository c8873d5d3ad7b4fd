// Package terraform turns configurations for Auth0's Terraform provider into
// tacit's. It reads files and nothing else; a state is neither needed nor read.
//
//	files --hclconf.ReadForeign--> blocks --round--> tacit's blocks, files beside them
//
// What a resource becomes is a table (table.go). Resources that only relate two
// others become attributes of one of them (relations.go). Expressions keep their
// text; only names in them change (names.go). What has no counterpart is left
// out with a comment at its place and a remark, and so is what refers to it:
// rounds repeat until nothing more is lost.
package terraform

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/hclconf"
)

// Options say what to convert.
type Options struct {
	// Dir holds the *.tf files.
	Dir string
	// Taken are addresses of blocks and names of variables and locals
	// ("local.x", "var.x") that a configuration beside has already.
	Taken func(name string) bool
	// Present is the content of a file that is there already, nil for none.
	Present func(name string) []byte
}

// Converted is a configuration that is not on disk yet.
type Converted struct {
	// Files are to be made, by names with slashes below the directory.
	Files map[string][]byte
	// Blocks say what became of resources.
	Blocks []Block
	// Skipped are blocks and files that were left out; Remarks are about parts of
	// blocks that were converted.
	Skipped, Remarks []Note
	// VarFiles are files with values that Terraform reads by itself and tacit
	// when told to.
	VarFiles []string
}

// Block is a resource and what it became, or became a part of.
type Block struct {
	From    string
	Address string
	Src     schema.Range
}

// Note is something that was left out.
type Note struct {
	What string
	Src  *schema.Range
	Why  string
}

// Convert reads the files of a directory and writes them for tacit. Mistakes of
// the files are diagnostics; then there is no result.
func Convert(o Options) (*Converted, schema.Diagnostics) {
	src, ds := hclconf.ReadForeign(o.Dir, ".tf")
	if ds.HasErrors() {
		return nil, ds
	}
	c := &converter{Options: o, src: src, lost: map[string]string{}}
	if ds = c.declare(); ds.HasErrors() {
		return nil, ds
	}
	c.nameAll()
	for lost, used := -1, -1; lost < len(c.lost) || used != len(c.used); {
		lost, used = len(c.lost), len(c.used)
		c.round()
	}
	return c.result(), ds
}

// converter carries a conversion. What is below "round" is made anew in every
// round.
type converter struct {
	Options
	src       *hclconf.Foreign
	resources []*resource
	byAddress map[string]*resource
	variables map[string]*hclconf.ForeignBlock
	locals    map[string]bool
	// lost says why something has no counterpart, by its address
	// ("auth0_client.app", "local.x", "auth0_client.app.name").
	lost map[string]string

	out   *Converted
	docs  map[string][]*hclconf.Block
	files map[string][]byte
	used  map[string]bool
	// usedBefore is what the round before used.
	usedBefore map[string]bool
	names      map[string]bool
}

// lose records that something has no counterpart; the next round sees it.
func (c *converter) lose(what, why string) {
	if c.lost[what] == "" {
		c.lost[what] = why
	}
}

func (c *converter) skip(what string, src schema.Range, why string) {
	c.out.Skipped = append(c.out.Skipped, Note{what, &src, why})
}

// round converts everything with what is known to be lost.
func (c *converter) round() {
	c.out = &Converted{Files: map[string][]byte{}}
	c.docs, c.files = map[string][]*hclconf.Block{}, map[string][]byte{}
	c.used, c.usedBefore = map[string]bool{}, c.used
	c.names = map[string]bool{}
	for _, r := range c.resources {
		if r.form != nil {
			c.names[r.place().String()] = true
		}
	}
	for _, r := range c.resources {
		r.out, r.more, r.lines = nil, nil, nil
		if r.form != nil && c.lost[r.address] == "" {
			c.convert(r)
		}
	}
	for _, r := range c.resources {
		if r.relation != nil && c.lost[r.address] == "" {
			c.relate(r)
		}
	}
	for _, b := range c.src.Blocks {
		c.settle(b)
	}
	c.suggest()
}

// settle puts what became of a top-level block into its file, or says why
// nothing did.
func (c *converter) settle(b *hclconf.ForeignBlock) {
	switch b.Type {
	case "resource", "data":
		c.settleResource(c.byAddress[address(b)])
	case "locals":
		c.local(b)
	case "output":
		c.output(b)
	case "variable":
		c.declaration(b)
	case "provider":
		c.provider(b)
	default:
		c.skip(strings.TrimSpace(b.Type+" "+strings.Join(b.Labels, " ")), b.Src, whyNot(b.Type))
	}
}

func whyNot(typ string) string {
	switch typ {
	case "terraform":
		return "tacit has no providers and no backend: it keeps no state"
	case "module":
		return "modules are not expanded: convert the module's directory by itself, and bring its variables in by hand"
	case "moved", "removed":
		return "it is about Terraform's state; tacit has none, and finds objects by their names"
	case "import":
		return "tacit finds the object by its name; to take it over, write an import block of tacit's when you want its mark"
	default:
		return "tacit has no such block"
	}
}

func (c *converter) settleResource(r *resource) {
	switch {
	case c.lost[r.address] != "":
		c.skip(r.address, r.Src, c.lost[r.address])
	case r.out == nil:
		for _, b := range r.more {
			c.add(r.Src, b)
		}
		c.out.Blocks = append(c.out.Blocks, Block{From: r.address, Address: r.target, Src: r.Src})
	case r.onlyReferred() && !c.used[r.address]:
		c.skip(r.address, r.Src, "tacit declares single-page applications; nothing that was converted refers to this one")
	default:
		r.out.Below = append(r.out.Below, r.lines...)
		c.add(r.Src, r.out)
		c.out.Blocks = append(c.out.Blocks, Block{From: r.address, Address: r.place().String(), Src: r.Src})
	}
}

// add puts a block into the file that has the name of Terraform's.
func (c *converter) add(src schema.Range, b *hclconf.Block) {
	stem := strings.TrimSuffix(filepath.Base(src.File), ".tf")
	c.docs[stem] = append(c.docs[stem], b)
}

// result lays the blocks out as files.
func (c *converter) result() *Converted {
	c.others()
	for name, text := range c.files {
		c.out.Files[name] = text
	}
	for _, stem := range slices.Sorted(maps.Keys(c.docs)) {
		doc := hclconf.Document{}
		for _, b := range c.docs[stem] {
			doc.Blocks = append(doc.Blocks, *b)
		}
		c.out.Files[c.free(stem)] = doc.Bytes()
	}
	return c.out
}

// free is the name of a file that is not there yet.
func (c *converter) free(stem string) string {
	name := stem + ".hcl"
	for n := 2; c.Present != nil && c.Present(name) != nil || c.out.Files[name] != nil; n++ {
		name = numbered(stem, n) + ".hcl"
	}
	return name
}
