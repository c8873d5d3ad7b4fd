package onboard

import (
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/hclconf"
)

// Offboarding is a customer that leaves.
type Offboarding struct {
	Name string
	Now  time.Time
	// Wait is how long a connection stays disabled before it may be deleted.
	Wait time.Duration
	Load Load
}

// Disable proposes edits that take a connection out of every path, turn its
// IdP-initiated login off and take every application off it. What the block
// does not say any more stays as the tenant has it, so that the way back is
// short. A note in the block says since when.
func (r *Offboarding) Disable() (*Proposal, error) {
	d, o, err := r.find()
	if err != nil {
		return nil, err
	}
	if since, ok := r.since(d, o); ok {
		return nil, fmt.Errorf("%s is disabled since %s (%s); nothing was written. To delete it, with its users: tacit offboard %s --delete, from %s on", o.Addr, date(since), o.Src, r.Name, date(since.Add(r.Wait)))
	}
	if o.Existing {
		return nil, fmt.Errorf("%s is existing, so tacit never writes it; nothing was written. Disable it with the tool that manages it", o.Addr)
	}
	if err := r.leavePaths(d, o); err != nil {
		return nil, err
	}
	b := hclconf.Block{
		Kind: schema.SAMLConnection, Name: o.Addr.Name,
		Args:   []hclconf.Arg{{Name: "clients_exact", Value: true}},
		Values: map[string]any{"name": r.Name, "clients": []any{}, "idp_initiated.enabled": false},
		Below:  []string{"Offboarded on " + date(r.Now) + ": no login, no application. Its users are still there.", fmt.Sprintf("From %s on: tacit offboard %s --delete", date(r.Now.Add(r.Wait)), r.Name)},
	}
	p := &Proposal{Address: o.Addr}
	if !o.Addr.Each {
		if err := d.put(d.files.ReplaceBlock(o.Addr, b)); err != nil {
			return nil, err
		}
		return p, d.finish(p)
	}
	b.Name = (&Request{Name: r.Name}).label(d)
	p.Address = schema.Address{Kind: o.Addr.Kind, Name: b.Name}
	if err := d.put(d.files.AddBlock(b, o.Addr.Block())); err != nil {
		return nil, err
	}
	moved := hclconf.Block{Type: "moved", Args: []hclconf.Arg{
		{Name: "from", Value: hclconf.Code(hclconf.Reference(o.Addr))}, {Name: "to", Value: hclconf.Code(hclconf.Reference(p.Address))},
	}}
	if err := d.put(d.files.AddBlock(moved, p.Address)); err != nil {
		return nil, err
	}
	if err := d.put(d.files.RemoveElement(o.Addr, o.Addr.Key)); err != nil {
		return nil, fmt.Errorf("%s cannot be taken out of the list: %w. Take it out by hand, and give it a block of its own", o.Addr, err)
	}
	return p, d.finish(p)
}

// leavePaths takes a connection out of silent_upgrade blocks that name it; a
// block that names nothing else goes.
func (r *Offboarding) leavePaths(d *draft, o *schema.Object) error {
	for _, u := range through(d.config, o.Addr) {
		edit, last, err := d.files.RemoveReference(u.Addr, "connections", o.Addr)
		switch {
		case err != nil:
			return err
		case last && len(through(d.config, o.Addr)) > 0 && !u.Addr.Each:
			err = d.put(d.files.RemoveBlock(u.Addr))
		case edit.Path != "":
			err = d.put(edit, nil)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Delete proposes the removed block that deletes a connection and its users. It
// refuses one that was not disabled for long enough, as far as its note tells.
func (r *Offboarding) Delete() (*Proposal, error) {
	d, o, err := r.find()
	if err != nil {
		return nil, err
	}
	since, ok := r.since(d, o)
	clients, _ := o.Want("clients").V.([]any)
	switch {
	case !ok || o.Want("idp_initiated.enabled").V != false || len(clients) > 0 || !slices.Contains(o.Exact, "clients"):
		return nil, fmt.Errorf("%s (%s) is not disabled, or no note says since when; nothing was written. First: tacit offboard %s", o.Addr, o.Src, r.Name)
	case r.Now.Before(since):
		return nil, fmt.Errorf("%s (%s) says that it was offboarded on %s, which is to come; nothing was written", o.Addr, o.Src, date(since))
	case r.Now.Before(since.Add(r.Wait)):
		return nil, fmt.Errorf("%s is disabled since %s, and %d days have to pass before it is deleted; nothing was written. From %s on, or with a shorter --wait", o.Addr, date(since), int(r.Wait.Hours()/24), date(since.Add(r.Wait)))
	}
	if edit, there := d.files.RemoveMoved(o.Addr); there {
		if err := d.put(edit, nil); err != nil {
			return nil, err
		}
	}
	b := hclconf.Block{Type: "removed", Name: schema.SAMLConnection.Name, Args: []hclconf.Arg{{Name: "name", Value: r.Name}, {Name: "prevent_destroy", Value: false}}}
	if err := d.put(d.files.ReplaceBlock(o.Addr, b)); err != nil {
		return nil, err
	}
	p := &Proposal{Address: o.Addr}
	return p, d.finish(p)
}

func (r *Offboarding) find() (*draft, *schema.Object, error) {
	d, err := (&Request{Load: r.Load}).start()
	if err != nil {
		return nil, nil, err
	}
	var names []string
	for _, o := range d.config.Objects {
		if o.Kind != schema.SAMLConnection {
			continue
		}
		if o.NaturalKey() == r.Name {
			return d, o, nil
		}
		names = append(names, o.NaturalKey())
	}
	return nil, nil, fmt.Errorf("no connection %s is declared.%s", r.Name, hclconf.DidYouMean(r.Name, names))
}

var note = regexp.MustCompile(`(?m)^\s*# Offboarded on (\d{4}-\d{2}-\d{2}):`)

// since is when the note in a block says that it was disabled.
func (r *Offboarding) since(d *draft, o *schema.Object) (time.Time, bool) {
	text, err := d.files.Source(o.Addr)
	m := note.FindStringSubmatch(text)
	if err != nil || m == nil || o.Addr.Each {
		return time.Time{}, false
	}
	t, err := time.Parse(time.DateOnly, m[1])
	return t, err == nil
}

func date(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// put takes an edit without evaluating: between two edits that belong together
// the files may contradict each other.
func (d *draft) put(edit hclconf.Change, err error) error {
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(d.edits, func(e hclconf.Change) bool { return e.Path == edit.Path }); i >= 0 {
		d.edits[i].After = edit.After
	} else {
		d.edits = append(d.edits, edit)
	}
	var ds schema.Diagnostics
	if d.files, _, ds = d.request.Load((&Proposal{Edits: d.edits}).Extra()); d.files == nil {
		return &BadConfigError{ds}
	}
	return nil
}

// finish sees that the files agree, and that no path leads through the
// connection.
func (d *draft) finish(p *Proposal) error {
	_, cfg, ds := d.request.Load((&Proposal{Edits: d.edits}).Extra())
	if ds.HasErrors() {
		return fmt.Errorf("other blocks refer to the connection, or the files cannot be changed like this; nothing was written. Change them first: %s", reason(ds))
	}
	if left := through(cfg, p.Address); len(left) > 0 {
		return fmt.Errorf("%s (%s) would still lead through the connection; nothing was written. Take it out there first", left[0].Addr, left[0].Src)
	}
	p.Edits = d.edits
	return nil
}
