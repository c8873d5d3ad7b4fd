package sandbox

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// clientRules decide who asks and where the answer goes. Their refusals are pages: nothing may be sent to an address
// that is not the client's.
func clientRules() []authorizeRule {
	return []authorizeRule{
		{"client-known", (*authorization).findClient},
		{"callback-listed", (*authorization).checkCallback},
		{"web-origin", (*authorization).checkWebOrigin},
	}
}

// requestRules decide whether the client may ask like that.
func requestRules() []authorizeRule {
	return []authorizeRule{
		{"response-type", (*authorization).checkResponseType},
		{"response-mode", (*authorization).checkResponseMode},
		{"grant-type", (*authorization).checkGrantType},
		{"prompt", (*authorization).checkPrompt},
		{"pushed-request", (*authorization).checkPushed},
		{"signed-request", (*authorization).checkSignedRequest},
		{"compliance-level", (*authorization).checkCompliance},
		{"pkce", (*authorization).checkChallenge},
		{"nonce", (*authorization).checkNonce},
		{"offline-and-online", (*authorization).checkScopes},
	}
}

func (z *authorization) findClient() *refusal {
	id := z.query.Get("client_id")
	z.client = z.s.tenant.clients.get(id)
	if id == "" {
		return &refusal{status: http.StatusBadRequest, code: "invalid_request", description: "Missing required parameter: client_id"}
	}
	if z.client == nil || flag(z.client, "global") {
		return &refusal{status: http.StatusForbidden, code: "invalid_request", description: "Unknown client: " + id}
	}
	return nil
}

func (z *authorization) checkCallback() *refusal {
	raw := z.query.Get("redirect_uri")
	if raw == "" {
		return &refusal{status: http.StatusBadRequest, code: "invalid_request", description: "Missing required parameter: redirect_uri"}
	}
	org, _ := z.s.chooseOrganization(z.client, z.query.Get("organization"))
	if !z.allowsURL(list(z.client, "callbacks"), raw, org) {
		return &refusal{status: http.StatusForbidden, code: "unauthorized_client", description: callbackMismatch(raw)}
	}
	z.parseTarget()
	return nil
}

// checkResponseType reads response_type: any combination of code, token and id_token.
func (z *authorization) checkResponseType() *refusal {
	raw := z.query.Get("response_type")
	z.types = strings.Fields(raw)
	slices.Sort(z.types)
	z.types = slices.Compact(z.types)
	z.scopes = strings.Fields(z.query.Get("scope"))
	if len(z.types) == 0 {
		return &refusal{code: "invalid_request", description: "Missing required parameter: response_type"}
	}
	for _, t := range z.types {
		if !slices.Contains([]string{"code", "token", "id_token"}, t) {
			return &refusal{code: "unsupported_response_type", description: "Unsupported response type: " + raw}
		}
	}
	if z.thirdParty() && slices.ContainsFunc(z.types, isImplicit) {
		return &refusal{code: "unsupported_response_type", description: "Third-party clients cannot use the implicit grant"}
	}
	return nil
}

// isImplicit says whether a response type is answered by the authorization end point itself.
func isImplicit(responseType string) bool { return responseType != "code" }

// thirdParty says whether the client is somebody else's.
func (z *authorization) thirdParty() bool {
	first, ok := z.client["is_first_party"].(bool)
	return ok && !first
}

func (z *authorization) checkResponseMode() *refusal {
	switch z.mode {
	case "", "fragment", "form_post", "web_message":
		return nil
	case "query":
		if slices.ContainsFunc(z.types, isImplicit) {
			mode := z.mode
			z.mode = "fragment"
			return &refusal{code: "invalid_request", description: fmt.Sprintf("response_mode %s is not allowed for response_type %s", mode, strings.Join(z.types, " "))}
		}
		return nil
	}
	unknown := z.mode
	z.mode = ""
	return &refusal{code: "invalid_request", description: "Unsupported response_mode: " + unknown}
}

func (z *authorization) checkWebOrigin() *refusal {
	if z.mode != "web_message" {
		return nil
	}
	origin := originOf(z.redirect)
	for _, entry := range list(z.client, "web_origins") {
		if filled, ok := z.fill(entry, z.org); ok && matches(filled, origin) {
			return nil
		}
	}
	return &refusal{
		status: http.StatusBadRequest, code: "invalid_request",
		description: fmt.Sprintf("The specified redirect_uri '%s' does not have a registered origin.", z.query.Get("redirect_uri")),
	}
}

// grantsOf are the grant types of a client; one without the member may use what a new client may (documented default).
func grantsOf(client object) []string {
	if _, ok := client["grant_types"]; !ok {
		return []string{"authorization_code", "implicit", "refresh_token"}
	}
	return list(client, "grant_types")
}

func (z *authorization) checkGrantType() *refusal {
	for _, t := range z.types {
		need := "authorization_code"
		if isImplicit(t) {
			need = "implicit"
		}
		if !slices.Contains(grantsOf(z.client), need) {
			return &refusal{code: "unauthorized_client", description: fmt.Sprintf("Grant type '%s' not allowed for the client.", need)}
		}
	}
	return nil
}

func (z *authorization) checkPrompt() *refusal {
	prompts := strings.Fields(z.query.Get("prompt"))
	for _, p := range prompts {
		if !slices.Contains([]string{"none", "login", "consent", "select_account"}, p) {
			return &refusal{code: "invalid_request", description: "Unsupported prompt value: " + p}
		}
	}
	if len(prompts) > 1 && slices.Contains(prompts, "none") {
		return &refusal{code: "invalid_request", description: "prompt=none cannot be combined with other values"}
	}
	return nil
}

func (z *authorization) checkPushed() *refusal {
	if z.query.Get("request_uri") != "" {
		return &refusal{code: "request_uri_not_supported", description: "the sandbox has no pushed authorization requests"}
	}
	if flag(z.client, "require_pushed_authorization_requests") || flag(child(z.s.tenant.settings, "flags"), "require_pushed_authorization_requests") {
		return &refusal{code: "invalid_request", description: "Pushed Authorization Requests are required for this client"}
	}
	return nil
}

func (z *authorization) checkSignedRequest() *refusal {
	if z.query.Get("request") != "" {
		return &refusal{code: "request_not_supported", description: "the sandbox does not read signed authorization requests"}
	}
	if flag(child(z.client, "signed_request_object"), "required") {
		return &refusal{code: "invalid_request", description: "a signed request object is required for this client"}
	}
	return nil
}

func (z *authorization) checkCompliance() *refusal {
	if level := text(z.client, "compliance_level"); level != "" && level != "none" {
		return &refusal{code: "invalid_request", description: "compliance level " + level + " needs pushed or signed authorization requests"}
	}
	return nil
}

func (z *authorization) checkChallenge() *refusal {
	challenge, method := z.query.Get("code_challenge"), z.query.Get("code_challenge_method")
	switch {
	case method != "" && method != "S256" && method != "plain":
		return &refusal{code: "invalid_request", description: "Unsupported code_challenge_method: " + method}
	case method != "" && challenge == "":
		return &refusal{code: "invalid_request", description: "Missing required parameter: code_challenge"}
	case challenge != "" && (len(challenge) < 43 || len(challenge) > 128):
		return &refusal{code: "invalid_request", description: "code_challenge must have 43 to 128 characters"}
	}
	return nil
}

func (z *authorization) checkNonce() *refusal {
	if slices.Contains(z.types, "id_token") && z.query.Get("nonce") == "" {
		return &refusal{code: "invalid_request", description: "Missing required parameter: nonce"}
	}
	return nil
}

func (z *authorization) checkScopes() *refusal {
	if slices.Contains(z.scopes, "offline_access") && slices.Contains(z.scopes, "online_access") {
		return &refusal{code: "invalid_request", description: "Cannot request both online_access and offline_access scopes"}
	}
	return nil
}
