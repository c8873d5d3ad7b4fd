package hclconf

import (
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/tacit-dev/tacit/schema"
)

// directivePrefix starts the comments that mean something to tacit.
const directivePrefix = "tacit:"

var ruleCode = regexp.MustCompile(`^TAC[0-9]{3}$`)

// readIgnores finds the comments "# tacit:ignore CODE reason". One stands in a
// block or directly above it, and accepts there what that rule finds.
func (l *loader) readIgnores(bodies []*hclsyntax.Body) {
	byFile := map[string][]*hclBlock{}
	for _, body := range bodies {
		for _, b := range body.Blocks {
			name := b.TypeRange.Filename
			byFile[name] = append(byFile[name], b)
		}
	}
	for name, src := range l.sources {
		if !strings.Contains(string(src.text), directivePrefix) {
			continue
		}
		tokens, _ := hclsyntax.LexConfig(src.text, name, hcl.InitialPos)
		for _, t := range tokens {
			if t.Type == hclsyntax.TokenComment {
				l.directive(t, byFile[name])
			}
		}
	}
	slices.SortFunc(l.ignores, func(a, b *schema.Ignore) int { return strings.Compare(a.Src.String(), b.Src.String()) })
}

func (l *loader) directive(t hclsyntax.Token, blocks []*hclBlock) {
	text := strings.TrimSpace(strings.TrimLeft(strings.TrimSpace(string(t.Bytes)), "#/*"))
	text, ok := strings.CutPrefix(strings.TrimSuffix(text, "*/"), directivePrefix)
	if !ok {
		return
	}
	words := strings.Fields(text)
	const usage = "Write # tacit:ignore CODE reason, such as # tacit:ignore TAC105 the customer's portal needs it."
	switch {
	case len(words) == 0 || words[0] != "ignore":
		l.c.fail(at(t.Range), "Unknown directive", "Comments that begin with tacit: are for tacit, and it knows only ignore. %s", usage)
		return
	case len(words) < 2 || !ruleCode.MatchString(words[1]):
		l.c.fail(at(t.Range), "tacit:ignore without a rule", "%s", usage)
		return
	case len(words) < 3:
		l.c.fail(at(t.Range), "tacit:ignore without a reason", "Say why the rule does not matter here; the next reader will ask. %s", usage)
		return
	}
	b := beside(t.Range, string(l.sources[t.Range.Filename].text), blocks)
	if b == nil || !slices.Contains(objectKinds(), b.Type) {
		l.c.fail(at(t.Range), "tacit:ignore beside no object", "It stands in the block whose findings it accepts, or directly above it. That is a block of one of these kinds: %s.", strings.Join(objectKinds(), ", "))
		return
	}
	a := schema.Address{Kind: b.Type}
	if len(b.Labels) > 0 {
		a.Name = b.Labels[0]
	}
	l.ignores = append(l.ignores, &schema.Ignore{Code: words[1], Reason: strings.Join(words[2:], " "), Block: a, Src: convertRange(t.Range)})
}

// beside finds the block that holds the comment, or that follows it with
// nothing but comments between.
func beside(c hcl.Range, text string, blocks []*hclBlock) *hclBlock {
	var next *hclBlock
	for _, b := range blocks {
		switch start := b.TypeRange.Start; {
		case start.Byte <= c.Start.Byte && c.Start.Byte < b.CloseBraceRange.End.Byte:
			return b
		case start.Byte > c.Start.Byte && (next == nil || start.Byte < next.TypeRange.Start.Byte):
			next = b
		}
	}
	if next == nil {
		return nil
	}
	for line := range strings.Lines(text[c.Start.Byte:next.TypeRange.Start.Byte]) {
		if !strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "//") && !strings.HasPrefix(line, "/*") {
			return nil
		}
	}
	return next
}

// objectKinds are those that rules find something on.
func objectKinds() []string {
	var out []string
	for _, k := range schema.Kinds() {
		if k != schema.Rehearsal {
			out = append(out, k.Name)
		}
	}
	return out
}
