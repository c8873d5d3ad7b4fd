package view

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/tacit-dev/tacit/schema"
)

// maxCode is how many lines of source a diagnostic shows.
const maxCode = 6

// Diagnostics writes errors and warnings with their source, the same mistake
// once.
func (p *Printer) Diagnostics(ds schema.Diagnostics) {
	for i, d := range ds.Sorted() {
		if i > 0 {
			p.put()
		}
		p.diagnostic(d)
	}
}

func (p *Printer) diagnostic(d schema.Diagnostic) {
	word, st := "Error", red
	switch d.Severity {
	case schema.Error:
	case schema.Warning:
		word, st = "Warning", yellow
	case schema.Info:
		word, st = "Note", cyan
	}
	head := wrap(clean(d.Summary), p.proseWidth()-len(word)-2)
	p.put(styled(st|bold, word+": "), styled(bold, head[0]))
	for _, l := range head[1:] {
		p.put(text(pad(len(word)+2)), styled(bold, l))
	}
	if d.Subject != nil {
		p.put()
		p.source(d.Subject, d.Snippet, st)
	}
	if d.Detail != "" {
		p.put()
		p.prose(0, plain, d.Detail)
	}
	p.instances(d)
	for _, r := range d.Also {
		p.put(text("See also " + r.String()))
	}
}

// instances says which for_each instances share the mistake, unless the text
// or the source names the object already.
func (p *Printer) instances(d schema.Diagnostic) {
	switch n := len(d.Instances); {
	case n == 0 || n == 1 && strings.Contains(d.Detail, d.Instances[0]):
	case n == 1:
		p.put(text("In " + d.Instances[0] + "."))
	default:
		p.prose(0, plain, clean(fmt.Sprintf("In %d instances, such as %s.", n, d.Instances[0])))
	}
}

// source shows where: file, line, block, and the code with a marker under the
// part that matters.
func (p *Printer) source(r *schema.Range, s *schema.Snippet, st style) {
	where := fmt.Sprintf("  on %s line %d", r.File, r.Start.Line)
	if s == nil || s.Code == "" && s.Context == "" {
		p.put(text(where))
		return
	}
	if s.Context != "" {
		where += ", in " + s.Context
	}
	p.put(text(where + ":"))
	lines := strings.Split(s.Code, "\n")
	digits := len(fmt.Sprint(s.StartLine + len(lines) - 1))
	at, marked := 0, false
	for i, l := range lines {
		if i == maxCode && len(lines) > maxCode+1 {
			p.put(styled(faint, fmt.Sprintf("  %s  # (%s hidden)", pad(digits), plural(len(lines)-i, "line"))))
			return
		}
		c := codeLine{text: strings.TrimSuffix(l, "\r"), from: s.Start - at, to: s.End - at}
		before, under := c.window(p.opts.Width - digits - 4)
		p.put(styled(faint, fmt.Sprintf("  %*d: ", digits, s.StartLine+i)), text(c.text))
		if !marked && under > 0 {
			p.put(text(pad(digits+4+before)), styled(st, strings.Repeat("^", under)))
			marked = true
		}
		at += len(l) + 1
	}
}

// codeLine is a line of source with the bytes [from, to) to point at, which
// may begin before it and end behind it.
type codeLine struct {
	text     string
	from, to int
}

// window makes the line printable in at most n columns, cut around the mark,
// and returns the columns before and under the mark.
func (c *codeLine) window(n int) (before, under int) {
	from := c.boundary(c.from)
	to := max(from, c.boundary(c.to))
	tab := func(s string) string { return clean(strings.ReplaceAll(s, "\t", "    ")) }
	head, mark, tail := []rune(tab(c.text[:from])), []rune(tab(c.text[from:to])), []rune(tab(c.text[to:]))
	if 0 <= c.from && c.from <= len(c.text) && (c.from == c.to || c.from == len(c.text) && c.from < c.to) {
		mark, tail = firstRune(tail)
	}
	all := len(head) + len(mark) + len(tail)
	if all > n {
		if room := n - min(len(mark), n/2) - 2; len(head) > room {
			head = append([]rune("…"), head[len(head)-max(room/2, 0):]...)
		}
		if room := n - len(head) - 1; len(mark) > room {
			mark, tail = append(mark[:room:room], '…'), nil
		} else if room -= len(mark); len(tail) > room {
			tail = append(tail[:max(room, 0):max(room, 0)], '…')
		}
	}
	c.text = string(head) + string(mark) + string(tail)
	return len(head), len(mark)
}

// firstRune lets an empty range point at the character it stands before.
func firstRune(rs []rune) (first, rest []rune) {
	if len(rs) == 0 {
		return []rune(" "), nil
	}
	return rs[:1:1], rs[1:]
}

// boundary clamps a byte offset to the line and to the start of a character.
func (c *codeLine) boundary(i int) int {
	i = min(max(i, 0), len(c.text))
	for i > 0 && i < len(c.text) && !utf8.RuneStart(c.text[i]) {
		i--
	}
	return i
}
