package view

import (
	"fmt"
	"strings"
	"time"

	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
)

const (
	// manyAlike is the number of changes of one block that may look alike
	// before only the first fewAlike are shown.
	manyAlike = 20
	fewAlike  = 3
)

// Plan writes the changes in the form that people know from Terraform, the
// summary line and the budget.
func (p *Printer) Plan(pl *plan.Plan) {
	create, update, destroy := pl.Counts()
	switch {
	case len(pl.Changes) == 0 && pl.Partial != nil:
		p.put(styled(green|bold, "No changes."), styled(bold, " The tenant matches what this plan looked at."))
	case len(pl.Changes) == 0:
		p.put(styled(green|bold, "No changes."), styled(bold, " The tenant matches the configuration."))
	default:
		p.legend(pl)
		p.changes(pl.Changes)
		p.put(styled(bold, "Plan:"), text(fmt.Sprintf("%s %d to add, %d to change, %d to destroy.", imports(pl), create, update, destroy)))
	}
	p.partial(pl.Partial)
	p.put(styled(faint, fmt.Sprintf("Requests: %d to read, %d to apply.", pl.Budget.Read, pl.Budget.Apply)))
	p.reading(pl.Reading)
}

// reading says what a plan that was to spare a read rests on.
func (p *Printer) reading(r *plan.Reading) {
	switch {
	case r == nil:
	case r.Kept:
		p.prose(0, yellow, fmt.Sprintf("From the read of %s: the tenant's log shows no write up to %s. Later ones may be missing here; apply reads the tenant itself.",
			clock(r.Read), clock(r.AsOf)))
	default:
		p.prose(0, faint, "The tenant was read: "+r.Why+".")
		if r.NotKept != "" {
			p.prose(0, faint, "The read is not kept for the next plan: "+r.NotKept+".")
		}
	}
}

func clock(t *time.Time) string {
	if t == nil {
		return "an unknown time"
	}
	return t.UTC().Format("2006-01-02 15:04:05 MST")
}

// partial says that the plan is not the whole of the configuration.
func (p *Printer) partial(part *plan.Partial) {
	if part == nil {
		return
	}
	p.prose(0, yellow, fmt.Sprintf("This plan is partial: --target %s.", strings.Join(part.Targets, " --target ")))
	say := "Left out: " + plural(part.Omitted, "object")
	if part.Unjudged > 0 {
		say += fmt.Sprintf("; not judged: %s", plural(part.Unjudged, "path"))
	}
	p.prose(0, yellow, say+". Plan without --target before you rely on the whole.")
}

// imports counts what import blocks take over; they are among the changes too.
func imports(pl *plan.Plan) string {
	n := 0
	for _, c := range pl.Changes {
		if c.Imported {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(" %d to import,", n)
}

func (p *Printer) legend(pl *plan.Plan) {
	create, update, destroy := pl.Counts()
	on := ""
	if pl.Tenant != "" {
		on = " on " + pl.Tenant
	}
	p.put(text("Actions" + on + " are indicated with the following symbols:"))
	if create > 0 {
		p.put(text("  "), symbol('+'), text(" create"))
	}
	if update > 0 {
		p.put(text("  "), symbol('~'), text(" update in-place"))
	}
	if destroy > 0 {
		p.put(text("  "), symbol('-'), text(" destroy"))
	}
	p.put()
	p.put(styled(bold, "tacit will perform the following actions:"))
	p.put()
}

func symbol(op byte) span {
	st := map[byte]style{'+': green, '~': yellow, '-': red}[op]
	return styled(st, string(rune(op)))
}

// changes writes each change, but of many that look alike only a few.
func (p *Printer) changes(cs []plan.Change) {
	p.alike(cs, p.change, "changes")
}

// alike writes changes one by one; what says what they are called together.
func (p *Printer) alike(cs []plan.Change, write func(*plan.Change), what string) {
	alike := map[string][]*plan.Change{}
	for i := range cs {
		k := shape(&cs[i])
		alike[k] = append(alike[k], &cs[i])
	}
	shown := map[string]int{}
	for i := range cs {
		k := shape(&cs[i])
		group := alike[k]
		brief := !p.opts.Full && len(group) > manyAlike
		shown[k]++
		if brief && shown[k] > fewAlike {
			continue
		}
		write(&cs[i])
		p.put()
		if brief && shown[k] == fewAlike {
			p.more(group, what)
		}
	}
}

// shape says what a change looks like: block, action and attributes.
func shape(c *plan.Change) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\x00%s\x00%v %v", block(c), c.Action, c.Imported, c.MovedFrom != "")
	for _, a := range c.Attributes {
		b.WriteString("\x00" + a.Name)
	}
	return b.String()
}

func block(c *plan.Change) string {
	a, err := schema.ParseAddress(c.Address)
	if err != nil {
		return c.Address
	}
	return a.Block().String()
}

func (p *Printer) more(group []*plan.Change, what string) {
	how := what + " to the same attributes"
	if sameValues(group) {
		how = "the same " + what
	}
	p.put(styled(bold, fmt.Sprintf("  # ... and %d more %s instances", len(group)-fewAlike, block(group[0]))),
		text(" with "+how+" (--full shows them)"))
	p.put()
}

// sameValues: not only the attributes are the same, but also what they change
// from and to. Of sensitive values nobody can say.
func sameValues(group []*plan.Change) bool {
	first := group[0].Attributes
	for _, c := range group {
		for i, a := range c.Attributes {
			if a.After.Sensitive || a.Before.Sensitive ||
				!schema.Same(a.Before.Shown(), first[i].Before.Shown()) || !schema.Same(a.After.Shown(), first[i].After.Shown()) {
				return false
			}
		}
	}
	return true
}

// change writes one object.
func (p *Printer) change(c *plan.Change) {
	op, will := byte('~'), " will be updated in-place"
	switch c.Action {
	case plan.Update:
	case plan.Create:
		op, will = '+', " will be created"
	case plan.Delete:
		op, will = '-', " will be destroyed"
	}
	if c.Imported {
		will = " will be imported"
	}
	p.put(styled(bold, "  # "+c.Address), text(will))
	if c.MovedFrom != "" {
		p.put(styled(faint, "  # (moved from "+c.MovedFrom+")"))
	}
	if c.Fetches != "" {
		p.put(styled(faint, "  # (with this write Auth0 takes end points and certificate from"))
		p.put(styled(faint, "  # "+c.Fetches+")"))
	}
	head := c.Kind
	if a, err := schema.ParseAddress(c.Address); err == nil && a.Name != "" {
		head += " " + quote(a.Name, false)
	}
	p.put(text("  "), symbol(op), text(" "+head+" {"))
	r := renderer{p: p, kind: schema.KindByName(c.Kind)}
	r.nodes(6, tree(c.Attributes), r.identity(c), unchanged(c))
	p.put(text("    }"))
}

// identity are the lines that say which object is changed.
func (r *renderer) identity(c *plan.Change) []constant {
	if c.Action == plan.Create || r.kind == nil || r.kind.NaturalKey == "" {
		return nil
	}
	ids := []constant{{r.kind.IDAttr, quote(c.ID, false)}}
	for _, a := range c.Attributes {
		if a.Name == r.kind.NaturalKey {
			return ids
		}
	}
	return append(ids, constant{r.kind.NaturalKey, quote(c.Name, false)})
}

// unchanged counts the managed attributes that are not shown; the natural key
// is, though it does not change.
func unchanged(c *plan.Change) int {
	o := c.Object()
	if c.Action == plan.Create {
		return 0
	}
	if o != nil && o.Kind.NaturalKey != "" && o.Want(o.Kind.NaturalKey).Mode != schema.Unmanaged {
		for _, a := range c.Attributes {
			if a.Name == o.Kind.NaturalKey {
				return c.Hidden
			}
		}
		return c.Hidden - 1
	}
	return c.Hidden
}
