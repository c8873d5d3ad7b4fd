package main

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/apply/rehearse"
	"github.com/tacit-dev/tacit/schema/check"
	"github.com/tacit-dev/tacit/schema/check/rules"
)

// The places where a login can end.
const (
	passed  = "passed"  // the API call went through
	failed  = "failed"  // the application shows an error
	stopped = "stopped" // the browser never came back to the application
)

// visitor is a login in the browser: the settings of the application, the tile, and what must come of it.
type visitor struct {
	name       string
	blocked    bool   // the browser blocks third-party cookies
	choices    string // of the application, as its query
	connection string // acme unless said: the page with auth0-spa-js; globex: the one with auth0-js
	elsewhere  bool   // the provider posts to the canonical domain, which is another site
	fault      rehearse.Fault
	broken     func(*served)
	member     bool   // the provider posts for an organization
	factor     bool   // the tenant asks for a second factor, and gets one
	alone      string // why no rehearsal is compared

	ends string
	rule string // that promises the symptom
	says string // what the page shows; with a rule it is a part of the rule's symptom
}

// TestBrowser lets people log in: from the tile of the identity provider to the call of the API, with the real SDKs.
func TestBrowser(t *testing.T) {
	runVisitors(t, slices.Concat(passing(), failing(), factors(), organizations()))
}

// passing: with a tenant that tacit set up, in every way of asking.
func passing() []visitor {
	return []visitor{
		{name: "iframe", says: "Asked silently: an access token, JWT, signed with RS256"},
		{name: "redirect", choices: "mode=redirect", says: "Asked with the whole page"},
		{name: "refresh", choices: "mode=refresh", says: "Renewed with the refresh token, without an iframe"},
		{name: "interactive", choices: "mode=interactive", says: "Asked with the whole page"},
		{name: "auth0.js", connection: "globex", says: "Asked silently: an access token, JWT, signed with RS256"},

		{name: "iframe, cookies blocked, same site", blocked: true},
		{name: "refresh, cookies blocked, same site", blocked: true, choices: "mode=refresh"},
		{name: "auth0.js, cookies blocked, same site", blocked: true, connection: "globex"},
		{name: "iframe, another site", elsewhere: true, choices: "at=another-site"},
		{name: "auth0.js, another site", elsewhere: true, choices: "at=another-site", connection: "globex"},
		{name: "redirect, cookies blocked, another site", blocked: true, elsewhere: true, choices: "at=another-site&mode=redirect"},
		{name: "interactive, cookies blocked, another site", blocked: true, elsewhere: true, choices: "at=another-site&mode=interactive"},
	}
}

// failing: one thing is wrong, and a person sees what the rule says they would.
func failing() []visitor {
	const timeout = "timeout=0.5"
	return []visitor{
		{name: "iframe, cookies blocked, another site", blocked: true, elsewhere: true, choices: "at=another-site", rule: "TAC502", says: "login_required"},
		{name: "refresh, cookies blocked, another site", blocked: true, elsewhere: true, choices: "at=another-site&mode=refresh", rule: "TAC502", says: "login_required"},
		{name: "auth0.js, cookies blocked, another site", blocked: true, elsewhere: true, choices: "at=another-site", connection: "globex", rule: "TAC502", says: "login_required"},
		{name: "two hosts", choices: "at=another-site", rule: "TAC501", says: "login_required"},
		{name: "two hosts, redirect", elsewhere: true, choices: "mode=redirect", rule: "TAC501", says: "login_required"},

		{name: "no IdP-initiated login", broken: initiated("enabled", false), ends: stopped, rule: "TAC102", says: "IdP-Initiated login is not enabled for connection"},
		{name: "no default application", broken: initiated("client_id", "nobody"), ends: stopped, rule: "TAC103", says: "IdP-Initiated Default App Not Configured"},
		{name: "SAML to the application", broken: initiated("client_protocol", "samlp"), ends: stopped, rule: "TAC104", says: "Method Not Allowed"},
		{name: "connection disabled", broken: notEnabled, ends: stopped, rule: "TAC101", says: "Invalid request - connection disabled"},
		{name: "landing not listed", broken: asks("response_type=id_token&redirect_uri=https%3A%2F%2Fapp.example.localhost%2Fother"), ends: stopped, rule: "TAC108", says: "Callback URL mismatch"},
		{name: "landing with the SDK's callback", alone: "the SDK reads an answer that a rehearsal leaves alone", broken: lands("response_type=code&redirect_uri=", "/"), rule: "TAC106", says: "missing_transaction"},
		{name: "landing with an opaque token", alone: "a rehearsal does not use the landing's token", choices: "mode=landing", broken: lands("response_type=token%20id_token&scope=openid&redirect_uri=", "/start-login"), rule: "TAC106", says: "jwt malformed"},
		{name: "another key", fault: rehearse.WrongKey, ends: stopped, rule: "TAC116", says: "Invalid thumbprint"},
		{name: "two assertions", fault: rehearse.TwoAssertions, ends: stopped, rule: "TAC132", says: "A SAMLResponse can contain only one Assertion element."},

		{name: "no web origin", choices: timeout, broken: client("web_origins", []any{}), rule: "TAC203", says: "timeout"},
		{name: "no web origin, auth0.js", connection: "globex", choices: timeout, broken: client("web_origins", []any{}), rule: "TAC203", says: "timeout"},
		{name: "no web origin, redirect", choices: "mode=redirect", broken: client("web_origins", []any{}), ends: passed},
		{name: "silent callback not listed", choices: timeout, broken: noOriginCallback, rule: "TAC202", says: "timeout"},
		{name: "silent callback not listed, redirect", choices: "mode=redirect", broken: noOriginCallback, ends: stopped, rule: "TAC202", says: "Callback URL mismatch"},
		{name: "no code grant", broken: client("grant_types", []any{"implicit"}), rule: "TAC204", says: "Grant type 'authorization_code' not allowed for the client."},
		{name: "no implicit grant", broken: client("grant_types", []any{"authorization_code"}), rule: "TAC205", says: "Grant type 'implicit' not allowed for the client."},
		{name: "HS256 ID token", broken: client("jwt_configuration", map[string]any{"alg": "HS256"}), rule: "TAC207", says: `Signature algorithm of "HS256" is not supported.`},
		{name: "a secret is wanted", broken: client("token_endpoint_auth_method", "client_secret_post"), rule: "TAC208", says: "Unauthorized"},
		{name: "no single sign-on", broken: client("sso_disabled", true), rule: "TAC209", says: "login_required"},
		{name: "origin not allowed", broken: client("allowed_origins", []any{"https://other.example.com"}), rule: "TAC216", says: "Failed to fetch"},
		{name: "no single sign-on, auth0.js", connection: "globex", broken: client("sso_disabled", true), rule: "TAC209", says: "login_required"},
		{name: "no code grant, auth0.js", connection: "globex", broken: client("grant_types", []any{"implicit"}), ends: passed},
		{name: "a secret is wanted, auth0.js", connection: "globex", broken: client("token_endpoint_auth_method", "client_secret_post"), ends: passed},
		{name: "refresh tokens only", alone: "the SDK makes no request at all", choices: "mode=refresh-only", rule: "TAC603", says: "missing_refresh_token"},

		{name: "another audience, auth0.js", connection: "globex", choices: "audience=https://api.example.com/orders/", rule: "TAC301", says: "Service not found: https://api.example.com/orders/"},
		{name: "users without access, auth0.js", connection: "globex", broken: noAccess, rule: "TAC305", says: "is not authorized to access resource server"},
		{name: "another audience", choices: "audience=https://api.example.com/orders/", rule: "TAC301", says: "Service not found: https://api.example.com/orders/"},
		{name: "consent", broken: api("skip_consent_for_verifiable_first_party_clients", false), rule: "TAC302", says: "Consent required"},
		{name: "consent, auth0.js", connection: "globex", broken: api("skip_consent_for_verifiable_first_party_clients", false), rule: "TAC302", says: "consent_required"},
		{name: "HS256 access token", broken: api("signing_alg", "HS256"), rule: "TAC303", says: "invalid algorithm"},
		{name: "users without access", broken: noAccess, rule: "TAC305", says: "is not authorized to access resource server"},
		{name: "users without roles", broken: api("enforce_policies", true), rule: "TAC309", says: "403"},
		{name: "no offline access", alone: "the SDK falls back to an iframe", choices: "mode=refresh", broken: api("allow_offline_access", false), ends: passed, says: "Asked in an iframe again"},
	}
}

// factors: the tenant asks for a second factor at every request. The landing shows the challenge; a silent request cannot.
func factors() []visitor {
	const nobody, required = "nobody answers a challenge in a rehearsal", "Multifactor authentication required"
	return []visitor{
		{name: "second factor", factor: true, broken: always, alone: nobody, rule: "TAC407", says: required},
		{name: "second factor, redirect", factor: true, choices: "mode=redirect", broken: always, alone: nobody, rule: "TAC407", says: required},
		{name: "second factor, auth0.js", connection: "globex", factor: true, broken: always, alone: nobody, rule: "TAC407", says: required},
	}
}

// organizations: logins for one, and what can be wrong about them.
func organizations() []visitor {
	const asks = "organization=ORG"
	return []visitor{
		{name: "organization", member: true, choices: asks, broken: organized("require", true, true), ends: passed, says: "org_"},
		{name: "organization, redirect", member: true, choices: asks + "&mode=redirect", broken: organized("allow", true, true), ends: passed, says: "org_"},
		{name: "organization, auth0.js", connection: "globex", member: true, choices: asks, broken: organized("allow", true, true), ends: passed, says: "org_"},
		{name: "organization required", broken: organized("require", true, true), ends: stopped, rule: "TAC221", says: "invalid_request"},
		{name: "organization denied", member: true, choices: asks, broken: organized("deny", true, true), ends: stopped, rule: "TAC221", says: "invalid_request"},
		{name: "organization without the connection", member: true, choices: asks, broken: organized("allow", false, false), ends: stopped, rule: "TAC507", says: "access_denied"},
		{name: "organization without the user", member: true, choices: asks, broken: organized("allow", true, false), ends: stopped, rule: "TAC508", says: "access_denied"},
		{name: "organization at the landing alone", member: true, broken: organized("require", true, true), alone: mixed, rule: "TAC221", says: "invalid_request"},
		{name: "organization in the silent request alone", choices: asks, broken: organized("allow", true, true), alone: mixed, rule: "TAC509", says: "login_required"},
	}
}

const mixed = "landing and request differ in the organization, which a path never has them do"

// runVisitors lets those that change nothing about the tenant go at once, and the others one after the other.
func runVisitors(t *testing.T, all []visitor) {
	t.Helper()
	chromium := needsBrowser(t)
	s := serve(t, spaDir())
	m := newModel(t, s)
	browsers := map[bool]*browser{false: launch(t, chromium, s.pin, false), true: launch(t, chromium, s.pin, true)}
	for _, atOnce := range []bool{true, false} {
		t.Run(map[bool]string{true: "as it is", false: "broken"}[atOnce], func(t *testing.T) {
			for i := range all {
				v := &all[i]
				if atOnce != (v.broken == nil) {
					continue
				}
				t.Run(v.name, func(t *testing.T) {
					here := *s
					here.t = t
					if v.broken != nil {
						v.broken(&here)
					} else {
						t.Parallel()
					}
					v.fill()
					p := browsers[v.blocked].tab(t)
					v.check(p, &here)
					if v.alone == "" {
						m.agrees(t, v, &here, v.ends, p.text("#error"))
					}
				})
			}
		})
	}
}

func (v *visitor) fill() {
	if v.connection == "" {
		v.connection = "acme"
	}
	if v.ends == "" {
		v.ends = passed
		if v.rule != "" {
			v.ends = failed
		}
	}
}

// check clicks the tile and reads the page on which the login ends.
func (v *visitor) check(p *tab, s *served) {
	p.t.Helper()
	const atTheEnd = "body[data-outcome=passed], body[data-outcome=failed], #error, body > pre"
	domain := s.Login[len("https://"):]
	if v.elsewhere {
		domain = s.Domain
	}
	if v.choices != "" {
		// The page keeps the choices once its scripts have run.
		p.do(chromedp.Navigate(s.App+"/?"+strings.ReplaceAll(v.choices, "ORG", s.org)), chromedp.WaitReady("html[data-settings=kept]"))
	}
	p.do(
		chromedp.Navigate(s.IDP),
		chromedp.SetValue("[name=domain]", domain), chromedp.SetValue("[name=fault]", string(v.fault)),
	)
	if v.member {
		p.do(chromedp.SetValue("[name=organization]", s.org))
	}
	p.do(chromedp.Click(`button[value="` + v.connection + `"]`))
	if v.factor {
		p.do(chromedp.Click("button[value=accept]"))
	}
	p.do(chromedp.WaitReady(atTheEnd))
	if dir := os.Getenv("BROWSER_SCREENSHOTS"); dir != "" {
		p.picture(dir, v.name)
	}
	said := p.says()
	var outcome string
	p.do(chromedp.Evaluate(`document.body.dataset.outcome ?? "stopped"`, &outcome))
	require.Equal(p.t, v.ends, outcome, said)
	assert.Contains(p.t, said, v.says)
	if v.rule == "" {
		return
	}
	i := slices.IndexFunc(rules.Catalogue(), func(r *check.Rule) bool { return r.Code == v.rule })
	require.NotEqual(p.t, -1, i, v.rule)
	symptom := rules.Catalogue()[i].Symptom
	if v.rule != "TAC104" { // a page of the application's own
		assert.Contains(p.t, symptom, v.says, "what a person sees is not what %s promises", v.rule)
	}
	if v.ends == failed {
		assert.Contains(p.t, p.text("#failure"), v.rule, "the application does not explain the error:\n%s", said)
	}
}
