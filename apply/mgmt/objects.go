package mgmt

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/auth0/go-auth0/v3/management"
	"github.com/auth0/go-auth0/v3/management/option"

	"github.com/tacit-dev/tacit/apply"
	"github.com/tacit-dev/tacit/schema"
)

// idKey is the key of a body that identifies the object, "" for settings.
func idKey(c schema.Collection) string {
	switch c {
	case schema.Clients:
		return "client_id"
	case schema.TenantSettings:
		return ""
	default:
		return "id"
	}
}

// noun is what people call an object of the collection.
func noun(c schema.Collection) string {
	switch c {
	case schema.Clients:
		return "client"
	case schema.Connections:
		return "connection"
	case schema.ResourceServers:
		return "API"
	case schema.TenantSettings:
		return "tenant settings"
	default:
		panic("mgmt: unknown collection " + string(c))
	}
}

// Get implements [apply.Tenant]. An API is found by its id or its identifier
// (recorded), which may be a URL.
func (t *Tenant) Get(ctx context.Context, c schema.Collection, id string) (*schema.Observed, error) {
	op := "read " + noun(c)
	if err := checkID(op, c, id); err != nil {
		return nil, err
	}
	v, err := t.do(ctx, op, func(ctx context.Context) (err error) {
		switch c {
		case schema.Clients:
			_, err = t.clients.Get(ctx, id, &management.GetClientRequestParameters{})
		case schema.Connections:
			_, err = t.connections.Get(ctx, id, &management.GetConnectionRequestParameters{})
		case schema.ResourceServers:
			_, err = t.resourceServers.Get(ctx, id, &management.GetResourceServerRequestParameters{})
		case schema.TenantSettings:
			_, err = t.settings.Get(ctx, &management.GetTenantSettingsRequestParameters{})
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	o, err := observed(c, v)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", op, err)
	}
	if c == schema.Connections {
		if err := optionsHidden(op, []map[string]any{o.Raw}, nil); err != nil {
			return nil, err
		}
	}
	return o, nil
}

// Create implements [apply.Tenant]. Names of clients are not unique at Auth0,
// so a POST whose outcome is unknown is never repeated.
func (t *Tenant) Create(ctx context.Context, c schema.Collection, body map[string]any) (*schema.Observed, error) {
	op := "create " + noun(c)
	props, err := t.properties(op, body)
	if err != nil {
		return nil, err
	}
	v, err := t.do(ctx, op, func(ctx context.Context) (err error) {
		switch c {
		case schema.Clients:
			_, err = t.clients.Create(ctx, nil, props)
		case schema.Connections:
			_, err = t.connections.Create(ctx, nil, props)
		case schema.ResourceServers:
			_, err = t.resourceServers.Create(ctx, nil, props)
		case schema.TenantSettings:
			panic("mgmt: every tenant has its settings, they are never created")
		}
		return err
	})
	return written(op, c, v, err)
}

// Update implements [apply.Tenant].
func (t *Tenant) Update(ctx context.Context, c schema.Collection, id string, body map[string]any) (*schema.Observed, error) {
	op := "update " + noun(c)
	if err := checkID(op, c, id); err != nil {
		return nil, err
	}
	props, err := t.properties(op, body)
	if err != nil {
		return nil, err
	}
	v, err := t.do(ctx, op, func(ctx context.Context) (err error) {
		switch c {
		case schema.Clients:
			_, err = t.clients.Update(ctx, id, nil, props)
		case schema.Connections:
			_, err = t.connections.Update(ctx, id, nil, props)
		case schema.ResourceServers:
			_, err = t.resourceServers.Update(ctx, id, nil, props)
		case schema.TenantSettings:
			_, err = t.settings.Update(ctx, nil, props)
		}
		return err
	})
	return written(op, c, v, err)
}

// Delete implements [apply.Tenant]. Repeating a DELETE is harmless, and an object
// that is gone is what was asked for: Auth0 answers 204 for most (recorded), and
// a 404 says the same.
func (t *Tenant) Delete(ctx context.Context, c schema.Collection, id string) error {
	op := "delete " + noun(c)
	if err := checkID(op, c, id); err != nil {
		return err
	}
	_, err := t.do(ctx, op, func(ctx context.Context) error {
		switch c {
		case schema.Clients:
			return t.clients.Delete(ctx, id)
		case schema.Connections:
			return t.connections.Delete(ctx, id)
		case schema.ResourceServers:
			return t.resourceServers.Delete(ctx, id)
		default:
			panic("mgmt: " + noun(c) + " are never deleted")
		}
	})
	var s *apply.StatusError
	if errors.As(err, &s) && s.Status == http.StatusNotFound {
		return nil
	}
	return err
}

// checkID keeps a request for one object from becoming one for the list, and
// stand-ins for ids on this side.
func checkID(op string, c schema.Collection, id string) error {
	switch {
	case c == schema.TenantSettings:
		return nil
	case id == "", id == ".", id == "..":
		return fmt.Errorf("%s: %q is not an id", op, id)
	case schema.IsPlaceholder(id):
		return fmt.Errorf("%s: %s stands for an object that does not exist yet", op, id)
	default:
		return nil
	}
}

// properties makes the SDK send exactly this body: with a nil request nothing
// of its typed structs is added or left out.
func (t *Tenant) properties(op string, body map[string]any) (option.RequestOption, error) {
	if len(body) == 0 {
		return nil, fmt.Errorf("%s: nothing to send", op)
	}
	pending := false
	schema.Templates(body, func(*schema.Template) { pending = true })
	if pending {
		return nil, fmt.Errorf("%s: the body refers to an object whose id is not known yet", op)
	}
	t.http.hide.addFrom(body, false)
	return option.WithBodyProperties(body), nil
}

// written reads the answer to a write. An answer that does not hold the object
// leaves in doubt what happened.
func written(op string, c schema.Collection, v any, err error) (*schema.Observed, error) {
	if err != nil {
		return nil, err
	}
	o, err := observed(c, v)
	if err != nil {
		return nil, &apply.InDoubtError{Op: op, Err: err}
	}
	return o, nil
}

func observed(c schema.Collection, v any) (*schema.Observed, error) {
	raw, ok := v.(map[string]any)
	if !ok {
		return nil, errors.New("Auth0 answered without an object")
	}
	o := &schema.Observed{Raw: raw}
	if key := idKey(c); key != "" {
		if o.ID, _ = raw[key].(string); o.ID == "" {
			return nil, fmt.Errorf("Auth0's answer holds no %s", key)
		}
	}
	return o, nil
}

// optionsHidden tells a connection without options from a token that may not
// see them: Auth0 leaves them out silently (change log of 2025-07-08).
func optionsHidden(op string, items []map[string]any, fields []string) error {
	if len(items) == 0 || (fields != nil && !slices.Contains(fields, "options")) {
		return nil
	}
	for _, item := range items {
		if _, ok := item["options"]; ok {
			return nil
		}
	}
	return fmt.Errorf("%s: Auth0 left out the options of every SAML connection, as it does when the token lacks the scope "+
		"read:connections_options; grant it to the application (writing needs update:connections_options as well)", op)
}
