package hclconf

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/hashicorp/hcl/v2"
)

// splice replaces a stretch of a text, in bytes.
type splice struct {
	start, end int
	text       string
}

func cut(r hcl.Range, text string) splice { return splice{r.Start.Byte, r.End.Byte, text} }

func sortedSplices(cuts []splice) []splice {
	return slices.SortedStableFunc(slices.Values(cuts), func(a, b splice) int { return cmp.Or(a.start-b.start, a.end-b.end) })
}

func overlap(cuts []splice) bool {
	end := 0
	for _, c := range sortedSplices(cuts) {
		if c.start < end {
			return true
		}
		end = c.end
	}
	return false
}

// spliced returns the text with all cuts made.
func spliced(text []byte, cuts []splice) []byte {
	var out bytes.Buffer
	at := 0
	for _, c := range sortedSplices(cuts) {
		if c.start < at {
			continue // the same row, asked for by another instance
		}
		out.Write(text[at:c.start])
		out.WriteString(c.text)
		at = c.end
	}
	out.Write(text[at:])
	return out.Bytes()
}

// lineStart is where the line of a place begins; alone tells that nothing but
// blanks stands before the place.
func lineStart(text []byte, at int) (start int, alone bool) {
	start = bytes.LastIndexByte(text[:at], '\n') + 1
	return start, len(bytes.TrimLeft(text[start:at], " \t")) == 0
}

// lineEnd is where the next line begins, when nothing but a comma and a comment
// follows a place. comma is the comma's place, -1 for none.
func lineEnd(text []byte, at int) (end, comma int, alone bool) {
	comma = -1
	for at < len(text) {
		switch c := text[at]; {
		case c == ' ' || c == '\t' || c == '\r':
			at++
		case c == ',' && comma < 0:
			comma = at
			at++
		case c == '\n':
			return at + 1, comma, true
		case c == '#' || bytes.HasPrefix(text[at:], []byte("//")):
			n := bytes.IndexByte(text[at:], '\n')
			if n < 0 {
				return len(text), comma, true
			}
			return at + n + 1, comma, true
		default:
			return at, comma, false
		}
	}
	return at, comma, true
}

// line takes a stretch out: with its lines and what is remarked behind it when
// it stands there alone.
func (ed *editor) line(r hcl.Range) splice {
	from, before := lineStart(ed.text, r.Start.Byte)
	to, comma, after := lineEnd(ed.text, r.End.Byte)
	if r.End.Byte > 0 && ed.text[r.End.Byte-1] == '\n' { // a heredoc
		to, comma, after = r.End.Byte, -1, true
	}
	if !before || !after || comma >= 0 {
		return cut(r, "")
	}
	return splice{from, to, ""}
}

// block takes a block out, with one of the empty lines around it.
func (ed *editor) block(b *hclBlock) splice {
	c := ed.line(hcl.RangeBetween(b.DefRange(), b.CloseBraceRange))
	rest := ed.text[c.end:]
	blank := bytes.HasSuffix(ed.text[:c.start], []byte("\n\n"))
	if blank && (bytes.HasPrefix(rest, []byte("\n")) || bytes.HasPrefix(bytes.TrimLeft(rest, " \t"), []byte("}"))) {
		c.start--
	}
	return c
}

// insert puts a line at the end of a block.
func (ed *editor) insert(b *hclBlock, line string) splice {
	brace := b.CloseBraceRange.Start.Byte
	from, alone := lineStart(ed.text, brace)
	if alone {
		return splice{from, from, string(ed.text[from:brace]) + "  " + line + "\n"}
	}
	from, _ = lineStart(ed.text, b.OpenBraceRange.Start.Byte)
	indent := ed.text[from : from+len(ed.text[from:])-len(bytes.TrimLeft(ed.text[from:], " \t"))]
	inner := bytes.TrimSpace(ed.text[b.OpenBraceRange.End.Byte:brace])
	text := "\n"
	if len(inner) > 0 {
		text += string(indent) + "  " + string(inner) + "\n"
	}
	text += string(indent) + "  " + line + "\n" + string(indent)
	return splice{b.OpenBraceRange.End.Byte, brace, text}
}
