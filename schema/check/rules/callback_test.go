package rules

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

func callbackVerdicts() []verdict {
	urls := func(list string, urls ...any) func(*fixture) { return set(client, list, urls) }
	from := func(uri string) func(*fixture) { return func(f *fixture) { f.redirect = uri } }
	via := func(v string) func(*fixture) { return func(f *fixture) { f.via = v } }
	const skip = "skip_non_verifiable_callback_uri_confirmation_prompt"
	ours := func(v any) func(*fixture) { return set(client, skip, v) }
	tenants := func(v any) func(*fixture) { return set(tenant, skip, v) }
	const local = "http://localhost:3000"
	byOrg := urls("callbacks", "https://{organization_name}.example.com/cb")
	return []verdict{
		{name: "none", code: "TAC214", want: check.Pass},
		{name: "wildcard", code: "TAC214", change: urls("callbacks", "https://*.example.com/cb"), want: check.Pass},
		{name: "wrong label", code: "TAC214", change: urls("web_origins", "https://a.*.example.com"), want: check.Fail, severity: schema.Warning, says: []string{`"https://a.*.example.com" in web_origins`, "left-most"}},
		{name: "organization", code: "TAC214", change: both(byOrg, set(client, "organization_usage", "allow")), want: check.Pass},
		{name: "organization, denied", code: "TAC214", change: byOrg, want: check.Fail, says: []string{"organization_usage is not set"}},
		{name: "organization, not read", code: "TAC214", change: both(byOrg, set(client, "organization_usage", notRead)), want: check.Unknown},
		{name: "organization, offline", code: "TAC214", change: both(offline, byOrg), want: check.Pass},
		{name: "organization as web origin", code: "TAC214", change: urls("web_origins", "https://{organization_name}.example.com"), want: check.Fail, says: []string{"callbacks and allowed_origins only"}},
		{name: "organization as allowed origin", code: "TAC214", change: both(urls("allowed_origins", "https://{organization_name}.example.com"), set(client, "organization_usage", "require")), want: check.Pass},
		{name: "only custom domains", code: "TAC214", want: check.Fail, says: []string{"tenant's own domain"},
			change: both(urls("callbacks", "https://{custom_domain.metadata.public_app}.example.com"), func(f *fixture) { f.login = "example.eu.auth0.com" })},
		{name: "only custom domains, at one", code: "TAC214", change: urls("callbacks", "https://{custom_domain.metadata.public_app}.example.com"), want: check.Pass},
		{name: "not read", code: "TAC214", change: set(client, "allowed_origins", notRead), want: check.Unknown},

		{name: "verifiable", code: "TAC215", want: check.Pass},
		{name: "below localhost", code: "TAC215", change: from("http://app.localhost:3000"), want: check.Pass},
		{name: "localhost", code: "TAC215", change: from(local), want: check.Fail, severity: schema.Error, says: []string{"neither the application nor the tenant"}},
		{name: "loopback", code: "TAC215", change: from("http://127.8.0.1/cb"), want: check.Fail},
		{name: "custom scheme", code: "TAC215", change: both(from("com.example.app://cb"), via(schema.ViaRedirect)), want: check.Fail, severity: schema.Error},
		{name: "custom scheme, skipped", code: "TAC215", change: both(from("com.example.app://cb"), ours(true)), want: check.Pass},
		{name: "interactive", code: "TAC215", change: both(from(local), via(schema.ViaInteractive)), want: check.Fail, severity: schema.Info},
		{name: "interactive, skipped", code: "TAC215", change: both(from(local), ours(true), via(schema.ViaInteractive)), want: check.Pass},
		{name: "skipped", code: "TAC215", change: both(from(local), ours(true)), want: check.Unknown, severity: schema.Warning, says: []string{"tells differently", "has not consented"}},
		{name: "skipped by the tenant", code: "TAC215", change: both(from(local), tenants(true)), want: check.Unknown, severity: schema.Warning},
		{name: "null leaves it to the tenant", code: "TAC215", change: both(from("com.example.app://cb"), ours(null), tenants(true)), want: check.Pass},
		{name: "the application overrides the tenant", code: "TAC215", change: both(from(local), ours(false), tenants(true)), want: check.Fail, says: []string{"is false"}},
		{name: "tenant null", code: "TAC215", change: both(from(local), tenants(null)), want: check.Fail},
		{name: "tenant not read", code: "TAC215", change: both(from(local), tenants(notRead)), want: check.Unknown, says: []string{"read:tenant_settings"}},
		{name: "not read", code: "TAC215", change: both(from(local), ours(notRead)), want: check.Unknown},
		{name: "redirect_uri not known", code: "TAC215", change: from(""), want: check.NotApplicable},

		{name: "no list", code: "TAC216", want: check.Pass},
		{name: "empty", code: "TAC216", change: urls("allowed_origins"), want: check.Pass},
		{name: "listed", code: "TAC216", change: urls("allowed_origins", "https://other.example.com", app), want: check.Pass},
		{name: "lacking", code: "TAC216", change: urls("allowed_origins", "https://other.example.com"), want: check.Fail, says: []string{"not an allowed origin"}},
		{name: "not read", code: "TAC216", change: set(client, "allowed_origins", notRead), want: check.Unknown},
		{name: "offline", code: "TAC216", change: offline, want: check.NotApplicable},

		{name: "listed", code: "TAC224", want: check.Pass},
		{name: "page of the SPA", code: "TAC224", change: urls("allowed_logout_urls", app+"/bye"), want: check.Pass},
		{name: "wildcard", code: "TAC224", change: urls("allowed_logout_urls", "https://*.example.com"), want: check.Pass},
		{name: "elsewhere", code: "TAC224", change: urls("allowed_logout_urls", "https://www.example.com"), want: check.Fail, severity: schema.Info, says: []string{`"https://app.example.com"`}},
		{name: "no list", code: "TAC224", change: set(client, "allowed_logout_urls", absent), want: check.Pass},
		{name: "not read", code: "TAC224", change: set(client, "allowed_logout_urls", notRead), want: check.Unknown},
		{name: "no web page", code: "TAC224", change: from("com.example.app:/cb"), want: check.NotApplicable},
	}
}

func TestMisplacedPlaceholders(t *testing.T) {
	for _, url := range []string{
		"https://*.example.com", "http://pre-*-post.example.com/cb?x=1", "https://{organization_name}.example.com:8443/cb",
		"https://{custom_domain.metadata.public_app}.example.com/login", "https://{custom_domain.metadata.PUBLIC_host}/cb",
		"https://{organization_name}.{custom_domain.metadata.public_host}/cb",
	} {
		assert.Empty(t, misplaced(url), url)
	}
	for url, flaw := range map[string]string{
		"com.example.app://*.example.com/cb":                    "http or https",
		"https://*.com":                                         "top-level",
		"https://sub.*.example.com":                             "left-most",
		"https://*.*.example.com":                               "more than one",
		"https://{organization_name}.*.example.com":             "more than one",
		"https://pre-{organization_name}.example.com":           "text beside",
		"https://sub.{organization_name}.example.com":           "left-most",
		"https://{organization_name}":                           "top-level",
		"https://example.com/{organization_name}":               "outside the host",
		"https://example.com/{custom_domain.metadata.public_x}": "outside the host",
		"https://{custom_domain.metadata.app}.example.com":      "public_",
		"https://{custom_domain.metadata.public_a.b}.com":       "inside metadata",
		"https://{custom_domain.metadata.public_a.example.com":  "closing brace",
		"https://*.{custom_domain.metadata.public_a}.com":       "beside the metadata",
		"https://{tenant}.example.com":                          "no placeholder of Auth0's",
	} {
		assert.Contains(t, misplaced(url), flaw, url)
	}
}

func TestVerifiable(t *testing.T) {
	for uri, want := range map[string]bool{
		"http://localhost": false, "https://LOCALHOST:8443/x": false, "http://127.0.0.1:3000?x": false, "http://[::1]:3000/": false,
		"http://me@localhost/": false, "com.example:/localhost": false, "": false,
		"http://app.localhost": true, "https://127.example.com": true, "https://localhost.example.com": true, "https://10.0.0.1": true,
	} {
		assert.Equal(t, want, verifiable(uri), uri)
	}
}
