package sandbox

import (
	"encoding/json"
	"net/http"
	"strconv"
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

// settingsView hides what PATCH answers show and GET answers do not: two flags, and identifier_first of universal_login
// (recorded).
func (s *Server) settingsView() object {
	out := clone(s.tenant.settings)
	hide := func(member string, keys ...string) {
		if o := child(out, member); o != nil {
			o = clone(o)
			for _, key := range keys {
				delete(o, key)
			}
			out[member] = o
		}
	}
	hide("flags", patchOnlyFlags()...)
	hide("universal_login", identifierFirst)
	return out
}

// identifierFirst is a member of universal_login that the settings of prompts decide: replacing the object keeps it
// (recorded).
const identifierFirst = "identifier_first"

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
	if login := child(sent, "universal_login"); login != nil {
		if v, ok := child(old, "universal_login")[identifierFirst]; ok {
			login = clone(login)
			setDefault(login, identifierFirst, v)
			next["universal_login"] = login
		}
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
