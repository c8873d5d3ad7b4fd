package rules

import (
	"encoding/json"
	"fmt"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// The attributes that rules read. spa_client and client share their rows, so
// one handle reads both.
var (
	enabledClients = schema.Use[[]string](schema.SAMLConnection, "clients")
	idpEnabled     = schema.Use[bool](schema.SAMLConnection, "idp_initiated.enabled")
	idpClient      = schema.Use[string](schema.SAMLConnection, "idp_initiated.client")
	idpProtocol    = schema.Use[string](schema.SAMLConnection, "idp_initiated.client_protocol")
	idpQuery       = schema.Use[schema.AuthorizeQuery](schema.SAMLConnection, "idp_initiated.query")
	connectionName = schema.Use[string](schema.SAMLConnection, "name")
	signInURL      = schema.Use[string](schema.SAMLConnection, "sign_in_endpoint")
	signOutURL     = schema.Use[string](schema.SAMLConnection, "sign_out_endpoint")
	metadataURL    = schema.Use[string](schema.SAMLConnection, "metadata_url")
	signingCert    = schema.Use[string](schema.SAMLConnection, "signing_cert")
	derivedCert    = schema.Use[string](schema.SAMLConnection, "cert")
	ownEntityID    = schema.Use[string](schema.SAMLConnection, "entity_id")
	recipientURL   = schema.Use[string](schema.SAMLConnection, "recipient_url")
	destinationURL = schema.Use[string](schema.SAMLConnection, "destination_url")
	userIDAttr     = schema.Use[string](schema.SAMLConnection, "user_id_attribute")
	fieldsMap      = schema.Use[map[string]any](schema.SAMLConnection, "fields_map")

	decryptionProfile = schema.Use[string](schema.SAMLConnection, "assertion_decryption_settings.algorithm_profile")

	callbacks      = schema.Use[[]string](schema.SPAClient, "callbacks")
	webOrigins     = schema.Use[[]string](schema.SPAClient, "web_origins")
	grantTypes     = schema.Use[[]string](schema.SPAClient, "grant_types")
	oidcConformant = schema.Use[bool](schema.SPAClient, "oidc_conformant")
	idTokenAlg     = schema.Use[string](schema.SPAClient, "jwt_configuration.alg")
	authMethod     = schema.Use[string](schema.SPAClient, "token_endpoint_auth_method")
	ssoDisabled    = schema.Use[bool](schema.SPAClient, "sso_disabled")

	appType            = schema.Use[string](schema.SPAClient, "app_type")
	firstParty         = schema.Use[bool](schema.SPAClient, "is_first_party")
	thirdPartyMode     = schema.Use[string](schema.SPAClient, "third_party_security_mode")
	allowedOrigins     = schema.Use[[]string](schema.SPAClient, "allowed_origins")
	logoutURLs         = schema.Use[[]string](schema.SPAClient, "allowed_logout_urls")
	skipForClient      = schema.Use[bool](schema.SPAClient, "skip_non_verifiable_callback_uri_confirmation_prompt")
	mustPush           = schema.Use[bool](schema.SPAClient, "require_pushed_authorization_requests")
	mustProve          = schema.Use[bool](schema.SPAClient, "require_proof_of_possession")
	mustSign           = schema.Use[bool](schema.SPAClient, "signed_request_object.required")
	complianceLevel    = schema.Use[string](schema.SPAClient, "compliance_level")
	organizationUsage  = schema.Use[string](schema.SPAClient, "organization_usage")
	organizationPrompt = schema.Use[string](schema.SPAClient, "organization_require_behavior")
	rotationType       = schema.Use[string](schema.SPAClient, "refresh_token.rotation_type")
	expirationType     = schema.Use[string](schema.SPAClient, "refresh_token.expiration_type")

	identifier  = schema.Use[string](schema.API, "identifier")
	skipConsent = schema.Use[bool](schema.API, "skip_consent_for_verifiable_first_party_clients")
	signingAlg  = schema.Use[string](schema.API, "signing_alg")
	apiScopes   = schema.Use[[]map[string]any](schema.API, "scope")
	userPolicy  = schema.Use[string](schema.API, "subject_type_authorization.user.policy")

	enforcePolicies     = schema.Use[bool](schema.API, "enforce_policies")
	tokenDialect        = schema.Use[string](schema.API, "token_dialect")
	tokenEncryption     = schema.Use[map[string]any](schema.API, "token_encryption")
	proofMechanism      = schema.Use[string](schema.API, "proof_of_possession.mechanism")
	proofRequired       = schema.Use[bool](schema.API, "proof_of_possession.required")
	consentPolicy       = schema.Use[string](schema.API, "consent_policy")
	authorizationPolicy = schema.Use[map[string]any](schema.API, "authorization_policy")
	offlineAccess       = schema.Use[bool](schema.API, "allow_offline_access")
	onlineAccess        = schema.Use[bool](schema.API, "allow_online_access")
	tokenLifetime       = schema.Use[float64](schema.API, "token_lifetime")
	webTokenLifetime    = schema.Use[float64](schema.API, "token_lifetime_for_web")

	grantScopes    = schema.Use[[]string](schema.ClientGrant, "scope")
	grantAllScopes = schema.Use[bool](schema.ClientGrant, "allow_all_scopes")
)

// fact is an attribute as a rule judges it. Where the tenant holds no key, or
// null, the value is Auth0's default as the row cites it, else the zero value.
type fact[T schema.Value] struct {
	v        T
	presence schema.Presence
	name     string
	attr     *schema.Attr
	src      *schema.Range
	// byDefault: v is the row's default.
	byDefault bool
	state     *schema.State
}

func read[T schema.Value](h schema.Handle[T], s *schema.State) fact[T] {
	v, presence := h.Get(s)
	f := fact[T]{v: v, presence: presence, name: h.Name(), attr: h.Field().Attr, src: h.Src(s), state: s}
	if presence == schema.Absent || presence == schema.Null {
		f.v, f.byDefault = defaultOf(h)
	}
	return f
}

func defaultOf[T schema.Value](h schema.Handle[T]) (T, bool) {
	if v, ok := h.Default().(T); ok {
		return v, true
	}
	if n, ok := h.Default().(json.Number); ok {
		f, err := n.Float64()
		v, ok := any(f).(T)
		return v, ok && err == nil
	}
	var zero T
	list, ok := h.Default().([]any)
	if !ok {
		return zero, false
	}
	words := make([]string, 0, len(list))
	for _, e := range list {
		if s, ok := e.(string); ok {
			words = append(words, s)
		}
	}
	v, ok := any(words).(T)
	return v, ok
}

// undecided: nobody knows the value.
func (f fact[T]) undecided() bool {
	return f.presence == schema.NotRead || f.presence == schema.Unknown
}

// unsaid: the files leave the value to the tenant, and no tenant was read.
func (f fact[T]) unsaid(p *check.Path) bool { return p.Offline && f.presence == schema.NotRead }

// unread is the verdict on a setting that nobody read. Files need not repeat
// what few tenants change, so offline there is nothing to say.
func (f fact[T]) unread(p *check.Path) check.Verdict {
	if f.unsaid(p) {
		return check.Skipped()
	}
	return f.unknown(p)
}

// given: the configuration or the tenant holds a value.
func (f fact[T]) given() bool { return f.presence == schema.Known }

// found writes the value for a message, as in "sso_disabled is true".
func (f fact[T]) found() string {
	switch {
	case f.given():
		return fmt.Sprintf("%s is %v", f.name, f.v)
	case f.byDefault:
		return fmt.Sprintf("%s is not set, which at Auth0 means %v", f.name, f.v)
	default:
		return f.name + " is not set"
	}
}

// partial: the tenant may hold more elements than these. Offline that is so
// for a collection that no line sets, and for those of which a block names
// only some (references and labelled blocks).
func (f fact[T]) partial(p *check.Path) bool {
	if !p.Offline || f.state.Creates {
		return false
	}
	return f.state.Cell(f.attr.Name).Src == nil || f.attr.Type == schema.Refs || f.attr.Type == schema.Objects
}

// fail is the verdict that the value is wrong.
func (f fact[T]) fail(format string, args ...any) check.Verdict {
	return check.Failed(f.state, f.src, format, args...)
}

// unknown is the verdict that the value cannot be judged.
func (f fact[T]) unknown(p *check.Path) check.Verdict {
	why, how := f.name+" was not read from the tenant.", settle(p, f.state, f.presence)
	switch {
	case f.presence == schema.Unknown && f.state.Cell(f.attr.Name).Presence == schema.Known:
		why = f.name + " holds something else than tacit knows how to read."
		how = "Look the value up in the Dashboard and correct it there, or write the attribute."
	case p.Offline && f.presence == schema.Unknown:
		why = f.name + " depends on an id that only the tenant knows."
	case p.Offline:
		why = "The files do not say what " + f.name + " is, so the tenant decides."
	case f.presence == schema.Unknown:
		why = f.name + " depends on a value that is known only after apply."
	}
	return check.Verdict{Outcome: check.Unknown, Object: f.state.Addr, Src: f.src, Settle: how, Message: why}
}

// more is the verdict that the files do not hold the element but the tenant
// may.
func (f fact[T]) more(p *check.Path, format string, args ...any) check.Verdict {
	return check.Undecided(f.state, f.src, settle(p, f.state, schema.NotRead), format, args...)
}

// settle says how to learn a value.
func settle(p *check.Path, s *schema.State, presence schema.Presence) string {
	switch {
	case p.Offline:
		return "Plan against the tenant (tacit plan), which reads it."
	case presence == schema.Unknown:
		return "Run tacit check after the apply."
	default:
		return "Give tacit's Management API application " + readScopes(s.Kind) + "."
	}
}

// readScopes names the Management API scopes that reading a kind takes. A
// connection is returned without its options when the second is missing
// (Auth0 docs: deprecations and migrations).
func readScopes(k *schema.Kind) string {
	switch k.Collection {
	case schema.Connections:
		return "the scopes read:connections and read:connections_options"
	case schema.ResourceServers:
		return "the scope read:resource_servers"
	case schema.TenantSettings:
		return "the scope read:tenant_settings"
	case schema.GuardianPolicies:
		return "the scope read:mfa_policies"
	case schema.PostLoginBindings:
		return "the scope read:actions"
	case schema.ClientGrants:
		return "the scope read:client_grants"
	case schema.CustomDomains:
		return "the scope read:custom_domains"
	case schema.Organizations:
		return "the scope read:organizations"
	case schema.OrganizationConnections:
		return "the scope read:organization_connections"
	default:
		return "the scope read:clients"
	}
}

// beOn judges a switch that has to have a certain position.
func beOn(p *check.Path, s *schema.State, h schema.Handle[bool], want bool, consequence string) check.Verdict {
	f := read(h, s)
	switch {
	case f.undecided():
		return f.unknown(p)
	case f.v != want:
		return f.fail("%s; it has to be %v. %s", f.found(), want, consequence)
	default:
		return check.Passed()
	}
}

// staysOff judges a switch that few tenants turn on and that has to be off.
func staysOff(p *check.Path, s *schema.State, h schema.Handle[bool], consequence string) check.Verdict {
	if f := read(h, s); f.undecided() {
		return f.unread(p)
	}
	return beOn(p, s, h, false, consequence)
}
