package main

import (
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/apply/rehearse"
)

// model rehearses the logins that the browser does: where the two part, the model of a browser is wrong.
type model struct {
	client   *rehearse.Client
	clientID string
}

// newModel lets the connections trust the rehearsal's provider; they trust the one with the tiles anyway.
func newModel(t *testing.T, s *served) *model {
	t.Helper()
	idp, err := rehearse.NewIDP(time.Now())
	require.NoError(t, err)
	cert := base64.StdEncoding.EncodeToString(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: idp.Certificate().Raw}))
	for _, name := range []string{"acme", "globex"} {
		path, connection := s.find("connections", "name", name)
		options := maps.Clone(connection["options"].(map[string]any))
		options["signingCert"] = cert
		for _, derived := range []string{"cert", "thumbprints", "subject", "expires"} {
			delete(options, derived)
		}
		s.api(http.MethodPatch, path, map[string]any{"options": options})
	}
	client, err := rehearse.New(rehearse.Options{Transport: s.client.Transport, IDP: idp, Now: time.Now})
	require.NoError(t, err)
	_, portal := s.find("clients", "name", "Customer portal")
	id, _ := portal["client_id"].(string)
	return &model{client, id}
}

// oauthCode is what an error code looks like; SDKs report their own errors under other names.
var oauthCode = regexp.MustCompile(`^[a-z_]+$`)

// agrees rehearses what a visitor did and compares how it ended, and with which code when there is one.
func (m *model) agrees(t *testing.T, v *visitor, s *served, outcome, code string) {
	t.Helper()
	choices, err := url.ParseQuery(v.choices)
	require.NoError(t, err)
	sc := rehearse.Scenario{
		Path: v.name, Domain: s.Login, Connection: v.connection, EntityID: "urn:auth0:127:" + v.connection, Implicit: v.connection == "globex",
		Issuer: s.IDP + "/", User: rehearse.User{NameID: "jane"}, Fault: v.fault, ClientID: m.clientID, RedirectURI: s.App,
		Audience: "https://api.example.com/orders", Scopes: []string{"read:orders"}, BlockThirdPartyCookies: v.blocked,
	}
	if choices.Get("at") == "another-site" {
		sc.Domain = s.URL
	}
	if choices.Has("organization") {
		sc.Organization = s.org
	}
	acs := s.Login
	if v.elsewhere {
		acs = s.URL
	}
	sc.ACS = acs + "/login/callback?connection=" + v.connection
	if v.member {
		sc.ACS += "&organization=" + s.org
	}
	if a := choices.Get("audience"); a != "" {
		sc.Audience = a
	}
	switch choices.Get("mode") {
	case "redirect":
		sc.Via = rehearse.ViaRedirect
	case "interactive":
		sc.Via = rehearse.ViaInteractive
	case "refresh":
		sc.Refresh = true
	}
	tr, err := m.client.Run(t.Context(), sc)
	require.NoError(t, err)
	told, err := json.MarshalIndent(tr, "", " ")
	require.NoError(t, err)
	want := rehearse.Failed
	if outcome == passed {
		want = rehearse.Passed
	}
	require.Equal(t, want, tr.Outcome, "the browser ends differently; the rehearsal: %s", told)
	if want == rehearse.Failed && oauthCode.MatchString(code) {
		assert.Equal(t, code, tr.Stopped.Code, "the browser shows another code; the rehearsal: %s", told)
	}
}
