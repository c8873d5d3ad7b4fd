// Package hclconf turns a directory of HCL files into the model of package
// schema. It is the only package that knows hcl and cty; none of their types
// appears in an exported signature.
//
// [Load] reads and parses the files and finds every mistake that needs no
// evaluation (decode.go, analyse.go). [Files.Evaluate] computes what the
// configuration wants of each attribute, lazily and attribute by attribute
// (world.go), so that two blocks may refer to each other's attributes. Ids
// that are known only after apply become templates (probe.go).
package hclconf

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

	"github.com/tacit-dev/tacit/schema"
)

// Options says what to load and with which variables.
type Options struct {
	// Dir is the configuration directory, as the person named it.
	Dir string
	// Vars holds the values of -var name=value. A value is an HCL expression
	// when the variable's type is not string.
	Vars map[string]string
	// VarFiles are the files of -var-file, in order; a later one wins.
	VarFiles []string
	// Env looks an environment variable up; nil means that there are none.
	Env func(name string) (string, bool)
	// Context ends an evaluation early; nil stands for one that never does.
	Context context.Context
	// Now is the moment at which certificates must be valid, to choose one of
	// several and to judge them; the zero time looks at no date.
	Now time.Time
	// Extra are files that count as if they stood in the directory, by their
	// name below it with slashes: those that are about to be written. The
	// directory need not exist then. fileset does not see them.
	Extra map[string][]byte
	// ToolVersion is tacit's own version, for required_version; empty skips
	// that check.
	ToolVersion string
}

// Files is a parsed configuration, ready to be evaluated.
type Files struct {
	opts     Options
	sources  map[string]*source
	settings settings
	vars     map[string]*variable
	varObj   cty.Value
	locals   map[string]*local
	blocks   []*block
	byAddr   map[schema.Address]*block
	outputs  []*output
	moves    []*schema.Move
	imports  []*importing
	removed  []*removing
	ignores  []*schema.Ignore
	units    []*unit
	nodes    int
	funcs    map[string]function.Function
	dir      *directory
	steps    *budget
	// documents are the metadata documents that were read.
	documents map[documentKey]document
	// broken: a file does not parse. What it declares may be missing, so
	// names that nothing declares are no news.
	broken bool
}

// source is one file's text, for snippets and digests.
type source struct {
	text []byte
	file *hcl.File
}

// local is one entry of a locals block.
type local struct {
	rng  hcl.Range
	unit *unit
}

// Load reads the *.hcl files of the directory and checks everything that can
// be checked without evaluating. The result can be evaluated even when there
// are mistakes, so that all of them are shown at once.
func Load(o Options) (*Files, schema.Diagnostics) {
	f := &Files{
		opts:    o,
		sources: map[string]*source{},
		vars:    map[string]*variable{},
		varObj:  cty.EmptyObjectVal,
		locals:  map[string]*local{},
		byAddr:  map[schema.Address]*block{},
		dir:     newDirectory(o.Dir, o.Extra),
		steps:   newBudget(o.Context),

		documents: map[documentKey]document{},
	}
	c := newCollector(f.sources)
	l := &loader{Files: f, c: c}
	bodies := l.parse()
	l.declare(bodies)
	l.readIgnores(bodies)
	f.funcs = functions(f)
	l.variables()
	l.decodeBlocks()
	l.decodeOthers()
	l.analyse()
	return f, c.sorted()
}

// loader carries what only loading needs.
type loader struct {
	*Files
	c         *collector
	variabs   []*hclBlock
	kinds     []*hclBlock
	settingsB *hclBlock
	// others are the output, moved, import and removed blocks.
	others []*hclBlock
	// melds counts pieces of text that the parser joins, see tooDeep.
	melds int
	// broken: a file does not parse. What it declares may be missing, so
	// names that nothing declares are no news.
	broken bool
}

// Input is something the evaluation read, with a digest of its content.
type Input struct {
	// Name is "file:NAME" or "var:NAME".
	Name string `json:"name"`
	// SHA256 is the digest of the content in hex; empty for a sensitive
	// variable, whose digest would tell too much.
	SHA256 string `json:"sha256,omitempty"`
}

// Inputs lists the files and variables that were read so far, sorted by name,
// for saved plans. Files read by file functions are known after Evaluate.
func (f *Files) Inputs() []Input {
	var out []Input
	for _, name := range slices.Sorted(maps.Keys(f.sources)) {
		out = append(out, Input{"file:" + name, digest(f.sources[name].text)})
	}
	for name, text := range f.dir.reads() {
		out = append(out, Input{"file:" + name, digest256(text)})
	}
	for _, name := range slices.Sorted(maps.Keys(f.vars)) {
		in := Input{Name: "var:" + name}
		if v := f.vars[name]; !v.sensitive && v.ok {
			in.SHA256 = digest([]byte(typedJSON(v.value)))
		}
		out = append(out, in)
	}
	slices.SortFunc(out, func(a, b Input) int {
		switch {
		case a.Name < b.Name:
			return -1
		case a.Name > b.Name:
			return 1
		default:
			return 0
		}
	})
	return slices.Compact(out)
}

// Digest tells two configurations apart: it is of all inputs, wherever the
// directory stands. Sensitive variables do not count.
func (f *Files) Digest() string {
	var b strings.Builder
	for _, in := range f.Inputs() {
		name := strings.TrimPrefix(in.Name, "file:")
		if rel, err := filepath.Rel(f.opts.Dir, name); err == nil && name != in.Name {
			if _, config := f.sources[name]; config {
				name = rel
			}
		}
		b.WriteString(name + "\x00" + in.SHA256 + "\n")
	}
	return digest([]byte(b.String()))
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// Taken reports whether the files declare a local or a variable of that name.
func (f *Files) Taken(name string) bool { return f.locals[name] != nil || f.vars[name] != nil }
