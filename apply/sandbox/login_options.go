package sandbox

import "crypto/x509"

// LoginOptions choose where sources about Auth0's login flow disagree or are silent. The zero value takes what fails
// loudly: a login that passes it does not depend on the lenient reading.
type LoginOptions struct {
	// StandIn, when set, is the certificate of an identity provider that every SAML connection trusts beside its own. It
	// stands in for customers' providers, whose keys nobody has here; the tenant's settings stay as they are.
	StandIn *x509.Certificate
	// ExactCallbacks compares redirect_uri with the registered callbacks byte for byte. Otherwise a callback registered
	// without a query also matches with one, as the steps in the documentation imply.
	ExactCallbacks bool
	// DefaultAudienceAtProvider lets the tenant's default_audience make the access token of an IdP-initiated login a JWT.
	DefaultAudienceAtProvider bool
	// ConsentOnLocalhost is the rule before 2026: callbacks on this machine always need consent, and refuse prompt=none
	// with consent_required instead of interaction_required.
	ConsentOnLocalhost bool
	// UnauthorizedClient is the code for a client without access to the API, instead of invalid_request.
	UnauthorizedClient bool
	// MFARequired is the code for a missing second factor, as the SDK's FAQ says, instead of login_required.
	MFARequired bool
	// MFAOncePerSession lets a second factor that the session has seen satisfy the policy all-applications.
	MFAOncePerSession bool
	// PublicClientsRS256 signs ID tokens of clients without a secret with RS256 whatever their alg says.
	PublicClientsRS256 bool
	// AnyConnection accepts a session from a connection that the client does not have.
	AnyConnection bool
	// AnyOrganization accepts a session that was made for another organization, or none, when the user is a member.
	AnyOrganization bool
	// UserinfoAtIssuer puts /userinfo of the custom domain, not of the canonical one, into the audience of tokens.
	UserinfoAtIssuer bool
	// AcceptReplay lets an assertion be used twice. The open-source library does not remember them; whether Auth0 does is
	// not documented.
	AcceptReplay bool
	// IgnoreNotBefore is how the open-source library behaves: it compares a date with a text.
	IgnoreNotBefore bool
	// OldOpaqueTokens are 32 characters, as before access tokens became encrypted.
	OldOpaqueTokens bool
}
