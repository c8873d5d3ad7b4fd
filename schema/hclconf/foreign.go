package hclconf

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/tacit-dev/tacit/schema"
)

// Foreign is the configuration of another tool that is written in HCL. It is
// read into blocks and expressions, and never evaluated.
type Foreign struct {
	// Blocks are in the order of the files' names, then as written.
	Blocks []*ForeignBlock
	// Others are names in the directory that were not read.
	Others []string
	dir    *directory
}

// ForeignBlock is a block as it is written.
type ForeignBlock struct {
	Type   string
	Labels []string
	Attrs  []ForeignAttr
	Blocks []*ForeignBlock
	// Above is the comment that stands directly over the block.
	Above []string
	// Src is the block's header.
	Src schema.Range
}

// ForeignAttr is a name with an expression.
type ForeignAttr struct {
	Name  string
	Value Expr
	Src   schema.Range
}

// Attr returns the expression of an attribute, nil when the block has none.
func (b *ForeignBlock) Attr(name string) *Expr {
	for i := range b.Attrs {
		if b.Attrs[i].Name == name {
			return &b.Attrs[i].Value
		}
	}
	return nil
}

// ReadForeign parses the files of a directory whose names end in suffix.
func ReadForeign(dir, suffix string) (*Foreign, schema.Diagnostics) {
	out := &Foreign{dir: newDirectory(dir, nil)}
	l := &loader{Files: &Files{sources: map[string]*source{}}}
	l.c = newCollector(l.sources)
	entries, err := os.ReadDir(dir)
	if err != nil {
		l.c.fail(place{}, "Cannot read the directory", "%s: %s.", dir, reason(err))
		return out, l.c.sorted()
	}
	total, found := 0, false
	for _, e := range entries {
		base := e.Name()
		if e.IsDir() || strings.HasPrefix(base, ".") || !strings.HasSuffix(base, suffix) {
			out.Others = append(out.Others, base)
			continue
		}
		found = true
		name := filepath.Join(dir, base)
		content, err := out.dir.read(base)
		if err != nil {
			l.c.fail(place{}, "Cannot read a file", "%s: %s.", name, reason(err))
			continue
		}
		text := []byte(content)
		if total += len(text); total > maxFiles {
			l.c.fail(place{}, "Too much configuration", "The files of %s have more than %d MB together.", dir, maxFiles>>20)
			break
		}
		if body := l.parseFile(name, text, place{hidden: true}); body != nil {
			out.Blocks = append(out.Blocks, foreignBlocks(body, text, leadComments(text, name))...)
		}
	}
	if !found {
		l.c.fail(place{}, "No files to convert", "The directory %s holds no *%s file. Name the directory that does.", dir, suffix)
	}
	return out, l.c.sorted()
}

// Read returns a file below the directory.
func (f *Foreign) Read(name string) (string, error) { return f.dir.read(name) }

// Glob lists files below the directory that match a pattern.
func (f *Foreign) Glob(pattern string) ([]string, error) { return f.dir.glob(".", pattern) }

func foreignBlocks(body *hclsyntax.Body, text []byte, above map[int][]string) []*ForeignBlock {
	var out []*ForeignBlock
	for _, b := range body.Blocks {
		fb := &ForeignBlock{Type: b.Type, Labels: b.Labels, Src: *convertRange(b.DefRange()), Above: above[b.TypeRange.Start.Line]}
		for _, a := range attributes(b.Body) {
			fb.Attrs = append(fb.Attrs, ForeignAttr{Name: a.Name, Value: Expr{a.Expr, text}, Src: *convertRange(a.NameRange)})
		}
		fb.Blocks = foreignBlocks(b.Body, text, above)
		out = append(out, fb)
	}
	return out
}

// leadComments are the comments that stand on lines of their own, by the number
// of the line after them.
func leadComments(text []byte, name string) map[int][]string {
	out := map[int][]string{}
	tokens, _ := hclsyntax.LexConfig(text, name, hcl.InitialPos)
	previous := 0 // the line of what stands before
	for _, t := range tokens {
		line := string(t.Bytes)
		if t.Type != hclsyntax.TokenComment {
			if t.Type != hclsyntax.TokenNewline {
				previous = t.Range.End.Line
			}
			continue
		}
		if strings.HasPrefix(line, "/*") || t.Range.Start.Line == previous {
			continue
		}
		line = strings.TrimSpace(strings.TrimLeft(strings.TrimSpace(line), "#/"))
		at := t.Range.Start.Line
		out[at+1] = slices.Concat(out[at], []string{line})
	}
	return out
}
