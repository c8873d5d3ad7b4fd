package mgmt

import (
	"context"

	"github.com/auth0/go-auth0/v3/management"
	"github.com/auth0/go-auth0/v3/management/option"
)

func (t *Tenant) resourceServersEndPoint() endPoint {
	return endPoint{
		noun: "API", id: "id",
		get: func(ctx context.Context, id string) error {
			_, err := t.resourceServers.Get(ctx, id, &management.GetResourceServerRequestParameters{})
			return err
		},
		create: func(ctx context.Context, _ string, body option.RequestOption) error {
			_, err := t.resourceServers.Create(ctx, nil, body)
			return err
		},
		update: func(ctx context.Context, id string, body option.RequestOption) error {
			_, err := t.resourceServers.Update(ctx, id, nil, body)
			return err
		},
		delete: func(ctx context.Context, id string) error { return t.resourceServers.Delete(ctx, id) },
		// The end point knows no fields parameter (OpenAPI document), so
		// everything comes.
		list: func(ctx context.Context, _ []string) ([]map[string]any, []string, error) {
			items, err := t.listResourceServers(ctx)
			return items, nil, err
		},
	}
}

func (t *Tenant) listResourceServers(ctx context.Context) ([]map[string]any, error) {
	l := list{t: t, op: "list APIs", key: "resource_servers", id: "id"}
	return l.offset(ctx, func(ctx context.Context, page, size int) error {
		_, err := t.resourceServers.List(ctx, &management.ListResourceServerRequestParameters{
			Page: &page, PerPage: &size, IncludeTotals: ptr(true),
		})
		return err
	})
}
