package sandbox

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// resourceServerPageSize is the page when per_page is missing (recorded 2023-24).
const resourceServerPageSize = 100

func listResourceServers(s *Server, rq *request) (*reply, error) {
	w, err := s.newWindow(rq, resourceServerPageSize)
	if err != nil {
		return nil, err
	}
	want := rq.query["identifiers"]
	keep := func(it *item) bool { return len(want) == 0 || slices.Contains(want, text(it.body, "identifier")) }
	return w.list(s.tenant.resourceServers, "resource_servers", keep, projection(rq.query, "id")), nil
}

// findResourceServer accepts an id or an identifier, the latter also doubly encoded (both recorded with 200).
func (s *Server) findResourceServer(arg string) object {
	c := s.tenant.resourceServers
	for range 2 {
		if body := c.get(arg); body != nil {
			return body
		}
		if body := c.named(arg); body != nil {
			return body
		}
		again, err := url.PathUnescape(arg)
		if err != nil {
			return nil
		}
		arg = again
	}
	return nil
}

func getResourceServer(s *Server, rq *request) (*reply, error) {
	body := s.findResourceServer(rq.args[0])
	if body == nil {
		return nil, errNoResourceServer()
	}
	return &reply{status: http.StatusOK, body: projection(rq.query, "id")(body)}, nil
}

// defaultSubjects is subject_type_authorization of an API that sent none (recorded since 2025-08).
func defaultSubjects() object {
	return object{"client": object{"policy": "require_client_grant"}, "user": object{"policy": "allow_all"}}
}

// createResourceServer is POST /resource-servers (recorded defaults, management-api.md 3). The document's default
// "HS256" for signing_alg is wrong.
func createResourceServer(s *Server, rq *request) (*reply, error) {
	o := clone(rq.body.(object))
	if s.tenant.resourceServers.named(text(o, "identifier")) != nil {
		return nil, errIdentifierTaken()
	}
	if isReserved(text(o, "identifier"), s.domain()) {
		return nil, fail(http.StatusBadRequest, "", "The selected identifier is reserved.")
	}
	if err := s.room(apiEntity); err != nil {
		return nil, err
	}
	id, err := s.newID(resourceIDShape())
	if err != nil {
		return nil, err
	}
	dropNulls(o)
	o["id"] = id
	system := isMyAccount(text(o, "identifier"), s.domain())
	if system {
		completeMyAccount(o)
	}
	for key, v := range map[string]any{
		"allow_offline_access": false, "skip_consent_for_verifiable_first_party_clients": false,
		"token_lifetime": number(86400), "token_lifetime_for_web": number(7200), "signing_alg": "RS256",
	} {
		setDefault(o, key, v)
	}
	if s.since(subjectTypes) {
		setDefault(o, "subject_type_authorization", defaultSubjects())
	}
	completeAPI(o)
	if err := s.completeSecret(o); err != nil {
		return nil, err
	}
	s.tenant.resourceServers.create(o, s.opts.Now())
	out := withoutSecret(o)
	if system {
		out["scopes"] = myAccountScopes()[:firstMyAccountScopes]
	}
	return &reply{status: http.StatusCreated, body: out}, nil
}

// withoutSecret hides signing_secret, which only GET and LIST show, for HS256 (recorded).
func withoutSecret(o object) object {
	out := clone(o)
	delete(out, "signing_secret")
	return out
}

// completeSecret gives an HS256 API its secret of 32 characters and takes it from the others (recorded).
func (s *Server) completeSecret(o object) error {
	if text(o, "signing_alg") != "HS256" {
		delete(o, "signing_secret")
		return nil
	}
	if text(o, "signing_secret") != "" {
		return nil
	}
	secret, err := s.newID(idShape{chars: 32})
	o["signing_secret"] = secret
	return err
}

// isReserved names identifiers that a tenant keeps for its own APIs (documented that there are some; which is assumed).
func isReserved(identifier, domain string) bool {
	return strings.EqualFold(strings.TrimSuffix(identifier, "/"), "https://"+domain+"/userinfo")
}

// completeAPI is what the server changes in members sent: a token encryption key is kept as its thumbprint, and DPoP
// says whom it binds (recorded: TF TestAccResourceServer).
func completeAPI(o object) {
	if enc := child(o, "token_encryption"); enc != nil {
		if key := child(enc, "encryption_key"); text(key, "pem") != "" {
			kept := clone(key)
			delete(kept, "pem")
			if text(kept, "kid") == "" {
				kept["thumbprint_sha256"] = keyThumbprint(text(key, "pem"))
			}
			enc = clone(enc)
			enc["encryption_key"] = kept
			o["token_encryption"] = enc
		}
	}
	if pop := child(o, "proof_of_possession"); text(pop, "mechanism") == "dpop" && flag(pop, "required") {
		pop = clone(pop)
		setDefault(pop, "required_for", "all_clients")
		o["proof_of_possession"] = pop
	}
}

// dropNulls removes null members: after a PATCH with null the member is absent (recorded).
func dropNulls(o object) { maps.DeleteFunc(o, func(_ string, v any) bool { return v == nil }) }

// systemMembers are all that a system API lets a PATCH change (recorded, deploy-cli issue 1484).
func systemMembers() []string {
	return []string{
		"token_lifetime", "token_lifetime_for_web", "skip_consent_for_verifiable_first_party_clients", "proof_of_possession",
		"subject_type_authorization", "authorization_policy",
	}
}

// updateResourceServer is PATCH /resource-servers/{id}: members are replaced, omitted ones stay, null removes (recorded).
func updateResourceServer(s *Server, rq *request) (*reply, error) {
	old := s.findResourceServer(rq.args[0])
	if old == nil {
		return nil, errNoResourceServer()
	}
	sent := rq.body.(object)
	if flag(old, "is_system") {
		extra := slices.Sorted(maps.Keys(sent))
		extra = slices.DeleteFunc(extra, func(k string) bool { return slices.Contains(systemMembers(), k) })
		if len(extra) > 0 {
			return nil, errBody("Payload validation error: 'Additional properties not allowed: %s'.", strings.Join(extra, ","))
		}
	}
	next := mergeMembers(old, sent)
	completeAPI(next)
	if err := s.completeSecret(next); err != nil {
		return nil, err
	}
	s.tenant.resourceServers.put(next)
	return &reply{status: http.StatusOK, body: withoutSecret(next)}, nil
}

// deleteResourceServer is DELETE /resource-servers/{id}: 204 also when there is none (recorded); system APIs stay
// (documented), but for the My Account API (recorded). Grants for the API go with it (assumed).
func deleteResourceServer(s *Server, rq *request) (*reply, error) {
	old := s.findResourceServer(rq.args[0])
	if old == nil {
		return &reply{status: http.StatusNoContent}, nil
	}
	if flag(old, "is_system") && !isMyAccount(text(old, "identifier"), s.domain()) {
		return nil, fail(http.StatusBadRequest, "", "System resource servers cannot be deleted.")
	}
	s.tenant.resourceServers.remove(text(old, "id"))
	for _, it := range s.tenant.grants.created() {
		if text(it.body, "audience") == text(old, "identifier") {
			s.tenant.removeGrant(it.id)
		}
	}
	return &reply{status: http.StatusNoContent}, nil
}
