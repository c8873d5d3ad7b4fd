package mgmt

import (
	"context"

	"github.com/auth0/go-auth0/v3/management"
	"github.com/auth0/go-auth0/v3/management/option"

	"github.com/tacit-dev/tacit/schema"
)

func (t *Tenant) organizationsEndPoint() endPoint {
	return endPoint{
		noun: "organization", id: "id",
		get: func(ctx context.Context, id string) error {
			_, err := t.organizations.Get(ctx, id)
			return err
		},
		create: func(ctx context.Context, _ string, body option.RequestOption) error {
			_, err := t.organizations.Create(ctx, nil, body)
			return err
		},
		update: func(ctx context.Context, id string, body option.RequestOption) error {
			_, err := t.organizations.Update(ctx, id, nil, body)
			return err
		},
		delete: func(ctx context.Context, id string) error { return t.organizations.Delete(ctx, id) },
		list: func(ctx context.Context, _ []string) ([]map[string]any, []string, error) {
			l := list{t: t, op: "list organizations", key: "organizations", id: "id"}
			items, err := l.checkpoint(ctx, func(ctx context.Context, from *string, size int) error {
				_, err := t.organizations.List(ctx, &management.ListOrganizationsRequestParameters{From: from, Take: &size})
				return err
			})
			return items, nil, err
		},
	}
}

// organizationConnectionsEndPoint serves the connections of organizations.
// There is no list over all organizations; see OrganizationConnections.
func (t *Tenant) organizationConnectionsEndPoint() endPoint {
	api := t.organizations.EnabledConnections
	return endPoint{
		noun: "organization's connection", id: "connection_id", parentKey: "organization_id",
		get: func(ctx context.Context, id string) error {
			organization, connection := split(id)
			_, err := api.Get(ctx, organization, connection)
			return err
		},
		create: func(ctx context.Context, organization string, body option.RequestOption) error {
			_, err := api.Add(ctx, organization, nil, body)
			return err
		},
		update: func(ctx context.Context, id string, body option.RequestOption) error {
			organization, connection := split(id)
			_, err := api.Update(ctx, organization, connection, nil, body)
			return err
		},
		delete: func(ctx context.Context, id string) error {
			organization, connection := split(id)
			return api.Delete(ctx, organization, connection)
		},
	}
}

// OrganizationConnections implements [apply.Tenant].
func (t *Tenant) OrganizationConnections(ctx context.Context, organizationID string) ([]*schema.Observed, error) {
	e := t.organizationConnectionsEndPoint()
	l := list{t: t, op: "list the connections of an organization", key: "enabled_connections", id: e.id}
	if err := checkID(l.op, organizationID); err != nil {
		return nil, err
	}
	items, err := l.offset(ctx, func(ctx context.Context, page, size int) error {
		_, err := t.organizations.EnabledConnections.List(ctx, organizationID, &management.ListOrganizationConnectionsRequestParameters{
			Page: &page, PerPage: &size, IncludeTotals: ptr(true),
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	out := make([]*schema.Observed, len(items))
	for i, item := range items {
		id, _ := item[e.id].(string)
		out[i] = &schema.Observed{ID: id, Raw: item}
		e.adopt(out[i], organizationID)
	}
	return out, nil
}
