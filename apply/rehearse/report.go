package rehearse

import (
	"fmt"
	"slices"
	"strings"
)

// Report is what several logins showed, and what they did not.
type Report struct {
	Tenant string `json:"tenant"`
	// Changes counts the changes that were made before, on a copy of the tenant.
	Changes int `json:"changes_carried_out"`
	// Paths counts the paths that were rehearsed, of OutOf where not all were; a path may have several logins.
	Paths  int      `json:"paths"`
	OutOf  int      `json:"of_paths,omitempty"`
	Logins []*Trace `json:"logins"`
	Counts Counts   `json:"counts"`
	// Rehearsals are the logins of rehearsal blocks, OutOfRehearsals where not all were driven. They are counted by
	// themselves: Passed is one that ended as expected.
	Rehearsals      []*Rehearsed `json:"rehearsals,omitempty"`
	OutOfRehearsals int          `json:"of_rehearsals,omitempty"`
	AsExpected      *Counts      `json:"rehearsal_counts,omitempty"`
	// NotRehearsed is what no login touched, NotRead what the copy of the tenant has Auth0's defaults for.
	NotRehearsed []string `json:"not_rehearsed"`
	NotRead      []string `json:"not_read,omitempty"`
	// Assumed is what logins rested on that is not established to be what Auth0 does.
	Assumed []Assumption `json:"assumed"`
	Verdict string       `json:"verdict"`
	// Live is how the logins reached the tenant itself, nil on a copy.
	Live *Live `json:"live,omitempty"`
}

// Live is what a rehearsal on a tenant itself did there.
type Live struct {
	Run string `json:"run"` // of the tenant's log
	// Causes is what people were told before anything was written.
	Causes   []string `json:"causes"`
	Canaries []Canary `json:"canaries"`
	// Swept are canaries that other runs had left over and that are gone now, Younger those that may be in use.
	Swept   []string `json:"leftovers_removed,omitempty"`
	Younger []string `json:"other_canaries,omitempty"`
	// Left is what has to be deleted by hand.
	Left []string `json:"left_behind,omitempty"`
}

// Canary is a connection that stood for a customer's.
type Canary struct {
	Name    string `json:"name"`
	For     string `json:"for"`
	Removed bool   `json:"removed"`
	// Unsure: whether it is gone is not known.
	Unsure bool `json:"may_be_there,omitempty"`
}

// Counts counts logins by outcome.
type Counts struct {
	Passed  int `json:"passed"`
	Failed  int `json:"failed"`
	Unknown int `json:"unknown"`
}

// Assumption is a behaviour of a model that may not be the tenant's, by the id that decisions carry.
type Assumption struct {
	ID   string `json:"id"`
	Text string `json:"text"`
}

// Conclude counts the outcomes and writes the verdict, which claims no more than was seen.
func (r *Report) Conclude() {
	r.Counts, r.AsExpected = Counts{}, nil
	for _, t := range r.Logins {
		r.Counts.add(t.Outcome)
	}
	if len(r.Rehearsals) > 0 {
		r.AsExpected = &Counts{}
		for _, e := range r.Rehearsals {
			r.AsExpected.add(e.Outcome)
		}
	}
	r.Verdict = r.verdict()
	if rules := r.FailingRules(); len(rules) > 0 {
		r.Verdict += "; not rehearsed: " + strings.Join(rules, ", ")
	}
}

func (r *Report) verdict() string {
	all := r.all()
	var failed []string
	if n := r.Counts.Failed; n > 0 {
		failed = append(failed, fmt.Sprintf("%d of %s failed", n, plural(len(r.Logins), "login")))
	}
	if r.AsExpected != nil && r.AsExpected.Failed > 0 {
		failed = append(failed, fmt.Sprintf("%d of %s not as expected", r.AsExpected.Failed, plural(len(r.Rehearsals), "rehearsal")))
	}
	switch {
	case all == Counts{}:
		return "there is nothing to rehearse"
	case failed != nil:
		return strings.Join(failed, ", ")
	case all.Passed == 0:
		return "nothing could be told"
	case all.Unknown > 0:
		return fmt.Sprintf("%s; of %s nothing could be told", r.passed(), plural(all.Unknown, "login"))
	default:
		return r.passed()
	}
}

func (r *Report) passed() string {
	if r.Live == nil || r.Modelled() {
		return "passed as far as modelled"
	}
	return "passed on the tenant, with a canary for the customer"
}

// Modelled reports whether what answered was a model: tenants do not tell their decisions.
func (r *Report) Modelled() bool {
	for _, t := range r.Logins {
		for i := range t.Hops {
			if t.Hops[i].Decisions != nil {
				return true
			}
		}
	}
	return false
}

// all counts the logins of paths and of rehearsals together.
func (r *Report) all() Counts {
	c := r.Counts
	if e := r.AsExpected; e != nil {
		c.Passed, c.Failed, c.Unknown = c.Passed+e.Passed, c.Failed+e.Failed, c.Unknown+e.Unknown
	}
	return c
}

// Told reports whether every login could be judged, and there was one.
func (r *Report) Told() bool {
	all := r.all()
	return all.Passed > 0 && all.Unknown == 0
}

func (c *Counts) add(o Outcome) {
	switch o {
	case Passed:
		c.Passed++
	case Failed:
		c.Failed++
	case Unknown:
		c.Unknown++
	}
}

// Failing reports whether a login failed, or one of a rehearsal did not end as expected, or whether a tenant was
// bothered and nothing could be told of any login. Strict counts what is unknown
// besides: a login that could not be judged, defaults in place of what was not read, and a rule that fails and was not
// rehearsed. What the model itself assumes of Auth0 is no failure of this tenant.
func (r *Report) Failing(strict bool) bool {
	all := r.all()
	learntNothing := r.Live != nil && all.Passed == 0 && all.Unknown > 0
	if failing := all.Failed > 0 || learntNothing; failing || !strict {
		return failing
	}
	return all.Unknown > 0 || len(r.NotRead) > 0 || len(r.FailingRules()) > 0
}

// FailingRules are the codes of rules that fail on the paths and that no login showed.
func (r *Report) FailingRules() []string {
	var out []string
	all := slices.Clone(r.Logins)
	for _, e := range r.Rehearsals {
		all = append(all, e.Login)
	}
	for _, t := range all {
		for _, f := range t.NotRehearsed {
			if !slices.Contains(out, f.Code) {
				out = append(out, f.Code)
			}
		}
	}
	slices.Sort(out)
	return out
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
