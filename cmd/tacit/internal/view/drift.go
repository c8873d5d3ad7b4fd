package view

import (
	"fmt"
	"strings"
	"time"

	"github.com/tacit-dev/tacit/apply"
	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
)

// Drift is what differs between a configuration and its tenant.
type Drift struct {
	Tenant    string `json:"tenant"`
	Workspace string `json:"workspace"`
	// Drift: something differs that no change of the files explains.
	Drift       bool               `json:"drift"`
	Log         DriftLog           `json:"log"`
	Differences []apply.Difference `json:"differences"`
	// Undeclared are SAML connections that no block declares, as far as they
	// were asked for.
	Undeclared []Undeclared `json:"undeclared,omitempty"`
	// Adopted is what became of --adopt.
	Adopted     *Adopted           `json:"adopted,omitempty"`
	Requests    int                `json:"requests"`
	Diagnostics schema.Diagnostics `json:"diagnostics,omitempty"`
}

// DriftLog is how far the tenant's log was read. It is not read when nothing
// differs.
type DriftLog struct {
	// Since is from when on all writes are known, zero when the log was not read.
	Since  time.Time `json:"since,omitzero"`
	Writes int       `json:"writes"`
	// Short: the log does not reach back to what was asked for.
	Short bool `json:"short,omitempty"`
	// Why says why it could not be read.
	Why string `json:"why,omitempty"`
}

// Undeclared is an object that no block declares.
type Undeclared struct {
	Name string        `json:"name"`
	ID   string        `json:"id"`
	By   *apply.Author `json:"by,omitempty"`
}

// driftGroups are the causes in the order in which they are shown.
func driftGroups() []struct {
	cause apply.Cause
	title string
} {
	return []struct {
		cause apply.Cause
		title string
	}{
		{apply.ByTenant, "Changed on the tenant: %s."},
		{apply.ByUnknown, "Different, and nothing tells which side moved: %s."},
		{apply.ByConfiguration, "Changed in the files, and not applied yet: %s."},
	}
}

// Drift writes what differs, with who made it so.
func (p *Printer) Drift(d *Drift) {
	if len(d.Differences) == 0 {
		p.put(styled(green|bold, "No drift."), styled(bold, " "+d.Tenant+" is as the configuration says."))
	}
	for _, g := range driftGroups() {
		p.driftGroup(d.Differences, g.cause, g.title)
	}
	p.undeclared(d.Undeclared)
	p.driftLog(d)
	if d.Drift && d.Adopted == nil {
		p.prose(0, plain, "To take this back: tacit apply. To write it into the files: tacit drift --adopt.")
	}
	p.put(styled(faint, plural(d.Requests, "request")+"."))
}

func (p *Printer) driftGroup(all []apply.Difference, cause apply.Cause, title string) {
	var group []plan.Change
	var of []*apply.Difference
	for i := range all {
		if d := &all[i]; d.Cause == cause {
			group, of = append(group, turned(d)), append(of, d)
		}
	}
	if len(group) == 0 {
		return
	}
	p.put(styled(bold, fmt.Sprintf(title, plural(len(group), "object"))))
	p.put()
	alike := map[string][]*plan.Change{}
	for i := range group {
		alike[shape(&group[i])] = append(alike[shape(&group[i])], &group[i])
	}
	shown := map[string]int{}
	for i := range group {
		k := shape(&group[i])
		brief := !p.opts.Full && len(alike[k]) > manyAlike
		if shown[k]++; brief && shown[k] > fewAlike {
			continue
		}
		p.difference(of[i], &group[i])
		p.put()
		if brief && shown[k] == fewAlike {
			p.more(alike[k], "changes")
		}
	}
}

// turned is a difference as a change from what is configured to what was found,
// with its authors for reasons.
func turned(d *apply.Difference) plan.Change {
	c := plan.Change{Address: d.Address, Kind: d.Kind, Name: d.Name, ID: d.ID, Action: plan.Update}
	switch d.State {
	case apply.StateMissing:
		c.Action = plan.Delete
	case apply.StateUndeclared, apply.StateRemoved:
		c.Action = plan.Create
	}
	for i := range d.Attributes {
		a := &d.Attributes[i]
		c.Attributes = append(c.Attributes, plan.AttrChange{Name: a.Name, Type: a.Type, Before: a.Configured, After: a.Found, Src: a.Src, Why: authorLines(a, d.Cause)})
	}
	return c
}

// authorLines say who gave an attribute its value, or why nobody knows.
func authorLines(a *apply.DifferentAttr, cause apply.Cause) []schema.Reason {
	var out []schema.Reason
	add := func(s string) { out = append(out, schema.Reason{Text: s}) }
	if a.Cause == apply.ByConfiguration {
		add(a.Why)
		return out
	}
	if len(a.By) > 1 {
		add("one of these writes:")
	}
	for i := range a.By {
		s := authored(&a.By[i])
		if len(a.By) == 1 && !a.Certain {
			s = "probably " + s
		}
		add(s)
	}
	if len(a.By) == 0 {
		add("who: unknown")
	}
	if a.Cause != apply.ByTenant || cause != apply.ByTenant {
		add(a.Why)
	}
	return out
}

// authored says who wrote, with what and when.
func authored(a *apply.Author) string {
	at := ", " + a.At.UTC().Format("2006-01-02 15:04:05 MST")
	switch {
	case a.With == "dashboard":
		return a.Who + " in the Dashboard" + at
	case a.With == "tacit" && a.Own:
		return a.Run + at
	case a.With == "tacit":
		return "tacit as " + a.Who + ", run " + a.Run + at
	case a.User != "" && a.Client != "":
		return a.Who + " through " + a.Client + at
	default:
		return a.Who + " through the API" + at
	}
}

// difference writes one object.
func (p *Printer) difference(d *apply.Difference, c *plan.Change) {
	op := map[plan.Action]byte{plan.Update: '~', plan.Delete: '-', plan.Create: '+'}[c.Action]
	p.put(styled(bold, "  # "+d.Address), text(stateOf(d)))
	for i := range d.By {
		p.put(styled(cyan, "  # "+authored(&d.By[i])))
	}
	if len(d.By) == 0 && d.State == apply.StateMissing && d.Cause == apply.ByTenant {
		p.put(styled(cyan, "  # who: unknown"))
	}
	if d.Why != "" && d.Cause != apply.ByTenant {
		for _, l := range wrap(clean(d.Why), p.proseWidth()-4) {
			p.put(styled(faint, "  # "+l))
		}
	}
	head := d.Kind
	if a, err := schema.ParseAddress(d.Address); err == nil && a.Name != "" {
		head += " " + quote(a.Name, false)
	}
	if len(c.Attributes) == 0 {
		name := d.Name
		if d.ID != "" {
			name = strings.TrimSpace(name + " [" + d.ID + "]")
		}
		p.put(text("  "), symbol(op), text(" "+head+"   "+name))
		return
	}
	p.put(text("  "), symbol(op), text(" "+head+" {"))
	r := renderer{p: p, kind: schema.KindByName(d.Kind)}
	r.nodes(6, tree(c.Attributes), r.identity(c), 0)
	p.put(text("    }"))
}

func stateOf(d *apply.Difference) string {
	switch {
	case d.State == apply.StateMissing && d.Cause == apply.ByTenant:
		return " was deleted"
	case d.State == apply.StateMissing:
		return " is not on the tenant"
	case d.State == apply.StateRemoved:
		return " is to be removed, and is there"
	case d.State == apply.StateUndeclared:
		return " is on the tenant, and no block declares it"
	default:
		return " differs"
	}
}

func (p *Printer) undeclared(list []Undeclared) {
	if len(list) == 0 {
		return
	}
	p.put(styled(bold, fmt.Sprintf("Declared by no block: %s.", plural(len(list), "SAML connection"))))
	for i, u := range list {
		if i == maxOrphans && !p.opts.Full {
			p.put(styled(faint, fmt.Sprintf("  ... and %d more (--full names them)", len(list)-i)))
			break
		}
		p.put(text(fmt.Sprintf("  %s [%s]", clean(u.Name), clean(u.ID))))
		if u.By != nil {
			p.put(styled(cyan, "    made by "+authored(u.By)))
		}
	}
	p.put()
}

// driftLog says what the log cannot tell.
func (p *Printer) driftLog(d *Drift) {
	unknown := false
	for _, x := range d.Differences {
		for _, a := range x.Attributes {
			unknown = unknown || len(a.By) == 0
		}
		unknown = unknown || x.State == apply.StateMissing && len(x.By) == 0
	}
	switch {
	case d.Log.Why != "":
		p.prose(0, yellow, "Who changed it is unknown: "+d.Log.Why+".")
	case d.Log.Since.IsZero() || !unknown:
	case d.Log.Short:
		p.prose(0, yellow, "The tenant's log reaches back to "+clock(&d.Log.Since)+"; who wrote before is unknown. It lags, so the newest writes may be missing.")
	default:
		p.prose(0, faint, "The tenant's log was read from "+clock(&d.Log.Since)+" on. It lags: run this again for writes of the last minutes.")
	}
}
