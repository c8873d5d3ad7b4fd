package handoff_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/cmd/tacit/internal/handoff"
	"github.com/tacit-dev/tacit/schema/saml"
)

func facts() handoff.Facts {
	return handoff.Facts{
		Connection: "acme", Customer: "Acme Corp", Application: "Portal", Product: saml.Okta, Hosts: []string{"login.example.com"}, Organizations: []string{""},
		EntityID: "urn:auth0:example:acme", Landing: "https://app.example.com/start", SignOn: "https://idp.acme.example/sso",
		Now: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC),
	}
}

// TestEveryProductTellsAll: whatever the customer runs, the steps have them
// enter both addresses and the attributes, and none names another product.
func TestEveryProductTellsAll(t *testing.T) {
	names := map[string]bool{}
	for _, p := range saml.Products() {
		f := facts()
		f.Product = p
		s := handoff.Make(f)
		assert.False(t, names[s.ProductName], "%s has the words of another product", p)
		names[s.ProductName] = true
		entered := map[string]bool{}
		tables := 0
		for _, st := range s.Steps {
			assert.NotEmpty(t, st.Text, p)
			for _, fd := range st.Fields {
				assert.NotEmpty(t, fd.Label, p)
				assert.NotEqual(t, fd.Copy == "", fd.Text == "", "%s: %s", p, fd.Label)
				entered[fd.Copy] = true
			}
			if st.Attributes {
				tables++
			}
		}
		assert.Equal(t, 1, tables, p)
		assert.True(t, entered["https://login.example.com/login/callback?connection=acme"], p)
		assert.True(t, entered["urn:auth0:example:acme"], p)
		assert.NotEmpty(t, s.SendBack, p)
	}
}

func value(s *handoff.Sheet, key string) []string {
	var out []string
	for _, v := range s.Values {
		if v.Key == key {
			out = append(out, v.Text)
		}
	}
	return out
}

func TestValues(t *testing.T) {
	f := facts()
	f.Hosts, f.Organizations = []string{"login.example.com", "eu.example.com"}, []string{"org_1", ""}
	f.Signs, f.Decrypts, f.SignOut, f.Binding = "rsa-sha256 and sha256", true, true, saml.POST
	s := handoff.Make(f)
	assert.Equal(t, []string{
		"https://login.example.com/login/callback?connection=acme&organization=org_1", "https://login.example.com/login/callback?connection=acme",
		"https://eu.example.com/login/callback?connection=acme&organization=org_1", "https://eu.example.com/login/callback?connection=acme",
	}, value(s, "acs_url"))
	assert.Equal(t, []string{"HTTP-POST; signed with rsa-sha256 and sha256"}, value(s, "requests"))
	assert.Equal(t, []string{"assertions may be encrypted, with AES-GCM"}, value(s, "encryption"))
	assert.Equal(t, []string{"https://login.example.com/logout"}, value(s, "logout_url"))
	assert.Equal(t, []string{"https://login.example.com/samlp/metadata?connection=acme"}, value(s, "metadata_url"))

	s = handoff.Make(facts())
	assert.Equal(t, []string{"HTTP-Redirect; not signed"}, value(s, "requests"))
	assert.Empty(t, value(s, "logout_url"))
	assert.Empty(t, value(s, "request_certificate"))
}

// TestNothingIsInvented: what is not known is in no value and no field.
func TestNothingIsInvented(t *testing.T) {
	f := facts()
	f.Hosts, f.EntityID = nil, ""
	f.Gaps = []handoff.Gap{{What: "The host", How: "Look."}}
	s := handoff.Make(f)
	assert.Empty(t, value(s, "acs_url"))
	assert.Empty(t, value(s, "entity_id"))
	assert.Empty(t, value(s, "metadata_url"))
	assert.Equal(t, f.Gaps, s.Missing)
	said := 0
	for _, st := range s.Steps {
		for _, fd := range st.Fields {
			if fd.Text == "not known yet, see what is missing" {
				said++
			}
		}
	}
	assert.Equal(t, 2, said)
}

func TestAttributes(t *testing.T) {
	const claims = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"
	f := facts()
	f.UserID = "employeeNumber"
	f.FieldsMap = map[string]any{
		"email": []any{"mail", "emailAddress"}, "given_name": claims + "nameidentifier", "department": "dept", "user_id": "other",
	}
	assert.Equal(t, []handoff.Attribute{
		{Field: "user_id", Name: "employeeNumber", Needed: true},
		{Field: "email", Name: "mail", Or: []string{"emailAddress"}, From: "user.email", Needed: true},
		{Field: "family_name", Name: claims + "surname", From: "user.lastName"},
		{Field: "name", Name: claims + "name", From: "user.displayName"},
		{Field: "department", Name: "dept"},
	}, handoff.Make(f).Attributes)
}

func TestCertificate(t *testing.T) {
	f := facts()
	f.Certificate = &saml.Certificate{Subject: "CN=idp", SHA256: "ab", NotAfter: f.Now.AddDate(0, 0, 10)}
	s := handoff.Make(f)
	require.NotNil(t, s.Certificate)
	assert.Equal(t, 10, s.Certificate.DaysLeft)
	assert.Contains(t, s.SendBack[2], "valid until 2026-12-02 (10 days)")
	f.Certificate.NotAfter = f.Now.AddDate(0, 0, -1)
	assert.Contains(t, handoff.Make(f).SendBack[2], "expired on 2026-11-21")
}

func TestTicketLimits(t *testing.T) {
	ticket := func(query, protocol string) *handoff.Ticket {
		return &handoff.Ticket{ConnectionConfig: &handoff.ConnectionConfig{Options: handoff.ConnectionOptions{
			IDPInitiated: handoff.IDPInitiated{AuthorizeQuery: query, ClientProtocol: protocol},
		}}}
	}
	long := make([]byte, 257)
	require.ErrorContains(t, ticket(string(long), "oauth2").Check(), "257 characters, and a ticket takes 256")
	require.NoError(t, ticket(string(long[:256]), "oauth2").Check())
	oidc := ticket("", "oidc")
	require.NoError(t, oidc.Check())
	assert.Equal(t, "oauth2", oidc.ConnectionConfig.Options.IDPInitiated.ClientProtocol)
	require.NoError(t, (&handoff.Ticket{ConnectionID: "con_1"}).Check())
}
