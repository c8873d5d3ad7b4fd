package rehearse

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/go-jose/go-jose/v4"
)

// asymmetric are the algorithms that an API can verify with public keys.
func asymmetric() []jose.SignatureAlgorithm {
	return []jose.SignatureAlgorithm{
		jose.RS256, jose.RS384, jose.RS512, jose.PS256, jose.PS384, jose.PS512, jose.ES256, jose.ES384, jose.ES512, jose.EdDSA,
	}
}

// symmetric ones make a JWT too, though not one that an API should take.
func symmetric() []jose.SignatureAlgorithm {
	return []jose.SignatureAlgorithm{jose.HS256, jose.HS384, jose.HS512}
}

// inspect says what a token looks like. To begin with "eyJ" is not enough: Auth0's opaque tokens are encrypted JWTs of five
// parts today, and were random characters before (auth0-spa-js#1008).
func inspect(token string) *Token {
	parts := strings.Split(token, ".")
	header := part(parts[0])
	alg, _ := header["alg"].(string)
	switch {
	case len(parts) == 5 && header != nil:
		return &Token{Kind: Encrypted, Header: header}
	case len(parts) == 3 && slices.Contains(append(asymmetric(), symmetric()...), jose.SignatureAlgorithm(alg)):
		if claims := part(parts[1]); claims != nil {
			return &Token{Kind: JWT, Header: header, Claims: claims}
		}
	}
	return &Token{Kind: Opaque}
}

// part decodes an object of a compact token.
func part(s string) map[string]any {
	raw, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return nil
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var out map[string]any
	if dec.Decode(&out) != nil {
		return nil
	}
	return out
}

func (t *Token) describe() string {
	alg, _ := t.Header["alg"].(string)
	switch t.Kind {
	case JWT:
		return fmt.Sprintf("a JWT signed with %s", alg)
	case Encrypted:
		return "opaque (encrypted, five parts)"
	default:
		return "opaque"
	}
}

// claim is a claim that is a string, or empty.
func (t *Token) claim(name string) string {
	s, _ := t.Claims[name].(string)
	return s
}

// seconds is a claim that is a time.
func (t *Token) seconds(name string) (int64, bool) {
	n, ok := t.Claims[name].(json.Number)
	if !ok {
		return 0, false
	}
	i, err := n.Int64()
	if err != nil {
		f, ferr := n.Float64()
		return int64(f), ferr == nil
	}
	return i, true
}

// audiences reads aud, which is a string or a list.
func (t *Token) audiences() []string {
	switch aud := t.Claims["aud"].(type) {
	case string:
		return []string{aud}
	case []any:
		var out []string
		for _, a := range aud {
			if s, ok := a.(string); ok {
				out = append(out, s)
			}
		}
		return out
	default:
		return nil
	}
}

// hideToken cuts secrets, such as the nonce, out of claims.
func (r *run) hideToken(t *Token) *Token {
	r.hide.hideIn(t.Header)
	r.hide.hideIn(t.Claims)
	return t
}
