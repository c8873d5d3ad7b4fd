package hclconf

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/tacit-dev/tacit/schema"
)

// hclBlock shortens signatures.
type hclBlock = hclsyntax.Block

// maxFile is the most that a file of variables may hold.
const maxFile = 4 << 20

// maxFiles is the most that all of them may hold.
const maxFiles = 16 << 20

// parse reads every *.hcl file of the directory, sorted by name.
func (l *loader) parse() []*hclsyntax.Body {
	dir := l.opts.Dir
	if dir == "" {
		dir = "."
	}
	names, err := l.configFiles(dir)
	if err != nil {
		l.c.fail(place{}, "Cannot read the configuration directory", "%s: %s. Name a directory that holds *.hcl files.", dir, reason(err))
		return nil
	}
	var bodies []*hclsyntax.Body
	total := 0
	for _, base := range names {
		name := filepath.Join(dir, base)
		text, err := l.dir.read(base)
		if err != nil {
			l.c.fail(place{}, "Cannot read a configuration file", "%s: %s.", name, reason(err))
			continue
		}
		if total += len(text); total > maxFiles {
			l.c.fail(place{}, "Too much configuration", "The *.hcl files of %s have more than %d MB together.", dir, maxFiles>>20)
			break
		}
		if body := l.parseFile(name, []byte(text), place{}); body != nil {
			bodies = append(bodies, body)
		}
	}
	if len(names) == 0 {
		l.c.fail(place{}, "No configuration files", "The directory %s holds no *.hcl file. Write one (tacit init makes an example) or name another directory.", dir)
	}
	l.dir.forget()
	return bodies
}

// configFiles lists the *.hcl files of the directory, sorted.
func (l *loader) configFiles(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil && (len(l.opts.Extra) == 0 || !errors.Is(err, fs.ErrNotExist)) {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if !e.IsDir() {
			names = append(names, e.Name())
		}
	}
	names = append(names, slices.Collect(maps.Keys(l.opts.Extra))...)
	names = slices.DeleteFunc(names, func(n string) bool {
		return !strings.HasSuffix(n, ".hcl") || strings.HasPrefix(n, ".") || strings.Contains(n, "/")
	})
	slices.Sort(names)
	return slices.Compact(names), nil
}

// reason gives a file error without the path, which the message names already.
func reason(err error) string {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err.Error()
	}
	return err.Error()
}

// parseFile parses one file; where says whether its text may be shown.
func (l *loader) parseFile(name string, text []byte, where place) *hclsyntax.Body {
	l.sources[name] = &source{text: text}
	if rng, deep := tooDeep(name, text, &l.melds); deep {
		l.broken = true
		if !rng.Empty() && rng.End.Byte-rng.Start.Byte > maxDigits {
			l.c.fail(at(rng), "Number too long", "A number has at most %d digits.", maxDigits)
			return nil
		}
		l.c.fail(at(rng), "Nested too deep", "Brackets and operators are nested deeper here than tacit reads, or a text has too many lines. Split the expression with locals, and keep long texts in files.")
		return nil
	}
	file, diags := hclsyntax.ParseConfig(text, name, hcl.InitialPos)
	l.sources[name].file = file
	l.c.hclDiags(consequences(diags), where)
	l.broken = l.broken || diags.HasErrors()
	body, _ := file.Body.(*hclsyntax.Body)
	return body
}

// topLevel are the block types besides the kinds.
var topLevel = [...]string{"tacit", "variable", "locals", "output", "moved", "import", "removed"}

// declare sorts the top-level blocks by type.
func (l *loader) declare(bodies []*hclsyntax.Body) {
	known := topLevel[:]
	for _, k := range schema.Kinds() {
		known = append(slices.Clip(known), k.Name)
	}
	for _, body := range bodies {
		for _, name := range slices.Sorted(maps.Keys(body.Attributes)) {
			a := body.Attributes[name]
			l.c.fail(at(a.NameRange), "Attribute outside of a block", "Attributes stand inside of blocks; for a value that others refer to, write locals { %s = ... }.", a.Name)
		}
		for _, b := range body.Blocks {
			l.declareBlock(b, known)
		}
	}
	if l.settingsB != nil {
		l.readSettings(l.settingsB)
	}
	l.settings.defaults()
}

func (l *loader) declareBlock(b *hclBlock, known []string) {
	switch {
	case b.Type == "tacit":
		if l.labels(b) && l.settingsB != nil {
			l.c.fail(at(b.DefRange()).and(l.settingsB.DefRange()), "Second tacit block", "A configuration has one tacit block; merge the two.")
			return
		}
		l.settingsB = b
	case b.Type == "variable":
		if l.labels(b, "NAME") {
			l.variabs = append(l.variabs, b)
		}
	case b.Type == "locals":
		if l.labels(b) {
			l.declareLocals(b)
		}
	case slices.Contains(topLevel[:], b.Type):
		l.others = append(l.others, b)
	case schema.KindByName(b.Type) != nil:
		l.kinds = append(l.kinds, b)
	default:
		l.c.fail(at(b.TypeRange), "Unknown block type", "There are no %s blocks.%s The block types are %s.", b.Type, DidYouMean(b.Type, known), strings.Join(known, ", "))
	}
}

// name checks the one label of a block.
func (l *loader) name(b *hclBlock, k *schema.Kind) bool {
	if !k.Titled {
		return l.labels(b, "NAME")
	}
	if !l.count(b, "TITLE") {
		return false
	}
	if err := schema.CheckTitle(b.Labels[0]); err != nil {
		l.c.fail(at(b.LabelRanges[0]), "Unusable title", "The title %q cannot be used: %s", b.Labels[0], sentence(err))
		return false
	}
	return true
}

// labels checks that the block carries as many labels as names are given, and
// that they can be referred to.
func (l *loader) labels(b *hclBlock, names ...string) bool {
	if !l.count(b, names...) {
		return false
	}
	for i, label := range b.Labels {
		if !hclsyntax.ValidIdentifier(label) {
			l.c.fail(at(b.LabelRanges[i]), "Unusable name", "%q cannot be referred to; a name begins with a letter and holds letters, digits, - and _.", label)
			return false
		}
	}
	return true
}

// count checks that the block carries as many labels as names are given.
func (l *loader) count(b *hclBlock, names ...string) bool {
	if len(b.Labels) == len(names) {
		return true
	}
	header := b.Type
	for _, n := range names {
		header += fmt.Sprintf(" %q", n)
	}
	l.c.fail(at(b.DefRange()), "Wrong number of labels", "Write %s { ... }.", header)
	return false
}

func (l *loader) declareLocals(b *hclBlock) {
	for _, inner := range b.Body.Blocks {
		l.c.fail(at(inner.DefRange()), "Block in locals", "locals holds attributes only: %s = ...", inner.Type)
	}
	for _, name := range slices.Sorted(maps.Keys(b.Body.Attributes)) {
		a := b.Body.Attributes[name]
		if first := l.locals[name]; first != nil {
			l.c.fail(at(a.NameRange).and(first.rng), "Local declared twice", "local.%s has a value already; rename one of them.", name)
			continue
		}
		l.locals[name] = &local{rng: a.NameRange, unit: l.unit("local."+name, a.Expr, nil, nil)}
	}
}
