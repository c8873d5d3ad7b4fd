package mgmt_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/apply/mgmt"
	"github.com/tacit-dev/tacit/schema"
)

var testKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

func inPEM(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

func pkcs1() string { return inPEM("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(testKey())) }

func pkcs8(t *testing.T, key any) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	return inPEM("PRIVATE KEY", der)
}

// part decodes one part of a JWT.
func part(t *testing.T, token string, i int) map[string]any {
	t.Helper()
	parts := strings.Split(token, ".")
	require.Len(t, parts, 3)
	raw, err := base64.RawURLEncoding.DecodeString(parts[i])
	require.NoError(t, err)
	var v map[string]any
	require.NoError(t, json.Unmarshal(raw, &v))
	return v
}

func verify(t *testing.T, token, alg string) {
	t.Helper()
	i := strings.LastIndex(token, ".")
	sig, err := base64.RawURLEncoding.DecodeString(token[i+1:])
	require.NoError(t, err)
	sum256, sum384 := sha256.Sum256([]byte(token[:i])), sha512.Sum384([]byte(token[:i]))
	switch alg {
	case "RS256":
		err = rsa.VerifyPKCS1v15(&testKey().PublicKey, crypto.SHA256, sum256[:], sig)
	case "RS384":
		err = rsa.VerifyPKCS1v15(&testKey().PublicKey, crypto.SHA384, sum384[:], sig)
	case "PS256":
		err = rsa.VerifyPSS(&testKey().PublicKey, crypto.SHA256, sum256[:], sig, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash})
	}
	require.NoError(t, err)
}

func TestPrivateKeyJWT(t *testing.T) {
	now := time.Date(2026, 8, 20, 12, 0, 0, 0, time.UTC)
	oneLine := strings.ReplaceAll(strings.TrimSpace(pkcs1()), "\n", `\n`)
	for name, test := range map[string]struct{ key, alg, want, kid string }{
		"default": {pkcs1(), "", "RS256", ""},
		"RS384":   {pkcs8(t, testKey()), "RS384", "RS384", "kid-1"},
		"PS256":   {oneLine, "PS256", "PS256", ""},
	} {
		t.Run(name, func(t *testing.T) {
			tenant, f := to(t, sequence(
				status(http.StatusServiceUnavailable),
				func(w http.ResponseWriter, _ *http.Request) {
					answer(w, 200, `{"access_token":"a-token","expires_in":86400}`)
				},
				func(w http.ResponseWriter, _ *http.Request) { answer(w, 200, `{"client_id":"c"}`) },
			), func(o *mgmt.Options) {
				o.Token, o.ClientID, o.AssertionKey, o.AssertionAlg, o.AssertionKeyID = "", "machine", test.key, test.alg, test.kid
				o.Now = func() time.Time { return now }
			})
			_, err := tenant.Get(t.Context(), schema.Clients, "c")
			require.NoError(t, err)
			assert.Equal(t, "Bearer a-token", f.requests[2].header.Get("Authorization"))

			seen := map[any]bool{}
			for _, r := range f.requests[:2] {
				var body map[string]string
				require.NoError(t, json.Unmarshal([]byte(r.body), &body))
				token := body["client_assertion"]
				delete(body, "client_assertion")
				assert.Equal(t, map[string]string{
					"grant_type": "client_credentials", "client_id": "machine", "audience": "https://" + domain + "/api/v2/",
					"client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
				}, body)
				verify(t, token, test.want)
				head := map[string]any{"alg": test.want, "typ": "JWT"}
				if test.kid != "" {
					head["kid"] = test.kid
				}
				assert.Equal(t, head, part(t, token, 0))
				claims := part(t, token, 1)
				assert.Regexp(t, `^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`, claims["jti"])
				assert.False(t, seen[claims["jti"]], "an assertion is good for one use")
				seen[claims["jti"]] = true
				delete(claims, "jti")
				assert.Equal(t, map[string]any{
					"iss": "machine", "sub": "machine", "aud": "https://" + domain + "/",
					"iat": float64(now.Unix()), "exp": float64(now.Unix() + 60),
				}, claims)
			}
		})
	}
}

func TestRefusedKeys(t *testing.T) {
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	require.NoError(t, err)
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	public, err := x509.MarshalPKIXPublicKey(&testKey().PublicKey)
	require.NoError(t, err)
	for name, test := range map[string]struct{ key, alg, want string }{
		"algorithm":  {pkcs1(), "RS512", "AUTH0_CLIENT_ASSERTION_SIGNING_ALG is \"RS512\"; Auth0's documentation of private key JWT lists only RS256, RS384 and PS256"},
		"none":       {pkcs1(), "none", "lists only"},
		"too small":  {inPEM("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(small)), "", "1024 bits; Auth0 accepts 2048 to 4096"},
		"not RSA":    {pkcs8(t, curve), "", "is not an RSA key"},
		"public":     {inPEM("PUBLIC KEY", public), "", `"PUBLIC KEY", not a private key`},
		"encrypted":  {inPEM("ENCRYPTED PRIVATE KEY", []byte("hush")), "", "passphrase"},
		"old style":  {"-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\naHVzaA==\n-----END RSA PRIVATE KEY-----", "", "passphrase"},
		"file":       {"/run/secrets/hush.pem", "", "not the name of a file"},
		"broken":     {inPEM("RSA PRIVATE KEY", []byte("hush")), "", "PKCS #1"},
		"broken too": {inPEM("PRIVATE KEY", []byte("hush")), "", "PKCS #8"},
		"cut":        {pkcs1()[:200], "", "not a private key in PEM form"},
	} {
		t.Run(name, func(t *testing.T) {
			o := mgmt.Options{Domain: domain, ClientID: "machine", AssertionKey: test.key, AssertionAlg: test.alg, Transport: untouched(t)}
			_, err := mgmt.New(t.Context(), o)
			require.ErrorContains(t, err, test.want)
			for _, line := range strings.Split(test.key, "\n") {
				if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "-----") {
					assert.NotContains(t, err.Error(), line)
				}
			}
			assert.NotContains(t, err.Error(), "hush")
		})
	}
}

// untouched is a transport that nothing may be sent with.
func untouched(t *testing.T) http.RoundTripper {
	t.Helper()
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		t.Error("sent ", r.Method, " ", r.URL)
		return nil, http.ErrAbortHandler
	})
}

// TestRefusedAssertion: the advice fits the way of logging in, and neither key
// nor assertion gets out.
func TestRefusedAssertion(t *testing.T) {
	var sent string
	f := &fake{t: t, handler: func(w http.ResponseWriter, r *http.Request) {
		var body map[string]string
		assert.NoError(t, json.NewDecoder(r.Body).Decode(&body))
		sent = body["client_assertion"]
		answer(w, 401, `{"error":"invalid_client","error_description":"bad assertion `+sent+`"}`)
	}}
	_, err := mgmt.New(t.Context(), mgmt.Options{Domain: domain, ClientID: "machine", AssertionKey: pkcs1(), Transport: f, Sleep: noSleep})
	require.ErrorContains(t, err, "bad assertion [hidden]")
	for _, want := range []string{"machine", "Private Key JWT", "RS256", "clock"} {
		require.ErrorContains(t, err, want)
	}
	assert.NotContains(t, err.Error(), sent)
}
