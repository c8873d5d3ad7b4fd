package view

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// style is how a span looks: one colour, bold or not.
type style uint8

const (
	plain style = iota
	red
	green
	yellow
	cyan
	faint
	bold style = 8 // combines with a colour
)

// sgr returns the code that switches the style on, without ESC [ and m.
func (s style) sgr() string {
	code := [...]string{plain: "", red: "31", green: "32", yellow: "33", cyan: "36", faint: "90"}[s&^bold]
	switch {
	case s&bold == 0:
		return code
	case code == "":
		return "1"
	default:
		return "1;" + code
	}
}

// span is a piece of a line. Its text is data until the printer cleaned it.
type span struct {
	style style
	text  string
}

func text(s string) span             { return span{plain, s} }
func styled(st style, s string) span { return span{st, s} }

// put writes one line. Nothing else in this package writes text.
func (p *Printer) put(spans ...span) {
	if p.err != nil {
		return
	}
	for i := range spans {
		spans[i].text = clean(spans[i].text)
	}
	disarm(spans)
	trimEnd(spans)
	var b strings.Builder
	for _, s := range spans {
		if code := s.style.sgr(); p.opts.Color && code != "" && s.text != "" {
			b.WriteString("\x1b[" + code + "m" + s.text + "\x1b[0m")
		} else {
			b.WriteString(s.text)
		}
	}
	b.WriteByte('\n')
	_, p.err = io.WriteString(p.w, b.String())
}

func trimEnd(spans []span) {
	for i := len(spans) - 1; i >= 0; i-- {
		spans[i].text = strings.TrimRight(spans[i].text, " ")
		if spans[i].text != "" {
			return
		}
	}
}

// Line writes formatted text. Line breaks of the format are kept; those in
// arguments are data and show as \n.
func (p *Printer) Line(format string, args ...any) {
	safe := make([]any, len(args))
	for i, a := range args {
		safe[i] = argument(a)
	}
	for _, l := range strings.Split(fmt.Sprintf(format, safe...), "\n") {
		p.put(text(l))
	}
}

func argument(a any) any {
	switch a := a.(type) {
	case string:
		return clean(a)
	case []byte:
		return clean(string(a))
	case error:
		return clean(a.Error())
	case fmt.Stringer:
		return clean(a.String())
	case bool, int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64, float32, float64:
		return a
	default:
		return clean(fmt.Sprint(a))
	}
}

// width counts the columns of a text as it will be printed.
func width(s string) int { return utf8.RuneCountInString(clean(s)) }

func widthOf(spans []span) int {
	n := 0
	for _, s := range spans {
		n += width(s.text)
	}
	return n
}

func pad(n int) string { return strings.Repeat(" ", max(n, 0)) }

// isCode recognises lines of HCL within prose.
func isCode(line string) bool {
	name, _, assigns := strings.Cut(line, " = ")
	return strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t") ||
		strings.HasSuffix(line, "{") || assigns && !strings.Contains(strings.TrimRight(name, " "), " ")
}

// wrap breaks prose at spaces into lines of at most n columns. Line breaks in
// the prose stay; lines of code are not broken. Words longer than a line stay
// whole, so that URLs can be copied.
func wrap(prose string, n int) []string {
	var out []string
	for _, par := range strings.Split(strings.Trim(prose, "\n"), "\n") {
		par = strings.TrimRight(par, " \t\r")
		if isCode(par) {
			out = append(out, strings.ReplaceAll(par, "\t", "  "))
			continue
		}
		line, used := "", 0
		for _, word := range strings.Split(par, " ") {
			w := width(word)
			if used > 0 && used+1+w > n {
				out = append(out, line)
				line, used = "", 0
			}
			if used > 0 {
				line, used = line+" ", used+1
			}
			line, used = line+word, used+w
		}
		out = append(out, line)
	}
	return out
}

// maxProse is the longest line that people like to read.
const maxProse = 110

func (p *Printer) proseWidth() int { return min(p.opts.Width, maxProse) }

// prose writes text wrapped to the width with a hanging indent.
func (p *Printer) prose(indent int, st style, s string) {
	for _, l := range wrap(s, p.proseWidth()-indent) {
		p.put(text(pad(indent)), styled(st, l))
	}
}

// plural writes a count with its noun.
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
