package stage_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/apply/rehearse"
	"github.com/tacit-dev/tacit/apply/stage"
	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
	"github.com/tacit-dev/tacit/schema/check/rules"
)

// breakage is one way to break a rule, and how the login then fails.
type breakage struct {
	code string
	bend func(object)
	// want is in the error, its description or the message of the login that fails.
	want string
	// outcome is failed unless it says otherwise.
	outcome rehearse.Outcome
	// later is how a silent way ends for a user whose session has ended, where that is another outcome.
	later rehearse.Outcome
	// upgrade is what the silent_upgrade block says besides, redirect another redirect_uri.
	upgrade, redirect string
	// cookies are sent to other sites.
	cookies bool
	// vias are the ways on which the login fails, all on which the rule is an error when nil.
	vias []string
}

func client(key string, v any) func(object) {
	return func(seed object) { only(seed, "clients")[key] = v }
}

func api(key string, v any) func(object) {
	return func(seed object) { only(seed, "resource_servers")[key] = v }
}

func idp(key string, v any) func(object) {
	return func(seed object) {
		only(seed, "connections")["options"].(object)["idpinitiated"].(object)[key] = v
	}
}

func policy(p string) func(object) {
	return api("subject_type_authorization", object{"user": object{"policy": p}})
}

func both(fs ...func(object)) func(object) {
	return func(seed object) {
		for _, f := range fs {
			f(seed)
		}
	}
}

const secret = "0123456789012345678901234567890123456789012345678901234567890123"

// breakages is the table: rule -> how to break it on the tenant -> how the login fails.
func breakages() []breakage {
	const query = "response_type=id_token&scope=openid&redirect_uri=https%3A%2F%2Fapp.example.com%2F"
	const organization, local = "organization = organization.acme", "http://localhost:3000"
	return []breakage{
		{code: "TAC101", bend: func(s object) { s["connection_clients"] = object{} }, want: "connection disabled"},
		{code: "TAC102", bend: idp("enabled", false), want: "IdP-Initiated login is not enabled"},
		{code: "TAC103", bend: idp("client_id", "nobody"), want: "Default App Not Configured"},
		{code: "TAC104", bend: idp("client_protocol", "samlp"), want: "SAML response"},
		{code: "TAC108", bend: idp("client_authorizequery", query+"elsewhere"), want: "Callback URL mismatch"},
		{code: "TAC202", bend: client("callbacks", []any{app + "/start-login"}), want: "Callback URL mismatch"},
		{code: "TAC203", bend: client("web_origins", []any{}), want: "does not have a registered origin"},
		{code: "TAC204", bend: client("grant_types", []any{"implicit", "refresh_token"}), want: "Grant type 'authorization_code' not allowed"},
		{code: "TAC205", bend: client("grant_types", []any{"authorization_code", "refresh_token"}), want: "Grant type 'implicit' not allowed"},
		{code: "TAC207", bend: both(client("jwt_configuration", object{"alg": "HS256"}), client("client_secret", secret)), want: `"HS256" is not supported`},
		{code: "TAC208", bend: both(client("token_endpoint_auth_method", "client_secret_post"), client("client_secret", secret)), want: "Unauthorized"},
		{code: "TAC209", bend: client("sso_disabled", true), later: rehearse.Passed, want: "login_required"},
		{code: "TAC212", bend: client("grant_types", []any{"authorization_code", "implicit"}), upgrade: "refresh = true", want: "missing_refresh_token"},
		{code: "TAC213", bend: client("is_first_party", false), want: "unsupported_response_type"},
		{code: "TAC215", bend: both(client("callbacks", []any{app + "/start-login", local}), client("web_origins", []any{local})), redirect: local, cookies: true, later: rehearse.Unknown, want: "interaction_required"},
		{code: "TAC217", bend: client("require_pushed_authorization_requests", true), want: "Pushed Authorization Requests are required"},
		{code: "TAC218", bend: client("require_proof_of_possession", true), want: "DPoP"},
		{code: "TAC312", bend: client("require_proof_of_possession", true), upgrade: "dpop = true", want: "does not take DPoP"},
		{code: "TAC312", bend: api("proof_of_possession", object{"mechanism": "mtls", "required": true}), upgrade: "dpop = true", want: "does not take DPoP"},
		{code: "TAC312", bend: api("proof_of_possession", object{"mechanism": "mtls", "required": true}), want: "proof is required"},
		{code: "TAC219", bend: client("compliance_level", "fapi1_adv_pkj_par"), want: "needs pushed or signed authorization requests"},
		{code: "TAC220", bend: client("signed_request_object", object{"required": true}), want: "signed request object is required"},
		{code: "TAC221", bend: client("organization_usage", "deny"), upgrade: organization, want: "organization is not allowed for this client"},
		{code: "TAC302", bend: api("skip_consent_for_verifiable_first_party_clients", false), later: rehearse.Unknown, want: "Consent required", vias: []string{schema.ViaIframe, schema.ViaRedirect}},
		{code: "TAC303", bend: both(api("signing_alg", "HS256"), api("signing_secret", secret)), want: "HS256"},
		{code: "TAC305", bend: policy("deny_all"), want: "is not authorized to access resource server"},
		{code: "TAC306", bend: policy("require_client_grant"), want: "is not authorized to access resource server"},
		{code: "TAC311", bend: api("token_encryption", object{"format": "compact-nested-jwe", "encryption_key": object{"thumbprint_sha256": "t"}}), want: "opaque_token"},
		{code: "TAC312", bend: api("proof_of_possession", object{"mechanism": "dpop", "required": true}), want: "DPoP"},
		{code: "TAC313", bend: api("consent_policy", "transactional-authorization-with-mfa"), want: "consent_required"},
		{code: "TAC315", bend: api("allow_offline_access", false), upgrade: "refresh = true", want: "missing_refresh_token"},
		{code: "TAC402", bend: func(s object) { s["tenant_settings"] = object{"flags": object{"enable_sso": false}} }, later: rehearse.Passed, want: "login_required"},
		{code: "TAC406", bend: func(s object) {
			s["tenant_settings"] = object{"flags": object{"enable_sso": true, "require_pushed_authorization_requests": true}}
		}, want: "Pushed Authorization Requests are required"},
		// The first login of the session meets the challenge already, and nobody is there to answer it.
		{code: "TAC407", bend: func(s object) { s["guardian_policies"] = []any{"all-applications"} }, want: "waits for the user", outcome: rehearse.Unknown},
		{code: "TAC304", bend: api("scopes", []any{}), want: "insufficient_scope"},
		{code: "TAC501", bend: func(s object) {
			only(s, "connections")["options"].(object)["recipientUrl"] = "https://" + canonical + "/login/callback?connection=acme"
		}, later: rehearse.Passed, want: "login_required"},
		{code: "TAC502", bend: func(object) {}, upgrade: `login_domain = "` + canonical + `"`, later: rehearse.Passed, want: "login_required"},
		{code: "TAC503", bend: func(s object) { only(s, "custom_domains")["status"] = "pending_verification" }, want: "not a ready custom domain"},
		{code: "TAC505", bend: func(s object) {
			client("callbacks", []any{app + "/start-login", "https://{custom_domain.metadata.public_app}"})(s)
			only(s, "custom_domains")["domain_metadata"] = object{"public_app": "elsewhere.example.com"}
		}, want: "Callback URL mismatch"},
		{code: "TAC507", bend: func(s object) { s["organization_enabled_connections"] = object{} }, upgrade: organization, want: "not enabled for the organization"},
	}
}

// TestAgreement: for every error rule that the tenant can break, breaking it makes the rule fail and the login fail with
// the rule's symptom, in every way of asking for which it is an error.
func TestAgreement(t *testing.T) {
	rows := map[string][]breakage{}
	for _, b := range breakages() {
		rows[b.code] = append(rows[b.code], b)
	}
	for _, r := range rules.Catalogue() {
		isError := slices.ContainsFunc(vias(), func(via string) bool { return r.Severity[via] == schema.Error })
		if r.Advice || !isError {
			continue
		}
		if rows[r.Code] == nil {
			assert.NotEmpty(t, r.NotRehearsed, "%s %s: an error rule without a row in breakages, and it does not say why", r.Code, r.Name)
			continue
		}
		assert.Empty(t, r.NotRehearsed, "%s has rows", r.Code)
		for _, b := range rows[r.Code] {
			for _, via := range vias() {
				if r.Severity[via] == schema.Error && (b.vias == nil || slices.Contains(b.vias, via)) {
					t.Run(r.Code+" "+via, func(t *testing.T) { b.check(t, via) })
				}
			}
		}
	}
}

func vias() []string { return []string{schema.ViaIframe, schema.ViaRedirect, schema.ViaInteractive} }

func (b breakage) check(t *testing.T, via string) {
	t.Helper()
	seed := ready()
	b.bend(seed)
	redirect, outcome := cmp.Or(b.redirect, app), cmp.Or(b.outcome, rehearse.Failed)
	ten := read(t, seed, strings.Replace(declared(fmt.Sprintf("via = %q\n%s", via, b.upgrade)), `redirect_uri = "`+app+`"`, `redirect_uri = "`+redirect+`"`, 1))
	found, paths := plan.Check(ten.cfg, ten.binding, rules.Catalogue())
	assert.True(t, slices.ContainsFunc(found.Findings, func(f check.Finding) bool { return f.Code == b.code && f.Breaks() }),
		"the rule does not fail: %s", explain(found.Findings))
	r, err := ten.stage(t, stage.Options{ThirdPartyCookies: b.cookies}).Present(t.Context(), paths)
	require.NoError(t, err)
	require.Len(t, r.Logins, 1)
	tr := r.Logins[0]
	require.Equal(t, outcome, tr.Outcome, explain(tr))
	said := strings.Join([]string{tr.Stopped.Code, tr.Stopped.Description, tr.Stopped.Message}, " ")
	assert.Contains(t, said, b.want)
	b.checkLater(t, ten, paths, via)
}

// checkLater is the same for users who come back when their session has ended. What breaks the silent request alone is
// nothing to them: it has to fail, and a visible login follows.
func (b breakage) checkLater(t *testing.T, ten *tenant, paths []*check.Path, via string) {
	t.Helper()
	outcome, want := cmp.Or(b.outcome, rehearse.Failed), b.want
	if b.later != "" && via != schema.ViaInteractive {
		outcome, want = b.later, "waits for the user"
	}
	r, err := ten.stage(t, stage.Options{ThirdPartyCookies: b.cookies, Session: rehearse.SessionExpired}).Present(t.Context(), paths)
	require.NoError(t, err)
	tr := r.Logins[0]
	require.Equal(t, outcome, tr.Outcome, "session expired: %s", explain(tr))
	if outcome != rehearse.Passed {
		assert.Contains(t, strings.Join([]string{tr.Stopped.Code, tr.Stopped.Description, tr.Stopped.Message}, " "), want, "session expired")
	}
}

// TestCleanIsGreen: where no error rule fails, the login works, now and when the session has ended.
func TestCleanIsGreen(t *testing.T) {
	dpop := api("proof_of_possession", object{"mechanism": "dpop", "required": true})
	for _, via := range vias() {
		for upgrade, bend := range map[string]func(object){
			"": nil, "refresh = true": nil, "organization = organization.acme": nil,
			"dpop = true": both(dpop, client("require_proof_of_possession", true)), "dpop = true\nrefresh = true": dpop,
		} {
			seed := ready()
			if bend != nil {
				bend(seed)
			}
			ten := read(t, seed, declared(fmt.Sprintf("via = %q\n%s", via, upgrade)))
			found, paths := plan.Check(ten.cfg, ten.binding, rules.Catalogue())
			assert.False(t, found.Failed(false), explain(found.Findings))
			for _, session := range []rehearse.Session{rehearse.SessionFresh, rehearse.SessionExpired} {
				r, err := ten.stage(t, stage.Options{Session: session}).Present(t.Context(), paths)
				require.NoError(t, err)
				assert.Equal(t, rehearse.Counts{Passed: 1}, r.Counts, "%s %s %s: %s", via, upgrade, session, explain(r.Logins))
			}
		}
	}
}
