package sandbox

import (
	"net/http"
	"slices"
)

// mergeClient applies a PATCH (recorded, management-api.md 4.3). Most members are replaced and null removes them; some
// objects merge member by member.
func mergeClient(old, change object) object {
	next := clone(old)
	for key, v := range change {
		switch key {
		case "client_metadata":
			next[key] = mergeMembers(child(old, key), child(change, key))
			continue
		case "jwt_configuration", "native_social_login", "mobile", "session_transfer", "addons":
			if sent, ok := v.(object); ok {
				next[key] = mergeMembers(child(old, key), sent)
				continue
			}
		case "initiate_login_uri":
			if v == "" { // recorded: "" is absent afterwards
				delete(next, key)
				continue
			}
		}
		if v == nil {
			delete(next, key)
			continue
		}
		next[key] = v
	}
	completeLogout(next, change)
	if change["client_authentication_methods"] != nil { // the two ways to authenticate exclude each other (recorded)
		for _, key := range []string{"token_endpoint_auth_method", "client_secret"} {
			delete(next, key)
		}
	} else if change["token_endpoint_auth_method"] != nil {
		delete(next, "client_authentication_methods")
	}
	return next
}

// mergeMembers overlays the members sent; a null member is removed, {} changes nothing.
func mergeMembers(old, sent object) object {
	next := clone(old)
	for k, v := range sent {
		if v == nil {
			delete(next, k)
			continue
		}
		next[k] = v
	}
	return next
}

// clientConflicts refuses what Auth0 refuses beyond the shape of a body: scopes for keys and credentials, grant types
// that the authentication method cannot use, aliases taken by another client. old is nil on create.
func (s *Server) clientConflicts(rq *request, old, sent object) error {
	const keysScope = "update:client_keys"
	if _, ok := sent["client_secret"]; ok && old != nil && !rq.scopes.has(keysScope) {
		return errScope([]string{keysScope})
	}
	if aliases, ok := sent["client_aliases"].([]any); ok {
		if err := s.aliasConflict(text(old, "client_id"), aliases); err != nil {
			return err
		}
	}
	next := sent
	if old != nil {
		next = mergeClient(old, sent)
	}
	return grantConflict(old != nil, sent, next)
}

// grantConflict is the pair of recorded refusals of client_credentials for a client that cannot authenticate: the
// grant type is named when it is what was sent, the method when that was (TF issue 266).
func grantConflict(update bool, sent, next object) error {
	if text(next, "token_endpoint_auth_method") != "none" {
		return nil
	}
	types, _ := next["grant_types"].([]any)
	if !slices.Contains(types, any("client_credentials")) {
		return nil
	}
	if _, sentTypes := sent["grant_types"]; update && !sentTypes {
		return fail(http.StatusBadRequest, "invalid_body",
			`Application must not have Token Endpoint Authentication Method set to "none" when client_credentials grant type is enabled`)
	}
	return fail(http.StatusBadRequest, "invalid_body", "Invalid grant types: client_credentials")
}

// aliasConflict refuses an alias that another client holds (documented, 409).
func (s *Server) aliasConflict(self string, aliases []any) error {
	if len(aliases) == 0 {
		return nil
	}
	for _, it := range s.tenant.clients.sorted {
		if it.id == self {
			continue
		}
		taken, _ := it.body["client_aliases"].([]any)
		for _, a := range aliases {
			if slices.Contains(taken, a) {
				return fail(http.StatusConflict, "", "Another client exists with the same alias.")
			}
		}
	}
	return nil
}
