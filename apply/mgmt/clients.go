package mgmt

import (
	"context"
	"errors"
	"net/url"
	"strconv"

	"github.com/auth0/go-auth0/v3/management"
	"github.com/auth0/go-auth0/v3/management/option"

	"github.com/tacit-dev/tacit/apply"
)

func (t *Tenant) clientsEndPoint() endPoint {
	return endPoint{
		noun: "client", id: "client_id",
		get: func(ctx context.Context, id string) error {
			_, err := t.clients.Get(ctx, id, &management.GetClientRequestParameters{})
			return err
		},
		create: func(ctx context.Context, _ string, body option.RequestOption) error {
			_, err := t.clients.Create(ctx, nil, body)
			return err
		},
		update: func(ctx context.Context, id string, body option.RequestOption) error {
			_, err := t.clients.Update(ctx, id, nil, body)
			return err
		},
		delete: func(ctx context.Context, id string) error { return t.clients.Delete(ctx, id) },
		list: func(ctx context.Context, fields []string) ([]map[string]any, []string, error) {
			items, err := t.listClients(ctx, fields)
			return items, fields, err
		},
	}
}

func (t *Tenant) listClients(ctx context.Context, fields []string) ([]map[string]any, error) {
	l := list{t: t, op: "list clients", key: "clients", id: "client_id"}
	filter := management.ListClientsRequestParameters{IsGlobal: new(bool), IncludeTotals: ptr(true)}
	filter.Fields, filter.IncludeFields = fieldsParam(fields)
	items, err := l.offset(ctx, func(ctx context.Context, page, size int) error {
		p := filter
		p.Page, p.PerPage = &page, &size
		_, err := t.clients.List(ctx, &p)
		return err
	})
	var refused *apply.StatusError
	if !errors.As(err, &refused) || refused.Code != "invalid_paging" {
		return items, err
	}
	// Offsets end at 1000 objects (Auth0 docs, pagination). The SDK offers no
	// checkpoints here; the API does, and they win over offsets (recorded).
	return l.checkpoint(ctx, func(ctx context.Context, from *string, size int) error {
		q := url.Values{"take": {strconv.Itoa(size)}}
		if from != nil {
			q.Set("from", *from)
		}
		_, err := t.clients.List(ctx, &filter, option.WithQueryParameters(q))
		return err
	})
}
