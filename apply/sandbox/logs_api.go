package sandbox

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// logScopes are the alternatives of both operations (documented).
func logScopes() [][]string { return anyOf("read:logs", "read:logs_users") }

func logRoutes() []route {
	return []route{
		op(http.MethodGet, "/logs", logScopes(), logQuery(), "", listLogs),
		op(http.MethodGet, "/logs/{}", logScopes(), nil, "", getLog),
	}
}

// logQuery are the documented parameters.
func logQuery() []param {
	return slices.Concat(offsetQuery(0), fieldsQuery(), []param{
		{name: "sort", desc: "Field to use for sorting appended with <code>:1</code>  for ascending and <code>:-1</code> for descending. e.g. <code>date:-1</code>"},
		{name: "q"}, {name: "search"}, // search is accepted and ignored
		{name: "from", desc: "Log Event Id from which to start selection from."},
		{name: "take", is: paramInteger, max: perPageMax, desc: "Number of entries to retrieve when using the <code>from</code> parameter. Default <code>50</code>, max <code>100</code>"},
	})
}

// Pages of the log (documented).
const (
	logPage     = 50
	maxSearched = 1000 // entries that a search can page through
)

func getLog(s *Server, rq *request) (*reply, error) {
	for _, e := range s.visible() {
		if e.id == rq.args[0] {
			return &reply{status: http.StatusOK, body: e.body}, nil
		}
	}
	return nil, fail(http.StatusNotFound, "inexistent_log", "Log not found.")
}

// listLogs is GET /logs. With from only take counts (documented).
func listLogs(s *Server, rq *request) (*reply, error) {
	if rq.query.Get("from") != "" {
		return s.logsAfter(rq)
	}
	return s.searchLogs(rq)
}

// logsAfter is the log by checkpoint: what has a larger id, in the order of ids. An id that the log does not hold any
// more is not told: what is left after it comes (assumed).
func (s *Server) logsAfter(rq *request) (*reply, error) {
	from, take := rq.query.Get("from"), intParam(rq.query, "take", logPage)
	out := []any{}
	next := from
	for _, e := range s.visible() {
		if e.id > from && len(out) < take {
			out, next = append(out, e.body), e.id
		}
	}
	link := s.scheme() + "://" + s.domain() + apiPrefix + "/logs?" + url.Values{"from": {next}, "take": {rq.query.Get("take")}}.Encode()
	return &reply{status: http.StatusOK, body: out, header: http.Header{"Link": {"<" + link + `>; rel="next"`}}}, nil
}

// searchLogs is the log by criteria, newest first unless sort says otherwise.
func (s *Server) searchLogs(rq *request) (*reply, error) {
	q := rq.query
	terms, err := parseLogSearch(q.Get("q"))
	if err != nil {
		return nil, err
	}
	page, size := intParam(q, "page", 0), intParam(q, "per_page", logPage)
	if page*size >= maxSearched { // text: tfadeyi/auth0-simple-exporter issue 69
		return nil, fail(http.StatusBadRequest, "invalid_paging", "Requesting page %d exceeds the allowed maximum of %d records: please consider searching by checkpoint https://auth0.com/docs/logs/retrieve-log-events-using-mgmt-api#retrieve-logs-by-checkpoint", page+1, maxSearched)
	}
	var found []logEntry
	for _, e := range s.visible() {
		if !slices.ContainsFunc(terms, func(t logTerm) bool { return !t.matches(e) }) {
			found = append(found, e)
		}
	}
	if err := sortLogs(found, q.Get("sort")); err != nil {
		return nil, err
	}
	out, show := []any{}, projection(q)
	for _, e := range found[min(page*size, len(found)):min((page+1)*size, len(found))] {
		out = append(out, show(e.body))
	}
	if q.Get("include_totals") != "true" {
		return &reply{status: http.StatusOK, body: out}, nil
	}
	return &reply{status: http.StatusOK, body: object{"start": page * size, "limit": size, "length": len(out), "total": len(found), "logs": out}}, nil
}

func sortLogs(found []logEntry, by string) error {
	field, order, _ := strings.Cut(by, ":")
	switch {
	case by == "":
		order = "-1"
	case field != "date" || order != "1" && order != "-1":
		return errQuery("the sandbox sorts its log by date:1 and date:-1, not by %s", by)
	}
	slices.SortStableFunc(found, func(a, b logEntry) int { return a.at.Compare(b.at) })
	if order == "-1" {
		slices.Reverse(found)
	}
	return nil
}

// logTerm is one condition of a search.
type logTerm struct {
	not        bool
	field      string
	values     []string // any of them
	begin, end string   // of a range of dates, "*" for open
}

// matches compares exactly: "all search fields are case sensitive" (log search query syntax).
func (t logTerm) matches(e logEntry) bool {
	if t.begin == "" {
		return slices.Contains(t.values, text(e.body, t.field)) != t.not
	}
	at := e.at.UTC().Format(time.RFC3339Nano)
	in := (t.begin == "*" || at >= t.begin) && (t.end == "*" || at <= t.end || strings.HasPrefix(at, t.end))
	return in != t.not
}

// parseLogSearch reads of the documented Lucene subset: [NOT] field:value, field:"two words", field:(a OR b) and
// date:[A TO B], joined by AND. Another search is refused: an answer that ignores half of it would mislead.
func parseLogSearch(q string) ([]logTerm, error) {
	var out []logTerm
	for rest := strings.TrimSpace(q); rest != ""; {
		var t logTerm
		rest, t.not = strings.CutPrefix(rest, "NOT ")
		field, after, ok := strings.Cut(rest, ":")
		value, tail := logValue(after)
		if !ok || value == "" || strings.ContainsAny(field, ` "()[]`) {
			return nil, errQuery("the sandbox does not model the search %q", q)
		}
		t.field = field
		switch inner := strings.TrimSpace(value[1:max(1, len(value)-1)]); value[0] {
		case '(':
			t.values = strings.Split(inner, " OR ")
		case '[':
			t.begin, t.end, ok = strings.Cut(inner, " TO ")
			ok = ok && field == "date"
		case '"':
			t.values = []string{inner}
		default:
			t.values = []string{value}
		}
		tail = strings.TrimSpace(tail)
		rest, _ = strings.CutPrefix(tail, "AND ")
		if !ok || tail != "" && rest == tail {
			return nil, errQuery("the sandbox does not model the search %q", q)
		}
		out = append(out, t)
	}
	return out, nil
}

// logValue cuts off the value that a text begins with, its brackets or quotes included.
func logValue(s string) (value, rest string) {
	closing := map[byte]string{'(': ")", '[': "]", '"': `"`}
	if s == "" {
		return "", ""
	}
	end, ok := closing[s[0]]
	if !ok {
		value, rest, _ = strings.Cut(s, " ")
		return value, rest
	}
	at := strings.Index(s[1:], end)
	if at < 0 {
		return "", ""
	}
	return s[:at+2], s[at+2:]
}
