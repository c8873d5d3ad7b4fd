// Package rules holds what tacit knows about the silent upgrade: one rule per
// file, in the order in which a login meets them. A rule is a value; nothing
// registers itself and nothing is kept between calls.
//
// Three habits keep reports readable. A rule that another one makes pointless
// is not applicable, so that the root cause stands alone. Messages leave out
// the name of the object at fault, which the finding shows beside them, so
// that one mistake under for_each is one finding. What nobody read is unknown
// and never a default; what the tenant leaves out is Auth0's default.
package rules

import (
	"slices"

	"github.com/tacit-dev/tacit/schema/check"
)

// Catalogue returns all rules, ascending by code.
func Catalogue() []*check.Rule {
	return slices.Concat(connectionRules(), clientRules(), apiRules(), tenantRules(), domainRules(), spaRules())
}

// connectionRules are TAC1xx: the connection and the identity provider behind
// it.
func connectionRules() []*check.Rule {
	return []*check.Rule{
		connectionClientEnabled(),
		idpInitiatedEnabled(),
		idpInitiatedClient(),
		idpInitiatedProtocol(),
		queryParameters(),
		queryResponseType(),
		queryScope(),
		queryRedirectURI(),
		queryLength(),
		queryEncoding(),
		queryLoopback(),
		queryLandingPage(),
		signInEndpoint(),
		httpsEndpoints(),
		signingCertificate(),
		certificateSingle(),
		certificateExpired(),
		certificateExpiring(),
		certificateNotYetValid(),
		certificateKey(),
		certificateSignature(),
		entityID(),
		assertionRecipient(),
		assertionDecryption(),
		userIDAttribute(),

		idpACSURL(),
		idpRelayState(),
		loginCSRF(),
		idpSigningCertificate(),
		idpSigns(),
		idpClock(),
		idpSingleAssertion(),
		idpEncryption(),
		idpNameID(),
		idpAudience(),
	}
}

// clientRules are TAC2xx: the application.
func clientRules() []*check.Rule {
	return []*check.Rule{
		clientCallbackOrder(),
		clientSilentCallback(),
		clientWebOrigin(),
		clientGrantCode(),
		clientGrantImplicit(),
		clientOIDCConformant(),
		clientIDTokenAlg(),
		clientAuthMethod(),
		clientSSOEnabled(),
		clientAppType(),
		clientCredentialsGrant(),
		clientGrantRefresh(),
		clientFirstParty(),
		clientURLPlaceholders(),
		clientVerifiableCallback(),
		clientAllowedOrigin(),
		clientPushedRequests(),
		clientProofOfPossession(),
		clientComplianceLevel(),
		clientSignedRequests(),
		clientOrganizationUsage(),
		clientOrganizationPrompt(),
		clientRefreshRotation(),
		clientLogoutURL(),
	}
}

// apiRules are TAC3xx: the API and the grants for it.
func apiRules() []*check.Rule {
	return []*check.Rule{
		apiAudience(),
		apiSkipConsent(),
		apiSigningAlg(),
		apiScopesDefined(),
		apiUserPolicy(),
		apiUserGrant(),
		apiGrantScopes(),
		apiExplicitScopes(),
		apiRBAC(),
		apiTokenDialect(),
		apiTokenEncryption(),
		apiProofOfPossession(),
		apiConsentPolicy(),
		apiAuthorizationPolicy(),
		apiOfflineAccess(),
		apiOnlineAccess(),
		apiTokenLifetime(),
	}
}

// tenantRules are TAC4xx: the tenant's settings, its MFA policy and the Actions
// at login.
func tenantRules() []*check.Rule {
	return []*check.Rule{
		tenantDefaultAudience(),
		tenantEnableSSO(),
		tenantSessionLifetime(),
		tenantCookieMode(),
		tenantSkipConfirmation(),
		tenantPushedRequests(),
		tenantMFAPolicy(),
		tenantCustomizedMFA(),
		actionRedirect(),
		actionMFA(),
		actionDeny(),
		actionScope(),
		actionSession(),
		tenantNewClientConnections(),
	}
}

// domainRules are TAC5xx: domain, session and organization.
func domainRules() []*check.Rule {
	return []*check.Rule{
		domainSameHost(),
		domainSameSite(),
		domainReady(),
		domainIssuer(),
		domainPlaceholder(),
		sessionKept(),
		organizationConnection(),
		organizationMembership(),
		organizationSilent(),
		organizationName(),
		organizationEntitlement(),
		requestThrottling(),
	}
}

// spaRules are TAC6xx: advice for the SPA's code.
func spaRules() []*check.Rule {
	return []*check.Rule{
		spaIgnoresAnswer(),
		spaAsksSilently(),
		spaRefreshMode(),
		spaSilentBeforeLogin(),
		spaLegacySDK(),
		spaSecurityPolicy(),
		spaNonce(),
		spaAudience(),
	}
}
