package sandbox

import (
	"strconv"
	"strings"
	"time"
)

// sessionRules decide for whom the token would be.
func sessionRules() []authorizeRule {
	return []authorizeRule{
		{"session", (*authorization).findSession},
		{"sso-disabled", (*authorization).checkSSO},
		{"max-age", (*authorization).checkMaxAge},
		{"session-connection", (*authorization).checkConnection},
		{"id-token-hint", (*authorization).checkHint},
		{"organization", (*authorization).checkOrganization},
		{"org-session", (*authorization).checkOrgSession},
		{"action-deny", (*authorization).actionDenies},
		{"action-redirect", (*authorization).actionRedirects},
		{"action-mfa", (*authorization).actionChallenges},
		{"tenant-mfa", (*authorization).tenantChallenges},
		{"api-authorization-policy", (*authorization).checkFreshness},
	}
}

func loginRequired() *refusal {
	return &refusal{code: "login_required", description: "Login required", prompt: promptLogin}
}

func (z *authorization) findSession() *refusal {
	found, why := z.liveSession()
	if found == nil {
		z.learn("session-missing", Refused, "%s", why)
		return loginRequired()
	}
	z.session, z.user = found, z.s.tenant.users.get(found.user)
	if z.user == nil { // removed in between
		return loginRequired()
	}
	z.learn("session", Passed, "%s since %s", found.user, found.started.UTC().Format(time.RFC3339))
	return nil
}

// checkSSO: a client may refuse to share a session, and so may a legacy tenant whose client does not opt in.
func (z *authorization) checkSSO() *refusal {
	if z.answered[promptLogin] {
		return nil
	}
	legacy := child(z.s.tenant.settings, "flags")["enable_sso"] == false && !flag(z.client, "sso")
	if flag(z.client, "sso_disabled") || legacy || strings.Contains(z.query.Get("prompt"), "login") {
		return loginRequired()
	}
	return nil
}

func (z *authorization) checkMaxAge() *refusal {
	raw := z.query.Get("max_age")
	if raw == "" || z.answered[promptLogin] {
		return nil
	}
	seconds, err := strconv.ParseInt(raw, 10, 32)
	if err != nil || seconds < 0 {
		return &refusal{code: "invalid_request", description: "max_age must be a number of seconds"}
	}
	if z.now.Sub(z.session.started) > time.Duration(seconds)*time.Second {
		return loginRequired()
	}
	return nil
}

// checkConnection: the session must come from the connection asked for, and from one that the client has (the latter is
// widely assumed, Q11).
func (z *authorization) checkConnection() *refusal {
	body := z.s.tenant.connections.get(z.session.connection)
	if z.query.Get("connection") != "" && !z.silent && !z.answered[promptLogin] {
		z.learn("connection-upstream", Passed, "the session is not used")
		return loginRequired()
	}
	if asked := z.query.Get("connection"); asked != "" && asked != text(body, "name") {
		return loginRequired()
	}
	if body == nil || !z.s.tenant.isEnabled(z.session.connection, text(z.client, "client_id")) {
		if !z.s.opts.Login.AnyConnection {
			return loginRequired()
		}
		z.learn("session-connection", Unknown, "the session's connection is not enabled for the client")
	}
	return nil
}

func (z *authorization) checkHint() *refusal {
	hint := z.query.Get("id_token_hint")
	if hint == "" {
		return nil
	}
	if claims := z.s.keys.verified(hint); text(claims, "sub") != z.session.user {
		return loginRequired()
	}
	return nil
}

func (z *authorization) checkOrganization() *refusal {
	asked := z.query.Get("organization")
	org, refused := z.s.chooseOrganization(z.client, asked)
	if refused == nil && org != nil {
		if refused = z.s.organizationAllows(org, z.session.connection); refused == nil {
			refused = z.s.memberOrJoins(z.user, org, z.session.connection)
		}
	}
	z.org = org
	return refused
}

// checkOrgSession: a session belongs to the organization it was made for. Whether Auth0 lets a member's session serve
// another organization is not documented; AnyOrganization lets it.
func (z *authorization) checkOrgSession() *refusal {
	if text(z.org, "id") == z.session.org {
		return nil
	}
	if z.answered[promptOrganization] { // chosen by the user just now
		z.session.org = text(z.org, "id")
		return nil
	}
	if z.org == nil || z.s.opts.Login.AnyOrganization {
		z.learn("org-session", Unknown, "the session is of organization %q, the request of %q", z.session.org, text(z.org, "id"))
		return nil
	}
	return loginRequired()
}

func (z *authorization) actionDenies() *refusal {
	z.effects = z.readActions()
	if z.effects.deny == "" {
		return nil
	}
	return &refusal{code: "access_denied", description: z.effects.deny}
}

func (z *authorization) actionRedirects() *refusal {
	if z.effects.redirect == "" || z.answered[promptAction] {
		return nil
	}
	return &refusal{code: "interaction_required", description: "Interaction required", prompt: promptAction, target: z.effects.redirect}
}

// mfaRequired is the refusal of a login that lacks a second factor (auth0-spa-js constant; its FAQ says mfa_required,
// Q8).
func (z *authorization) mfaRequired() *refusal {
	code := "login_required"
	if z.s.opts.Login.MFARequired {
		code = "mfa_required"
	}
	return &refusal{code: code, description: "Multifactor authentication required", prompt: promptMFA}
}

func (z *authorization) actionChallenges() *refusal {
	if !z.effects.mfa || z.session.mfa {
		return nil
	}
	return z.mfaRequired()
}

func (z *authorization) tenantChallenges() *refusal {
	policies, _ := z.s.tenant.rest["guardian_policies"].([]any)
	for _, p := range policies {
		switch p {
		case "all-applications":
			if !z.answered[promptMFA] && (!z.session.mfa || !z.s.opts.Login.MFAOncePerSession) {
				return z.mfaRequired()
			}
		case "confidence-score":
			z.learn("tenant-adaptive-mfa", Unknown, "adaptive MFA decides by risk, which the sandbox does not know")
		}
	}
	return nil
}

// freshFor is how long a login counts as fresh for APIs with an authorization policy (documented for the My Account
// API).
const freshFor = 15 * time.Minute

func (z *authorization) checkFreshness() *refusal {
	if text(child(z.api, "authorization_policy"), "policy_id") == "" || z.now.Sub(z.session.started) <= freshFor {
		return nil
	}
	return &refusal{code: "unmet_authentication_requirements", description: "Unmet authentication requirements", prompt: promptLogin}
}
