package rehearse

import "fmt"

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
	r.Counts = Counts{}
	for _, t := range r.Logins {
		switch t.Outcome {
		case Passed:
			r.Counts.Passed++
		case Failed:
			r.Counts.Failed++
		case Unknown:
			r.Counts.Unknown++
		}
	}
	c := r.Counts
	switch {
	case len(r.Logins) == 0:
		r.Verdict = "there is nothing to rehearse"
	case c.Failed > 0:
		r.Verdict = fmt.Sprintf("%d of %s failed", c.Failed, plural(len(r.Logins)))
	case c.Passed == 0:
		r.Verdict = "nothing could be told"
	case c.Unknown > 0:
		r.Verdict = fmt.Sprintf("%s; of %s nothing could be told", r.passed(), plural(c.Unknown))
	default:
		r.Verdict = r.passed()
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

func plural(n int) string {
	if n == 1 {
		return "1 login"
	}
	return fmt.Sprintf("%d logins", n)
}
