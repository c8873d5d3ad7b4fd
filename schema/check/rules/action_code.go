package rules

import "strings"

// plainCode is JavaScript without comments, spaces and the contents of strings,
// and with "." for "?.", so that a call is found by its name however it is
// laid out. Templates stay as they are, for they may hold code. It is a reading
// aid for heuristics and no parser.
func plainCode(src string) string {
	s := scanner{src: src}
	for s.at < len(src) {
		s.step()
	}
	return string(s.out)
}

type scanner struct {
	src string
	at  int
	out []byte
}

func (s *scanner) step() {
	rest := s.src[s.at:]
	c := rest[0]
	switch {
	case strings.HasPrefix(rest, "//"):
		s.at += lineLength(rest)
	case strings.HasPrefix(rest, "/*") && strings.Contains(rest[2:], "*/"):
		s.at += strings.Index(rest[2:], "*/") + 4
	case c == '"' || c == '\'':
		s.at += literal(rest, c)
		s.out = append(s.out, c, c)
	case c == '/' && s.startsPattern():
		s.at += literal(rest, c)
		s.out = append(s.out, c, c)
	case c == '`':
		n := template(rest)
		s.out = append(s.out, rest[:n]...)
		s.at += n
	case strings.HasPrefix(rest, "?.") && !digit(rest[2:]):
		s.out = append(s.out, '.')
		s.at += 2
	default:
		if c > ' ' {
			s.out = append(s.out, c)
		}
		s.at++
	}
}

// startsPattern: a slash after something that is no value begins a regular
// expression; after a value it divides.
func (s *scanner) startsPattern() bool {
	return len(s.out) == 0 || strings.IndexByte("(,=:[!&|?{};+-*%<>~^", s.out[len(s.out)-1]) >= 0 || strings.HasSuffix(string(s.out), "return")
}

func digit(s string) bool { return s != "" && s[0] >= '0' && s[0] <= '9' }

func lineLength(s string) int {
	if i := strings.IndexByte(s, '\n'); i >= 0 {
		return i
	}
	return len(s)
}

// literal is the length of a string or a regular expression, which end with
// their first character again or with the line.
func literal(s string, end byte) int {
	class := false // inside [] of a regular expression a slash is a character
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '\\':
			i++
		case s[i] == '\n':
			return i
		case end == '/' && (s[i] == '[' || s[i] == ']'):
			class = s[i] == '['
		case s[i] == end && !class:
			return i + 1
		}
	}
	return len(s)
}

// template is the length of a template literal. One that holds another inside
// ${} ends early, which leaves more to be searched and not less.
func template(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '`':
			return i + 1
		}
	}
	return len(s)
}
