package sandbox

import (
	"fmt"
	"strings"
)

// chooseOrganization is the organization a login is for, by id or, where the tenant allows it, by name; nil for none.
// Texts are those of public reports (remix-auth-auth0 issue 75 and others) or assumed.
func (s *Server) chooseOrganization(client object, asked string) (object, *refusal) {
	usage := text(client, "organization_usage")
	invalid := func(description, prompt string) *refusal {
		return &refusal{id: "organization", code: "invalid_request", description: description, prompt: prompt}
	}
	if asked == "" {
		if usage != "require" {
			return nil, nil
		}
		if behaviour := text(client, "organization_require_behavior"); behaviour == "pre_login_prompt" || behaviour == "post_login_prompt" {
			r := invalid("Interaction required: the organization must be chosen", promptOrganization)
			r.code = "interaction_required"
			return nil, r
		}
		return nil, invalid("parameter organization is required for this client", "")
	}
	if usage == "" || usage == "deny" {
		return nil, invalid("parameter organization is not allowed for this client", "")
	}
	var org object
	switch {
	case strings.HasPrefix(asked, "org_"):
		org = s.tenant.organizations.get(asked)
	case flag(s.tenant.settings, "allow_organization_name_in_authentication_api"):
		org = s.tenant.organizations.named(asked)
	default:
		return nil, invalid("parameter organization must be the id of an organization", "")
	}
	if org == nil {
		return nil, invalid("parameter organization has an invalid value", "")
	}
	return org, nil
}

// organizationAllows says whether users of a connection may log in to an organization.
func (s *Server) organizationAllows(org object, connection string) *refusal {
	if m := s.tenant.orgConnections[text(org, "id")]; m != nil {
		if entry, ok := m.has[connection]; ok && entry["is_enabled"] != false {
			return nil
		}
	}
	return &refusal{
		id: "org-connection", code: "access_denied",
		description: "the connection is not enabled for the organization " + text(org, "id"),
	}
}

// memberOrJoins says whether a user is a member, or becomes one by logging in.
func (s *Server) memberOrJoins(user, org object, connection string) *refusal {
	id := text(org, "id")
	if isMember(user, id) {
		return nil
	}
	if m := s.tenant.orgConnections[id]; m != nil && flag(m.has[connection], "assign_membership_on_login") {
		return nil
	}
	return &refusal{
		id: "org-membership", code: "access_denied",
		description: fmt.Sprintf("user %s is not part of the %s organization", text(user, "user_id"), id),
	}
}
