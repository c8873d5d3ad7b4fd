// Package schema is tacit's model: which kinds of object exist, which
// attributes they have, what a configuration wants of them and what was seen
// on the tenant. It is the leaf of the import graph: no HCL, no SDK, no I/O.
//
// A kind is a table of rows ([Kind], [Attr]). Decoding, reading, diffing,
// import and documentation walk the rows; rules read through typed handles
// ([Use]). Values are plain JSON values (string, bool, json.Number, []any,
// map[string]any); an id that is known only after apply is a [Template].
package schema

// Collection names a list of objects on the tenant, as the path segment of the
// Management API end point that serves it.
type Collection string

// The collections that tacit reads or writes.
const (
	Clients         Collection = "clients"
	Connections     Collection = "connections"
	ResourceServers Collection = "resource-servers"
	TenantSettings  Collection = "tenants/settings"
	ClientGrants    Collection = "client-grants"
	Organizations   Collection = "organizations"
	CustomDomains   Collection = "custom-domains"
	// OrganizationConnections are read per organization; their ids are
	// ORGANIZATION/CONNECTION.
	OrganizationConnections Collection = "organizations/enabled_connections"
	// GuardianPolicies and PostLoginBindings are only read, for rules.
	GuardianPolicies  Collection = "guardian/policies"
	PostLoginBindings Collection = "actions/triggers/post-login/bindings"
)

// Kinds returns every kind of block, in the order in which documentation lists
// them.
func Kinds() []*Kind {
	return []*Kind{
		Tenant, SPAClient, Client, API, ClientGrant, SAMLConnection, Organization, OrganizationConnection,
		TenantSettingsKind, CustomDomain, SilentUpgrade, Rehearsal,
	}
}

// KindByName returns the kind with that block name, or nil.
func KindByName(name string) *Kind {
	for _, k := range Kinds() {
		if k.Name == name {
			return k
		}
	}
	return nil
}
