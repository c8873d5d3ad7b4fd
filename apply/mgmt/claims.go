package mgmt

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
)

// claimsOf decodes a JWT without verifying it: the tenant does that, we only
// want to say early what it will refuse. ok is false for any other token.
func claimsOf(token string) (claims map[string]any, ok bool) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil, false
	}
	raw, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if err != nil {
		return nil, false
	}
	v, err := decode(raw)
	claims, ok = v.(map[string]any)
	return claims, ok && err == nil
}

// checkToken refuses a given token that cannot be meant for this tenant, before
// anything is sent. until is when it expires, zero when it does not say.
func checkToken(token string, base *url.URL, audience string, now time.Time) (until time.Time, err error) {
	if strings.ContainsFunc(token, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsGraphic(r) || r > unicode.MaxASCII }) {
		return until, errors.New("AUTH0_API_TOKEN is not a token: it holds white space or other characters that no token has")
	}
	claims, ok := claimsOf(token)
	if !ok {
		return until, nil
	}
	if n, ok := claims["exp"].(json.Number); ok {
		if s, err := n.Float64(); err == nil && s > 0 && s < 1e11 {
			until = time.Unix(int64(s), 0)
		}
	}
	if !until.IsZero() && !now.Before(until) {
		return until, expired(until)
	}
	return until, checkIssuer(claims, base, audience)
}

func expired(at time.Time) error {
	return fmt.Errorf("AUTH0_API_TOKEN expired at %s; get a new one, or use AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET", at.UTC().Format(time.RFC3339))
}

// checkIssuer binds a token to the domain. With a custom domain the audience
// names the canonical one, and so may the issuer (Auth0 docs, custom domains),
// so one of both is enough, or the audience that the caller names. A loopback
// address stands in for a tenant and may hold tokens of any name.
func checkIssuer(claims map[string]any, base *url.URL, audience string) error {
	if loopback(base.Hostname()) {
		return nil
	}
	var apis, hosts []string
	for _, a := range texts(claims["aud"]) {
		if strings.HasSuffix(strings.TrimSuffix(a, "/"), "/api/v2") {
			apis = append(apis, a)
		}
	}
	if auds := texts(claims["aud"]); len(auds) > 0 && len(apis) == 0 {
		return fmt.Errorf("AUTH0_API_TOKEN is a token for %s, not for the Management API", clip(auds[0], 200))
	}
	for _, s := range append(texts(claims["iss"]), apis...) {
		if u, err := url.Parse(s); err == nil && u.Host != "" {
			hosts = append(hosts, strings.ToLower(u.Host))
		}
	}
	ours := []string{strings.ToLower(base.Host)}
	if u, err := url.Parse(audience); err == nil && u.Host != "" {
		ours = append(ours, strings.ToLower(u.Host))
	}
	if len(hosts) == 0 || slices.ContainsFunc(hosts, func(h string) bool { return slices.Contains(ours, h) }) {
		return nil
	}
	return fmt.Errorf("AUTH0_API_TOKEN is for %s but AUTH0_DOMAIN is %s; nothing was sent. If that is a custom domain of the same tenant, "+
		"set AUTH0_AUDIENCE to https://%s/api/v2/", clip(hosts[0], 200), base.Host, clip(hosts[len(hosts)-1], 200))
}

// texts reads a claim that is one text or a list of them.
func texts(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		var out []string
		for _, e := range v {
			if s, ok := e.(string); ok {
				out = append(out, s)
			}
		}
		return out
	default:
		return nil
	}
}
