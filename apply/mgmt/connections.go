package mgmt

import (
	"context"

	"github.com/auth0/go-auth0/v3/management"
	"github.com/auth0/go-auth0/v3/management/option"

	"github.com/tacit-dev/tacit/schema"
)

func (t *Tenant) connectionsEndPoint() endPoint {
	return endPoint{
		noun: "connection", id: "id",
		get: func(ctx context.Context, id string) error {
			_, err := t.connections.Get(ctx, id, &management.GetConnectionRequestParameters{})
			return err
		},
		create: func(ctx context.Context, _ string, body option.RequestOption) error {
			_, err := t.connections.Create(ctx, nil, body)
			return err
		},
		update: func(ctx context.Context, id string, body option.RequestOption) error {
			_, err := t.connections.Update(ctx, id, nil, body)
			return err
		},
		delete: func(ctx context.Context, id string) error { return t.connections.Delete(ctx, id) },
		list: func(ctx context.Context, fields []string) ([]map[string]any, []string, error) {
			items, err := t.listConnections(ctx, fields)
			if err == nil {
				err = optionsHidden("list connections", items, fields)
			}
			return items, fields, err
		},
	}
}

func (t *Tenant) listConnections(ctx context.Context, fields []string) ([]map[string]any, error) {
	l := list{t: t, op: "list connections", key: "connections", id: "id"}
	filter := management.ListConnectionsQueryParameters{Strategy: samlp()}
	filter.Fields, filter.IncludeFields = fieldsParam(fields)
	return l.checkpoint(ctx, func(ctx context.Context, from *string, size int) error {
		p := filter
		p.From, p.Take = from, &size
		_, err := t.connections.List(ctx, &p)
		return err
	})
}

// OtherConnections implements [apply.Reader]. With a name it takes one request.
func (t *Tenant) OtherConnections(ctx context.Context, name string) ([]*schema.Observed, error) {
	l := list{t: t, op: "list connections of other strategies", key: "connections", id: "id"}
	fields := []string{"id", "name", "strategy"}
	// No filter by strategy: one that the SDK does not know yet takes names too.
	filter := management.ListConnectionsQueryParameters{}
	filter.Fields, filter.IncludeFields = fieldsParam(fields)
	if name != "" {
		filter.Name = &name
	}
	items, err := l.checkpoint(ctx, func(ctx context.Context, from *string, size int) error {
		p := filter
		p.From, p.Take = from, &size
		_, err := t.connections.List(ctx, &p)
		return err
	})
	var out []*schema.Observed
	for _, item := range items {
		o := &schema.Observed{ID: ids([]map[string]any{item}, l.id)[0], Raw: item, Fields: fields}
		if o.String("strategy") != string(management.ConnectionStrategyEnumSamlp) {
			out = append(out, o)
		}
	}
	return out, err
}
