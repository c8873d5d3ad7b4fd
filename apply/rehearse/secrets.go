package rehearse

import (
	"net/url"
	"slices"
	"strings"
)

const ellipsis = "…"

// shown are the parameters whose values may stand in a trace. Every other value is cut: a parameter that nobody thought
// of is more likely a ticket than harmless.
var shown = []string{
	"audience", "client_id", "code_challenge_method", "connection", "error", "error_description", "expires_in",
	"organization", "prompt", "redirect_uri", "response_mode", "response_type", "scope", "token_type",
}

// cutURL writes a URL without what must not be kept.
func cutURL(u *url.URL) string {
	c := *u
	c.User = nil
	c.RawQuery = cutQuery(u.RawQuery)
	c.Fragment, c.RawFragment = "", ""
	s := c.String()
	if u.Fragment != "" {
		s += "#" + cutQuery(u.EscapedFragment())
	}
	return s
}

// cutQuery keeps order and spelling of a query and replaces values.
func cutQuery(q string) string {
	if q == "" {
		return ""
	}
	pairs := strings.Split(q, "&")
	for i, p := range pairs {
		name, value, assigned := strings.Cut(p, "=")
		plain, err := url.QueryUnescape(name)
		switch {
		case !assigned:
			pairs[i] = ellipsis // without a name it may be anything
		case err != nil || !slices.Contains(shown, plain):
			pairs[i] = name + "=" + ellipsis
		case plain == "redirect_uri":
			pairs[i] = name + "=" + cutNested(value)
		}
	}
	return strings.Join(pairs, "&")
}

// cutNested cuts a URL that is itself a value.
func cutNested(value string) string {
	plain, err := url.QueryUnescape(value)
	if err != nil {
		return ellipsis
	}
	u, err := url.Parse(plain)
	if err != nil {
		return ellipsis
	}
	return strings.ReplaceAll(url.QueryEscape(cutURL(u)), url.QueryEscape(ellipsis), ellipsis)
}

// secrets are the values of one login that no text may repeat, the longest first: one may contain another.
type secrets []string

// minSecret keeps short values, which no secret has, from being cut out of unrelated words.
const minSecret = 12

func (s *secrets) add(values ...string) {
	for _, v := range values {
		if len(v) >= minSecret && !slices.Contains(*s, v) {
			*s = append(*s, v, url.QueryEscape(v))
		}
	}
	slices.SortStableFunc(*s, func(a, b string) int { return len(b) - len(a) })
}

// hide cuts the known secrets out of a text of the server.
func (s *secrets) hide(text string) string {
	for _, v := range *s {
		text = strings.ReplaceAll(text, v, ellipsis)
	}
	return text
}

// hideIn cuts them out of decoded JSON.
func (s *secrets) hideIn(v any) any {
	switch v := v.(type) {
	case string:
		return s.hide(v)
	case []any:
		for i := range v {
			v[i] = s.hideIn(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = s.hideIn(v[k])
		}
	}
	return v
}
