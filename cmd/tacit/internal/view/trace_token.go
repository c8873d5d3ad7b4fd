package view

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tacit-dev/tacit/apply/rehearse"
)

// claimOrder is what people look for first; the rest follows by name.
func claimOrder() []string {
	return []string{"iss", "sub", "aud", "azp", "client_id", "org_id", "org_name", "scope", "permissions", "cnf", "iat", "nbf", "exp"}
}

// token writes what may be told about a token.
func (p *Printer) token(title string, t *rehearse.Token) {
	if t == nil {
		return
	}
	p.put()
	look := "opaque"
	switch t.Kind {
	case rehearse.JWT:
		look = fmt.Sprintf("JWT, %v", t.Header["alg"])
	case rehearse.Encrypted:
		look = "opaque (encrypted)"
	case rehearse.Opaque, rehearse.None:
	}
	if strings.EqualFold(t.Type, "DPoP") {
		look += ", token_type " + t.Type
	}
	verified := styled(green, "verified")
	if !t.Verified {
		verified = styled(red, "not verified")
	}
	p.put(text(pad(traceIndent)), styled(bold, title+": "), text(look+", "), verified)
	for _, name := range claimNames(t.Claims) {
		p.claim(name, claimValue(name, t.Claims))
	}
}

func claimNames(claims map[string]any) []string {
	order := claimOrder()
	rank := func(name string) int {
		if i := slices.Index(order, name); i >= 0 {
			return i
		}
		return len(order)
	}
	names := sortedKeys(claims)
	slices.SortStableFunc(names, func(a, b string) int { return rank(a) - rank(b) })
	return names
}

const claimWidth = 13

// claim is a line; long names, which are URLs of custom claims, get a line of their own.
func (p *Printer) claim(name, value string) {
	if width(name) >= claimWidth {
		p.put(text(pad(traceIndent+2) + name))
		name = ""
	}
	for i, l := range wrap(value, p.proseWidth()-traceIndent-2-claimWidth) {
		if i > 0 {
			name = ""
		}
		p.put(text(pad(traceIndent+2)+align(name, claimWidth)), text(l))
	}
}

func claimValue(name string, claims map[string]any) string {
	switch v := claims[name].(type) {
	case string:
		return v
	case []any:
		var all []string
		for _, e := range v {
			all = append(all, fmt.Sprint(e))
		}
		if len(all) == 0 {
			return "none"
		}
		return strings.Join(all, " ")
	default:
		if s, ok := moment(name, claims); ok {
			return s
		}
		raw, err := json.Marshal(v)
		if err != nil {
			return fmt.Sprint(v)
		}
		return string(raw)
	}
}

// moment writes a claim that is a time, and how long a token lives.
func moment(name string, claims map[string]any) (string, bool) {
	if !slices.Contains([]string{"iat", "nbf", "exp", "auth_time"}, name) {
		return "", false
	}
	at, ok := unix(claims[name])
	if !ok {
		return "", false
	}
	s := at.UTC().Format("2006-01-02 15:04:05 UTC")
	if from, ok := unix(claims["iat"]); ok && name == "exp" {
		s += fmt.Sprintf(" (%s after iat)", lasting(at.Sub(from)))
	}
	return s, true
}

// lasting writes a duration without zero parts at its end.
func lasting(d time.Duration) string {
	s := d.String()
	s = strings.TrimSuffix(s, "m0s") + map[bool]string{true: "m"}[strings.HasSuffix(s, "m0s")]
	return strings.TrimSuffix(s, "h0m") + map[bool]string{true: "h"}[strings.HasSuffix(s, "h0m")]
}

// unix reads a number of seconds, as decoded from JSON with or without numbers kept as they are.
func unix(v any) (time.Time, bool) {
	switch n := v.(type) {
	case json.Number:
		i, err := n.Int64()
		return time.Unix(i, 0), err == nil
	case float64:
		return time.Unix(int64(n), 0), true
	default:
		return time.Time{}, false
	}
}
