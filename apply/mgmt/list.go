package mgmt

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/auth0/go-auth0/v3/management"

	"github.com/tacit-dev/tacit/apply"
	"github.com/tacit-dev/tacit/schema"
)

const (
	// maxPage is the largest page (OpenAPI document; recorded throughout).
	// Auth0's prose says 50 for the public cloud, so a refusal falls back.
	maxPage, minPage = 100, 50
	// maxRereads bounds how often a list that changes under the reader is read
	// again.
	maxRereads = 3
	// maxIdle bounds the pages that bring nothing new before a checkpoint list
	// counts as endless.
	maxIdle = 3
	// maxObjects bounds a list. Auth0's largest entity limit is 100,000
	// (entity limit policy), so a longer list is a server gone wrong.
	maxObjects = 200_000
)

// List implements [apply.Tenant].
func (t *Tenant) List(ctx context.Context, c schema.Collection, fields []string) ([]*schema.Observed, error) {
	e := t.endPoint(c)
	if e.list == nil {
		panic("mgmt: " + e.noun + " are not listed")
	}
	if fields != nil && e.id != "" {
		fields = withID(e.id, fields)
	}
	items, held, err := e.list(ctx, fields)
	if err != nil {
		return nil, err
	}
	out := make([]*schema.Observed, len(items))
	for i, item := range items {
		id, _ := item[e.id].(string)
		out[i] = &schema.Observed{ID: id, Raw: item, Fields: held}
	}
	return out, nil
}

func samlp() []*management.ConnectionStrategyEnum {
	return []*management.ConnectionStrategyEnum{ptr(management.ConnectionStrategyEnumSamlp)}
}

func ptr[T any](v T) *T { return &v }

// withID adds the id to the fields asked for.
func withID(id string, fields []string) []string {
	out := []string{id}
	for _, f := range fields {
		if !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	return out
}

func fieldsParam(fields []string) (names *string, include *bool) {
	if fields == nil {
		return nil, nil
	}
	return ptr(strings.Join(fields, ",")), ptr(true)
}

// list is a list end point: what it is called, under which key its answers hold
// the objects, and which key identifies one ("" when nothing is checked).
type list struct {
	t           *Tenant
	op, key, id string
	// untold: an empty list has no total (recorded of Action bindings).
	untold bool
}

// page asks for one page and checks its shape. A refused page size is asked for
// again with a smaller one.
func (l list) page(ctx context.Context, get func(ctx context.Context, size int) error) (body map[string]any, items []map[string]any, err error) {
	size := l.t.size.Load()
	v, err := l.t.do(ctx, l.op, func(ctx context.Context) error { return get(ctx, int(size)) })
	if size > minPage && sizeRefused(err) {
		l.t.size.Store(minPage)
		return l.page(ctx, get)
	}
	if err != nil {
		return nil, nil, err
	}
	body, _ = v.(map[string]any)
	all, ok := body[l.key].([]any)
	if !ok {
		return nil, nil, fmt.Errorf("%s: Auth0's answer holds no list %q", l.op, l.key)
	}
	for _, e := range all {
		item, _ := e.(map[string]any)
		if id, _ := item[l.id].(string); id == "" {
			return nil, nil, fmt.Errorf("%s: Auth0's answer holds an object without %s", l.op, l.id)
		}
		items = append(items, item)
	}
	return body, items, nil
}

func sizeRefused(err error) bool {
	var refused *apply.StatusError
	return errors.As(err, &refused) && refused.Status == http.StatusBadRequest &&
		(strings.Contains(refused.Message, "per_page") || strings.Contains(refused.Message, "take"))
}

// offset reads a list by page numbers until it has as many objects as the
// answers say there are, so that no request asks for an empty page. When that
// number changes on the way, pages have shifted, an object may be missing, and
// the list is read again.
func (l list) offset(ctx context.Context, get func(ctx context.Context, page, size int) error) ([]map[string]any, error) {
	for range maxRereads {
		out, changed, err := l.offsetOnce(ctx, get)
		if err != nil || !changed {
			return out, err
		}
	}
	return nil, fmt.Errorf("%s: the list changed %d times while it was read; try again when nothing else writes to the tenant", l.op, maxRereads)
}

func (l list) offsetOnce(ctx context.Context, get func(ctx context.Context, page, size int) error) (out []map[string]any, changed bool, err error) {
	seen, total := newSeen(l.id), int64(-1)
	for page, read := 0, 0; ; page++ {
		before := l.t.size.Load()
		body, items, err := l.page(ctx, func(ctx context.Context, size int) error { return get(ctx, page, size) })
		if err != nil {
			return nil, false, err
		}
		if page > 0 && l.t.size.Load() != before {
			return nil, true, nil // page numbers mean something else now
		}
		n, ok := body["total"].(json.Number)
		now, nerr := n.Int64()
		if !ok && l.untold && len(items) == 0 {
			now, nerr, ok = 0, nil, true
		}
		if !ok || nerr != nil {
			return nil, false, fmt.Errorf("%s: Auth0's answer holds no total", l.op)
		}
		if now > maxObjects {
			return nil, false, fmt.Errorf("%s: Auth0 announces %d objects, which is more than it holds", l.op, now)
		}
		if total >= 0 && now != total {
			return nil, true, nil
		}
		total = now
		read += len(items)
		out = append(out, seen.fresh(items)...)
		switch {
		case int64(read) >= total:
			return out, int64(len(out)) < total, nil
		case len(items) == 0:
			return nil, false, fmt.Errorf("%s: Auth0 announced %d objects and sent %d", l.op, total, read)
		}
	}
}

// checkpoint reads a list by following next until there is none. A short page
// is not the end, and go-auth0's own pager never stops at an empty next.
func (l list) checkpoint(ctx context.Context, get func(ctx context.Context, from *string, size int) error) ([]map[string]any, error) {
	var out []map[string]any
	seen, idle := newSeen(l.id), 0
	var from *string
	for range maxObjects / minPage {
		body, items, err := l.page(ctx, func(ctx context.Context, size int) error { return get(ctx, from, size) })
		if err != nil {
			return nil, err
		}
		items = seen.fresh(items)
		out = append(out, items...)
		next, _ := body["next"].(string)
		if next == "" {
			return out, nil
		}
		if len(items) > 0 {
			idle = 0
		} else {
			idle++
		}
		if idle == maxIdle || (from != nil && *from == next) {
			return nil, fmt.Errorf("%s: Auth0's pages never end: after %d objects they bring nothing new", l.op, len(out))
		}
		from = &next
	}
	return nil, fmt.Errorf("%s: Auth0's pages never end: %d objects in %d pages", l.op, len(out), maxObjects/minPage)
}

// seen drops objects that a page repeats.
type seen struct {
	key string
	ids map[any]bool
}

func newSeen(key string) seen { return seen{key, map[any]bool{}} }

func (s seen) fresh(items []map[string]any) []map[string]any {
	var out []map[string]any
	for _, item := range items {
		if id := item[s.key]; !s.ids[id] {
			s.ids[id] = true
			out = append(out, item)
		}
	}
	return out
}
