package mgmt

import (
	"context"
	"fmt"
	"slices"

	"github.com/auth0/go-auth0/v3/management"
)

// maxMembers is how many clients one request may enable or disable (OpenAPI
// document, PATCH /connections/{id}/clients).
const maxMembers = 50

// ClientConnections implements [apply.Tenant]. One request per client and 100
// connections is cheaper than one per connection (DESIGN section 6).
func (t *Tenant) ClientConnections(ctx context.Context, clientID string) ([]string, error) {
	l := list{t: t, op: "list the connections of a client", key: "connections", id: "id"}
	if err := checkID(l.op, clientID); err != nil {
		return nil, err
	}
	items, err := l.checkpoint(ctx, func(ctx context.Context, from *string, size int) error {
		_, err := t.clients.Connections.Get(ctx, clientID, &management.ConnectionsGetRequest{
			Strategy: samlp(), From: from, Take: &size, Fields: ptr("id"), IncludeFields: ptr(true),
		})
		return err
	})
	return ids(items, l.id), err
}

// ConnectionClients implements [apply.Tenant]. The body's enabled_clients is
// not it: newer tenants leave it out (recorded from 2026-07 on).
func (t *Tenant) ConnectionClients(ctx context.Context, connectionID string) ([]string, error) {
	l := list{t: t, op: "list the clients of a connection", key: "clients", id: "client_id"}
	if err := checkID(l.op, connectionID); err != nil {
		return nil, err
	}
	items, err := l.checkpoint(ctx, func(ctx context.Context, from *string, size int) error {
		_, err := t.connections.Clients.Get(ctx, connectionID, &management.GetConnectionEnabledClientsRequestParameters{
			From: from, Take: &size,
		})
		return err
	})
	return ids(items, l.id), err
}

func ids(items []map[string]any, key string) []string {
	var out []string
	for _, item := range items {
		id, _ := item[key].(string)
		out = append(out, id)
	}
	return out
}

// SetConnectionClients implements [apply.Tenant]. Clients are enabled before
// others are disabled, so that a run that stops between two requests leaves
// more access than wanted rather than users locked out.
func (t *Tenant) SetConnectionClients(ctx context.Context, connectionID string, enable, disable []string) error {
	const op = "change the clients of a connection"
	if err := checkID(op, connectionID); err != nil {
		return err
	}
	changes, err := memberChanges(op, enable, disable)
	if err != nil {
		return err
	}
	done := 0
	for chunk := range slices.Chunk(changes, maxMembers) {
		_, err := t.do(ctx, op, func(ctx context.Context) error {
			return t.connections.Clients.Update(ctx, connectionID, chunk)
		})
		if err != nil && done > 0 {
			return fmt.Errorf("after %d of %d clients: %w", done, len(changes), err)
		}
		if err != nil {
			return err
		}
		done += len(chunk)
	}
	return nil
}

func memberChanges(op string, enable, disable []string) ([]*management.UpdateEnabledClientConnectionsRequestContentItem, error) {
	var out []*management.UpdateEnabledClientConnectionsRequestContentItem
	asked := map[string]bool{}
	for i, id := range slices.Concat(enable, disable) {
		status := i < len(enable)
		if err := checkID(op, id); err != nil {
			return nil, err
		}
		if before, again := asked[id]; again && before != status {
			return nil, fmt.Errorf("%s: %s is to be both enabled and disabled", op, id)
		} else if again {
			continue
		}
		asked[id] = status
		out = append(out, &management.UpdateEnabledClientConnectionsRequestContentItem{ClientID: id, Status: status})
	}
	return out, nil
}
