package saml

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// plain makes UTF-8 of a document. A byte order mark counts before the
// declaration: Windows tools save UTF-16 and leave encoding="utf-8" standing.
func plain(text []byte) (string, *Refusal) {
	if len(text) > MaxSize {
		return "", refuse(TooLarge, "The document is larger than %d MB.", MaxSize>>20)
	}
	switch {
	case bytes.HasPrefix(text, []byte("\xff\xfe")):
		return wide(text[2:], binary.LittleEndian)
	case bytes.HasPrefix(text, []byte("\xfe\xff")):
		return wide(text[2:], binary.BigEndian)
	case bytes.HasPrefix(text, []byte("<\x00")):
		return wide(text, binary.LittleEndian)
	case bytes.HasPrefix(text, []byte("\x00<")):
		return wide(text, binary.BigEndian)
	}
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	switch name := declared(text); strings.ToLower(name) {
	case "", "utf-8", "utf8", "us-ascii", "ascii":
	case "iso-8859-1", "latin1":
		if !utf8.Valid(text) {
			return latin1(text), nil
		}
	case "utf-16", "utf-16le", "utf-16be":
		return "", refuse(BadEncoding, "The document says encoding=%s and is something else. Ask for the file again, or save it as UTF-8 and correct its first line.", quote(name))
	default:
		return "", refuse(BadEncoding, "tacit does not read the encoding %s. Save the document as UTF-8 and take the encoding out of its first line.", quote(name))
	}
	return string(text), nil
}

// wide decodes UTF-16.
func wide(text []byte, order binary.ByteOrder) (string, *Refusal) {
	if len(text)%2 != 0 {
		return "", refuse(BadEncoding, "The document is UTF-16 and ends in the middle of a character; it was cut off.")
	}
	units := make([]uint16, len(text)/2)
	for i := range units {
		units[i] = order.Uint16(text[2*i:])
	}
	var b strings.Builder
	b.Grow(len(units))
	for i := 0; i < len(units); i++ {
		r := rune(units[i])
		if utf16.IsSurrogate(r) {
			next := rune(0)
			if i+1 < len(units) {
				next = rune(units[i+1])
			}
			if r = utf16.DecodeRune(r, next); r == utf8.RuneError {
				return "", refuse(BadEncoding, "The document is not valid UTF-16. Save it as UTF-8.")
			}
			i++
		}
		b.WriteRune(r)
	}
	return b.String(), nil
}

// latin1 decodes ISO-8859-1, in which every byte is the code of a character.
func latin1(text []byte) string {
	var b strings.Builder
	b.Grow(len(text) + len(text)/8)
	for _, c := range text {
		b.WriteRune(rune(c))
	}
	return b.String()
}

// declared is the encoding that the XML declaration names, "" if none.
func declared(text []byte) string {
	head := bytes.TrimLeft(text[:min(len(text), 256)], " \t\r\n")
	if !bytes.HasPrefix(head, []byte("<?xml")) {
		return ""
	}
	head, _, _ = bytes.Cut(head, []byte("?>"))
	_, rest, ok := bytes.Cut(head, []byte("encoding"))
	rest = bytes.TrimLeft(rest, " \t\r\n=")
	if !ok || len(rest) == 0 {
		return ""
	}
	name, _, _ := bytes.Cut(rest[1:], rest[:1])
	return string(name)
}

// illegal finds the first byte that XML does not allow: no text is looked at
// by encoding/xml inside of comments and instructions.
func illegal(s string) (place, bool) {
	line, start := 1, 0
	for i := 0; i < len(s); {
		c := s[i]
		r, n := rune(c), 1
		if c >= utf8.RuneSelf {
			r, n = utf8.DecodeRuneInString(s[i:])
		}
		switch {
		case c == '\n':
			line, start = line+1, i+1
		case c < ' ' && c != '\t' && c != '\r', r == utf8.RuneError && n == 1, r == 0xfffe, r == 0xffff:
			return place{line, i - start + 1}, true
		}
		i += n
	}
	return place{}, false
}
