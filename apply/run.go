package apply

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
)

// Event tells of progress: one per write.
type Event struct {
	Address string `json:"address"`
	// Verb is "created", "updated", "clients set" or "destroyed".
	Verb string `json:"verb"`
	ID   string `json:"id,omitempty"`
}

// The verbs of events.
const (
	verbCreated    = "created"
	verbUpdated    = "updated"
	verbClientsSet = "clients set"
	verbDestroyed  = "destroyed"
)

// Result counts what a run did.
type Result struct {
	Created int `json:"created"`
	Updated int `json:"updated"`
	Deleted int `json:"deleted"`
	// Events are the writes in the order of the plan, whichever came first.
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

// Runner carries out plans.
type Runner struct {
	Tenant Tenant
	// Journal announces every write before it is sent; nil keeps none.
	Journal *Journal
	// Guard is asked again right before every deletion.
	Guard plan.Guard
	// Progress is told of every write once it is made, of one at a time; it may
	// be nil.
	Progress func(Event)
	// Parallelism is how many writes are under way at once; 0 means
	// [DefaultParallelism].
	Parallelism int
	// Sleep waits; nil means a timer that ctx stops.
	Sleep func(context.Context, time.Duration) error
}

// Run carries out the plan: bodies, then the clients of connections, then
// deletions, and of each sort as many at a time as Parallelism and the needs of
// the plan allow. The first failure lets no further write begin; those under way
// end, and what was done stands and is in the result. known are the ids of
// objects that exist. Each object is looked at again right before its update or
// deletion, and refused when it moved.
func (o Runner) Run(ctx context.Context, p *plan.Plan, known schema.IDs) (*Result, error) {
	if o.Sleep == nil {
		o.Sleep = sleep
	}
	if o.Parallelism < 1 {
		o.Parallelism = DefaultParallelism
	}
	r := &run{Runner: o, workspace: p.Workspace, created: map[schema.Address]string{}, known: known, out: &Result{}}
	err := r.all(ctx, p)
	return r.out, errors.Join(err, r.Journal.end(r.out, err))
}

type run struct {
	Runner
	workspace string
	known     schema.IDs
	out       *Result

	mu      sync.Mutex // guards created
	created map[schema.Address]string
}

func (r *run) all(ctx context.Context, p *plan.Plan) error {
	needs := p.Needs()
	for _, s := range []pass{{r.body, needs}, {r.relation, make([][]int, len(p.Changes))}, {r.destroy, needs}} {
		if err := r.carry(ctx, p.Changes, s); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) ids(a schema.Address) (string, bool) {
	r.mu.Lock()
	id, ok := r.created[a]
	r.mu.Unlock()
	if ok {
		return id, true
	}
	return r.known(a)
}

// learn notes the id of an object that was created.
func (r *run) learn(a schema.Address, id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.created[a] = id
}

// body creates or updates an object.
func (r *run) body(ctx context.Context, c *plan.Change) (Event, error) {
	switch c.Action {
	case plan.Create:
		return r.create(ctx, c)
	case plan.Delete:
		return Event{}, nil
	case plan.Update:
	}
	if body, err := plan.Body(c, &schema.Observed{}, r.ids); err != nil || body == nil {
		return Event{}, err
	}
	now, err := r.look(ctx, c)
	if err != nil {
		return Event{}, err
	}
	body, err := plan.Body(c, now, r.ids)
	if err != nil {
		return Event{}, err
	}
	coll := c.Object().Kind.Collection
	return r.write(ctx, c, write{
		verb: "update", past: verbUpdated, intent: intentOf(c, r.workspace, now, r.ids),
		do: func() (string, error) {
			_, err := r.Tenant.Update(ctx, coll, c.ID, body)
			return c.ID, err
		},
		made: func(ctx context.Context) (string, bool, error) {
			now, err := r.Tenant.Get(ctx, coll, c.ID)
			return c.ID, err == nil && len(plan.Unmade(c, now, r.ids)) == 0, err
		},
	})
}

// look reads the object again, and refuses it when it moved.
func (r *run) look(ctx context.Context, c *plan.Change) (*schema.Observed, error) {
	now, err := r.Tenant.Get(ctx, c.Object().Kind.Collection, c.ID)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", op("look at", c), err)
	}
	if moved := plan.Moved(c, now); len(moved) > 0 {
		return nil, &StaleError{c.Address, moved}
	}
	return now, nil
}

func (r *run) create(ctx context.Context, c *plan.Change) (Event, error) {
	body, err := plan.Body(c, nil, r.ids)
	if err != nil {
		return Event{}, err
	}
	coll, intent := c.Object().Kind.Collection, intentOf(c, r.workspace, nil, r.ids)
	return r.write(ctx, c, write{
		verb: "create", past: verbCreated, intent: intent,
		do: func() (string, error) {
			obs, err := r.Tenant.Create(ctx, coll, body)
			if err != nil {
				return "", err
			}
			return obs.ID, nil
		},
		made: func(ctx context.Context) (string, bool, error) { return find(ctx, r.Tenant, intent, c.Key()) },
	})
}

// relation enables and disables the clients of a connection.
func (r *run) relation(ctx context.Context, c *plan.Change) (Event, error) {
	if c.Action == plan.Delete {
		return Event{}, nil
	}
	add, gone, err := plan.Relation(c, r.ids)
	if err != nil || len(add)+len(gone) == 0 {
		return Event{}, err
	}
	id := c.ID
	if id == "" {
		var ok bool
		if id, ok = r.ids(c.Object().Addr); !ok {
			return Event{}, fmt.Errorf("%s: its id is not known", c.Address)
		}
	}
	intent := intentOf(c, r.workspace, nil, r.ids)
	intent.Action, intent.ID, intent.Attributes, intent.Enable, intent.Disable = actionClients, id, nil, add, gone
	return r.write(ctx, c, write{
		verb: "set the clients of", past: verbClientsSet, intent: intent,
		do: func() (string, error) { return id, r.Tenant.SetConnectionClients(ctx, id, add, gone) },
		made: func(ctx context.Context) (string, bool, error) {
			members, err := r.Tenant.ConnectionClients(ctx, id)
			return id, err == nil && membersAre(members, add, gone), err
		},
	})
}

func hasBody(c *plan.Change) bool {
	body, err := plan.Body(c, &schema.Observed{}, func(schema.Address) (string, bool) { return "x", true })
	return err == nil && body != nil
}

// destroy deletes an object that is still what the plan saw.
func (r *run) destroy(ctx context.Context, c *plan.Change) (Event, error) {
	if c.Action != plan.Delete {
		return Event{}, nil
	}
	coll := c.Object().Kind.Collection
	now, err := r.look(ctx, c)
	if notFound(err) {
		return Event{}, nil
	}
	if err != nil {
		return Event{}, err
	}
	if why := r.Guard.Refuses(coll, now); why != "" {
		return Event{}, &plan.GuardError{Address: c.Address, Why: why}
	}
	return r.write(ctx, c, write{
		verb: "delete", past: verbDestroyed, intent: intentOf(c, r.workspace, now, r.ids),
		do: func() (string, error) { return c.ID, r.Tenant.Delete(ctx, coll, c.ID) },
		made: func(ctx context.Context) (string, bool, error) {
			_, err := r.Tenant.Get(ctx, coll, c.ID)
			if notFound(err) {
				return c.ID, true, nil
			}
			return c.ID, false, err
		},
	})
}

func notFound(err error) bool {
	var s *StatusError
	return errors.As(err, &s) && s.Status == http.StatusNotFound
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
