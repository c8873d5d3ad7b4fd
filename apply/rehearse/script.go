package rehearse

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// message is what a page posts to the window around it.
type message struct {
	data   map[string]any
	target string // the origin it is meant for, "*" for any
}

// postedMessage reads the call of postMessage whose data is an authorization_response out of a script, without running
// it: literals, and variables that are assigned literals. posts tells whether there is any call of postMessage, understood
// or not.
func postedMessage(script string) (m *message, posts bool) {
	tokens := lex(script)
	vars := map[string]any{}
	for i := range tokens {
		if tokens[i].kind == word && i+2 < len(tokens) && tokens[i+1].is("=") && (i == 0 || !tokens[i-1].is(".")) {
			if v, _, ok := literal(tokens[i+2:], vars, 0); ok {
				vars[tokens[i].text] = v
			}
		}
	}
	for i := range tokens {
		if tokens[i].kind != word || tokens[i].text != "postMessage" || i+1 >= len(tokens) || !tokens[i+1].is("(") {
			continue
		}
		posts = true
		data, rest, ok := literal(tokens[i+2:], vars, 0)
		if !ok || len(rest) == 0 || !rest[0].is(",") {
			continue
		}
		target, _, ok := literal(rest[1:], vars, 0)
		object, isObject := data.(map[string]any)
		origin, isString := target.(string)
		if ok && isObject && isString && object["type"] == "authorization_response" {
			return &message{data: object, target: origin}, true
		}
	}
	return nil, posts
}

type tokenKind int

const (
	word  tokenKind = iota // identifiers, keywords, numbers
	text                   // string literals, decoded
	punct                  // one character
)

type jsToken struct {
	kind tokenKind
	text string
}

func (t jsToken) is(p string) bool { return t.kind == punct && t.text == p }

// unread is a value that is not a literal string, object or array.
type unread string

// maxDepth bounds nesting of literals.
const maxDepth = 32

// literal reads an object, array, string, word or known variable.
func literal(ts []jsToken, vars map[string]any, depth int) (v any, rest []jsToken, ok bool) {
	if len(ts) == 0 || depth > maxDepth {
		return nil, nil, false
	}
	switch t := ts[0]; {
	case t.kind == text:
		return t.text, ts[1:], true
	case t.is("{"):
		return object(ts[1:], vars, depth)
	case t.is("["):
		return array(ts[1:], vars, depth)
	case t.kind == word:
		if v, ok := vars[t.text]; ok {
			return v, ts[1:], true
		}
		// A number, true, null, or a variable that is no literal: a value that is not looked at.
		return unread(t.text), ts[1:], len(ts) < 2 || !ts[1].is("(") && !ts[1].is(".")
	default:
		return nil, nil, false
	}
}

func object(ts []jsToken, vars map[string]any, depth int) (v any, rest []jsToken, ok bool) {
	out := map[string]any{}
	for len(ts) > 0 && !ts[0].is("}") {
		if len(ts) < 3 || ts[0].kind == punct || !ts[1].is(":") {
			return nil, nil, false
		}
		member, after, ok := literal(ts[2:], vars, depth+1)
		if !ok {
			return nil, nil, false
		}
		out[ts[0].text] = member
		if ts = after; len(ts) > 0 && ts[0].is(",") {
			ts = ts[1:]
		}
	}
	if len(ts) == 0 {
		return nil, nil, false
	}
	return out, ts[1:], true
}

func array(ts []jsToken, vars map[string]any, depth int) (v any, rest []jsToken, ok bool) {
	var out []any
	for len(ts) > 0 && !ts[0].is("]") {
		member, after, ok := literal(ts, vars, depth+1)
		if !ok {
			return nil, nil, false
		}
		out = append(out, member)
		if ts = after; len(ts) > 0 && ts[0].is(",") {
			ts = ts[1:]
		}
	}
	if len(ts) == 0 {
		return nil, nil, false
	}
	return out, ts[1:], true
}

// lex cuts a script into tokens, leaving out comments.
func lex(s string) []jsToken {
	var out []jsToken
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		switch {
		case unicode.IsSpace(r):
			s = s[n:]
		case strings.HasPrefix(s, "//"):
			_, s, _ = strings.Cut(s, "\n")
		case strings.HasPrefix(s, "/*"):
			_, s, _ = strings.Cut(s[2:], "*/")
		case r == '"' || r == '\'' || r == '`':
			var t string
			t, s = quoted(s[1:], s[0])
			out = append(out, jsToken{text, t})
		case isWord(r):
			end := strings.IndexFunc(s, func(r rune) bool { return !isWord(r) })
			if end < 0 {
				end = len(s)
			}
			out = append(out, jsToken{word, s[:end]})
			s = s[end:]
		default:
			out = append(out, jsToken{punct, s[:n]})
			s = s[n:]
		}
	}
	return out
}

func isWord(r rune) bool {
	return r == '_' || r == '$' || r == '-' || unicode.IsLetter(r) || unicode.IsDigit(r)
}

// quoted decodes a string literal up to its closing quote.
func quoted(s string, quote byte) (string, string) {
	var b strings.Builder
	for len(s) > 0 && s[0] != quote {
		if s[0] != '\\' || len(s) < 2 {
			b.WriteByte(s[0])
			s = s[1:]
			continue
		}
		s = s[escaped(&b, s):]
	}
	if s == "" {
		return b.String(), ""
	}
	return b.String(), s[1:]
}

// escaped decodes one escape sequence and tells its length.
func escaped(b *strings.Builder, s string) int {
	switch c := s[1]; c {
	case 'n', 'r', 't', 'b', 'f', 'v', '0':
		b.WriteByte(map[byte]byte{'n': '\n', 'r': '\r', 't': '\t', 'b': '\b', 'f': '\f', 'v': '\v', '0': 0}[c])
	case 'x':
		if r, ok := hex(s[2:], 2); ok {
			b.WriteRune(r)
			return 4
		}
	case 'u':
		r, ok := hex(s[2:], 4)
		if !ok {
			break
		}
		if low, ok := surrogate(s[6:]); ok && utf16.IsSurrogate(r) {
			b.WriteRune(utf16.DecodeRune(r, low))
			return 12
		}
		b.WriteRune(r)
		return 6
	default:
		b.WriteByte(c)
	}
	return 2
}

func surrogate(s string) (rune, bool) {
	if !strings.HasPrefix(s, `\u`) {
		return 0, false
	}
	return hex(s[2:], 4)
}

func hex(s string, n int) (rune, bool) {
	if len(s) < n {
		return 0, false
	}
	code, err := strconv.ParseUint(s[:n], 16, 16)
	return rune(code), err == nil
}
