package sandbox

import (
	"net/http"
	"slices"
	"strings"
)

// consentRules decide whether the user must agree first.
func consentRules() []authorizeRule {
	return []authorizeRule{
		{"consent", (*authorization).checkConsent},
		{"callback-verifiable", (*authorization).checkVerifiable},
	}
}

func (z *authorization) checkConsent() *refusal {
	if z.answered[promptConsent] {
		if err := z.storeConsent(); err != nil {
			return &refusal{status: http.StatusInternalServerError, code: "server_error", description: err.Error()}
		}
		return nil
	}
	refused := &refusal{code: "consent_required", description: "Consent required", prompt: promptConsent}
	if strings.Contains(z.query.Get("prompt"), "consent") {
		return refused
	}
	if !z.thirdParty() && (z.api == nil || flag(z.api, "skip_consent_for_verifiable_first_party_clients") && !z.consentIsDue()) {
		return nil
	}
	if z.hasConsented() {
		z.learn("consent", Passed, "the user agreed before")
		return nil
	}
	return refused
}

// consentIsDue: until 2026 consent could not be skipped for callbacks on this machine (Q3).
func (z *authorization) consentIsDue() bool {
	return z.s.opts.Login.ConsentOnLocalhost && !isVerifiable(z.redirect)
}

// consentFilter says whether a stored consent is of this user, client, API and organization.
func (z *authorization) consentFilter(o object) bool {
	return text(o, "clientID") == text(z.client, "client_id") && text(o, "user_id") == z.session.user &&
		text(o, "audience") == text(z.api, "identifier") && (text(o, "organization_id") == text(z.org, "id"))
}

// consentKey names a stored consent of a seed that has no id.
func consentKey(o object) string {
	return strings.Join([]string{text(o, "user_id"), text(o, "clientID"), text(o, "audience"), text(o, "organization_id")}, "\x00")
}

// hasConsented looks for a stored consent (GET /grants of the Management API) that covers every scope asked for.
func (z *authorization) hasConsented() bool {
	for _, it := range z.s.tenant.userGrants.sorted {
		if z.consentFilter(it.body) && !slices.ContainsFunc(z.scopes, func(s string) bool { return !slices.Contains(list(it.body, "scope"), s) }) {
			return true
		}
	}
	return false
}

// storeConsent keeps what the user agreed to, beside what they agreed to before.
func (z *authorization) storeConsent() error {
	scope := z.scopes
	id := ""
	for _, it := range z.s.tenant.userGrants.sorted {
		if z.consentFilter(it.body) {
			id, scope = it.id, append(list(it.body, "scope"), scope...)
		}
	}
	if id == "" {
		var err error
		if id, err = z.s.newID(resourceIDShape()); err != nil {
			return err
		}
	}
	slices.Sort(scope)
	stored := []any{}
	for _, s := range slices.Compact(scope) {
		stored = append(stored, s)
	}
	body := object{
		"id": id, "clientID": text(z.client, "client_id"), "user_id": z.session.user,
		"audience": text(z.api, "identifier"), "scope": stored,
	}
	if z.org != nil {
		body["organization_id"] = text(z.org, "id")
	}
	z.s.tenant.userGrants.put(body)
	z.wrote = true
	return nil
}

// checkVerifiable is the confirmation before a login is handed to a callback that any program could own. The client's
// switch wins over the tenant's; null is neither (documented 2026-04-28). The error under prompt=none is not documented
// (Q3).
func (z *authorization) checkVerifiable() *refusal {
	const key = "skip_non_verifiable_callback_uri_confirmation_prompt"
	if isVerifiable(z.redirect) || z.answered[promptConfirm] {
		return nil
	}
	skip, set := z.client[key].(bool)
	if !set {
		skip = flag(z.s.tenant.settings, key)
	}
	if skip {
		z.learn("callback-verifiable", Passed, "confirmation is skipped")
		return nil
	}
	code := "interaction_required"
	if z.s.opts.Login.ConsentOnLocalhost {
		code = "consent_required"
	}
	return &refusal{code: code, description: "the callback URL is not verifiable: the user must confirm the login", prompt: promptConfirm}
}
