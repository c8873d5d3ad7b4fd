package schema

import (
	"errors"
	"regexp"
)

// Organization is a business customer's own space on the tenant.
var Organization = &Kind{
	Name: "organization", Collection: Organizations, IDAttr: "id", NaturalKey: "name",
	Meta: []string{"existing", "prevent_destroy"}, PreventDestroy: true, Takes: "its memberships, invitations and role assignments",
	Whole: []string{"metadata", "branding"},
	Attrs: []Attr{
		{Name: "name", Flags: Required, Check: organizationName, Doc: "Unique; lower-case letters, digits, hyphens and underscores, at most 50."},
		{Name: "display_name", Check: both(minLen(1), maxLen(255)), Doc: "Name on login pages."},
		{Name: "branding", Type: JSON, Doc: "Logo and colours: { logo_url = ..., colors = { primary = ..., page_background = ... } }."},
		{Name: "token_quota", Type: JSON, Doc: "Machine-to-machine token quota."},
		{Name: "third_party_client_access", Enum: []string{"allow", "block"}, Default: "block", Doc: "Whether third-party applications may be used. Organizations are created with block (recorded since 2026-08)."},
		{Name: "metadata", Type: JSON, Check: metadata(maxOrgMetadata), Doc: "Up to 25 texts, the ownership mark included. The key tacit is the ownership mark and not yours."},
		{Name: "metadata.tacit", Flags: Internal, Doc: "The ownership mark."},
	},
	Doc: "An organization.",
}

// OrganizationConnection enables a connection for an organization.
var OrganizationConnection = &Kind{
	Name: "organization_connection", Collection: OrganizationConnections, IDAttr: "id", NaturalKey: "connection", KeyRest: []string{"organization"},
	Meta: []string{"existing", "prevent_destroy"},
	Attrs: []Attr{
		{Name: "organization", Path: "organization_id", Type: Ref, Targets: []string{"organization"}, Flags: Required | Immutable, Doc: "The organization."},
		{Name: "connection", Path: "connection_id", Type: Ref, Targets: []string{"saml_connection"}, Flags: Required | Immutable, Doc: "The connection; at most 10 per organization."},
		{Name: "assign_membership_on_login", Type: Bool, Default: false, Doc: "Users who log in become members. Without it only members get in."},
		{Name: "show_as_button", Type: Bool, Default: true, Doc: "Show a button on the organization's login page."},
	},
	Doc: "A connection of an organization.",
}

var organizationNames = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,49}$`)

func organizationName(v any) error {
	if s, _ := v.(string); !organizationNames.MatchString(s) {
		return errors.New("an organization's name has 1 to 50 lower-case letters, digits, hyphens and underscores, and begins with a letter or digit")
	}
	return nil
}
