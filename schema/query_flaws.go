package schema

import (
	"slices"
	"strings"
)

// QueryFlaw is a stretch of an authorize query that does not do what its
// author meant.
type QueryFlaw struct {
	Kind QueryFlawKind
	// Key is the parameter it is about, decoded.
	Key string
	// Start and End are the bytes of Raw to point at.
	Start, End int
}

// QueryFlawKind says what is wrong.
type QueryFlawKind uint8

// The flaws. What Auth0 documents is redirect_uri, scope and response_type; it
// stores anything else without complaint (recorded: type=code&timeout=30).
const (
	Unheard   QueryFlawKind = iota + 1 // a parameter that does nothing
	Frozen                             // state, nonce: made to differ per login, the same for all here
	Detached                           // was the tail of a redirect_uri that is not percent-encoded
	Repeated                           // the key stands there already, and the first one counts
	NotQuoted                          // redirect_uri holds a raw ? or #
	Plus                               // a + for a space, of which it is not established what Auth0 makes
	BadEscape                          // a % that begins no escape
	Commas                             // words separated by commas instead of spaces
)

// Flaws lists what is odd about the query, in the order of the text.
func (q AuthorizeQuery) Flaws() []QueryFlaw {
	var out []QueryFlaw
	split := false
	for i, p := range q.Params {
		if kind := q.misplaced(i, split); kind != 0 {
			out = append(out, QueryFlaw{kind, p.Key, p.Start, p.End})
		}
		out = q.misspelt(out, p)
		split = split || len(out) > 0 && out[len(out)-1].Kind == NotQuoted
	}
	return out
}

// misplaced judges that a parameter is there at all; split tells that a
// redirect_uri before it was cut in two.
func (q AuthorizeQuery) misplaced(i int, split bool) QueryFlawKind {
	key := q.Params[i].Key
	switch {
	case slices.ContainsFunc(q.Params[:i], func(p Param) bool { return p.Key == key }):
		return Repeated
	case key == "redirect_uri" || key == "scope" || key == "response_type":
		return 0
	case key == "state" || key == "nonce":
		return Frozen
	case split:
		return Detached
	default:
		return Unheard
	}
}

// misspelt adds what is wrong with how a parameter is written, one flaw of
// each kind.
func (q AuthorizeQuery) misspelt(out []QueryFlaw, p Param) []QueryFlaw {
	text := q.Raw[p.Start:p.End]
	add := func(kind QueryFlawKind, from, to int) {
		out = append(out, QueryFlaw{kind, p.Key, p.Start + from, p.Start + to})
	}
	if i := badEscape(text); i >= 0 {
		add(BadEscape, i, min(i+len("%00"), len(text)))
	}
	if i := strings.IndexByte(text, '+'); i >= 0 {
		add(Plus, i, i+1)
	}
	switch p.Key {
	case "scope", "response_type":
		if i := strings.IndexByte(text, ','); i >= 0 {
			add(Commas, i, i+1)
		}
	case "redirect_uri":
		if i := strings.IndexAny(text, "?#"); i >= 0 {
			add(NotQuoted, i, len(text))
		}
	}
	return out
}

// badEscape finds a % that is not followed by two hexadecimal digits.
func badEscape(s string) int {
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && (i+2 >= len(s) || !isHex(s[i+1]) || !isHex(s[i+2])) {
			return i
		}
	}
	return -1
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}
