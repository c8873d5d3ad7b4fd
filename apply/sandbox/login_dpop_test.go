package sandbox

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var proofKey, otherProofKey = sync.OnceValue(newProofKey), sync.OnceValue(newProofKey)

func newProofKey() *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	return key
}

// proof is a DPoP proof for the token end point, with other claims.
func (lt *loginTenant) proof(key *ecdsa.PrivateKey, change object) string {
	lt.t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: key}, (&jose.SignerOptions{EmbedJWK: true}).WithType("dpop+jwt"))
	require.NoError(lt.t, err)
	data, err := json.Marshal(mergeMembers(object{"htm": "POST", "htu": "https://" + testDomain + "/oauth/token", "iat": lt.at.Unix(), "jti": rand.Text()}, change))
	require.NoError(lt.t, err)
	jws, err := signer.Sign(data)
	require.NoError(lt.t, err)
	out, err := jws.CompactSerialize()
	require.NoError(lt.t, err)
	return out
}

// prove asks the token end point with a proof.
func (lt *loginTenant) prove(form url.Values, proof string) (*seen, object) {
	lt.t.Helper()
	req, err := http.NewRequestWithContext(lt.t.Context(), http.MethodPost, "https://"+testDomain+"/oauth/token", strings.NewReader(form.Encode()))
	require.NoError(lt.t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("DPoP", proof)
	s := lt.do(req)
	v, err := decode([]byte(s.body))
	require.NoError(lt.t, err, s.body)
	return s, v.(object)
}

func codeForm(code string) url.Values {
	return url.Values{"grant_type": {"authorization_code"}, "client_id": {"spa"}, "code": {code}, "code_verifier": {testVerifier}, "redirect_uri": {testApp}}
}

// nonce is what the tenant wants in the next proof.
func (lt *loginTenant) nonce() string {
	lt.t.Helper()
	s, body := lt.prove(codeForm(lt.code()), lt.proof(proofKey(), nil))
	require.Equal(lt.t, "use_dpop_nonce: Authorization server requires nonce in DPoP proof", oauthProblem(body))
	require.Equal(lt.t, 400, s.status)
	return s.header.Get("DPoP-Nonce")
}

const wantsProof = "proof_of_possession"

func TestDPoPProofs(t *testing.T) {
	for name, c := range map[string]struct {
		change object
		wait   time.Duration
		want   string
	}{
		"right":           {object{}, 0, ""},
		"another method":  {object{"htm": "GET"}, 0, "invalid_dpop_proof: the proof is for another request"},
		"another address": {object{"htu": "https://evil.example.com"}, 0, "invalid_dpop_proof: the proof is for another request"},
		"old":             {object{"iat": 1}, 0, "invalid_dpop_proof: the proof is too old"},
		"no jti":          {object{"jti": nil}, 0, "invalid_dpop_proof: the proof has no jti"},
		"a made-up nonce": {object{"nonce": "x"}, 0, "use_dpop_nonce: Authorization server requires nonce in DPoP proof"},
		"an old nonce":    {object{}, proofAge, "use_dpop_nonce: Authorization server requires nonce in DPoP proof"},
	} {
		t.Run(name, func(t *testing.T) {
			lt := newLogin(t, api(wantsProof, object{"mechanism": "dpop", "required": true}), LoginOptions{})
			nonce := lt.nonce()
			lt.at = lt.at.Add(c.wait)
			if _, made := c.change["nonce"]; !made {
				c.change["nonce"] = nonce
			}
			_, body := lt.prove(codeForm(lt.code()), lt.proof(proofKey(), c.change))
			if c.want != "" {
				assert.Equal(t, c.want, oauthProblem(body))
				return
			}
			assert.Equal(t, "DPoP", body["token_type"], body)
			_, access := claims(t, text(body, "access_token"))
			assert.NotEmpty(t, text(child(access, "cnf"), "jkt"))
		})
	}
}

func TestDPoPProofIsGoodOnce(t *testing.T) {
	lt := newLogin(t, api(wantsProof, object{"mechanism": "dpop"}), LoginOptions{})
	proof := lt.proof(proofKey(), object{"nonce": lt.nonce()})
	_, body := lt.prove(codeForm(lt.code()), proof)
	require.Equal(t, "DPoP", body["token_type"], body)
	_, body = lt.prove(codeForm(lt.code()), proof)
	assert.Equal(t, "invalid_dpop_proof: the proof was used before", oauthProblem(body))
}

// TestDPoPOutcomes is the table of the documentation (Configure Sender Constraining).
func TestDPoPOutcomes(t *testing.T) {
	const required, refused = "invalid_request: DPoP proof is required", "invalid_request: the API does not take DPoP, and a token that is bound to no key is not issued"
	allowed, must := object{"mechanism": "dpop", "required": false}, object{"mechanism": "dpop", "required": true}
	for name, c := range map[string]struct {
		client bool
		api    any
		sent   bool
		scope  string // without an API when empty
		want   string
	}{
		"userinfo":                     {want: "Bearer"},
		"userinfo, sent":               {sent: true, want: "DPoP"},
		"userinfo, client":             {client: true, want: required},
		"userinfo, client, sent":       {client: true, sent: true, want: "DPoP"},
		"none":                         {scope: "read:orders", want: "Bearer"},
		"none, sent":                   {scope: "read:orders", sent: true, want: "Bearer"},
		"none, client":                 {scope: "read:orders", client: true, want: required},
		"none, client, sent":           {scope: "read:orders", client: true, sent: true, want: refused},
		"allowed":                      {scope: "read:orders", api: allowed, want: "Bearer"},
		"allowed, sent":                {scope: "read:orders", api: allowed, sent: true, want: "DPoP"},
		"allowed, client":              {scope: "read:orders", api: allowed, client: true, want: required},
		"allowed, client, sent":        {scope: "read:orders", api: allowed, client: true, sent: true, want: "DPoP"},
		"required":                     {scope: "read:orders", api: must, want: required},
		"required, sent":               {scope: "read:orders", api: must, sent: true, want: "DPoP"},
		"certificate, sent":            {scope: "read:orders", api: object{"mechanism": "mtls"}, sent: true, want: "Bearer"},
		"certificate, required, sent":  {scope: "read:orders", api: object{"mechanism": "mtls", "required": true}, sent: true, want: refused},
		"for public clients, not sent": {scope: "read:orders", api: object{"mechanism": "dpop", "required": true, "required_for": "public_clients"}, want: required},
	} {
		t.Run(name, func(t *testing.T) {
			lt := newLogin(t, both(client("require_proof_of_possession", c.client), api(wantsProof, c.api)), LoginOptions{})
			ask := []string{"audience", ""}
			if c.scope != "" {
				ask = []string{"scope", "openid " + c.scope}
			}
			var body object
			if c.sent {
				nonce := lt.nonce()
				_, body = lt.prove(codeForm(lt.code(ask...)), lt.proof(proofKey(), object{"nonce": nonce}))
			} else {
				_, body = lt.redeem(lt.code(ask...))
			}
			got := text(body, "token_type")
			if got == "" {
				got = oauthProblem(body)
			}
			assert.Equal(t, c.want, got)
		})
	}
}

// TestDPoPBinding: what is bound to a key is of no use with another, or with none.
func TestDPoPBinding(t *testing.T) {
	lt := newLogin(t, api(wantsProof, object{"mechanism": "dpop"}), LoginOptions{})
	nonce := object{"nonce": lt.nonce()}
	_, body := lt.prove(codeForm(lt.code("dpop_jkt", "another")), lt.proof(proofKey(), nonce))
	assert.Equal(t, "invalid_dpop_proof: the proof is of another key", oauthProblem(body))
	_, body = lt.redeem(lt.code("dpop_jkt", "another"))
	assert.Equal(t, "invalid_request: DPoP proof is required", oauthProblem(body))

	_, body = lt.prove(codeForm(lt.code("scope", "openid offline_access")), lt.proof(proofKey(), nonce))
	renew := url.Values{"grant_type": {"refresh_token"}, "client_id": {"spa"}, "refresh_token": {text(body, "refresh_token")}}
	_, again := lt.prove(renew, lt.proof(otherProofKey(), nonce))
	assert.Equal(t, "invalid_dpop_proof: the proof is of another key", oauthProblem(again))
	_, again = lt.prove(renew, lt.proof(proofKey(), nonce))
	assert.Equal(t, "DPoP", again["token_type"], again)

	token := text(body, "access_token")
	sum := sha256.Sum256([]byte(token))
	names := object{"htm": "GET", "htu": "https://" + testDomain + "/userinfo", "ath": base64.RawURLEncoding.EncodeToString(sum[:])}
	for name, c := range map[string]struct {
		scheme, proof string
		status        int
	}{
		"with its key":     {"DPoP", lt.proof(proofKey(), names), 200},
		"as bearer token":  {"Bearer", lt.proof(proofKey(), names), 401},
		"another key":      {"DPoP", lt.proof(otherProofKey(), names), 401},
		"of another token": {"DPoP", lt.proof(proofKey(), mergeMembers(names, object{"ath": "x"})), 401},
		"no proof":         {"DPoP", "", 401},
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+testDomain+"/userinfo", http.NoBody)
		require.NoError(t, err)
		req.Header.Set("Authorization", c.scheme+" "+token)
		req.Header.Set("DPoP", c.proof)
		assert.Equal(t, c.status, lt.do(req).status, name)
	}
}
