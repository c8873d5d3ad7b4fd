package mgmt

import (
	"context"
	"errors"

	"github.com/auth0/go-auth0/v3/management"

	"github.com/tacit-dev/tacit/apply"
	"github.com/tacit-dev/tacit/schema"
)

// policiesEndPoint reads the tenant's MFA policies: a bare list of names (Auth0
// docs: enable MFA).
func (t *Tenant) policiesEndPoint() endPoint {
	const op = "read the MFA policies"
	return endPoint{
		noun: "MFA policies",
		list: func(ctx context.Context, _ []string) ([]map[string]any, []string, error) {
			if err := t.allowed(op, "read:mfa_policies"); err != nil {
				return nil, nil, err
			}
			v, err := t.do(ctx, op, func(ctx context.Context) error {
				_, err := t.policies.List(ctx)
				return err
			})
			if err != nil {
				return nil, nil, err
			}
			names, ok := v.([]any)
			if !ok {
				return nil, nil, errors.New(op + ": Auth0's answer is not a list")
			}
			return []map[string]any{{"policies": names}}, nil, nil
		},
	}
}

// bindingsEndPoint reads the Actions that run at logins, code included
// (recorded).
func (t *Tenant) bindingsEndPoint() endPoint {
	const op = "list the post-login Actions"
	return endPoint{
		noun: "post-login Actions",
		list: func(ctx context.Context, _ []string) ([]map[string]any, []string, error) {
			if err := t.allowed(op, "read:actions"); err != nil {
				return nil, nil, err
			}
			l := list{t: t, op: op, key: "bindings", id: "id", untold: true}
			items, err := l.offset(ctx, func(ctx context.Context, page, size int) error {
				_, err := t.bindings.List(ctx, ptr(management.ActionTriggerTypeEnumPostLogin), &management.ListActionTriggerBindingsRequestParameters{Page: &page, PerPage: &size})
				return err
			})
			if err != nil {
				return nil, nil, err
			}
			all := make([]any, len(items))
			for i, item := range items {
				all[i] = item
			}
			return []map[string]any{{"bindings": all}}, nil, nil
		},
	}
}

// allowed spares a request that the token is known to have no scope for.
func (t *Tenant) allowed(op, scope string) error {
	have, known := t.Scopes()
	if !known || len(MissingScopes(have, []string{scope})) == 0 {
		return nil
	}
	return &apply.StatusError{Op: op, Status: 403, Code: "insufficient_scope", Message: "the token lacks " + scope}
}

// UserGrants implements [apply.Tenant].
func (t *Tenant) UserGrants(ctx context.Context, audience string) ([]*schema.Observed, error) {
	const op = "list the client grants of an API"
	if err := t.allowed(op, "read:client_grants"); err != nil {
		return nil, err
	}
	l := list{t: t, op: op, key: "client_grants", id: "id"}
	items, err := l.checkpoint(ctx, func(ctx context.Context, from *string, size int) error {
		_, err := t.clientGrants.List(ctx, &management.ListClientGrantsRequestParameters{
			From: from, Take: &size, Audience: &audience, SubjectType: ptr(management.ClientGrantSubjectTypeEnumUser),
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	out := make([]*schema.Observed, len(items))
	for i, item := range items {
		id, _ := item["id"].(string)
		out[i] = &schema.Observed{ID: id, Raw: item}
	}
	return out, nil
}
