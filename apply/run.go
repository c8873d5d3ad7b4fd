package apply

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
)

// Event tells of progress: one per write.
type Event struct {
	Address string `json:"address"`
	// Verb is "created", "updated" or "clients set".
	Verb string `json:"verb"`
	ID   string `json:"id,omitempty"`
}

// Result counts what a run did.
type Result struct {
	Created int `json:"created"`
	Updated int `json:"updated"`
	// Events are the writes in order.
	Events []Event `json:"writes"`
}

// StaleError refuses a write because the object is no longer what the plan
// saw.
type StaleError struct {
	Address string
	Fields  []string
}

// Error names the object and what moved.
func (e *StaleError) Error() string {
	return fmt.Sprintf("%s was changed by someone else since the plan was made (%s); nothing was written to it. Plan again.", e.Address, strings.Join(e.Fields, ", "))
}

// Run carries out the plan: bodies in order, then the clients of connections.
// It stops at the first failure; what was done stands and is in the result.
// known are the ids of objects that exist. Each object is looked at again right
// before its update, and refused when it moved.
func Run(ctx context.Context, t Tenant, p *plan.Plan, known schema.IDs, progress func(Event)) (*Result, error) {
	r := &run{t: t, created: map[schema.Address]string{}, known: known, progress: progress, out: &Result{}}
	for i := range p.Changes {
		if err := r.body(ctx, &p.Changes[i]); err != nil {
			return r.out, err
		}
	}
	for i := range p.Changes {
		if err := r.relation(ctx, &p.Changes[i]); err != nil {
			return r.out, err
		}
	}
	return r.out, nil
}

type run struct {
	t        Tenant
	known    schema.IDs
	created  map[schema.Address]string
	progress func(Event)
	out      *Result
}

func (r *run) ids(a schema.Address) (string, bool) {
	if id, ok := r.created[a]; ok {
		return id, true
	}
	return r.known(a)
}

func (r *run) body(ctx context.Context, c *plan.Change) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if c.Action == plan.Create {
		return r.create(ctx, c)
	}
	if body, err := plan.Body(c, &schema.Observed{}, r.ids); err != nil || body == nil {
		return err
	}
	now, err := r.t.Get(ctx, c.Object().Kind.Collection, c.ID)
	if err != nil {
		return fmt.Errorf("%s: %w", op("look at", c), err)
	}
	if moved := plan.Moved(c, now); len(moved) > 0 {
		return &StaleError{c.Address, moved}
	}
	body, err := plan.Body(c, now, r.ids)
	if err != nil {
		return err
	}
	if _, err := r.t.Update(ctx, c.Object().Kind.Collection, c.ID, body); err != nil {
		return hint(fmt.Errorf("%s: %w", op("update", c), err))
	}
	r.out.Updated++
	r.tell(Event{c.Address, "updated", c.ID})
	return nil
}

func (r *run) create(ctx context.Context, c *plan.Change) error {
	body, err := plan.Body(c, nil, r.ids)
	if err != nil {
		return err
	}
	obs, err := r.t.Create(ctx, c.Object().Kind.Collection, body)
	if err != nil {
		return hint(fmt.Errorf("%s: %w", op("create", c), err))
	}
	r.created[c.Object().Addr] = obs.ID
	r.out.Created++
	r.tell(Event{c.Address, "created", obs.ID})
	return nil
}

func (r *run) relation(ctx context.Context, c *plan.Change) error {
	add, gone, err := plan.Relation(c, r.ids)
	if err != nil || len(add)+len(gone) == 0 {
		return err
	}
	id, ok := r.ids(c.Object().Addr)
	if !ok {
		return fmt.Errorf("%s: its id is not known", c.Address)
	}
	if err := r.t.SetConnectionClients(ctx, id, add, gone); err != nil {
		return fmt.Errorf("%s: %w", op("set the clients of", c), err)
	}
	if c.Action == plan.Update && !hasBody(c) {
		r.out.Updated++
	}
	r.tell(Event{c.Address, "clients set", id})
	return nil
}

func hasBody(c *plan.Change) bool {
	body, err := plan.Body(c, &schema.Observed{}, func(schema.Address) (string, bool) { return "x", true })
	return err == nil && body != nil
}

func (r *run) tell(e Event) {
	r.out.Events = append(r.out.Events, e)
	if r.progress != nil {
		r.progress(e)
	}
}

// hint adds what to do about answers that people meet.
func hint(err error) error {
	var s *StatusError
	if !errors.As(err, &s) {
		return err
	}
	switch {
	case strings.Contains(s.Message, "client_protocol"):
		return fmt.Errorf("%w\nAuth0's documentation and its API schema disagree on the spelling: set client_protocol to the other of \"oauth2\" and \"oidc\"", err)
	case s.Status == http.StatusForbidden && s.Code == "insufficient_scope":
		return fmt.Errorf("%w\nAuthorize the machine-to-machine application for that scope of the Auth0 Management API", err)
	}
	return err
}
