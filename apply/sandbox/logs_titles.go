package sandbox

import "strings"

// title is what the log calls an operation: the summary that the OpenAPI document gives it ("Create a role" of a real
// entry is the document's text too).
func (rt *route) title() string {
	return map[string]string{
		"POST clients": "Create a client", "PATCH clients/{}": "Update a client", "DELETE clients/{}": "Delete a client",
		"POST connections": "Create a connection", "PATCH connections/{}": "Update a connection", "DELETE connections/{}": "Delete a connection",
		"PATCH connections/{}/clients": "Update enabled clients for a connection",
		"POST resource-servers":        "Create a resource server", "PATCH resource-servers/{}": "Update a resource server", "DELETE resource-servers/{}": "Delete a resource server",
		"POST client-grants": "Create client grant", "PATCH client-grants/{}": "Update client grant", "DELETE client-grants/{}": "Delete client grant",
		"PATCH tenants/settings": "Update tenant settings",
		"POST organizations":     "Create an Organization", "PATCH organizations/{}": "Modify an Organization", "DELETE organizations/{}": "Delete organization",
		"POST organizations/{}/connections":              "Adds a connection to an organization",
		"PATCH organizations/{}/connections/{}":          "Update a connection for an organization",
		"DELETE organizations/{}/connections/{}":         "Delete a connection from an organization",
		"POST organizations/{}/enabled_connections":      "Add connections to an organization",
		"PATCH organizations/{}/enabled_connections/{}":  "Update the Connection of an Organization",
		"DELETE organizations/{}/enabled_connections/{}": "Delete connections from an organization",
	}[rt.method+" "+strings.Join(rt.path[2:], "/")]
}
