package apply

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/tacit-dev/tacit/schema"
)

// TenantLog is the log that a tenant keeps of what happened on it.
type TenantLog interface {
	// Log returns one page of at most LogPageSize entries.
	Log(ctx context.Context, q LogQuery) (LogPage, error)
}

// LogPageSize is the largest page of a tenant's log (Auth0 docs: retrieve logs).
const LogPageSize = 100

// LogQuery asks a tenant's log by checkpoint or by criteria.
type LogQuery struct {
	// After asks for the entries behind the one with this id, in the order of
	// ids. Nothing else counts then.
	After string
	// Query is in Auth0's log search syntax, empty for all entries. They come
	// newest first, and pages count from 0.
	Query       string
	OldestFirst bool
	Page        int
}

// LogPage is a page of a tenant's log.
type LogPage struct {
	Entries []LogEntry
	// At is the tenant's clock when it answered, zero when it did not say.
	At time.Time
}

// LogEntry is one event on a tenant.
type LogEntry struct {
	ID, Type string
	Date     time.Time
	Raw      map[string]any
}

// The types of entries about requests to the Management API other than GET
// (Auth0 docs: log type codes). Failed reads may be fapi too.
const (
	writeDone   = "sapi"
	writeFailed = "fapi"
)

// Write is a write to a tenant's Management API, as the tenant's log tells it.
type Write struct {
	At    time.Time `json:"at"`
	LogID string    `json:"log_id"`
	// Method is in capitals, Path without /api/v2.
	Method string `json:"method"`
	Path   string `json:"path"`
	// What is Auth0's description, such as "Update a connection".
	What string `json:"what"`
	// Failed: the tenant refused it. Status is its answer.
	Failed bool `json:"failed,omitempty"`
	Status int  `json:"status,omitempty"`
	// User is the administrator's name or e-mail address, empty for machines.
	User   string `json:"user,omitempty"`
	UserID string `json:"user_id,omitempty"`
	// Client is the name of the application, ClientID its id.
	Client   string `json:"client,omitempty"`
	ClientID string `json:"client_id,omitempty"`
	// Channel is "api", or the Dashboard's address.
	Channel string `json:"channel,omitempty"`
	// Correlation is the X-Correlation-ID of the request: the run's id when
	// tacit wrote.
	Correlation string `json:"correlation_id,omitempty"`
	// Collection and ID name the object, as far as the path and, of a create,
	// the answer tell.
	Collection schema.Collection `json:"collection,omitempty"`
	ID         string            `json:"id,omitempty"`
	// Body is what was asked for, as far as the log shows it: secrets are hidden
	// there. It is not shown.
	Body any `json:"-"`
}

// Who names the author of a write: the administrator, else the application,
// else "unknown".
func (w *Write) Who() string {
	for _, s := range []string{w.User, w.Client, w.ClientID, w.UserID} {
		if s != "" {
			return s
		}
	}
	return "unknown"
}

// Dashboard tells whether the write was made in Auth0's Dashboard.
func (w *Write) Dashboard() bool { return strings.HasPrefix(w.Channel, "https://manage.") }

// asWrite reads an entry about a write; ok is false for any other, failed reads
// included.
func (e *LogEntry) asWrite() (w Write, ok bool) {
	if e.Type != writeDone && e.Type != writeFailed {
		return Write{}, false
	}
	at := func(path string) string {
		v, _ := schema.Lookup(e.Raw, path)
		return logText(v)
	}
	w = Write{
		At: e.Date, LogID: e.ID, Failed: e.Type == writeFailed, What: at("description"),
		Method: strings.ToUpper(at("details.request.method")), Path: strings.TrimPrefix(at("details.request.path"), "/api/v2"),
		UserID: at("user_id"), Client: at("client_name"), ClientID: at("client_id"),
		Channel: at("details.request.channel"), Correlation: at("references.correlation_id"),
	}
	for _, path := range []string{"user_name", "details.request.auth.user.email", "details.request.auth.user.name"} {
		if w.User == "" {
			w.User = at(path)
		}
	}
	if v, ok := schema.Lookup(e.Raw, "details.response.statusCode"); ok {
		w.Status = logNumber(v)
	}
	w.Body, _ = schema.Lookup(e.Raw, "details.request.body")
	w.Collection, w.ID = e.object(w.Method, w.Path)
	return w, w.Method != http.MethodGet
}

// object finds what a write was about.
func (e *LogEntry) object(method, path string) (schema.Collection, string) {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	for _, c := range []schema.Collection{schema.TenantSettings, schema.GuardianPolicies, schema.PostLoginBindings} {
		if strings.Join(parts, "/") == string(c) {
			return c, ""
		}
	}
	c := schema.Collection(parts[0])
	if len(parts) > 1 {
		return c, parts[1]
	}
	if method != http.MethodPost {
		return c, ""
	}
	key := "id"
	if c == schema.Clients {
		key = "client_id"
	}
	v, _ := schema.Lookup(e.Raw, "details.response.body."+key)
	return c, logText(v)
}

// History is what a tenant's log tells of the writes to it.
type History struct {
	// Writes are the newest first.
	Writes []Write `json:"writes"`
	// Since is the moment from which on Writes are all that the log holds.
	// It is later than asked when the log does not reach back so far; who
	// wrote before it is unknown.
	Since time.Time `json:"since"`
}

// maxSearched is how many entries a search of the log can page through (Auth0
// docs: retrieve logs by search criteria, limitations).
const maxSearched = 1000

// Writes lists the writes to a tenant since a moment. The log lags by an unknown
// time, so the newest may be missing (Auth0 docs: log data retention).
func Writes(ctx context.Context, l TenantLog, since time.Time) (*History, error) {
	h := &History{Since: since}
	var oldest time.Time
	for page := range maxSearched / LogPageSize {
		p, err := l.Log(ctx, LogQuery{Query: "type:(" + writeDone + " OR " + writeFailed + ")", Page: page})
		if err != nil {
			return nil, err
		}
		if len(p.Entries) == 0 {
			return h, h.reach(ctx, l)
		}
		for _, e := range p.Entries {
			if e.Date.Before(since) {
				return h, nil
			}
			if w, ok := e.asWrite(); ok {
				h.Writes = append(h.Writes, w)
			}
			oldest = e.Date
		}
	}
	h.Since = oldest // a search shows no more
	return h, nil
}

// reach moves Since to the log's oldest entry when that is later: what was
// before it is gone.
func (h *History) reach(ctx context.Context, l TenantLog) error {
	p, err := l.Log(ctx, LogQuery{OldestFirst: true})
	if err != nil {
		return err
	}
	first := p.At
	if len(p.Entries) > 0 {
		first = p.Entries[0].Date
	}
	if first.After(h.Since) {
		h.Since = first
	}
	return nil
}

func logText(v any) string {
	s, _ := v.(string)
	return s
}

func logNumber(v any) int {
	n, ok := v.(json.Number)
	if !ok {
		return 0
	}
	i, err := n.Int64()
	if err != nil {
		return 0
	}
	return int(i)
}
