package apply

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
)

// write is one request that changes the tenant.
type write struct {
	// verb says what it does, past what it did.
	verb, past string
	intent     Intent
	do         func() (id string, err error)
	// made tells, when the answer was lost, whether the tenant has it.
	made func(context.Context) (id string, made bool, err error)
}

// write announces the request in the journal, sends it once, and notes how it
// ended. When the answer was lost it looks before anything else.
func (r *run) write(ctx context.Context, c *plan.Change, w write) (Event, error) {
	n, err := r.Journal.intent(w.intent)
	if err != nil {
		return Event{}, err
	}
	id, err := w.do()
	lookedUp := err != nil
	if err != nil {
		err = hint(fmt.Errorf("%s: %w", op(w.verb, c), err))
		r.Journal.failed(n, err)
		if !inDoubt(err) {
			return Event{}, err
		}
		if id, err = r.settle(ctx, w, err); err != nil {
			return Event{}, err
		}
	}
	r.Journal.done(n, id, lookedUp)
	if c.Action == plan.Create {
		r.learn(c.Object().Addr, id)
	}
	return Event{c.Address, w.past, id}, nil
}

// waits are the pauses before each look for a write whose answer was lost: a
// new object may be missing from lists for a moment.
func waits() []time.Duration {
	return []time.Duration{0, time.Second, 2 * time.Second, 4 * time.Second}
}

// settle looks whether a write was made whose answer was lost.
func (r *run) settle(ctx context.Context, w write, doubt error) (string, error) {
	id, made, err := r.lookFor(ctx, waits(), w.made)
	switch {
	case made:
		return id, nil
	case err != nil:
		return "", fmt.Errorf("%w\nLooking whether it did failed too: %w", doubt, err)
	default:
		return "", fmt.Errorf("%w\nThe tenant was read %d times since and does not show it. Nothing is sent again in doubt: %s, then run again; the next run looks first",
			doubt, len(waits()), check(w.intent))
	}
}

// check says where a person can see whether the write was made.
func check(i Intent) string {
	where := map[schema.Collection]string{
		schema.Clients: "Applications > Applications", schema.Connections: "Authentication > Enterprise > SAML", schema.ResourceServers: "Applications > APIs",
		schema.ClientGrants: "Applications > APIs > Application Access", schema.Organizations: "Organizations", schema.OrganizationConnections: "Organizations > Connections",
	}[i.Collection]
	what := i.Key
	if what == "" {
		what = i.Address
	}
	return fmt.Sprintf("look for %q under %s in Auth0's dashboard", what, where)
}

// lookFor asks repeatedly, with a pause before each time.
func (o Runner) lookFor(ctx context.Context, pauses []time.Duration, made func(context.Context) (string, bool, error)) (id string, found bool, err error) {
	for _, d := range pauses {
		if err := o.Sleep(ctx, d); err != nil {
			return "", false, err
		}
		if id, found, err = made(ctx); found {
			return id, true, nil
		}
		if errors.As(err, new(*TwiceError)) {
			return "", false, err
		}
	}
	return "", false, err
}

// TwiceError is returned when two objects carry one mark or natural key.
type TwiceError struct {
	Address string
	IDs     []string
}

// Error names the objects.
func (e *TwiceError) Error() string {
	return fmt.Sprintf("%s is there %d times (%v): delete the one that is not in use", e.Address, len(e.IDs), e.IDs)
}

// find looks an object up that was to be created: by its mark, where the kind
// has one, otherwise by its natural key.
func find(ctx context.Context, t Tenant, i Intent, key string) (id string, found bool, err error) {
	k := schema.KindByName(i.Kind)
	want := keyOf(k, i, key)
	if want == nil {
		return "", false, nil
	}
	list, err := candidates(ctx, t, i, want)
	if err != nil {
		return "", false, err
	}
	var ids []string
	for _, o := range list {
		if has(o, want) {
			ids = append(ids, o.ID)
		}
	}
	switch len(ids) {
	case 0:
		return "", false, nil
	case 1:
		return ids[0], true, nil
	default:
		return "", false, &TwiceError{i.Address, ids}
	}
}

// keyOf is what tells the object from all others: values by path of the body.
// It is nil when the journal does not know them.
func keyOf(k *schema.Kind, i Intent, key string) map[string]string {
	if m := k.Mark(); m != nil && i.Mark != "" {
		return map[string]string{m.APIPath(): i.Mark}
	}
	out := map[string]string{}
	for _, a := range k.Key() {
		v, _ := a.Default.(string)
		if a.Name == k.NaturalKey && a.Type != schema.Ref {
			v = key
		}
		for _, l := range i.Attributes {
			if s, ok := l.After.V.(string); ok && l.Name == a.Name {
				v = s
			}
		}
		if v == "" {
			return nil
		}
		out[a.APIPath()] = v
	}
	return out
}

// candidates lists what the object may be among. The connections of
// organizations are listed per organization only.
func candidates(ctx context.Context, t Tenant, i Intent, want map[string]string) ([]*schema.Observed, error) {
	if i.Collection == schema.OrganizationConnections {
		return t.OrganizationConnections(ctx, want["organization_id"])
	}
	return t.List(ctx, i.Collection, identity(i.Collection))
}

// has compares the key; a subject type that an old tenant leaves out is the
// default.
func has(o *schema.Observed, want map[string]string) bool {
	for path, v := range want {
		is := o.String(path)
		if is == "" && path == "subject_type" {
			is = "client"
		}
		if is != v {
			return false
		}
	}
	return true
}

func membersAre(have, add, gone []string) bool {
	for _, id := range add {
		if !slices.Contains(have, id) {
			return false
		}
	}
	return !slices.ContainsFunc(gone, func(id string) bool { return slices.Contains(have, id) })
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// Recovered tells what a run that was stopped had done.
type Recovered struct {
	Run     string    `json:"run"`
	Started time.Time `json:"started"`
	// Done counts; InDoubt is how many writes had no known outcome.
	Done End `json:"done"`
	// Lookups are the creations of unknown outcome, looked up.
	Lookups []Lookup `json:"lookups"`
}

// Lookup is a creation of which a run that was stopped did not learn the
// outcome.
type Lookup struct {
	Address string `json:"address"`
	Key     string `json:"key,omitempty"`
	// ID is the object's, "" when the tenant has none: it is planned again.
	ID string `json:"id,omitempty"`
}

// settled is after how long lists show every object that was created.
const settled = 30 * time.Second

// Recover looks after runs of the same tenant and workspace as h that were
// stopped: what they may have created is looked up before anything else
// happens, and their journals are closed.
func (o Runner) Recover(ctx context.Context, js Journals, h Head, now func() time.Time) ([]Recovered, error) {
	if o.Sleep == nil {
		o.Sleep = sleep
	}
	past, err := js.Unfinished(h)
	if err != nil {
		return nil, err
	}
	var out []Recovered
	for _, p := range past {
		rec, err := o.recoverRun(ctx, js, p, h, now)
		if err != nil {
			return out, fmt.Errorf("looking after the run %s, which was stopped: %w", p.Run, err)
		}
		out = append(out, rec)
	}
	return out, nil
}

func (o Runner) recoverRun(ctx context.Context, js Journals, p *PastRun, h Head, now func() time.Time) (Recovered, error) {
	out := Recovered{Run: p.Run, Started: p.Started, Done: p.Counts(), Lookups: []Lookup{}}
	var records []Record
	waited := false
	for n := range p.Steps {
		s := &p.Steps[n]
		if !s.unknown() || s.Action != string(plan.Create) || s.nameless() {
			continue // what it did to objects that exist, the plan sees
		}
		pauses := waits()
		if waited || now().Sub(s.Time) > settled {
			pauses = pauses[:1]
		}
		id, found, err := o.lookFor(ctx, pauses, func(ctx context.Context) (string, bool, error) { return find(ctx, o.Tenant, s.Intent, s.Key) })
		if errors.As(err, new(*TwiceError)) {
			return out, nil // planning refuses it, and the journal stays open
		}
		if err != nil {
			return out, err
		}
		rec := Record{Record: recordLost, N: n + 1}
		if found {
			rec = Record{Record: recordFound, N: n + 1, ID: id}
		}
		waited = waited || !found // whatever else was under way has had that time too
		records = append(records, rec)
		out.Lookups = append(out.Lookups, Lookup{Address: s.Address, Key: s.Key, ID: id})
	}
	return out, js.amend(p, append(records, Record{Record: recordRecovered, By: h.Run}), now)
}
