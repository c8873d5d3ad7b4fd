// Package apply reads a tenant, carries out a plan and verifies the result. It
// declares what it needs of a tenant ([Tenant]); apply/mgmt implements that on
// the Management API.
package apply

import (
	"context"
	"fmt"

	"github.com/tacit-dev/tacit/schema"
)

// Reader is an Auth0 tenant as reading needs it. Bodies are JSON objects with
// numbers as json.Number; nothing in them is dropped or added. Every method
// counts its requests through the implementation's own counter.
type Reader interface {
	// List returns all objects of a collection; of connections those of the
	// strategy samlp, of clients all but the global one. fields are the
	// top-level keys wanted (the id always comes along), nil for all. It
	// follows pages to the end and never infers the end from a short page.
	List(ctx context.Context, c schema.Collection, fields []string) ([]*schema.Observed, error)
	// Get returns one object whole. For TenantSettings id is ignored.
	Get(ctx context.Context, c schema.Collection, id string) (*schema.Observed, error)
	// OtherConnections lists id, name and strategy of the connections of every
	// strategy but samlp; with a name only the one that has it.
	OtherConnections(ctx context.Context, name string) ([]*schema.Observed, error)
	// OrganizationConnections lists the connections of an organization. Their
	// ids are ORGANIZATION/CONNECTION, as Get of the collection
	// OrganizationConnections takes them.
	OrganizationConnections(ctx context.Context, organizationID string) ([]*schema.Observed, error)
	// UserGrants lists the client grants of an API with the subject type user.
	UserGrants(ctx context.Context, audience string) ([]*schema.Observed, error)
	// ClientConnections lists the ids of SAML connections enabled for a client.
	ClientConnections(ctx context.Context, clientID string) ([]string, error)
	// ConnectionClients lists the ids of all clients enabled on a connection.
	ConnectionClients(ctx context.Context, connectionID string) ([]string, error)
}

// Tenant is an Auth0 tenant as applying needs it. Of organization connections
// Create finds the organization in the body's organization_id.
type Tenant interface {
	Reader
	// Create posts the body; it is never repeated when the outcome is in doubt.
	Create(ctx context.Context, c schema.Collection, body map[string]any) (*schema.Observed, error)
	// Update patches with exactly this body.
	Update(ctx context.Context, c schema.Collection, id string, body map[string]any) (*schema.Observed, error)
	// Delete deletes an object; one that is gone already is no error.
	Delete(ctx context.Context, c schema.Collection, id string) error
	// SetConnectionClients enables and disables clients on a connection;
	// others stay as they are. It splits into requests of 50 clients.
	SetConnectionClients(ctx context.Context, connectionID string, enable, disable []string) error
}

// StatusError is an answer of the Management API other than success.
type StatusError struct {
	// Op is what was being done, such as "create client".
	Op     string
	Status int
	// Code and Message are errorCode and message of the answer, Code often
	// empty.
	Code, Message string
}

// Error says what was being done and what Auth0 answered.
func (e *StatusError) Error() string {
	if e.Code != "" {
		return fmt.Sprintf("%s: Auth0 answered %d (%s): %s", e.Op, e.Status, e.Code, e.Message)
	}
	return fmt.Sprintf("%s: Auth0 answered %d: %s", e.Op, e.Status, e.Message)
}

// HiddenError is a list of connections without a field that each of them has:
// Auth0 leaves the options out when the token may not see them.
type HiddenError struct{ Op, Field string }

// Error names the scope that is missing.
func (e *HiddenError) Error() string {
	return fmt.Sprintf("%s: Auth0 left out the %[2]s of every SAML connection, as it does when the token lacks the scope "+
		"read:connections_%[2]s; grant it to the application (writing needs update:connections_%[2]s as well)", e.Op, e.Field)
}

// InDoubtError is a write whose outcome is unknown: the connection broke or
// the server failed after the request was sent.
type InDoubtError struct {
	Op  string
	Err error
}

// Error says that the write may have happened.
func (e *InDoubtError) Error() string {
	return fmt.Sprintf("%s: no clear answer, so it may or may not have happened: %v", e.Op, e.Err)
}

// Unwrap returns the cause.
func (e *InDoubtError) Unwrap() error { return e.Err }
