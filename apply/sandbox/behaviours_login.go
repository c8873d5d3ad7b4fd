package sandbox

import "slices"

// LoginBehaviour is a modelled fact of the login flow. Its ID is what decisions name.
type LoginBehaviour struct {
	ID string
	Behaviour
}

// LoginBehaviours is every modelled fact of the login flow; the README's second table is generated from it.
func LoginBehaviours() []LoginBehaviour {
	return slices.Concat(samlBehaviours(), providerBehaviours(), requestBehaviours(), accessBehaviours(), sessionBehaviours(), tokenBehaviours())
}

// factsByID indexes the behaviours for decisions.
func factsByID() map[string]LoginBehaviour {
	out := map[string]LoginBehaviour{}
	for _, b := range LoginBehaviours() {
		out[b.ID] = b
	}
	return out
}

func samlBehaviours() []LoginBehaviour {
	const a, lib = "SAML response", "auth0/passport-wsfed-saml2"
	return []LoginBehaviour{
		{"saml-xml", Behaviour{a, "the response is XML, without document type declaration, at most 1 MB, 20,000 elements, 64 levels", Assumed, lib + " has the text; its parser has no bounds and ignores a DTD"}},
		{"saml-response", Behaviour{a, "exactly one Response", OpenSource, lib + " samlp.js"}},
		{"saml-destination", Behaviour{a, "Destination, when there is one, is the URL of the request, or destinationUrl", OpenSource, lib + " samlp.js"}},
		{"saml-status", Behaviour{a, "Requester, Responder, AuthnFailed and VersionMismatch have fixed texts; StatusMessage wins", OpenSource, lib + " samlp.js"}},
		{"saml-assertion", Behaviour{a, "exactly one Assertion anywhere, or one EncryptedAssertion", OpenSource, lib + " samlp.js"}},
		{"saml-encrypted", Behaviour{a, "RSA-OAEP and AES are opened with options.decryptionKey; profile v2026-1 wants AES-GCM", Documented, "algorithm-profiles; the texts for other algorithms are assumed; the tenant's own key is not modelled"}},
		{"saml-signature", Behaviour{a, "the response's signature counts, else the assertion's; an embedded certificate by its SHA-1 thumbprint; expired certificates verify; what follows reads signed content only", OpenSource, lib + " samlp.js, saml.js; what follows `Signature check errors:` is another library's text"}},
		{"saml-version", Behaviour{a, "version 2.0", OpenSource, lib + " saml.js; it also reads 1.1"}},
		{"saml-expiry", Behaviour{a, "NotOnOrAfter of Conditions, within 3 minutes", OpenSource, lib + " saml.js"}},
		{"saml-not-before", Behaviour{a, "NotBefore of Conditions, within 3 minutes (IgnoreNotBefore: as in the library, where it has no effect)", Assumed, lib + " compares a date with a text"}},
		{"saml-audience", Behaviour{a, "the first Audience is options.entityId or urn:auth0:TENANT:CONNECTION", OpenSource, lib + " saml.js; community 148301"}},
		{"saml-recipient", Behaviour{a, "Recipient, when there is one, is the URL of the request, or recipientUrl", OpenSource, lib + " saml.js"}},
		{"saml-qualifiers", Behaviour{a, "NameQualifier is the issuer and SPNameQualifier the audience, for persistent and transient names", OpenSource, lib + " saml.js"}},
		{"acs-connection", Behaviour{a, "the connection is named in the URL; the refusal of an unknown one is assumed", Documented, "identity-provider-initiated-single-sign-on"}},
		{"acs-replay", Behaviour{a, "an assertion counts once (AcceptReplay: as in the library, which keeps none)", Assumed, "not documented"}},
		{"acs-idp-initiated", Behaviour{a, "a RelayState without a live transaction of this host and connection means IdP-initiated; InResponseTo is not compared", Documented, "saml-errors; support article on IdP-initiated login"}},
		{"acs-sp-initiated", Behaviour{a, "RelayState of a live transaction takes up that request", Documented, "saml-errors"}},
		{"user-id", Behaviour{a, "sub is samlp|CONNECTION|ID; ID is user_id_attribute, fieldsMap.user_id, or nameidentifier, upn, name", Documented, "metadata-fields-data; configure-auth0-saml-service-provider; the text of the refusal is assumed"}},
		{"user-transient", Behaviour{a, "a transient NameID makes another user at each login", Documented, "follows from user-id"}},
		{"session-created", Behaviour{a, "cookies auth0, auth0_compat, did, did_compat for the host of the request alone", Documented, "authentication-api-cookies, samesite-cookie-attribute-changes; HttpOnly is assumed"}},
	}
}

func providerBehaviours() []LoginBehaviour {
	const a = "IdP-initiated login"
	return []LoginBehaviour{
		{"idp-enabled", Behaviour{a, "options.idpinitiated.enabled, else 400 {\"invalid_request\": ...}", Documented, "auth0/docs pull request 9265; support article"}},
		{"idp-client", Behaviour{a, "idpinitiated.client_id is a client", Documented, "identity-provider-initiated-single-sign-on; status and code are assumed"}},
		{"idp-connection-enabled", Behaviour{a, "the connection is enabled for the client", Documented, "saml-errors; status and code are assumed"}},
		{"idp-query", Behaviour{a, "client_authorizequery is a query string; + and %20 are spaces", Assumed, "raw spaces and %20 documented"}},
		{"idp-query-other", Behaviour{a, "keys but redirect_uri, scope, response_type have no effect", Assumed, "only those three documented"}},
		{"idp-response-type", Behaviour{a, "without response_type the answer is an ID token", Assumed, "a diagram implies it (Q7)"}},
		{"idp-scope", Behaviour{a, "without scope it is openid", Assumed, "not documented"}},
		{"idp-first-callback", Behaviour{a, "without redirect_uri the first callback is the landing page", Documented, "application-settings"}},
		{"idp-localhost", Behaviour{a, "scopes are stripped for localhost and 127.0.0.1; /userinfo is then empty", Documented, "identity-provider-initiated-single-sign-on; that sub stays in the ID token is assumed"}},
		{"idp-protocol", Behaviour{a, "oauth2 and oidc answer by OAuth, samlp and wsfed by a form post (its content is a placeholder)", Documented, "configure-auth0-saml-service-provider; that oidc is oauth2: Q1"}},
		{"default-audience-idp", Behaviour{a, "default_audience does not make the access token a JWT (DefaultAudienceAtProvider: it does)", Assumed, "sources disagree (Q2)"}},
		{"sp-initiated", Behaviour{a, "a request with connection goes to signInEndpoint with RelayState, deflated or as a form; signing it is not modelled", Documented, "enable-enterprise-connections; connection options"}},
	}
}

func requestBehaviours() []LoginBehaviour {
	const a = "authorize: the request"
	return []LoginBehaviour{
		{"client-known", Behaviour{a, "client_id is a client, else a page", Assumed, "text and status not documented"}},
		{"callback-listed", Behaviour{a, "redirect_uri is among the callbacks, else a page `unauthorized_client`; one without query matches with any (ExactCallbacks: not)", Documented, "support article Callback-URL-Mismatch; status 403 and the query are assumed (Q6)"}},
		{"response-type", Behaviour{a, "code, token, id_token in any combination; third-party clients code alone", Documented, "authentication API; texts assumed"}},
		{"response-mode", Behaviour{a, "query, fragment, form_post, web_message; query only for code", Documented, "OAuth 2.0 multiple response types; texts assumed"}},
		{"web-origin", Behaviour{a, "web_message needs the origin of redirect_uri among web_origins, else a page", Documented, "configure-silent-authentication; text and status 400 from public reports (auth0.js issue 520)"}},
		{"grant-type", Behaviour{a, "grant_types hold authorization_code for code, implicit for token and id_token", Documented, "application-grant-types; the text for one from a public report (datawire ambassador-docs issue 143)"}},
		{"prompt", Behaviour{a, "none, login, consent, select_account; none stands alone", Documented, "OpenID Connect Core; texts assumed"}},
		{"pushed-request", Behaviour{a, "require_pushed_authorization_requests refuses plain requests; pushing is not modelled", Documented, "configure-par; the error is assumed"}},
		{"signed-request", Behaviour{a, "signed_request_object.required refuses unsigned requests; signed ones are not modelled", Documented, "configure-jar; the error is assumed"}},
		{"compliance-level", Behaviour{a, "FAPI levels refuse plain requests", Documented, "they force PAR or JAR; the error is assumed"}},
		{"pkce", Behaviour{a, "S256 and plain; the verifier must fit", Documented, "authorization code flow with PKCE; texts assumed"}},
		{"nonce", Behaviour{a, "an ID token from /authorize needs a nonce", Documented, "oidc-conformant-authentication; the text is assumed"}},
		{"offline-and-online", Behaviour{a, "offline_access and online_access exclude each other", Documented, "online-refresh-tokens"}},
	}
}

func accessBehaviours() []LoginBehaviour {
	const a = "authorize: the API"
	return []LoginBehaviour{
		{"audience-known", Behaviour{a, "audience is the identifier of an API byte for byte, else access_denied `Service not found`", Documented, "get-access-tokens; the text from a public report (community 63027)"}},
		{"audience-opaque", Behaviour{a, "no audience, or that of /userinfo: an opaque token", Documented, "get-access-tokens"}},
		{"resource-parameter", Behaviour{a, "resource counts under resource_parameter_profile compatibility alone; audience wins", Documented, "tenant-settings"}},
		{"default-audience", Behaviour{a, "default_audience fills in for a missing audience", Documented, "tenant-settings"}},
		{"api-user-policy", Behaviour{a, "user policy allow_all, require_client_grant with a grant for users, never deny_all", Documented, "api-access-policies; public reports have the text with invalid_request, third-party documentation with unauthorized_client (Q5, UnauthorizedClient)"}},
		{"api-consent-policy", Behaviour{a, "a consent policy other than standard asks each time", Documented, "configure-rich-authorization-requests; the error is assumed"}},
		{"api-proof-of-possession", Behaviour{a, "tokens that need proof of possession are not issued by the implicit grant", Documented, "configure-sender-constraining; the error is assumed"}},
	}
}

func sessionBehaviours() []LoginBehaviour {
	const a, m = "authorize: the user", "authorize: prompts"
	return []LoginBehaviour{
		{"session", Behaviour{a, "a live session of this host: absolute and idle lifetime, persistent or ephemeral, else login_required", Documented, "configure-silent-authentication, session-layers; TF TestAccTenantDefaults has the defaults"}},
		{"session-missing", Behaviour{a, "why there is no session", Documented, "sessions are isolated per custom domain (sdk-configuration)"}},
		{"sso-disabled", Behaviour{a, "sso_disabled, prompt=login, and legacy tenants without SSO ask again", Documented, "support article 119474, enable-sso"}},
		{"max-age", Behaviour{a, "max_age is counted from the login", Documented, "OpenID Connect Core"}},
		{"session-connection", Behaviour{a, "the session is of the connection asked for, and of one that the client has (AnyConnection)", Assumed, "widely assumed (Q11)"}},
		{"connection-upstream", Behaviour{a, "an interactive request with connection goes to the provider although there is a session", Documented, "enable-enterprise-connections; replayio devtools pull request 4689"}},
		{"id-token-hint", Behaviour{a, "id_token_hint names the session's user", Documented, "OpenID Connect Core"}},
		{"organization", Behaviour{a, "organization_usage, organization_require_behavior; names where the tenant allows them", Documented, "define-organization-behavior; remix-auth-auth0 issue 75 has one text, others are assumed"}},
		{"org-connection", Behaviour{a, "the session's connection is enabled for the organization", Documented, "organizations; the text is assumed"}},
		{"org-membership", Behaviour{a, "the user is a member, or the connection assigns membership", Documented, "organizations; the text is from public reports"}},
		{"org-session", Behaviour{a, "a session serves the organization it was made for (AnyOrganization: any of the user's)", Assumed, "not documented"}},
		{"action-declared", Behaviour{a, "the seed says what an Action does", Assumed, "declared by whoever wrote the seed"}},
		{"action-read", Behaviour{a, "an Action without conditions does what its code says", Documented, "Actions API; code is searched, not run"}},
		{"action-conditional", Behaviour{a, "an Action with conditions is taken to do nothing", Assumed, "code is not run"}},
		{"action-unknown", Behaviour{a, "an Action whose code is not known is taken to do nothing", Assumed, "code is not in bindings"}},
		{"action-deny", Behaviour{a, "api.access.deny is access_denied with its reason", Documented, "Actions API"}},
		{"action-redirect", Behaviour{a, "api.redirect.sendUserTo is interaction_required under prompt=none; the session stays", Documented, "redirect-with-actions"}},
		{"action-mfa", Behaviour{a, "a challenge is login_required `Multifactor authentication required` (MFARequired: mfa_required)", OpenSource, "auth0-spa-js constants.ts; its FAQ disagrees (Q8)"}},
		{"tenant-mfa", Behaviour{a, "policy all-applications asks for a second factor at every request (MFAOncePerSession: once)", OpenSource, "auth0-spa-js constants.ts; whether a factor given before counts is not documented"}},
		{"tenant-adaptive-mfa", Behaviour{a, "policy confidence-score is taken to ask nothing", Assumed, "risk is not modelled; documented as unsupported for SAML IdP-initiated"}},
		{"api-authorization-policy", Behaviour{a, "an API with an authorization policy wants a login of the last 15 minutes", Documented, "my-account-api"}},
		{"consent", Behaviour{m, "third-party clients, prompt=consent, and APIs without skip_consent need a stored consent to every scope", Documented, "user-consent, auth0-single-page-app-sdk"}},
		{"callback-verifiable", Behaviour{m, "callbacks on this machine or with a custom scheme are confirmed unless client, else tenant, skips it", Documented, "migrate-to-non-verifiable-callback-uri-end-user-confirmation; the error is assumed (Q3, ConsentOnLocalhost)"}},
		{"prompt-answered", Behaviour{m, "an interactive request goes on when its prompt was answered", Documented, "universal login; the pages are the sandbox's own"}},
		{"prompt-denied", Behaviour{m, "declining is access_denied", Documented, "OpenID Connect Core; the text is assumed"}},
		{"login-page", Behaviour{m, "users of connections other than SAML log in by naming themselves", Assumed, "a local tenant checks no password"}},
	}
}

func tokenBehaviours() []LoginBehaviour {
	const a = "tokens"
	return []LoginBehaviour{
		{"scopes-dropped", Behaviour{a, "scopes that API, client grant or permissions do not hold are dropped silently", Documented, "application-access-to-apis-client-grants, enable-role-based-access-control"}},
		{"token-jwt", Behaviour{a, "access tokens for an API are JWTs: aud with /userinfo of the canonical domain when openid is granted and the key is asymmetric (UserinfoAtIssuer), azp or the rfc9068 members, permissions for *_authz dialects, org_id", Documented, "access-token-profiles, access-token-formats; one public token of 2026"}},
		{"token-opaque", Behaviour{a, "other access tokens are opaque and last 7200 s from /authorize, 86400 s for a code; they look like a JWE of five parts (OldOpaqueTokens: 32 characters)", Documented, "access-tokens; auth0-spa-js issue 1008 shows the look"}},
		{"token-encrypted", Behaviour{a, "token_encryption makes the access token a JWE", Documented, "json-web-encryption"}},
		{"id-token-algorithm", Behaviour{a, "ID tokens are signed by jwt_configuration.alg, HS256 when absent (PublicClientsRS256: RS256 without a secret)", Documented, "terraform provider issue 459; auth0.js issue 761 disagrees (Q9)"}},
		{"token-request", Behaviour{a, "codes and texts of the token end point's refusals", Assumed, "401 access_denied Unauthorized is reported (auth0-spa-js issue 488)"}},
		{"code-exchange", Behaviour{a, "a code is good for 10 minutes and its own redirect_uri", Assumed, "the lifetime and the text are not documented"}},
		{"code-once", Behaviour{a, "a code is good once; a second use ends its refresh token", Assumed, "RFC 6749 section 4.1.2"}},
		{"refresh-rotation", Behaviour{a, "rotation gives a new refresh token each time", Documented, "refresh-token-rotation"}},
		{"refresh-reuse", Behaviour{a, "a rotated token that comes back after the leeway ends its family", Documented, "refresh-token-rotation; the text is assumed"}},
		{"dpop", Behaviour{a, "a DPoP proof binds tokens for /userinfo and for APIs with that mechanism to its key; an API without one gives a bearer token; no token without a proof that API or client require, nor from an API that cannot bind one to a client that must", Documented, "configure-sender-constraining has the table; errors and the age of proofs are assumed"}},
		{"dpop-nonce", Behaviour{a, "proofs of public clients carry a nonce of the tenant, else 400 use_dpop_nonce and the header DPoP-Nonce", Documented, "demonstrating-proof-of-possession-dpop; how long a nonce is good is assumed"}},
		{"dpop-at-mtls", Behaviour{a, "an API whose mechanism is mtls, not required, gives a request with a DPoP proof a bearer token", Assumed, "not documented"}},
		{"dpop-token", Behaviour{a, "a bound token is good for /userinfo with a proof of its key that names it (ath); jti is not compared", Documented, "demonstrating-proof-of-possession-dpop; that it is refused as a bearer token is RFC 9449 section 7.2"}},
		{"userinfo", Behaviour{a, "opaque tokens, and JWTs whose audience names /userinfo", Documented, "get-access-tokens"}},
		{"logout-url", Behaviour{a, "after a logout the browser goes to a listed URL only", Documented, "logout; redirect-users-after-logout"}},
	}
}
