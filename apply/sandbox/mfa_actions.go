package sandbox

import (
	"net/http"
	"slices"
)

// listPolicies is GET /guardian/policies: a bare array of names, empty on a fresh tenant (documented).
func listPolicies(s *Server, _ *request) (*reply, error) {
	list, _ := s.tenant.rest["guardian_policies"].([]any)
	if list == nil {
		list = []any{}
	}
	return &reply{status: http.StatusOK, body: list}, nil
}

// setPoliciesBody names the table of MFA policies.
const setPoliciesBody = "set MFA policies"

func setPoliciesFacts() []fact {
	return []fact{{is: "array"}, {path: "[]", is: "string", enum: []string{"all-applications", "confidence-score"}}}
}

// setPolicies is PUT /guardian/policies: the list as a whole (documented).
func setPolicies(s *Server, rq *request) (*reply, error) {
	s.tenant.rest["guardian_policies"] = rq.body
	return &reply{status: http.StatusOK, body: rq.body}, nil
}

// bindingPageSize is the page when per_page is missing (documented).
const bindingPageSize = 20

// triggers are the documented ones and mcp-tool, which was recorded.
func triggers() []string {
	return []string{
		"post-login", "credentials-exchange", "pre-user-registration", "post-user-registration", "post-change-password",
		"send-phone-message", "custom-phone-provider", "custom-email-provider", "password-reset-post-challenge",
		"custom-token-exchange", "event-stream", "password-hash-migration", "login-post-identifier", "signup-post-identifier",
		"mcp-tool",
	}
}

// listBindings is GET /actions/triggers/{trigger}/bindings: in the order of execution; total is missing when the page is
// empty, page when it is 0 (recorded).
func listBindings(s *Server, rq *request) (*reply, error) {
	trigger := rq.args[0]
	if !slices.Contains(triggers(), trigger) { // not recorded: assumed like other path refusals
		return nil, fail(http.StatusBadRequest, "invalid_uri", "Path validation error: '%s' on property triggerId (An actions extensibility point.).", msgEnum(trigger))
	}
	all := s.tenant.bindings(trigger)
	page, size := intParam(rq.query, "page", 0), intParam(rq.query, "per_page", bindingPageSize)
	from := min(page*size, len(all))
	out := all[from:min(from+size, len(all))]
	body := object{"bindings": append([]any{}, out...), "per_page": size}
	if len(out) > 0 {
		body["total"] = len(all)
	}
	if page > 0 {
		body["page"] = page
	}
	return &reply{status: http.StatusOK, body: body}, nil
}

// bindings are those of a trigger: the seed holds a list by trigger, or one list whose elements name theirs.
func (t *tenant) bindings(trigger string) []any {
	switch v := t.rest["action_bindings"].(type) {
	case object:
		list, _ := v[trigger].([]any)
		return list
	case []any:
		var out []any
		for _, e := range v {
			o, _ := e.(object)
			if text(o, "trigger_id") == trigger || text(o, "trigger") == trigger {
				out = append(out, e)
			}
		}
		return out
	}
	return nil
}
