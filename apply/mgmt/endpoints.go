package mgmt

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"

	"github.com/auth0/go-auth0/v3/management/option"

	"github.com/tacit-dev/tacit/apply"
	"github.com/tacit-dev/tacit/schema"
)

// endPoint is how Auth0 serves one collection. A call that is nil does not
// exist, or tacit has no use for it.
type endPoint struct {
	// noun is what people call an object of the collection.
	noun string
	// id is the key of a body that identifies the object, "" for settings.
	id string
	// parentKey is the key of a body under which tacit keeps the object that
	// the path needs besides (an organization); ids are then PARENT/ID.
	parentKey string

	get    func(ctx context.Context, id string) error
	create func(ctx context.Context, parent string, body option.RequestOption) error
	update func(ctx context.Context, id string, body option.RequestOption) error
	delete func(ctx context.Context, id string) error
	// list returns the bodies and the fields that they hold, nil for all.
	list func(ctx context.Context, fields []string) ([]map[string]any, []string, error)
}

// endPoint returns how a collection is served.
func (t *Tenant) endPoint(c schema.Collection) endPoint {
	switch c {
	case schema.Clients:
		return t.clientsEndPoint()
	case schema.Connections:
		return t.connectionsEndPoint()
	case schema.ResourceServers:
		return t.resourceServersEndPoint()
	case schema.ClientGrants:
		return t.clientGrantsEndPoint()
	case schema.Organizations:
		return t.organizationsEndPoint()
	case schema.OrganizationConnections:
		return t.organizationConnectionsEndPoint()
	case schema.TenantSettings:
		return t.settingsEndPoint()
	case schema.CustomDomains:
		return t.customDomainsEndPoint()
	case schema.GuardianPolicies:
		return t.policiesEndPoint()
	case schema.PostLoginBindings:
		return t.bindingsEndPoint()
	default:
		panic("mgmt: unknown collection " + string(c))
	}
}

// parent takes the parent's id out of a body: it belongs into the path.
func (e endPoint) parent(op string, body map[string]any) (string, map[string]any, error) {
	if e.parentKey == "" {
		return "", body, nil
	}
	id, _ := body[e.parentKey].(string)
	if id == "" {
		return "", nil, fmt.Errorf("%s: the body names no %s", op, e.parentKey)
	}
	body = maps.Clone(body)
	delete(body, e.parentKey)
	return id, body, nil
}

// check is checkID for collections whose objects have ids.
func (e endPoint) check(op, id string) error {
	if e.id == "" {
		return nil
	}
	return checkID(op, id)
}

// split cuts an id of the form PARENT/ID.
func split(id string) (parent, child string) {
	parent, child, _ = strings.Cut(id, "/")
	return parent, child
}

// observed reads an answer. known is the id that was asked for, or the parent's
// id for an object that was just made.
func (e endPoint) observed(v any, known string) (*schema.Observed, error) {
	raw, ok := v.(map[string]any)
	if !ok {
		return nil, errors.New("Auth0 answered without an object")
	}
	o := &schema.Observed{Raw: raw}
	if e.id == "" {
		return o, nil
	}
	if o.ID, _ = raw[e.id].(string); o.ID == "" {
		return nil, fmt.Errorf("Auth0's answer holds no %s", e.id)
	}
	if e.parentKey != "" {
		parent, _ := split(known)
		e.adopt(o, parent)
	}
	return o, nil
}

// adopt writes the parent into an object and its id.
func (e endPoint) adopt(o *schema.Observed, parent string) {
	o.Raw[e.parentKey] = parent
	o.ID = parent + "/" + o.ID
}

// written reads the answer to a write. An answer that does not hold the object
// leaves in doubt what happened.
func (e endPoint) written(op string, v any, known string, err error) (*schema.Observed, error) {
	if err != nil {
		return nil, err
	}
	o, err := e.observed(v, known)
	if err != nil {
		return nil, &apply.InDoubtError{Op: op, Err: err}
	}
	return o, nil
}
