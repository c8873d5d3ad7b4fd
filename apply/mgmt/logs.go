package mgmt

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/tacit-dev/tacit/apply"
)

var _ apply.TenantLog = (*Tenant)(nil)

// Log implements [apply.TenantLog]. go-auth0 v3.0.0 has neither from nor take
// and cannot read the bare list that comes back, so the request is made here.
func (t *Tenant) Log(ctx context.Context, q apply.LogQuery) (apply.LogPage, error) {
	const op = "read the tenant's log"
	size := strconv.Itoa(apply.LogPageSize)
	v := url.Values{"per_page": {size}, "page": {strconv.Itoa(q.Page)}, "sort": {"date:-1"}}
	switch {
	case q.After != "":
		v = url.Values{"from": {q.After}, "take": {size}}
	case q.OldestFirst:
		v.Set("sort", "date:1")
	}
	if q.Query != "" && q.After == "" {
		v.Set("q", q.Query)
	}
	var p apply.LogPage
	got, err := t.do(ctx, op, func(ctx context.Context) error {
		u := *t.http.url
		u.Path, u.RawQuery = "/api/v2/logs", v.Encode()
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
		if err != nil {
			return err
		}
		resp, err := t.http.Do(req)
		if err != nil {
			return err
		}
		if at, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
			p.At = at
		}
		return resp.Body.Close()
	})
	if err != nil {
		return apply.LogPage{}, err
	}
	list, ok := got.([]any)
	if !ok {
		return apply.LogPage{}, errors.New(op + ": Auth0's answer is not a list")
	}
	for _, e := range list {
		entry, err := logEntry(e)
		if err != nil {
			return apply.LogPage{}, errors.New(op + ": " + err.Error())
		}
		p.Entries = append(p.Entries, entry)
	}
	return p, nil
}

func logEntry(v any) (e apply.LogEntry, err error) {
	e.Raw, _ = v.(map[string]any)
	e.ID, _ = e.Raw["log_id"].(string)
	e.Type, _ = e.Raw["type"].(string)
	date, _ := e.Raw["date"].(string)
	if e.Date, err = time.Parse(time.RFC3339, date); err != nil || e.ID == "" || e.Type == "" {
		return e, errors.New("Auth0's answer holds an entry without log_id, type or date")
	}
	return e, nil
}
