package hclconf

import (
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/tacit-dev/tacit/schema"
)

// item is an element of a list or map as it is written.
type item struct {
	rng   hcl.Range
	value any
}

// entry is an element of the new list: one that is there, or a new one (at -1).
// Text is what it reads then; "" leaves the one that is there.
type entry struct {
	at   int
	text string
}

// list keeps the elements whose values stay, whatever expression gives them.
func (ed *editor) list(x *hclsyntax.TupleConsExpr, was any, is []any) ([]splice, string) {
	old, _ := was.([]any)
	items := make([]item, len(x.Exprs))
	for i, e := range x.Exprs {
		items[i].rng = e.Range()
		switch v, ok := ed.constant(e); {
		case ok:
			items[i].value = v
		case len(old) == len(items):
			items[i].value = old[i]
		default:
			return nil, computed
		}
	}
	return ed.sequence(x.SrcRange, items, ed.entries(items, is), ",")
}

// entries keeps what both have, in order where order matters.
func (ed *editor) entries(items []item, is []any) []entry {
	if ed.site.row.Type != schema.List {
		return setEntries(items, is)
	}
	// common[i][j] is how many elements items[i:] and is[j:] share in order.
	common := make([][]int, len(items)+1)
	for i := range common {
		common[i] = make([]int, len(is)+1)
	}
	for i := len(items) - 1; i >= 0; i-- {
		for j := len(is) - 1; j >= 0; j-- {
			common[i][j] = max(common[i+1][j], common[i][j+1])
			if schema.Same(items[i].value, is[j]) {
				common[i][j] = common[i+1][j+1] + 1
			}
		}
	}
	var out []entry
	i := 0
	for j := range is {
		for i < len(items) && common[i+1][j] == common[i][j] && !schema.Same(items[i].value, is[j]) {
			i++
		}
		if i < len(items) && schema.Same(items[i].value, is[j]) {
			out = append(out, entry{at: i})
			i++
			continue
		}
		out = append(out, entry{-1, expression(is[j])})
	}
	return out
}

func setEntries(items []item, is []any) []entry {
	var out []entry
	have := make([]any, 0, len(items))
	for i, it := range items {
		if len(schema.Missing([]any{it.value}, is)) == 0 {
			out = append(out, entry{at: i})
		}
		have = append(have, it.value)
	}
	for _, v := range schema.Missing(is, have) {
		out = append(out, entry{-1, expression(v)})
	}
	return out
}

// mapping changes, takes out and adds members.
func (ed *editor) mapping(x *hclsyntax.ObjectConsExpr, was any, is map[string]any) ([]splice, string) {
	old, _ := was.(map[string]any)
	var items []item
	var entries []entry
	var inner []splice
	seen := map[string]bool{}
	for i, it := range x.Items {
		k, ok := ed.constant(it.KeyExpr)
		key, text := k.(string)
		if !ok || !text {
			return nil, computed
		}
		items = append(items, item{rng: hcl.RangeBetween(it.KeyExpr.Range(), it.ValueExpr.Range())})
		seen[key] = true
		v, stays := is[key]
		if !stays {
			continue
		}
		entries = append(entries, entry{at: i})
		cuts, why := ed.value(it.ValueExpr, old[key], v)
		if why != "" {
			return nil, why
		}
		inner = append(inner, cuts...)
	}
	for _, k := range slices.Sorted(maps.Keys(is)) {
		if !seen[k] {
			entries = append(entries, entry{-1, objectKey(k) + " = " + expression(is[k])})
		}
	}
	if len(entries) == len(items) && !slices.ContainsFunc(entries, func(p entry) bool { return p.at < 0 }) {
		return inner, ""
	}
	for i := range entries {
		if at := entries[i].at; at >= 0 {
			entries[i].text = ed.within(items[at].rng, inner)
		}
	}
	return ed.sequence(x.SrcRange, items, entries, "")
}

// within is a stretch of the text with those cuts made that lie in it, "" when
// none does.
func (ed *editor) within(r hcl.Range, cuts []splice) string {
	var mine []splice
	for _, c := range cuts {
		if c.start >= r.Start.Byte && c.end <= r.End.Byte {
			mine = append(mine, splice{c.start - r.Start.Byte, c.end - r.Start.Byte, c.text})
		}
	}
	if mine == nil {
		return ""
	}
	return string(spliced(ed.text[r.Start.Byte:r.End.Byte], mine))
}

// sequence writes a list or map anew: line by line where each element has one,
// so that remarks stay, else as a whole.
func (ed *editor) sequence(all hcl.Range, items []item, entries []entry, comma string) ([]splice, string) {
	if rows, ok := ed.rows(all, items); ok {
		return ed.lines(rows, items, entries, comma), ""
	}
	tokens, diags := hclsyntax.LexExpression(ed.text[all.Start.Byte:all.End.Byte], all.Filename, hcl.InitialPos)
	if diags.HasErrors() || slices.ContainsFunc(tokens, func(t hclsyntax.Token) bool { return t.Type == hclsyntax.TokenComment }) {
		return nil, "remarks stand between its elements"
	}
	texts := make([]string, len(entries))
	for i, p := range entries {
		if texts[i] = p.text; p.text == "" {
			texts[i] = string(ed.text[items[p.at].rng.Start.Byte:items[p.at].rng.End.Byte])
		}
	}
	opening, closing := "[", "]"
	if comma == "" {
		opening, closing = "{", "}"
	}
	written := bracketed(opening, texts, comma, closing)
	from, _ := lineStart(ed.text, all.Start.Byte)
	indent := string(ed.text[from : from+len(ed.text[from:])-len(strings.TrimLeft(string(ed.text[from:]), " \t"))])
	if head, rest, many := strings.Cut(written, "\n"); many {
		body, end := strings.TrimSuffix(rest, "\n"+closing), "\n"+indent+closing
		written = head + "\n" + indent + "  " + strings.ReplaceAll(body, "\n", "\n"+indent+"  ") + end
	}
	return []splice{cut(all, written)}, ""
}

// row is the line or lines of one element.
type row struct {
	from, to int
	// comma is the place of the comma behind it, -1 for none.
	comma int
}

// rows are the lines of all elements when each has its own.
func (ed *editor) rows(all hcl.Range, items []item) ([]row, bool) {
	end := all.Start.Byte + 1
	var out []row
	for _, it := range items {
		from, before := lineStart(ed.text, it.rng.Start.Byte)
		to, comma, after := lineEnd(ed.text, it.rng.End.Byte)
		if !before || !after || from < end || to > all.End.Byte-1 {
			return nil, false
		}
		out = append(out, row{from, to, comma})
		end = to
	}
	return out, len(out) > 0
}

func (ed *editor) lines(rows []row, items []item, entries []entry, comma string) []splice {
	var cuts []splice
	kept := map[int]bool{}
	for _, p := range entries {
		if p.at >= 0 {
			kept[p.at] = true
			if p.text != "" {
				cuts = append(cuts, cut(items[p.at].rng, p.text))
			}
		}
	}
	for i, r := range rows {
		if !kept[i] {
			cuts = append(cuts, splice{r.from, r.to, ""})
		}
	}
	indent := string(ed.text[rows[0].from:items[0].rng.Start.Byte])
	last := -1 // the element behind which new ones go
	for _, p := range entries {
		if p.at >= 0 {
			last = p.at
			continue
		}
		at := rows[0].from
		if last >= 0 {
			at = rows[last].to
			if rows[last].comma < 0 && comma != "" {
				end := items[last].rng.End.Byte
				cuts, rows[last].comma = append(cuts, splice{end, end, comma}), end
			}
		}
		cuts = append(cuts, splice{at, at, indent + p.text + comma + "\n"})
	}
	return cuts
}
