package sandbox

import (
	"encoding/base64"
	"net/url"
	"strconv"
	"strings"
)

// window is which part of a list a request asks for.
type window struct {
	checkpoint bool // take or from was given, which wins over the offset parameters (recorded 9 of 9)
	totals     bool
	page, size int
	from       string // sort key after which a checkpoint page starts

	shown func(*item) bool // whether the list knows an object yet
}

// defaultTake is the size of a checkpoint page when take is missing (documented).
const defaultTake = 50

// newWindow reads the paging parameters, which checkQuery has validated.
func (s *Server) newWindow(rq *request, perPage int) (window, error) {
	q := rq.query
	w := window{size: perPage, totals: q.Get("include_totals") == "true"}
	stale, now := s.staleness(rq.http.Context()), s.opts.Now()
	w.shown = func(it *item) bool { return stale <= 0 || !it.born.Add(stale).After(now) }
	if q.Has("take") || q.Has("from") {
		w.checkpoint, w.size = true, intParam(q, "take", defaultTake)
		if from := q.Get("from"); from != "" {
			key, err := base64.RawURLEncoding.DecodeString(from)
			if err != nil || !strings.HasPrefix(string(key), cursorMark) {
				return w, fail(400, "invalid_paging", "The 'from' parameter is not a valid checkpoint.") // assumed text
			}
			w.from = strings.TrimPrefix(string(key), cursorMark)
		}
		return w, nil
	}
	w.page, w.size = intParam(q, "page", 0), intParam(q, "per_page", perPage)
	return w, nil
}

// cursorMark tells our cursors from other text. They are opaque to clients, as Auth0's are.
const cursorMark = "after:"

func cursor(sortKey string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(cursorMark + sortKey))
}

func intParam(q url.Values, name string, fallback int) int {
	if !q.Has(name) {
		return fallback
	}
	n, err := strconv.Atoi(q.Get(name))
	if err != nil {
		return fallback
	}
	return n
}

// list answers a list request: it walks the sorted index once and renders only the bodies of the page.
func (w window) list(c *collection, key string, keep func(*item) bool, view func(object) object) *reply {
	if w.checkpoint {
		return w.checkpointPage(c, key, keep, view)
	}
	start, total := w.page*w.size, 0
	out := []any{}
	for _, it := range c.sorted {
		if !w.shown(it) || keep != nil && !keep(it) {
			continue
		}
		if total >= start && len(out) < w.size {
			out = append(out, view(it.body))
		}
		total++
	}
	if !w.totals {
		return &reply{status: 200, body: out}
	}
	return &reply{status: 200, body: object{"start": start, "limit": w.size, "total": total, key: out}}
}

// checkpointPage is one page after a sort key. The last page has no next (recorded).
func (w window) checkpointPage(c *collection, key string, keep func(*item) bool, view func(object) object) *reply {
	at := 0
	if w.from != "" {
		var found bool
		if at, found = c.position(w.from); found {
			at++
		}
	}
	out, last := []any{}, ""
	body := object{}
	for _, it := range c.sorted[at:] {
		if !w.shown(it) || keep != nil && !keep(it) {
			continue
		}
		if len(out) == w.size {
			body["next"] = cursor(last)
			break
		}
		out, last = append(out, view(it.body)), it.sortKey
	}
	body[key] = out
	return &reply{status: 200, body: body}
}

// projection keeps or drops the fields a request names. Fields in always stay (recorded: id and is_domain_connection,
// since 2025-11 authentication and connected_accounts, on connections).
func projection(q url.Values, always ...string) func(object) object {
	if q.Get("fields") == "" {
		return func(o object) object { return o }
	}
	names := map[string]bool{}
	for name := range strings.SplitSeq(q.Get("fields"), ",") {
		names[strings.TrimSpace(name)] = true
	}
	include := q.Get("include_fields") != "false"
	for _, name := range always {
		names[name] = include
	}
	return func(o object) object {
		out := make(object, len(names))
		for k, v := range o {
			if names[k] == include {
				out[k] = v
			}
		}
		return out
	}
}
