package mgmt

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/auth0/go-auth0/v3/management/option"

	"github.com/tacit-dev/tacit/apply"
	"github.com/tacit-dev/tacit/schema"
)

// Get implements [apply.Tenant]. An API is found by its id or its identifier
// (recorded), which may be a URL.
func (t *Tenant) Get(ctx context.Context, c schema.Collection, id string) (*schema.Observed, error) {
	e := t.endPoint(c)
	op := "read " + e.noun
	if err := e.check(op, id); err != nil {
		return nil, err
	}
	v, err := t.do(ctx, op, func(ctx context.Context) error { return e.get(ctx, id) })
	if err != nil {
		return nil, err
	}
	o, err := e.observed(v, id)
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
	e := t.endPoint(c)
	op := "create " + e.noun
	if e.create == nil {
		panic("mgmt: " + e.noun + " are never created")
	}
	parent, body, err := e.parent(op, body)
	if err != nil {
		return nil, err
	}
	props, err := t.properties(op, body)
	if err != nil {
		return nil, err
	}
	v, err := t.do(ctx, op, func(ctx context.Context) error { return e.create(ctx, parent, props) })
	return e.written(op, v, parent, err)
}

// Update implements [apply.Tenant].
func (t *Tenant) Update(ctx context.Context, c schema.Collection, id string, body map[string]any) (*schema.Observed, error) {
	e := t.endPoint(c)
	op := "update " + e.noun
	if e.update == nil {
		panic("mgmt: " + e.noun + " are never updated")
	}
	if err := e.check(op, id); err != nil {
		return nil, err
	}
	props, err := t.properties(op, body)
	if err != nil {
		return nil, err
	}
	v, err := t.do(ctx, op, func(ctx context.Context) error { return e.update(ctx, id, props) })
	return e.written(op, v, id, err)
}

// Delete implements [apply.Tenant]. Repeating a DELETE is harmless, and an object
// that is gone is what was asked for: Auth0 answers 204 for most (recorded), and
// a 404 says the same.
func (t *Tenant) Delete(ctx context.Context, c schema.Collection, id string) error {
	e := t.endPoint(c)
	op := "delete " + e.noun
	if e.delete == nil {
		panic("mgmt: " + e.noun + " are never deleted")
	}
	if err := e.check(op, id); err != nil {
		return err
	}
	_, err := t.do(ctx, op, func(ctx context.Context) error { return e.delete(ctx, id) })
	var s *apply.StatusError
	if errors.As(err, &s) && s.Status == http.StatusNotFound {
		return nil
	}
	return err
}

// checkID keeps a request for one object from becoming one for the list, and
// stand-ins for ids on this side.
func checkID(op, id string) error {
	switch {
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
	return &apply.HiddenError{Op: op, Field: "options"}
}
