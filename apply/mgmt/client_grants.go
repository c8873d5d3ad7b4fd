package mgmt

import (
	"context"

	"github.com/auth0/go-auth0/v3/management"
	"github.com/auth0/go-auth0/v3/management/option"
)

func (t *Tenant) clientGrantsEndPoint() endPoint {
	return endPoint{
		noun: "client grant", id: "id",
		get: func(ctx context.Context, id string) error {
			_, err := t.clientGrants.Get(ctx, id)
			return err
		},
		create: func(ctx context.Context, _ string, body option.RequestOption) error {
			_, err := t.clientGrants.Create(ctx, nil, body)
			return err
		},
		update: func(ctx context.Context, id string, body option.RequestOption) error {
			_, err := t.clientGrants.Update(ctx, id, nil, body)
			return err
		},
		delete: func(ctx context.Context, id string) error { return t.clientGrants.Delete(ctx, id) },
		list: func(ctx context.Context, _ []string) ([]map[string]any, []string, error) {
			l := list{t: t, op: "list client grants", key: "client_grants", id: "id"}
			items, err := l.checkpoint(ctx, func(ctx context.Context, from *string, size int) error {
				_, err := t.clientGrants.List(ctx, &management.ListClientGrantsRequestParameters{From: from, Take: &size})
				return err
			})
			return items, nil, err
		},
	}
}
