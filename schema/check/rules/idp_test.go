package rules

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

func idpVerdicts() []verdict {
	nowhere := func(f *fixture) { f.login = "" }
	org := func(id string) func(*fixture) { return func(f *fixture) { f.org, f.orgID = vals{"name": "acme"}, id } }
	advice := func(code, name string, change func(*fixture), says ...string) verdict {
		return verdict{name: name, code: code, change: change, want: check.Unknown, says: says}
	}
	return []verdict{
		advice("TAC126", "the URL", nil, "https://login.example.com/login/callback?connection=acme."),
		advice("TAC126", "with an organization", org("org_1"), "?connection=acme&organization=org_1."),
		advice("TAC126", "with a new organization", org(schema.Placeholder(schema.Address{Kind: "organization", Name: "acme"})), "with connection and organization in the query"),
		advice("TAC126", "on the canonical domain", nowhere, "https://example.eu.auth0.com/login/callback"),
		advice("TAC127", "RelayState", nil),
		advice("TAC128", "login CSRF", nil, "landing route"),
		advice("TAC129", "thumbprint", nil, "SHA-1 thumbprint"),
		advice("TAC129", "none", holding(absent), "not known here"),
		advice("TAC130", "signs", nil),
		advice("TAC131", "clock", nil),
		advice("TAC132", "one assertion", nil),
		advice("TAC133", "no key", nil, "must not encrypt"),
		advice("TAC133", "not read", set(conn, "decryption_key", notRead), "one of its responses"),
		advice("TAC134", "NameID", nil),
		advice("TAC135", "default", nil, "urn:auth0:example:acme"),
		advice("TAC135", "written", set(conn, "entity_id", "https://login.example.com/saml"), "https://login.example.com/saml"),
		advice("TAC135", "not read", set(conn, "entity_id", notRead), "the connection's entity ID"),
	}
}

// connectionRows says where the rows of the connection are kept.
func connectionRows() map[string]string {
	return map[string]string{
		"conn-strategy":                  "the kind: saml_connection stands for the strategy samlp, and no other connection is bound to it",
		"conn-name-immutable":            "the schema: a plan that would rename a connection is refused",
		"conn-idpinit-enabled":           "TAC102",
		"conn-idpinit-client-id":         "TAC103",
		"conn-idpinit-protocol":          "TAC104",
		"conn-query-params":              "TAC105",
		"conn-query-length":              "TAC109",
		"conn-query-encoding":            "TAC110",
		"conn-query-redirect":            "TAC108 TAC201",
		"conn-query-response-type":       "TAC106",
		"conn-query-response-type-grant": "TAC204 TAC205",
		"conn-query-scope":               "TAC107",
		"conn-query-localhost":           "TAC111",
		"conn-query-startlogin":          "TAC112 TAC201",
		"conn-client-enabled":            "TAC101",
		"conn-client-enabled-paging":     "tacit's own reading (apply/mgmt), not a property of a tenant",
		"conn-list-paging":               "tacit's own reading (apply/mgmt), not a property of a tenant",
		"conn-signin-endpoint":           "TAC113 TAC114",
		"conn-signing-cert":              "TAC115 TAC116 TAC119 TAC120 TAC121 TAC129",
		"conn-cert-expiry":               "TAC117 TAC118",
		"conn-entity-id":                 "TAC122 TAC135",
		"conn-recipient-destination":     "TAC123",
		"conn-assertion-signed":          "TAC130",
		"conn-clock":                     "TAC131",
		"conn-single-assertion":          "TAC132",
		"conn-assertion-decryption":      "TAC124 TAC133",
		"conn-user-id":                   "TAC125 TAC134",
		"conn-acs-url":                   "TAC126",
		"conn-relaystate":                "TAC127",
		"conn-csrf":                      "TAC128",
		"conn-show-as-button":            "no effect on the silent upgrade",
	}
}

// Every rule of the connection answers to a row, and every row that names a
// rule names one that exists.
func TestConnectionRowsAndRules(t *testing.T) {
	named := map[string]bool{}
	for row, text := range connectionRows() {
		for word := range strings.FieldsSeq(text) {
			if strings.HasPrefix(word, "TAC") {
				named[rule(t, word).Code] = true
			}
		}
		assert.NotEmpty(t, text, row)
	}
	for _, r := range connectionRules() {
		assert.True(t, named[r.Code], "%s %s", r.Code, r.Name)
	}
}
