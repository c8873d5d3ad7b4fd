package rules

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

func loginAt(host string) func(*fixture) { return func(f *fixture) { f.login = host } }

func spaAt(url string) func(*fixture) { return func(f *fixture) { f.redirect = url } }

func domainVerdicts() []verdict {
	canonical := both(loginAt("example.eu.auth0.com"), noDomain)
	status := func(v any) func(*fixture) { return func(f *fixture) { f.domain["status"] = v } }
	unreadDomains := both(noDomain, func(f *fixture) { f.read.Domains = false })
	marked := set(client, "callbacks", []any{"https://{custom_domain.metadata.app}.example.com"})
	meta := func(v any) func(*fixture) { return func(f *fixture) { f.domain["domain_metadata"] = v } }
	return []verdict{
		{name: "one host", code: "TAC501", want: check.Pass},
		{name: "nothing declared", code: "TAC501", change: both(audited, func(f *fixture) { f.login = "" }), want: check.Unknown, says: []string{"--login-domain"}},
		{name: "one host, offline", code: "TAC501", change: offline, want: check.Pass},
		{name: "the same recipient", code: "TAC501", change: set(conn, "recipient_url", "https://LOGIN.example.com/login/callback?connection=acme"), want: check.Pass},
		{name: "another recipient", code: "TAC501", change: set(conn, "recipient_url", "https://example.eu.auth0.com/login/callback?connection=acme"), want: check.Fail, says: []string{"example.eu.auth0.com", "login.example.com"}},
		{name: "another destination", code: "TAC501", change: set(conn, "destination_url", "https://proxy.example.com/login/callback"), want: check.Fail},
		{name: "no host", code: "TAC501", change: loginAt(""), want: check.Unknown, says: []string{"login_domain"}},
		{name: "no host, undeclared", code: "TAC501", change: both(loginAt(""), func(f *fixture) { f.undeclared = true }), want: check.Unknown, says: []string{"--login-domain"}},
		{name: "options not readable", code: "TAC501", change: set(conn, "recipient_url", notRead), want: check.Unknown, says: []string{"read:connections_options"}},
		{name: "interactive", code: "TAC501", change: both(interactive, set(conn, "destination_url", "https://proxy.example.com/x")), want: check.Fail, severity: schema.Info},

		{name: "one site", code: "TAC502", want: check.Pass},
		{name: "the same host", code: "TAC502", change: both(loginAt("app.example.com:3000"), spaAt("https://app.example.com/x")), want: check.Pass},
		{name: "the tenant's own host", code: "TAC502", change: canonical, want: check.Fail, says: []string{"app.example.com", "example.eu.auth0.com", "another site"}},
		{name: "names that only look alike", code: "TAC502", change: loginAt("login.notexample.com"), want: check.Fail},
		{name: "two customers of one host", code: "TAC502", change: both(loginAt("login.github.io"), spaAt("https://app.github.io")), want: check.Fail},
		{name: "below a suffix of two labels", code: "TAC502", change: both(loginAt("login.example.co.uk"), spaAt("https://app.example.co.uk")), want: check.Pass},
		{name: "only a suffix in common", code: "TAC502", change: both(loginAt("login.other.co.uk"), spaAt("https://app.example.co.uk")), want: check.Fail},
		{name: "with refresh tokens", code: "TAC502", change: both(canonical, refreshing), want: check.Fail, severity: schema.Warning},
		{name: "under development", code: "TAC502", change: spaAt("http://localhost:3000"), want: check.Fail, severity: schema.Warning, says: []string{"this machine"}},
		{name: "address", code: "TAC502", change: spaAt("http://127.0.0.1:3000"), want: check.Fail, severity: schema.Warning},
		{name: "an id in the host", code: "TAC502", change: spaAt("https://" + schema.Placeholder(clientAddr(schema.SPAClient)) + "x"), want: check.Unknown},
		{name: "no host", code: "TAC502", change: loginAt(""), want: check.NotApplicable},
		{name: "custom scheme", code: "TAC502", change: spaAt("com.example.app://callback"), want: check.NotApplicable},

		{name: "ready", code: "TAC503", want: check.Pass},
		{name: "the tenant's own", code: "TAC503", change: canonical, want: check.Pass},
		{name: "pending", code: "TAC503", change: status("pending_verification"), want: check.Fail, says: []string{"pending_verification"}},
		{name: "no such domain", code: "TAC503", change: noDomain, want: check.Fail, says: []string{"login.example.com"}},
		{name: "domains not readable", code: "TAC503", change: unreadDomains, want: check.Unknown, says: []string{"read:custom_domains"}},
		{name: "status not read", code: "TAC503", change: status(notRead), want: check.Unknown},
		{name: "offline", code: "TAC503", change: offline, want: check.NotApplicable},
		{name: "no host", code: "TAC503", change: loginAt(""), want: check.NotApplicable},

		{name: "which it is", code: "TAC504", want: check.Unknown, says: []string{"https://login.example.com/"}},
		{name: "no host", code: "TAC504", change: loginAt(""), want: check.NotApplicable},

		{name: "no placeholders", code: "TAC505", want: check.NotApplicable},
		{name: "listed as it is, too", code: "TAC505", want: check.NotApplicable, change: set(client, "callbacks", []any{"https://{custom_domain.metadata.app}.example.com", app})},
		{name: "leads there", code: "TAC505", change: both(marked, meta(map[string]any{"app": "app"})), want: check.Pass},
		{name: "leads elsewhere", code: "TAC505", change: both(marked, meta(map[string]any{"app": "admin"})), want: check.Fail, says: []string{`"admin"`}},
		{name: "leads there", code: "TAC202", change: both(marked, meta(map[string]any{"app": "app"})), want: check.Pass},
		{name: "leads elsewhere", code: "TAC202", change: both(marked, meta(map[string]any{"app": "admin"})), want: check.Fail},
		{name: "no metadata", code: "TAC202", change: marked, want: check.Fail},
		{name: "at the tenant's own host", code: "TAC202", change: both(marked, canonical), want: check.Fail},
		{name: "metadata not read", code: "TAC202", change: both(marked, meta(notRead)), want: check.Unknown},
		{name: "no such domain", code: "TAC202", change: both(marked, noDomain), want: check.Unknown},
		{name: "no such key", code: "TAC505", change: both(marked, meta(map[string]any{})), want: check.Fail, says: []string{`no "app"`}},
		{name: "no metadata", code: "TAC505", change: marked, want: check.Fail},
		{name: "at the tenant's own host", code: "TAC505", change: both(marked, canonical), want: check.Fail, says: []string{"custom domains only"}},
		{name: "metadata not read", code: "TAC505", change: both(marked, meta(notRead)), want: check.Unknown},
		{name: "domains not readable", code: "TAC505", change: both(marked, unreadDomains), want: check.Unknown, says: []string{"read:custom_domains"}},
		{name: "no such domain", code: "TAC505", change: both(marked, noDomain), want: check.NotApplicable},

		{name: "always open", code: "TAC506", want: check.Unknown},
		{name: "always open", code: "TAC512", want: check.Unknown},
	}
}

func noDomain(f *fixture) { f.domain = nil }

func TestSites(t *testing.T) {
	for host, want := range map[string]string{
		"a.b.example.com": "example.com", "example.eu.auth0.com": "auth0.com", "a.github.io": "a.github.io",
		"localhost": "", "127.0.0.1": "", "10.0.0.1": "", "com": "", "": "", "::1": "",
	} {
		assert.Equal(t, want, site(host), host)
	}
	assert.True(t, loopback("::1"))
	assert.False(t, loopback("app.localhost"), "verifiable at Auth0")
	assert.Equal(t, "app.example.com", hostOf("https://user@APP.example.com:8443/x?y#z"))
	assert.Empty(t, hostOf("com.example://x"))
}
