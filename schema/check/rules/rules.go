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

import "github.com/tacit-dev/tacit/schema/check"

// Catalogue returns all rules, ascending by code: TAC1xx judge the connection,
// TAC2xx the application, TAC3xx the API.
func Catalogue() []*check.Rule {
	return []*check.Rule{
		connectionClientEnabled(),
		idpInitiatedEnabled(),
		idpInitiatedClient(),
		idpInitiatedProtocol(),
		queryParameters(),
		queryResponseType(),
		queryScope(),
		queryRedirectURI(),

		clientCallbackOrder(),
		clientSilentCallback(),
		clientWebOrigin(),
		clientGrantCode(),
		clientGrantImplicit(),
		clientOIDCConformant(),
		clientIDTokenAlg(),
		clientAuthMethod(),
		clientSSOEnabled(),

		apiAudience(),
		apiSkipConsent(),
		apiSigningAlg(),
		apiScopesDefined(),
		apiUserPolicy(),
	}
}
