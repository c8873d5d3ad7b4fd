package main

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/tacit-dev/tacit/schema/check"
)

// variant is the quickstart with changes to its file, and what can be broken
// where that is applied.
type variant struct {
	name    string
	changes [][2]string
	// accepted are findings that the variant has when nothing is broken.
	accepted  []string
	breakages []breakage
}

// breakage breaks one prerequisite on the tenant.
type breakage struct {
	// code is the rule that has to find it, how tells breakages of one rule
	// apart.
	code, how string
	// part and patch change an object (RFC 7396); edit changes the tenant.
	part, patch string
	edit        func(tenant map[string]any)
	// open: the rule cannot know, and says unknown.
	open bool
	// beside are other rules that rightly find it too, with the reason.
	beside map[string]string
}

func (b *breakage) outcome() check.Outcome {
	if b.open {
		return check.Unknown
	}
	return check.Fail
}

// unbreakable are rules that no tenant can break, because they judge what the
// files say.
func unbreakable() map[string]string {
	return map[string]string{
		"TAC301": "the audience is the identifier in the files; an API with another one is another API",
		"TAC502": "redirect_uri and login_domain are in the files",
	}
}

func variants() []variant {
	upgrade, client, api := `via          = "iframe"`, `  allowed_logout_urls = [var.app]`, `  identifier = "https://api.example.com/orders"`
	add := func(line, more string) [2]string { return [2]string{line, line + "\n" + more} }
	return []variant{
		{name: "quickstart", breakages: quickstartBreakages()},
		{name: "refresh", breakages: refreshBreakages(), changes: [][2]string{
			add(upgrade, "refresh = true"), add(api, "allow_offline_access = true"),
			add(client, "refresh_token {\n rotation_type = \"rotating\"\n expiration_type = \"expiring\"\n token_lifetime = 2592000\n}"),
		}},
		{name: "dpop", breakages: dpopBreakages(), changes: [][2]string{
			add(upgrade, "dpop = true"), add(client, "require_proof_of_possession = true"),
			add(api, "proof_of_possession {\n mechanism = \"dpop\"\n required = true\n}\nallow_online_access = true"),
			{`scopes       = ["read:orders"]`, `scopes = ["read:orders", "online_access"]`},
		}},
		{name: "granted", breakages: grantBreakages(), changes: [][2]string{
			add(api, "subject_type_authorization {\n user {\n policy = \"require_client_grant\"\n}\n}"),
			{`silent_upgrade "orders" {`, grantBlock + `silent_upgrade "orders" {`},
		}},
		{name: "granted, without scopes", breakages: noScopesBreakages(), changes: [][2]string{
			{`scopes       = ["read:orders"]`, ``},
			{`silent_upgrade "orders" {`, grantBlock + `silent_upgrade "orders" {`},
		}},
		{name: "organization", breakages: organizationBreakages(), changes: [][2]string{
			add(upgrade, "organization = organization.acme"), add(client, "organization_usage = \"allow\""),
			{`silent_upgrade "orders" {`, organizationBlocks + `silent_upgrade "orders" {`},
		}},
		{name: "custom scheme", breakages: schemeBreakages(), changes: [][2]string{
			{upgrade, `via = "redirect"`}, {`redirect_uri = var.app`, `redirect_uri = "com.example.portal://done"`},
			add(client, "skip_non_verifiable_callback_uri_confirmation_prompt = true"),
		}},
		{name: "interactive", breakages: interactiveBreakages(), changes: [][2]string{
			{upgrade, `via = "interactive"`}, add(api, "skip_consent_for_verifiable_first_party_clients = true"),
		}},
	}
}

const grantBlock = `
client_grant "portal_orders" {
  client       = spa_client.portal
  audience     = api.orders.identifier
  subject_type = "user"
  scope        = ["read:orders"]
}

`

const organizationBlocks = `
organization "acme" {
  name = "acme"
}

organization_connection "acme" {
  for_each                   = saml_connection.customer
  organization               = organization.acme
  connection                 = each.value
  assign_membership_on_login = true
}

tenant_settings {
  allow_organization_name_in_authentication_api = true
}

`

func quickstartBreakages() []breakage {
	return append(append(append(append(connectionBreakages(), certificateBreakages()...), clientBreakages()...), apiBreakages()...), tenantBreakages()...)
}

// landing is a query of the connection acme that lands on uri.
func landing(uri string, more ...string) string {
	return authorize("response_type=id_token&scope=openid%20profile%20email&redirect_uri=" + url.QueryEscape(uri) + strings.Join(more, ""))
}

// authorize is a patch of a connection's query.
func authorize(query string) string {
	return options("idpinitiated", map[string]any{"client_authorizequery": query})
}

// options is a patch of a connection's option.
func options(name string, v any) string {
	raw, err := json.Marshal(map[string]any{"options": map[string]any{name: v}})
	if err != nil {
		panic(err)
	}
	return string(raw)
}

const start = "https://app.example.com/start-login"

func connectionBreakages() []breakage {
	at := func(code, how, patch string) breakage {
		return breakage{code: code, how: how, part: "connections", patch: patch}
	}
	return []breakage{
		{code: "TAC101", part: "connections", edit: func(tenant map[string]any) {
			id, _ := object(tenant, "connections")["id"].(string)
			tenant["connection_clients"].(map[string]any)[id] = []any{}
		}},
		at("TAC102", "off", `{"options": {"idpinitiated": {"enabled": false}}}`),
		at("TAC102", "gone", `{"options": {"idpinitiated": null}}`),
		at("TAC103", "another", `{"options": {"idpinitiated": {"client_id": "another0123456789"}}}`),
		at("TAC103", "none", `{"options": {"idpinitiated": {"client_id": ""}}}`),
		at("TAC104", "", `{"options": {"idpinitiated": {"client_protocol": "samlp"}}}`),
		{code: "TAC104", how: "gone", part: "connections", patch: `{"options": {"idpinitiated": {"client_protocol": null}}}`, open: true},
		at("TAC105", "audience", landing(start, "&audience=https://api.example.com/orders")),
		at("TAC105", "frozen", landing(start, "&nonce=1")),
		at("TAC106", "token", authorize("response_type=token%20id_token&scope=openid&redirect_uri="+url.QueryEscape(start))),
		at("TAC106", "code", authorize("response_type=code&scope=openid&redirect_uri="+url.QueryEscape(start))),
		at("TAC107", "", authorize("response_type=id_token&scope=profile&redirect_uri="+url.QueryEscape(start))),
		at("TAC108", "", landing("https://app.example.com/elsewhere")),
		at("TAC109", "", landing(start+"?"+strings.Repeat("x", 2048))),
		at("TAC110", "not quoted", authorize("response_type=id_token&scope=openid&redirect_uri="+start+"?connection=acme")),
		at("TAC110", "commas", authorize("response_type=id_token&scope=openid%20profile,email&redirect_uri="+url.QueryEscape(start))),
		{code: "TAC111", part: "connections", edit: func(tenant map[string]any) {
			add(object(tenant, "clients"), "callbacks", "http://localhost:3000/start")
			merge(object(tenant, "connections"), decoded(landing("http://localhost:3000/start")))
		}},
		at("TAC112", "", landing("https://app.example.com")),
		at("TAC113", "", `{"options": {"signInEndpoint": null}}`),
		at("TAC114", "", `{"options": {"signInEndpoint": "http://idp.acme.example/saml/sso"}}`),
		at("TAC122", "the IdP's", `{"options": {"entityId": "https://idp.acme.example/metadata"}}`),
		at("TAC122", "another connection's", `{"options": {"entityId": "urn:auth0:quickstart:globex"}}`),
		at("TAC123", "no ACS URL", `{"options": {"recipientUrl": "https://login.example.com/sso"}}`),
		at("TAC501", "the tenant's own host", `{"options": {"recipientUrl": "https://quickstart.eu.auth0.com/login/callback?connection=acme"}}`),
		at("TAC501", "another host", `{"options": {"destinationUrl": "https://proxy.example.com/saml"}}`),
		at("TAC124", "no key", `{"options": {"decryptionKey": "-----BEGIN CERTIFICATE-----"}}`),
		at("TAC125", "e-mail", `{"options": {"user_id_attribute": "email"}}`),
		at("TAC125", "two", `{"options": {"user_id_attribute": "oid", "fieldsMap": {"user_id": "uid"}}}`),
	}
}

func certificateBreakages() []breakage {
	at := func(code, how, pem string) breakage {
		return breakage{code: code, how: how, part: "connections", patch: `{"options": {"cert": null, "certs": null, "signingCert": ` + asJSON(pem) + `}}`}
	}
	days := func(n int) time.Time { return today().AddDate(0, 0, n) }
	good := certificate(days(-100), days(1000), strong())
	return []breakage{
		{code: "TAC115", how: "none", part: "connections", patch: `{"options": {"cert": null, "certs": null, "signingCert": null}}`},
		at("TAC115", "garbled", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
		at("TAC116", "", good+certificate(days(-100), days(2000), strong())),
		at("TAC117", "", certificate(days(-100), days(-1), strong())),
		at("TAC118", "59 days", certificate(days(-100), days(59), strong())),
		at("TAC118", "3 days", certificate(days(-100), days(3), strong())),
		at("TAC119", "", certificate(days(5), days(1000), strong())),
		at("TAC120", "", certificate(days(-100), days(1000), weak())),
		at("TAC121", "", file("schema", "saml", "testdata", "certs", "rsa2048-md5.pem")),
	}
}

func clientBreakages() []breakage {
	at := func(code, how, patch string) breakage {
		return breakage{code: code, how: how, part: "clients", patch: patch}
	}
	return []breakage{
		{code: "TAC201", part: "connections", edit: func(tenant map[string]any) {
			object(tenant, "clients")["callbacks"] = []any{"https://app.example.com", start}
			merge(object(tenant, "connections"), decoded(authorize("response_type=id_token&scope=openid")))
		}},
		at("TAC202", "", `{"callbacks": ["https://app.example.com/start-login"]}`),
		at("TAC202", "another scheme", `{"callbacks": ["https://app.example.com/start-login", "http://app.example.com"]}`),
		at("TAC203", "", `{"web_origins": []}`),
		at("TAC203", "gone", `{"web_origins": null}`),
		at("TAC204", "", `{"grant_types": ["implicit", "refresh_token"]}`),
		at("TAC205", "", `{"grant_types": ["authorization_code", "refresh_token"]}`),
		at("TAC206", "", `{"oidc_conformant": false}`),
		at("TAC207", "HS256", `{"jwt_configuration": {"alg": "HS256"}}`),
		at("TAC207", "gone", `{"jwt_configuration": {"alg": null}}`),
		at("TAC208", "", `{"token_endpoint_auth_method": "client_secret_post"}`),
		{code: "TAC208", how: "gone", part: "clients", patch: `{"token_endpoint_auth_method": null}`, open: true},
		at("TAC208", "regular web application", `{"app_type": "regular_web", "token_endpoint_auth_method": "client_secret_post"}`),
		at("TAC209", "", `{"sso_disabled": true}`),
		at("TAC210", "", `{"app_type": "regular_web"}`),
		at("TAC211", "", `{"grant_types": ["authorization_code", "implicit", "refresh_token", "client_credentials"]}`),
		at("TAC213", "", `{"is_first_party": false}`),
		at("TAC214", "", `{"callbacks": ["https://app.example.com/start-login", "https://app.example.com", "https://*.com/start"]}`),
		at("TAC216", "", `{"allowed_origins": ["https://admin.example.com"]}`),
		at("TAC217", "", `{"require_pushed_authorization_requests": true}`),
		at("TAC218", "", `{"require_proof_of_possession": true}`),
		at("TAC219", "", `{"compliance_level": "fapi1_adv_pkj_par"}`),
		at("TAC219", "with all that it brings", `{"compliance_level": "fapi1_adv_pkj_par", "require_pushed_authorization_requests": true, "signed_request_object": {"required": true}, "token_endpoint_auth_method": "private_key_jwt"}`),
		at("TAC220", "", `{"signed_request_object": {"required": true}}`),
		at("TAC221", "", `{"organization_usage": "require"}`),
		at("TAC222", "", `{"organization_usage": "allow", "organization_require_behavior": "pre_login_prompt"}`),
		at("TAC224", "", `{"allowed_logout_urls": ["https://admin.example.com"]}`),
		{code: "TAC505", how: "nothing of that name", part: "clients", edit: byDomain("")},
		{code: "TAC505", how: "another value", part: "clients", edit: byDomain("elsewhere.example.com")},
	}
}

// byDomain writes callbacks that depend on what the custom domain holds as
// public_app.
func byDomain(value string) func(map[string]any) {
	return func(tenant map[string]any) {
		object(tenant, "clients")["callbacks"] = []any{start, "https://{custom_domain.metadata.public_app}"}
		object(tenant, "custom_domains")["domain_metadata"] = map[string]any{"public_other": "x"}
		if value != "" {
			object(tenant, "custom_domains")["domain_metadata"] = map[string]any{"public_app": value}
		}
	}
}

func apiBreakages() []breakage {
	at := func(code, how, patch string) breakage {
		return breakage{code: code, how: how, part: "resource_servers", patch: patch}
	}
	return []breakage{
		at("TAC302", "", `{"skip_consent_for_verifiable_first_party_clients": false}`),
		at("TAC302", "gone", `{"skip_consent_for_verifiable_first_party_clients": null}`),
		at("TAC303", "", `{"signing_alg": "HS256"}`),
		at("TAC304", "", `{"scopes": []}`),
		at("TAC304", "another", `{"scopes": [{"value": "read:order"}]}`),
		at("TAC305", "", `{"subject_type_authorization": {"user": {"policy": "deny_all"}}}`),
		at("TAC306", "", `{"subject_type_authorization": {"user": {"policy": "require_client_grant"}}}`),
		at("TAC309", "", `{"enforce_policies": true}`),
		at("TAC310", "permissions", `{"token_dialect": "access_token_authz"}`),
		at("TAC310", "RFC 9068", `{"token_dialect": "rfc9068_profile"}`),
		at("TAC311", "", `{"token_encryption": {"format": "compact-nested-jwe"}}`),
		at("TAC312", "dpop", `{"proof_of_possession": {"mechanism": "dpop", "required": true}}`),
		at("TAC312", "mtls", `{"proof_of_possession": {"mechanism": "mtls", "required": true}}`),
		at("TAC313", "", `{"consent_policy": "transactional-authorization-with-mfa"}`),
		at("TAC314", "", `{"authorization_policy": {"policy_id": "p"}}`),
		at("TAC317", "short", `{"token_lifetime": 600, "token_lifetime_for_web": 600}`),
		at("TAC317", "longer in the browser", `{"token_lifetime": 7200, "token_lifetime_for_web": 86400}`),
	}
}

func tenantBreakages() []breakage {
	at := func(code, how, patch string) breakage {
		return breakage{code: code, how: how, part: "tenant_settings", patch: patch}
	}
	const asks = "TAC408 is about Actions that ask for a factor, and TAC410 finds the same Actions"
	mfa := does("api.multifactor.enable('any')")
	return []breakage{
		at("TAC401", "", `{"default_audience": "https://api.example.com/orders"}`),
		at("TAC402", "", `{"flags": {"enable_sso": false}}`),
		at("TAC403", "idle", `{"idle_session_lifetime": 1}`),
		at("TAC403", "absolute", `{"session_lifetime": 2, "idle_session_lifetime": 30}`),
		at("TAC404", "", `{"session_cookie": {"mode": "non-persistent"}}`),
		at("TAC405", "", `{"skip_non_verifiable_callback_uri_confirmation_prompt": true}`),
		at("TAC406", "", `{"flags": {"require_pushed_authorization_requests": true}}`),
		{code: "TAC407", how: "always", part: "guardian", edit: policies("all-applications")},
		{code: "TAC407", how: "adaptive", part: "guardian", edit: policies("confidence-score")},
		{code: "TAC409", part: "actions", edit: does("api.redirect.sendUserTo('https://app.example.com/terms')")},
		{code: "TAC410", part: "actions", edit: mfa},
		{code: "TAC410", how: "as the tenant says", part: "actions", edit: func(tenant map[string]any) {
			mfa(tenant)
			object(tenant, "tenant_settings")["customize_mfa_in_postlogin_action"] = true
		}},
		{code: "TAC408", part: "actions", beside: map[string]string{"TAC410": asks}, edit: func(tenant map[string]any) {
			does("if (!event.authentication?.methods.some((m) => m.name === 'mfa')) api.multifactor.enable('any')")(tenant)
			object(tenant, "tenant_settings")["customize_mfa_in_postlogin_action"] = true
		}},
		{code: "TAC411", part: "actions", edit: does("api.access.deny('no')")},
		{code: "TAC412", part: "actions", edit: does("api.accessToken.addScope('x')")},
		{code: "TAC413", part: "actions", edit: does("api.session.revoke('no')")},
		at("TAC414", "", `{"flags": {"enable_client_connections": true}}`),
		{code: "TAC503", how: "pending", part: "custom_domains", patch: `{"status": "pending_verification"}`},
		{code: "TAC503", how: "gone", part: "custom_domains", edit: func(tenant map[string]any) { tenant["custom_domains"] = []any{} }},
	}
}

func refreshBreakages() []breakage {
	return []breakage{
		{code: "TAC212", part: "clients", patch: `{"grant_types": ["authorization_code", "implicit"]}`},
		{code: "TAC223", how: "rotation", part: "clients", patch: `{"refresh_token": {"rotation_type": "non-rotating"}}`},
		{code: "TAC223", how: "expiration", part: "clients", patch: `{"refresh_token": {"expiration_type": "non-expiring"}}`},
		{code: "TAC315", part: "resource_servers", patch: `{"allow_offline_access": false}`},
	}
}

func dpopBreakages() []breakage {
	return []breakage{
		{code: "TAC218", how: "a token that proves nothing", part: "connections", patch: authorize("response_type=token%20id_token&scope=openid&redirect_uri=" + url.QueryEscape(start)),
			beside: map[string]string{"TAC106": "the answer should hold no token at all, which stands on its own"}},
		{code: "TAC312", how: "no mechanism", part: "resource_servers", patch: `{"proof_of_possession": null}`},
		{code: "TAC312", how: "mtls", part: "resource_servers", patch: `{"proof_of_possession": {"mechanism": "mtls", "required": true}}`},
		{code: "TAC316", part: "resource_servers", patch: `{"allow_online_access": false}`},
	}
}

func grantBreakages() []breakage {
	return []breakage{
		{code: "TAC306", how: "another subject", part: "client_grants", patch: `{"subject_type": "client"}`},
		{code: "TAC307", part: "client_grants", patch: `{"scope": []}`},
		{code: "TAC305", part: "resource_servers", patch: `{"subject_type_authorization": {"user": {"policy": "deny_all"}}}`},
	}
}

func noScopesBreakages() []breakage {
	return []breakage{
		{code: "TAC308", part: "resource_servers", patch: `{"subject_type_authorization": {"user": {"policy": "require_client_grant"}}}`},
	}
}

func organizationBreakages() []breakage {
	return []breakage{
		{code: "TAC221", how: "none", part: "clients", patch: `{"organization_usage": null}`},
		{code: "TAC221", how: "deny", part: "clients", patch: `{"organization_usage": "deny"}`},
		{code: "TAC222", part: "clients", patch: `{"organization_require_behavior": "pre_login_prompt"}`},
		{code: "TAC507", part: "organizations", edit: func(tenant map[string]any) { tenant["organization_enabled_connections"] = map[string]any{} }},
		{code: "TAC508", part: "organizations", edit: func(tenant map[string]any) {
			for _, list := range tenant["organization_enabled_connections"].(map[string]any) {
				for _, e := range list.([]any) {
					e.(map[string]any)["assign_membership_on_login"] = false
				}
			}
		}},
		{code: "TAC510", part: "tenant_settings", patch: `{"allow_organization_name_in_authentication_api": false}`},
	}
}

func schemeBreakages() []breakage {
	return []breakage{
		{code: "TAC215", how: "asked", part: "clients", patch: `{"skip_non_verifiable_callback_uri_confirmation_prompt": false}`},
		{code: "TAC215", how: "left to the tenant", part: "clients", patch: `{"skip_non_verifiable_callback_uri_confirmation_prompt": null}`},
	}
}

func interactiveBreakages() []breakage {
	return []breakage{
		{code: "TAC113", how: "a placeholder", part: "connections", patch: `{"options": {"signInEndpoint": "https://example.com/sso"}}`},
		{code: "TAC302", part: "resource_servers", patch: `{"skip_consent_for_verifiable_first_party_clients": false}`},
	}
}

func add(o map[string]any, list, entry string) {
	have, _ := o[list].([]any)
	o[list] = append(have[:len(have):len(have)], entry)
}

func policies(names ...any) func(map[string]any) {
	return func(tenant map[string]any) { tenant["guardian_policies"] = names }
}

// does binds an Action to the login.
func does(code string) func(map[string]any) {
	return func(tenant map[string]any) {
		action := map[string]any{"name": "Deed", "deployed_version": map[string]any{"code": "exports.onExecutePostLogin = async (event, api) => {\n" + code + "\n};"}}
		tenant["action_bindings"] = map[string]any{"post-login": []any{map[string]any{"id": "b", "display_name": "Deed", "action": action}}}
	}
}

func decoded(patch string) map[string]any {
	var out map[string]any
	if err := json.Unmarshal([]byte(patch), &out); err != nil {
		panic(err)
	}
	return out
}

func asJSON(s string) string {
	raw, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(raw)
}

// file is a file of the module.
func file(path ...string) string {
	raw, err := os.ReadFile(filepath.Join(append([]string{"..", ".."}, path...)...))
	if err != nil {
		panic(err)
	}
	return string(raw)
}

// Keys take a while to make, so each is made once.
var (
	strong = sync.OnceValue(func() *rsa.PrivateKey { return key(2048) })
	weak   = sync.OnceValue(func() *rsa.PrivateKey { return key(1024) })
)

func key(bits int) *rsa.PrivateKey {
	k, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		panic(err)
	}
	return k
}

// certificate is one of an identity provider.
func certificate(from, to time.Time, k *rsa.PrivateKey) string {
	c := &x509.Certificate{SerialNumber: big.NewInt(to.Unix()), Subject: pkix.Name{CommonName: "idp"}, NotBefore: from, NotAfter: to}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &k.PublicKey, k)
	if err != nil {
		panic(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}
