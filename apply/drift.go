package apply

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
)

// Cause says which side moved when configuration and tenant differ.
type Cause string

// The causes.
const (
	// Tenant: the tenant was changed by something else than this configuration.
	ByTenant Cause = "tenant"
	// ByConfiguration: the files were changed, and no apply came after.
	ByConfiguration Cause = "configuration"
	// ByUnknown: nothing that was kept tells.
	ByUnknown Cause = "unknown"
)

// The states of an object that differs.
const (
	StateChanged    = "changed"
	StateMissing    = "missing"    // declared, and not on the tenant
	StateRemoved    = "removed"    // a removed block names it, and it is there
	StateUndeclared = "undeclared" // it carries our mark, and no block declares it
)

// Difference is an object in which configuration and tenant differ.
type Difference struct {
	Address string `json:"address"`
	Kind    string `json:"kind"`
	Name    string `json:"name"`
	ID      string `json:"id,omitempty"`
	State   string `json:"state"`
	Cause   Cause  `json:"cause"`
	// Why says what the cause rests on, of an object that is changed beside each
	// attribute.
	Why string `json:"why,omitempty"`
	// By is who deleted or created the object, empty while unknown.
	By         []Author        `json:"by"`
	Attributes []DifferentAttr `json:"attributes,omitempty"`

	change *plan.Change
}

// Change is the plan's view of the difference, nil for an undeclared object.
func (d *Difference) Change() *plan.Change { return d.change }

// DifferentAttr is an attribute in which configuration and tenant differ.
type DifferentAttr struct {
	Name       string     `json:"name"`
	Type       string     `json:"type"`
	Configured plan.Value `json:"configured"`
	Found      plan.Value `json:"found"`
	Cause      Cause      `json:"cause"`
	Why        string     `json:"why,omitempty"`
	// By is who gave the tenant its value: one write that names the attribute
	// (Certain), or those of which one did it; empty while unknown.
	By      []Author      `json:"by"`
	Certain bool          `json:"certain"`
	Src     *schema.Range `json:"source,omitempty"`
}

// Author is a write and who made it.
type Author struct {
	Who string `json:"who"`
	// With is dashboard, tacit or api.
	With string `json:"with"`
	// Run is tacit's, "" when something else wrote; Own: it is kept in .tacit/runs.
	Run string `json:"run,omitempty"`
	Own bool   `json:"own_run,omitempty"`
	Write
}

// Evidence is what is known of the past of a tenant and of a configuration.
type Evidence struct {
	// History is what the tenant's log tells; nil when it cannot be read.
	History *History
	// Runs are those of this configuration on this tenant, the oldest first.
	Runs []*PastRun
	// Configuration is a digest of what is declared, as [Head] has it.
	Configuration string
}

// Differences turns a plan round: what it would change is what differs, with
// who made it so.
func Differences(p *plan.Plan, ids schema.IDs, e Evidence) []Difference {
	j := &judge{Evidence: e, ids: ids, whole: lastWhole(e.Runs)}
	out := []Difference{}
	for i := range p.Changes {
		out = append(out, j.difference(&p.Changes[i]))
	}
	for _, o := range p.Orphans {
		out = append(out, j.orphan(o))
	}
	slices.SortStableFunc(out, func(a, b Difference) int { return strings.Compare(a.Address, b.Address) })
	return out
}

// Drifted tells whether something differs that no change of the files explains.
func Drifted(ds []Difference) bool {
	return slices.ContainsFunc(ds, func(d Difference) bool { return d.Cause != ByConfiguration })
}

// Reach is from when on a tenant's log must be read to explain differences: the
// last run after which everything was as declared, else as far back as it goes.
func Reach(runs []*PastRun) time.Time {
	if w := lastWhole(runs); w != nil {
		return w.Started
	}
	return time.Time{}
}

// lastWhole is the last run after which the tenant was as the whole
// configuration says.
func lastWhole(runs []*PastRun) *PastRun {
	for i := len(runs) - 1; i >= 0; i-- {
		if r := runs[i]; r.Configuration != "" && r.End != nil && r.End.OK && r.Undoes == "" {
			return r
		}
	}
	return nil
}

// judge weighs evidence.
type judge struct {
	Evidence
	ids   schema.IDs
	whole *PastRun
}

// unmoved: the configuration is what the last whole run carried out, and no run
// was taken back since.
func (j *judge) unmoved() bool {
	return j.whole != nil && j.whole.Configuration == j.Configuration
}

func (j *judge) difference(c *plan.Change) Difference {
	d := Difference{Address: c.Address, Kind: c.Kind, Name: c.Name, ID: c.ID, By: []Author{}, change: c}
	switch c.Action {
	case plan.Create:
		d.State = StateMissing
		j.missing(&d, c)
	case plan.Delete:
		d.State, d.Cause, d.Why = StateRemoved, ByConfiguration, "a removed block names it"
	case plan.Update:
		d.State, d.Cause = StateChanged, ByConfiguration
		for i := range c.Attributes {
			a := j.attribute(c, &c.Attributes[i])
			d.Attributes = append(d.Attributes, a)
			if a.Cause == ByTenant || a.Cause == ByUnknown && d.Cause == ByConfiguration {
				d.Cause = a.Cause
			}
		}
		if c.Imported || c.MovedFrom != "" && len(c.Attributes) == 1 {
			d.Cause, d.Why = ByConfiguration, "an import or moved block says so"
		}
	}
	return d
}

// orphan is drift only where the log shows that something else made the object:
// a copy of one of ours, mark included.
func (j *judge) orphan(o plan.Orphan) Difference {
	d := Difference{
		Address: o.Address, Name: o.Name, ID: o.ID, State: StateUndeclared, By: []Author{},
		Cause: ByConfiguration, Why: "no block declares it any more; an apply leaves it alone",
	}
	if a, err := schema.ParseAddress(o.Address); err == nil {
		d.Kind = a.Kind
	}
	for _, w := range j.writes() {
		if w.Method == http.MethodPost && w.ID == o.ID && !w.Failed {
			d.By = []Author{j.author(w)}
			if d.By[0].Run == "" {
				d.Cause, d.Why = ByTenant, "it carries this configuration's mark, and tacit did not make it"
			}
		}
	}
	return d
}

// missing finds out whether an object was there.
func (j *judge) missing(d *Difference, c *plan.Change) {
	o := c.Object()
	id, made := j.made(c)
	switch {
	case made:
		d.Cause, d.Why = ByTenant, "a run of this configuration wrote it"
	case j.unmoved():
		d.Cause, d.Why = ByTenant, "the files are those of the run "+j.whole.Run
	}
	if id == "" {
		id = j.created(o.Kind, c.Key())
	}
	for _, w := range j.writes() {
		if w.Method == http.MethodDelete && !w.Failed && id != "" && about(&w, o.Kind.Collection, id) {
			d.ID, d.By = id, []Author{j.author(w)}
			d.Cause, d.Why = ByTenant, "the log shows that it was there"
			if d.By[0].Own {
				d.Cause, d.Why = ByConfiguration, "a run of this configuration deleted it"
			}
			return
		}
	}
	if d.Cause == "" {
		d.Cause, d.Why = ByUnknown, "nothing tells whether it was ever there: no run of this configuration is kept that wrote it"
		if j.whole != nil && j.History != nil && !j.History.Since.After(j.whole.Started) {
			d.Cause, d.Why = ByConfiguration, "it was declared after the run "+j.whole.Run
		}
	}
}

// made finds the object in the journals; false when the last write there was
// its deletion.
func (j *judge) made(c *plan.Change) (id string, there bool) {
	for _, r := range j.Runs {
		for _, s := range r.Steps {
			if s.Address != c.Address || s.Outcome != Done && s.Outcome != Found {
				continue
			}
			there = s.Action != string(plan.Delete)
			for _, known := range []string{s.ID, s.Made} {
				if known != "" {
					id = known
				}
			}
		}
	}
	return id, there
}

// created finds the id of an object that the log shows being created.
func (j *judge) created(k *schema.Kind, key string) string {
	if k.NaturalKey == "" || key == "" {
		return ""
	}
	path := k.Attr(k.NaturalKey).APIPath()
	for _, w := range j.writes() {
		body, _ := w.Body.(map[string]any)
		if v, _ := schema.Lookup(body, path); w.Method == http.MethodPost && w.Collection == k.Collection && !w.Failed && v == key {
			return w.ID
		}
	}
	return ""
}

// attribute finds out who gave an attribute the value that the tenant has.
func (j *judge) attribute(c *plan.Change, ac *plan.AttrChange) DifferentAttr {
	d := DifferentAttr{Name: ac.Name, Type: ac.Type, Configured: ac.After, Found: ac.Before, By: []Author{}, Src: ac.Src}
	s := &search{judge: j, change: c, row: c.Object().Kind.Attr(ac.Name)}
	s.found, _ = ac.Before.Plain(j.ids)
	s.wanted, _ = ac.After.Plain(j.ids)
	if plan.MayBeSecret(s.found) {
		d.Configured.Sensitive, d.Found.Sensitive = true, true
	}
	s.hidden = ac.Before.Sensitive || ac.After.Sensitive
	for _, w := range s.authors() {
		d.By = append(d.By, j.author(w))
	}
	d.Certain = s.certain
	d.Cause, d.Why = s.cause(d.By)
	return d
}

func (j *judge) writes() []Write {
	if j.History == nil {
		return nil
	}
	return j.History.Writes
}

// author says who made a write.
func (j *judge) author(w Write) Author {
	a := Author{Who: w.Who(), With: "api", Write: w}
	switch {
	case w.Dashboard():
		a.With = "dashboard"
	case strings.HasPrefix(w.Correlation, runPrefix):
		a.With, a.Run = "tacit", w.Correlation
	}
	a.Own = a.Run != "" && j.run(a.Run) != nil
	return a
}

// runPrefix begins the ids of tacit's runs.
const runPrefix = "tacit-"

func (j *judge) run(id string) *PastRun {
	for _, r := range j.Runs {
		if r.Run == id {
			return r
		}
	}
	return nil
}

// MadeBy says who created an object, nil when the log does not tell.
func (e Evidence) MadeBy(c schema.Collection, id string) *Author {
	j := &judge{Evidence: e}
	for _, w := range j.writes() {
		if w.Method == http.MethodPost && !w.Failed && about(&w, c, id) {
			a := j.author(w)
			return &a
		}
	}
	return nil
}
