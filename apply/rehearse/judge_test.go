package rehearse

import (
	"context"
	"encoding/json"
	"encoding/pem"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/crewjam/saml"
	dsig "github.com/russellhaering/goxmldsig"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const acsURL = "https://login.example.com/login/callback?connection=acme"

func assertion(f Fault) Assertion {
	a := Assertion{Issuer: "https://idp.acme.test/", ACS: acsURL, Audience: "urn:auth0:example:acme", User: acme().User, Now: noon(), Fault: f}
	if f == Wrap1 || f == Wrap2 {
		a.Signed = SignedResponse
	}
	return a
}

// provider is crewjam/saml as the tenant: an implementation that has no line in common with ours, but for goxmldsig.
func provider(t *testing.T) *saml.ServiceProvider {
	t.Helper()
	now := saml.TimeNow
	clock := saml.Clock
	saml.TimeNow, saml.Clock = noon, dsig.NewFakeClockAt(noon())
	t.Cleanup(func() { saml.TimeNow, saml.Clock = now, clock })
	return &saml.ServiceProvider{
		EntityID: "urn:auth0:example:acme", AcsURL: *mustParse(acsURL), AllowIDPInitiated: true,
		IDPMetadata: &saml.EntityDescriptor{
			EntityID: "https://idp.acme.test/",
			IDPSSODescriptors: []saml.IDPSSODescriptor{{SSODescriptor: saml.SSODescriptor{RoleDescriptor: saml.RoleDescriptor{KeyDescriptors: []saml.KeyDescriptor{{
				Use: "signing", KeyInfo: saml.KeyInfo{X509Data: saml.X509Data{X509Certificates: []saml.X509Certificate{{Data: certBase64()}}}},
			}}}}}},
		},
	}
}

func certBase64() string {
	block := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: sharedIDP().Certificate().Raw}))
	return strings.Join(strings.Split(strings.TrimSpace(block), "\n")[1:len(strings.Split(strings.TrimSpace(block), "\n"))-1], "")
}

// judge lets crewjam/saml read a response.
func judge(t *testing.T, a Assertion) (*saml.Assertion, error) {
	t.Helper()
	raw, err := sharedIDP().Respond(a)
	require.NoError(t, err)
	return provider(t).ParseXMLResponse(raw, nil, *mustParse(acsURL))
}

func TestAnotherImplementationTakesTheResponse(t *testing.T) {
	for _, part := range []Signed{SignedAssertion, SignedResponse, SignedBoth} {
		t.Run(string(part), func(t *testing.T) {
			a := assertion(NoFault)
			a.Signed = part
			got, err := judge(t, a)
			require.NoError(t, cause(err))
			assert.Equal(t, "jane", got.Subject.NameID.Value)
			assert.Equal(t, "jane@acme.test", got.AttributeStatements[0].Attributes[0].Values[0].Value)
		})
	}
}

// cause shows what crewjam keeps private.
func cause(err error) error {
	if e, ok := err.(*saml.InvalidResponseError); ok { //nolint:errorlint // it does not wrap
		return e.PrivateErr
	}
	return err
}

// TestAnotherImplementationRefusesTheFaults: what it takes, it takes for the user who is vouched for.
func TestAnotherImplementationRefusesTheFaults(t *testing.T) {
	taken := []Fault{
		UnknownRequest, Replayed, // where nobody asked, no request is compared and none is remembered
		TransientNameID, NoNameID, NoAttributes, Huge, // fine as far as SAML goes
		TwoAssertions, Wrap3, Wrap7, CommentInNameID, Doctype, // it reads the signed part only
	}
	for _, f := range Faults() {
		t.Run(string(f), func(t *testing.T) {
			got, err := judge(t, assertion(f))
			if !slices.Contains(taken, f) {
				require.Error(t, err, f.Doc())
				return
			}
			require.NoError(t, cause(err), f.Doc())
			switch f {
			case NoNameID:
				assert.Nil(t, got.Subject.NameID)
			case TransientNameID:
				assert.NotEqual(t, "jane", got.Subject.NameID.Value)
			default:
				assert.Equal(t, "jane", got.Subject.NameID.Value)
			}
		})
	}
}

func TestXMLSecVerifiesTheSignatures(t *testing.T) {
	tool, err := exec.LookPath("xmlsec1")
	if err != nil {
		t.Skip("xmlsec1 is not installed (Debian: apt-get install xmlsec1)")
	}
	dir := t.TempDir()
	cert := filepath.Join(dir, "cert.pem")
	require.NoError(t, os.WriteFile(cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: sharedIDP().Certificate().Raw}), 0o600))
	verify := func(a Assertion) error {
		raw, err := sharedIDP().Respond(a)
		require.NoError(t, err)
		file := filepath.Join(dir, "response.xml")
		require.NoError(t, os.WriteFile(file, raw, 0o600))
		cmd := exec.CommandContext(t.Context(), tool, "--verify", "--pubkey-cert-pem", cert,
			"--id-attr:ID", nsProtocol+":Response", "--id-attr:ID", nsAssertion+":Assertion", file)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Logf("%s", out)
		}
		return err
	}
	for _, part := range []Signed{SignedAssertion, SignedResponse, SignedBoth} {
		for _, alg := range []Algorithm{RSASHA256, RSASHA1} {
			t.Run(string(part)+" "+string(alg), func(t *testing.T) {
				a := assertion(NoFault)
				a.Signed, a.Algorithm = part, alg
				require.NoError(t, verify(a))
			})
		}
	}
	t.Run("a comment leaves the signature valid", func(t *testing.T) { require.NoError(t, verify(assertion(CommentInNameID))) })
	for _, f := range []Fault{Wrap2, Wrap3, Wrap4, Wrap5, Wrap7} {
		t.Run(string(f)+" leaves the signature valid", func(t *testing.T) { require.NoError(t, verify(assertion(f))) })
	}
	for _, f := range []Fault{Tampered, WrongKey, BorrowedCert, Unsigned} {
		t.Run(string(f), func(t *testing.T) { require.Error(t, verify(assertion(f))) })
	}
}

// TestAnotherImplementationTakesTheTokens: what our verification passes, go-oidc passes; so the double is a fair one.
func TestAnotherImplementationTakesTheTokens(t *testing.T) {
	s := newTenant()
	var idToken, accessToken string
	spy := roundTrip(func(r *http.Request) (*http.Response, error) {
		resp, err := s.RoundTrip(r)
		if err == nil && r.URL.Path == "/oauth/token" {
			raw, _ := io.ReadAll(resp.Body)
			var out issued
			require.NoError(t, json.Unmarshal(raw, &out))
			idToken, accessToken = out.ID, out.Access
			resp.Body = io.NopCloser(strings.NewReader(string(raw)))
		}
		return resp, err
	})
	tr, err := client(t, spy).Run(t.Context(), acme())
	require.NoError(t, err)
	require.Equal(t, Passed, tr.Outcome)
	ctx := oidc.ClientContext(context.Background(), &http.Client{Transport: s})
	p, err := oidc.NewProvider(ctx, issuer)
	require.NoError(t, err)
	for audience, token := range map[string]string{"spa": idToken, orders: accessToken} {
		_, err := p.Verifier(&oidc.Config{ClientID: audience, Now: noon}).Verify(ctx, token)
		require.NoError(t, err)
	}
}

func TestSecondLeg(t *testing.T) {
	request := `<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_r1" AssertionConsumerServiceURL="` + acsURL + `"/>`
	for name, c := range map[string]struct {
		send http.HandlerFunc
		stop string
	}{
		"redirect binding": {send: func(w http.ResponseWriter, r *http.Request) {
			q := url.Values{"SAMLRequest": {deflate(t, request)}, "RelayState": {"relay-state-of-the-tenant"}}
			http.Redirect(w, r, "https://idp.acme.test/sso?"+q.Encode(), http.StatusFound)
		}},
		"post binding": {send: func(w http.ResponseWriter, _ *http.Request) { postForm(w, request) }},
		"foreign ACS": {send: func(w http.ResponseWriter, _ *http.Request) {
			postForm(w, strings.ReplaceAll(request, "login.example.com", "evil.test"))
		}, stop: "not this tenant"},
		"not a request": {send: func(w http.ResponseWriter, _ *http.Request) { postForm(w, "<a/>") }, stop: "not an AuthnRequest"},
	} {
		t.Run(name, func(t *testing.T) {
			s, sc := newTenant(), acme()
			sc.Via = ViaInteractive
			var asked url.Values
			s.authorize = func(w http.ResponseWriter, r *http.Request) { asked = r.URL.Query(); c.send(w, r) }
			first := true
			s.acs = func(w http.ResponseWriter, r *http.Request) {
				if first {
					first = false
					s.serveACS(w, r)
					return
				}
				assert.Equal(t, "relay-state-of-the-tenant", r.FormValue("RelayState"))
				code := s.secret("code")
				s.codes[code] = asked
				http.Redirect(w, r, asked.Get("redirect_uri")+"?"+url.Values{"code": {code}, "state": {asked.Get("state")}}.Encode(), http.StatusFound)
			}
			tr := s.rehearse(t, sc)
			if c.stop != "" {
				require.NotNil(t, tr.Stopped)
				assert.Contains(t, tr.Stopped.Message, c.stop)
				return
			}
			require.Equal(t, Passed, tr.Outcome, "%+v", tr.Stopped)
			assert.Equal(t, StepIDP, tr.Hops[2].Step)
			assert.Equal(t, []string{"RelayState", "SAMLResponse"}, tr.Hops[2].Form)
		})
	}
}
