package view

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// clean neutralises everything that is not a visible character or a plain
// space: control characters, escape sequences, bidi and zero-width marks, line
// separators, odd spaces, private use and invalid UTF-8. They show as \n,
// \u{202E} or \x{FF}. It is the identity on its own results.
func clean(s string) string {
	if isClean(s) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\x{%02X}`, s[i])
		case visible(r):
			b.WriteRune(r)
		default:
			b.WriteString(escape(r))
		}
		i += n
	}
	return b.String()
}

func isClean(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

func escape(r rune) string {
	switch r {
	case '\n':
		return `\n`
	case '\r':
		return `\r`
	case '\t':
		return `\t`
	default:
		return fmt.Sprintf(`\u{%02X}`, r)
	}
}

// visible reports whether people see the character for what it is.
func visible(r rune) bool {
	if r == '\u3000' { // the space between Japanese words; wide enough to be seen
		return true
	}
	return unicode.IsPrint(r) && !unicode.Is(blank, r)
}

// blank are characters that Unicode counts as printing but that show nothing.
var blank = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x034F, Hi: 0x034F, Stride: 1}, // combining grapheme joiner
		{Lo: 0x115F, Hi: 0x1160, Stride: 1}, // Hangul fillers
		{Lo: 0x17B4, Hi: 0x17B5, Stride: 1}, // Khmer inherent vowels
		{Lo: 0x180B, Hi: 0x180F, Stride: 1}, // Mongolian selectors
		{Lo: 0x2800, Hi: 0x2800, Stride: 1}, // blank braille pattern
		{Lo: 0x3164, Hi: 0x3164, Stride: 1}, // Hangul filler
		{Lo: 0xFE00, Hi: 0xFE0F, Stride: 1}, // variation selectors
		{Lo: 0xFFA0, Hi: 0xFFA0, Stride: 1}, // halfwidth Hangul filler
		{Lo: 0xFFFC, Hi: 0xFFFC, Stride: 1}, // object replacement
	},
	R32: []unicode.Range32{
		{Lo: 0xE0100, Hi: 0xE01EF, Stride: 1}, // variation selectors supplement
	},
}

// ciCommands breaks what speaks to CI systems anywhere in a line: the second #
// is written as an escape.
func ciCommands(hash string) *strings.Replacer {
	var pairs []string
	for _, system := range []string{"[", "vso[", "teamcity["} {
		pairs = append(pairs, "##"+system, "#"+hash+system)
	}
	return strings.NewReplacer(pairs...)
}

// textCommands is for text.
var textCommands = ciCommands(`\u{23}`)

// disarm keeps the spans of one line, already clean, from being a command to
// the CI system that reads the log: GitHub runs lines that begin with "::".
func disarm(spans []span) {
	var plain strings.Builder
	for i := range spans {
		spans[i].text = textCommands.Replace(spans[i].text)
		plain.WriteString(spans[i].text)
	}
	if !strings.HasPrefix(strings.TrimLeft(plain.String(), " \u3000"), "::") {
		return
	}
	for i := range spans {
		if strings.Contains(spans[i].text, ":") {
			spans[i].text = strings.Replace(spans[i].text, ":", `\u{3A}`, 1)
			return
		}
	}
}
