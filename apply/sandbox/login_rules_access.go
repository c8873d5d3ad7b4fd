package sandbox

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// accessRules decide which API the token is for and whether the client may have it.
func accessRules() []authorizeRule {
	return []authorizeRule{
		{"audience-known", (*authorization).findAudience},
		{"api-user-policy", (*authorization).checkUserPolicy},
		{"api-consent-policy", (*authorization).checkConsentPolicy},
		{"api-proof-of-possession", (*authorization).checkProof},
	}
}

// audience is the API asked for: the audience parameter, else resource where the tenant reads it, else the tenant's
// default.
func (z *authorization) audience() string {
	if a := z.query.Get("audience"); a != "" {
		return a
	}
	settings := z.s.tenant.settings
	if r := z.query.Get("resource"); r != "" {
		if text(settings, "resource_parameter_profile") == "compatibility" {
			return r
		}
		z.learn("resource-parameter", Passed, "resource is ignored: resource_parameter_profile is not compatibility")
	}
	if a := text(settings, "default_audience"); a != "" {
		z.learn("default-audience", Passed, "%s", a)
		return a
	}
	return ""
}

func (z *authorization) findAudience() *refusal {
	audience := z.audience()
	if audience == "" || z.isUserinfo(audience) {
		z.learn("audience-opaque", Passed, "no API is asked for: the access token is opaque")
		return nil
	}
	z.api = z.s.tenant.resourceServers.named(audience)
	if z.api == nil {
		return &refusal{code: "access_denied", description: "Service not found: " + audience}
	}
	z.learn("audience-known", Passed, "%s", audience)
	return nil
}

// isUserinfo recognises the audience of /userinfo, at any host of the tenant.
func (z *authorization) isUserinfo(audience string) bool {
	host, ok := strings.CutSuffix(strings.TrimPrefix(audience, "https://"), userinfoPath)
	return ok && (host == z.s.domain() || host == z.host())
}

// userPolicy is who may get tokens of an API for users; allow_all unless it says otherwise (recorded).
func userPolicy(api object) string {
	if p := text(child(child(api, "subject_type_authorization"), "user"), "policy"); p != "" {
		return p
	}
	return "allow_all"
}

// userGrant is the client grant for users that a client has on an API.
func (t *tenant) userGrant(client, audience string) object {
	return t.grants.named(strings.Join([]string{client, "", audience, "user"}, "\x00"))
}

func (z *authorization) checkUserPolicy() *refusal {
	if z.api == nil {
		return nil
	}
	client, audience := text(z.client, "client_id"), text(z.api, "identifier")
	policy := userPolicy(z.api)
	needsGrant := policy == "require_client_grant" || (policy == "allow_all" && z.thirdParty())
	if policy == "allow_all" && !needsGrant || needsGrant && z.s.tenant.userGrant(client, audience) != nil {
		z.learn("api-user-policy", Passed, "%s", policy)
		return nil
	}
	code := "invalid_request"
	if z.s.opts.Login.UnauthorizedClient {
		code = "unauthorized_client"
	}
	return &refusal{code: code, description: fmt.Sprintf("Client %q is not authorized to access resource server %q.", client, audience)}
}

func (z *authorization) checkConsentPolicy() *refusal {
	if p := text(z.api, "consent_policy"); p != "" && p != "standard" {
		return &refusal{code: "consent_required", description: "the API's consent policy is " + p, prompt: promptConsent}
	}
	return nil
}

// checkProof refuses what cannot be bound to a key: tokens straight from the authorization end point.
func (z *authorization) checkProof() *refusal {
	if !slices.Contains(z.types, "token") || !needsProof(z.client, z.api) {
		return nil
	}
	return &refusal{code: "invalid_request", description: "a token that needs proof of possession is not issued by the implicit grant"}
}

// needsProof says whether tokens must be bound to a key of the client.
func needsProof(client, api object) bool {
	if flag(client, "require_proof_of_possession") {
		return true
	}
	pop := child(api, "proof_of_possession")
	if !flag(pop, "required") {
		return false
	}
	return text(pop, "required_for") != "public_clients" || isPublic(client)
}

// isPublic says whether a client has no secret to prove itself with.
func isPublic(client object) bool { return text(client, "token_endpoint_auth_method") == "none" }

// allowOrigin lets a script of the app's origin read the answer: an origin of allowed_origins, or, when that is empty,
// of a callback (documented).
func (s *Server) allowOrigin(h http.Header, r *http.Request, client string) {
	origin := r.Header.Get("Origin")
	if origin == "" {
		return
	}
	h.Add("Vary", "Origin")
	if strings.HasPrefix(r.URL.Path, "/.well-known/") {
		h.Set("Access-Control-Allow-Origin", "*")
		return
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, it := range s.tenant.clients.sorted {
		if (client == "" || it.id == client) && clientOrigin(it.body, origin) {
			h.Set("Access-Control-Allow-Origin", origin)
			h.Set("Access-Control-Allow-Credentials", "true")
			h.Set("Access-Control-Expose-Headers", DecisionHeader+", DPoP-Nonce")
			return
		}
	}
}

func clientOrigin(client object, origin string) bool {
	entries := list(client, "allowed_origins")
	if len(entries) == 0 {
		for _, c := range list(client, "callbacks") {
			if scheme, rest, ok := strings.Cut(c, "://"); ok {
				host, _, _ := strings.Cut(rest, "/")
				host, _, _ = strings.Cut(host, "?")
				entries = append(entries, strings.ToLower(scheme+"://"+host)) // as browsers write origins
			}
		}
	}
	return slices.ContainsFunc(entries, func(e string) bool { return matches(e, origin) })
}

// preflight answers the question of a browser before it sends a script's request.
func (s *Server) preflight(w http.ResponseWriter, r *http.Request) {
	s.allowOrigin(w.Header(), r, "")
	w.Header().Set("Access-Control-Allow-Methods", "GET, POST, OPTIONS")
	w.Header().Set("Access-Control-Allow-Headers", "Authorization, Content-Type, Auth0-Client, DPoP")
	w.Header().Set("Access-Control-Max-Age", "600")
	w.WriteHeader(http.StatusNoContent)
}
