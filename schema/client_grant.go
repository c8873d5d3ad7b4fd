package schema

// ClientGrant lets an application ask for tokens of an API: for its users
// (subject_type user) or for itself. The three parts of its key cannot change.
var ClientGrant = &Kind{
	Name: "client_grant", Collection: ClientGrants, IDAttr: "id", NaturalKey: "audience", KeyRest: []string{"client", "subject_type"},
	Meta: []string{"existing", "prevent_destroy"},
	Attrs: []Attr{
		{Name: "client", Path: "client_id", Type: Ref, Targets: []string{"spa_client", "client"}, Flags: Required | Immutable, Doc: "The application."},
		{Name: "audience", Flags: Required | Immutable, Check: identifier, Doc: "The API's identifier: api.orders.identifier."},
		{Name: "subject_type", Flags: Immutable, Enum: []string{"user", "client"}, Default: "client", Doc: "user: tokens for users of the application. client: tokens for the application itself."},
		{Name: "scope", Type: Set, Check: eachLen(maxScopes, maxScope), Doc: "Scopes that the application may get."},
		{Name: "allow_all_scopes", Type: Bool, Doc: "Every scope of the API, now and later."},
		{Name: "organization_usage", Enum: []string{"deny", "allow", "require"}, Doc: "Whether an organization may or must be named."},
		{Name: "allow_any_organization", Type: Bool, Doc: "Every organization, not only those that are associated."},
		{Name: "authorization_details_types", Type: Set, Flags: EmptyIsAbsent, Doc: "Types of rich authorization requests."},
	},
	Doc: "A grant of an application to an API.",
}
