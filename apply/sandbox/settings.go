package sandbox

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
)

// freshSettings is a new tenant's settings: a selection of what recorded tenants show.
func freshSettings() object {
	return object{
		"change_password": object{"enabled": false}, "guardian_mfa_page": object{"enabled": false},
		"enabled_locales": []any{"en"}, "default_audience": "", "default_directory": "", "sandbox_version": "22",
		"session_lifetime": number(168), "idle_session_lifetime": number(72),
		"ephemeral_session_lifetime": number(72), "idle_ephemeral_session_lifetime": number(24),
		"resource_parameter_profile": "audience",
		"oidc_logout":                object{"rp_logout_end_session_endpoint_discovery": true},
		"flags": object{
			"allow_changing_enable_sso": false, "disable_impersonation": true, "enable_sso": true, "universal_login": true,
			"revoke_refresh_token_grant": false, "disable_clickjack_protection_headers": false,
		},
	}
}

func getSettings(s *Server, rq *request) (*reply, error) {
	return &reply{status: http.StatusOK, body: projection(rq.query)(s.settingsView())}, nil
}

// settingsView hides the two flags that PATCH answers show and GET answers do not (recorded).
func (s *Server) settingsView() object {
	flags := child(s.tenant.settings, "flags")
	if flags == nil {
		return s.tenant.settings
	}
	out, shown := clone(s.tenant.settings), clone(flags)
	for _, key := range patchOnlyFlags() {
		delete(shown, key)
	}
	out["flags"] = shown
	return out
}

func patchOnlyFlags() []string {
	return []string{"cannot_change_enforce_client_authentication_on_passwordless_start", "enforce_client_authentication_on_passwordless_start"}
}

// updateSettings is PATCH /tenants/settings: the top level merges and flags merge (recorded 500 of 500), other objects
// are replaced, null removes. The answer lacks sandbox_versions_available and has two more flags (recorded).
func updateSettings(s *Server, rq *request) (*reply, error) {
	sent := clone(rq.body.(object))
	old := s.tenant.settings
	if flags := child(sent, "flags"); flags != nil {
		sent["flags"] = mergeMembers(child(old, "flags"), flags)
	}
	inHours(sent)
	next := mergeMembers(old, sent)
	if sent["default_redirection_uri"] == "" { // recorded: "" is absent afterwards
		delete(next, "default_redirection_uri")
	}
	if sent["universal_login"] != nil {
		next["universal_login"] = mergeMembers(child(old, "universal_login"), child(sent, "universal_login"))
	}
	s.tenant.settings = next
	out := clone(next)
	delete(out, "sandbox_versions_available")
	flags := clone(child(next, "flags"))
	for _, key := range patchOnlyFlags() {
		setDefault(flags, key, true)
	}
	out["flags"] = flags
	return &reply{status: http.StatusOK, body: out}, nil
}

// inHours turns the *_in_minutes spellings into the hours Auth0 stores (recorded: 181 minutes show as
// 3.0166666666666666).
func inHours(sent object) {
	for _, key := range []string{"session_lifetime", "idle_session_lifetime", "ephemeral_session_lifetime", "idle_ephemeral_session_lifetime"} {
		minutes, ok := integer(sent[key+"_in_minutes"])
		if !ok {
			continue
		}
		delete(sent, key+"_in_minutes")
		sent[key] = hours(minutes)
	}
}

// hours is a number of minutes in hours, as a JSON number.
func hours(minutes int64) json.Number {
	return json.Number(strconv.FormatFloat(float64(minutes)/60, 'g', -1, 64))
}

// listCustomDomains is GET /custom-domains: a bare array, or an object when take or q is given (recorded).
func listCustomDomains(s *Server, rq *request) (*reply, error) {
	list, _ := s.tenant.rest["custom_domains"].([]any)
	c := newCollection("custom_domain_id", func(object) string { return "" }, creationOrder)
	for i, v := range list {
		body, ok := v.(object)
		if !ok {
			continue
		}
		if text(body, "custom_domain_id") == "" {
			body = clone(body)
			body["custom_domain_id"] = idFor(idShape{prefix: "cd_", chars: 16}, text(body, "domain")+strings.Repeat(" ", i))
		}
		c.put(body)
	}
	w, err := newWindow(rq.query, perPageMax)
	if err != nil {
		return nil, err
	}
	if rq.query.Has("q") && !w.checkpoint {
		w.checkpoint, w.size = true, defaultTake
	}
	return w.list(c, "custom_domains", nil, projection(rq.query, "custom_domain_id")), nil
}
