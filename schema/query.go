package schema

import (
	"net/url"
	"slices"
	"strings"
)

// Param is one key and value of an authorize query, decoded.
type Param struct {
	Key, Value string
	// Start and End are where it stands in the text it was read from, in bytes.
	Start, End int
}

// AuthorizeQuery is a connection's client_authorizequery: the OAuth parameters
// with which Auth0 answers an IdP-initiated login. It is parsed leniently, as
// real tenants hold raw spaces, "+", "%20" and broken escapes; the original is
// kept.
type AuthorizeQuery struct {
	Raw    string
	Params []Param
}

// ParseQuery never fails: what is not a valid escape is taken literally.
func ParseQuery(raw string) AuthorizeQuery {
	q := AuthorizeQuery{Raw: raw}
	if n := strings.Count(raw, "&") + 1; raw != "" {
		q.Params = make([]Param, 0, n)
	}
	at := len(raw) - len(strings.TrimPrefix(raw, "?"))
	for at < len(raw) {
		pair, _, _ := strings.Cut(raw[at:], "&")
		if pair != "" {
			k, v, _ := strings.Cut(pair, "=")
			q.Params = append(q.Params, Param{unescape(k), unescape(v), at, at + len(pair)})
		}
		at += len(pair) + 1
	}
	return q
}

func unescape(s string) string {
	if u, err := url.QueryUnescape(s); err == nil {
		return u
	}
	return s
}

// Get returns the first value of a key; ok tells an empty value from none.
func (q AuthorizeQuery) Get(key string) (value string, ok bool) {
	for _, p := range q.Params {
		if p.Key == key {
			return p.Value, true
		}
	}
	return "", false
}

// Words returns the space-separated words of a key's value (response_type,
// scope).
func (q AuthorizeQuery) Words(key string) []string {
	v, _ := q.Get(key)
	return strings.Fields(v)
}

// Equal compares what two queries ask for: the order of parameters, the
// spelling of escapes and the order of words in response_type and scope do not
// matter.
func (q AuthorizeQuery) Equal(p AuthorizeQuery) bool {
	same := func(a, b Param) bool { return a.Key == b.Key && a.Value == b.Value }
	return q.Raw == p.Raw || slices.EqualFunc(q.sorted(), p.sorted(), same)
}

// Pending reports whether a value holds the placeholder of an id.
func (q AuthorizeQuery) Pending() bool {
	return slices.ContainsFunc(q.Params, func(p Param) bool { return strings.Contains(p.Value, placeholderPrefix) })
}

// Canonical is the one spelling that all equal queries share.
func (q AuthorizeQuery) Canonical() string { return EncodeQuery(q.sorted()) }

func (q AuthorizeQuery) sorted() []Param {
	out := slices.Clone(q.Params)
	for i, p := range out {
		if p.Key == "response_type" || p.Key == "scope" {
			words := strings.Fields(p.Value)
			slices.Sort(words)
			out[i].Value = strings.Join(words, " ")
		}
	}
	// Stable: of a repeated key the first value is the one that counts.
	slices.SortStableFunc(out, func(a, b Param) int { return strings.Compare(a.Key, b.Key) })
	return out
}

// EncodeQuery writes parameters in the given order with every reserved
// character escaped, spaces as %20 (what Auth0 makes of "+" is not
// established).
func EncodeQuery(params []Param) string {
	var b strings.Builder
	for i, p := range params {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(escape(p.Key) + "=" + escape(p.Value))
	}
	return b.String()
}

func escape(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }
