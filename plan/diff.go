package plan

import (
	"fmt"
	"slices"

	"github.com/tacit-dev/tacit/schema"
)

// differ compares wants with observations.
type differ struct {
	cfg *schema.Config
	b   *Binding
	ids schema.IDs
	ds  schema.Diagnostics
}

// prepare adds what tacit wants by itself to a copy of the objects: implied
// values and marks on objects that will be created, implied values on found
// ones that the block converts. Contributions come on top of the result. With
// kinds only those objects are in it.
func (d *differ) prepare(kinds ...*schema.Kind) map[schema.Address]*schema.Object {
	out := map[schema.Address]*schema.Object{}
	for _, o := range d.cfg.Objects {
		if len(kinds) > 0 && !slices.Contains(kinds, o.Kind) {
			continue
		}
		c := *o
		c.Wants = slices.Clone(o.Wants)
		out[o.Addr] = &c
		if !c.Writes() {
			continue
		}
		obs := d.b.Observed[c.Addr]
		for i := range c.Kind.Attrs {
			d.imply(&c, i, obs)
		}
	}
	return out
}

func (d *differ) imply(o *schema.Object, i int, obs *schema.Observed) {
	a, w := &o.Kind.Attrs[i], &o.Wants[i]
	switch {
	case a.Has(schema.Computed):
	case a.Has(schema.Internal):
		mark := schema.Mark(d.cfg.Workspace, o.Addr)
		if obs == nil || d.b.Owned[o.Addr] {
			*w = schema.Want{Mode: schema.Exactly, V: mark, Why: []schema.Reason{d.b.whyMarked(o.Addr)}}
		}
	case a.Implied == nil || w.Mode != schema.Unmanaged:
	case obs == nil || o.Convert || d.made(o):
		*w = schema.Want{Mode: schema.Exactly, V: a.Implied, Why: []schema.Reason{{Code: "implied", Text: "what " + o.Kind.Name + " means"}}}
		if obs != nil && a.Collection() {
			w.Mode = schema.AtLeast
			fit(w, a, obs)
		}
	}
}

// made: the object carries our mark since an earlier run, so it was what its kind
// means once, and becomes so again. One that is only now taken over was not.
func (d *differ) made(o *schema.Object) bool { return d.b.Owned[o.Addr] && !d.b.Imported[o.Addr] }

// fit makes a conversion take out what the kind excludes, where it is there.
func fit(w *schema.Want, a *schema.Attr, obs *schema.Observed) {
	v, _ := obs.Get(a)
	have, _ := v.([]any)
	unfit := func(e any) bool { return slices.Contains(a.Unfit, e) }
	if !slices.ContainsFunc(have, unfit) {
		return
	}
	keep := slices.DeleteFunc(slices.Clone(have), unfit)
	implied, _ := w.V.([]any)
	for _, e := range implied {
		if !slices.Contains(keep, e) {
			keep = append(keep, e)
		}
	}
	w.Mode, w.V = schema.Exactly, keep
}

// object compares one object; nil when nothing changes.
func (d *differ) object(o *schema.Object) *Change {
	obs := d.b.Observed[o.Addr]
	if !o.Writes() {
		d.assert(o, obs)
		return nil
	}
	c := &Change{Address: o.Addr.String(), Kind: o.Kind.Name, Name: d.name(o, obs), Action: Create, Owned: d.b.Owned[o.Addr] || obs == nil && o.Kind.Mark() != nil, Src: o.Src, object: o}
	if obs != nil {
		c.Action, c.ID = Update, obs.ID
		c.Imported = d.b.Imported[o.Addr]
		if from, ok := d.b.Moved[o.Addr]; ok {
			c.MovedFrom = from.String()
		}
	}
	for i := range o.Kind.Attrs {
		if o.Wants[i].Mode == schema.Unmanaged {
			d.checkImplied(o, i, obs)
			d.checkNeeded(o, i, obs)
			continue
		}
		ac, ok := d.attr(o, i, obs)
		if ok {
			c.Attributes = append(c.Attributes, ac)
		} else {
			c.Hidden++
		}
	}
	if obs != nil && len(c.Attributes) == 0 {
		return nil
	}
	c.Fetches = d.fetches(c, obs)
	return c
}

// fetches returns the metadata URL that the connection will have when its body
// is written.
func (d *differ) fetches(c *Change, obs *schema.Observed) string {
	o := c.object
	if o.Kind != schema.SAMLConnection || !slices.ContainsFunc(c.Attributes, func(a AttrChange) bool { return a.attr.Via == "" }) {
		return ""
	}
	row := o.Kind.Attr("metadata_url")
	w := o.Want(row.Name)
	v, _ := obs.Get(row)
	if w.Mode != schema.Unmanaged {
		v, _ = schema.Resolve(w.V, d.ids)
	}
	url, _ := v.(string)
	if w.Sensitive && url != "" {
		return "a sensitive URL"
	}
	return url
}

func (d *differ) name(o *schema.Object, obs *schema.Observed) string {
	if o.Kind.NaturalKey == "" {
		return ""
	}
	if v, done := schema.Resolve(o.Want(o.Kind.NaturalKey).V, d.ids); done {
		if s, ok := v.(string); ok {
			return s
		}
	}
	if obs != nil {
		return obs.String(o.Kind.NaturalKey)
	}
	return ""
}

// attr compares one managed attribute; false when it is as wanted.
func (d *differ) attr(o *schema.Object, i int, obs *schema.Observed) (AttrChange, bool) {
	a, w := &o.Kind.Attrs[i], &o.Wants[i]
	if w.Unknown {
		d.fail(o, w.Src, "Known only after apply",
			fmt.Sprintf("%s depends on the id of an object that does not exist yet, in a way that cannot be written down before it does. Use the id in a plain template such as \"x-${...}\", or create the object first.", a.Name))
		return AttrChange{}, false
	}
	if a.Has(schema.Identity) {
		return AttrChange{}, false
	}
	want, _ := schema.Resolve(w.V, d.ids)
	ac := AttrChange{Name: a.Name, Type: a.Type.String(), Why: w.Why, Src: w.Src, attr: a}
	if obs == nil {
		if w.V == nil { // reset of what does not exist yet
			return ac, false
		}
		ac.Before = newValue(a, nil, schema.Absent, false)
		ac.After = newValue(a, want, schema.Known, w.Sensitive)
		return ac, true
	}
	have, p := obs.Get(a)
	if p == schema.NotRead {
		panic(fmt.Sprintf("plan: %s.%s is managed but was not read", o.Addr, a.Name))
	}
	after, same := d.after(a, w, want, have, p, obs)
	if same {
		return ac, false
	}
	if a.Has(schema.Immutable) {
		d.refuseChange(o, a, w, have)
		return ac, false
	}
	ac.Before = newValue(a, have, p, w.Sensitive)
	ac.After = newValue(a, after, schema.Known, w.Sensitive)
	if after == nil {
		ac.After.Presence = schema.Null
	}
	return ac, true
}

// after returns the value that the attribute will have, and whether it has it
// already.
func (d *differ) after(a *schema.Attr, w *schema.Want, want, have any, p schema.Presence, obs *schema.Observed) (any, bool) {
	if w.Mode == schema.AtLeast {
		return atLeast(a, want, have, obs)
	}
	if want == nil {
		return nil, p != schema.Known
	}
	if a.Type == schema.Objects && p == schema.Known {
		merged := mergeObjects(a, want, have, true)
		return merged, a.Equal(merged, have)
	}
	if p != schema.Known {
		have = nil
	}
	if a.Type == schema.JSON {
		return schema.Overlay(a.Sendable(have), want), a.Equal(want, have)
	}
	return want, a.Equal(want, have)
}

// atLeast appends what is missing, in order, to what is there.
func atLeast(a *schema.Attr, want, have any, obs *schema.Observed) (any, bool) {
	w, _ := want.([]any)
	h, _ := have.([]any)
	if a.Type == schema.Objects {
		merged := mergeObjects(a, w, h, false)
		return merged, a.HoldsObjects(h, w)
	}
	missing := schema.Missing(w, h)
	if a.Via != "" {
		mustHaveAsked(a, missing, obs)
	}
	if len(missing) == 0 {
		return have, true
	}
	return append(slices.Clone(h), missing...), false
}

// mustHaveAsked: an id that nobody asked about is not "missing".
func mustHaveAsked(a *schema.Attr, missing []any, obs *schema.Observed) {
	for _, m := range missing {
		id, ok := m.(string)
		if !ok {
			continue
		}
		if _, known := obs.Relations[a.Via].Has(id); !known {
			panic(fmt.Sprintf("plan: membership of %s in %s was not read", id, a.Name))
		}
	}
}

// mergeObjects overlays wanted elements on the observed ones by key: fields
// that no row declares, and the order, stay. With exact, elements that are not
// wanted go.
func mergeObjects(a *schema.Attr, want, have any, exact bool) []any {
	w, _ := want.([]any)
	h, _ := have.([]any)
	wanted := map[any]map[string]any{}
	for _, e := range w {
		if m, ok := e.(map[string]any); ok {
			wanted[m[a.Key]] = m
		}
	}
	out := make([]any, 0, len(h)+len(w))
	for _, e := range h {
		m, _ := e.(map[string]any)
		over, ok := wanted[m[a.Key]]
		if !ok && exact {
			continue
		}
		for k, v := range over {
			m = schema.Put(m, k, v)
		}
		delete(wanted, m[a.Key])
		out = append(out, m)
	}
	for _, e := range w {
		if m, ok := e.(map[string]any); ok && wanted[m[a.Key]] != nil {
			out = append(out, m)
			delete(wanted, m[a.Key])
		}
	}
	return out
}

// assert compares what an existing block declares; differences are mistakes.
func (d *differ) assert(o *schema.Object, obs *schema.Observed) {
	if obs == nil || o.Kind.Collection == "" {
		return
	}
	for i := range o.Kind.Attrs {
		a, w := &o.Kind.Attrs[i], &o.Wants[i]
		if w.Mode == schema.Unmanaged || w.Unknown {
			continue
		}
		want, _ := schema.Resolve(w.V, d.ids)
		have, p := obs.Get(a)
		if a.Has(schema.Identity) {
			have, p = obs.ID, schema.Known
		}
		if _, same := d.after(a, w, want, have, p, obs); same {
			continue
		}
		detail := fmt.Sprintf("%s is existing, so tacit only looks at it, and the tenant has another value: %s. Correct the line, or let tacit write the object (remove existing).", o.Addr, quote(a, have, p, w.Sensitive))
		d.fail(o, w.Src, fmt.Sprintf("%s is not what the tenant has", a.Name), detail)
	}
}

// checkImplied refuses to overlook that a found object is not what its kind
// means.
func (d *differ) checkImplied(o *schema.Object, i int, obs *schema.Observed) {
	a := &o.Kind.Attrs[i]
	if obs == nil || a.Implied == nil {
		return
	}
	have, p := obs.Get(a)
	same := p == schema.Known && a.Equal(a.Implied, have)
	if a.Collection() {
		_, same = atLeast(a, a.Implied, have, obs)
	}
	if same {
		return
	}
	d.fail(o, o.Src, fmt.Sprintf("%s on the tenant is not what %s means", a.Name, o.Kind.Name),
		fmt.Sprintf("%s was not made by tacit. The tenant has %s; %s stands for %v. Either set %s in the block to say which value you want, or write convert = true to let tacit change it.",
			o.Addr, quote(a, have, p, false), o.Kind.Name, a.Implied, a.Name))
}

func (d *differ) checkNeeded(o *schema.Object, i int, obs *schema.Observed) {
	a := &o.Kind.Attrs[i]
	if obs != nil || !a.Has(schema.NeededToCreate) {
		return
	}
	advice := "Set it"
	for _, other := range a.Instead {
		if v := o.Want(other).V; v != nil && v != "" {
			return
		}
		advice += " or " + other
	}
	d.fail(o, o.Src, a.Name+" is missing",
		fmt.Sprintf("The tenant has no such object yet, and Auth0 does not create a %s without %s. %s.", noun(o.Kind), a.Name, advice))
}

func quote(a *schema.Attr, v any, p schema.Presence, sensitive bool) string {
	switch {
	case sensitive || a.Has(schema.Secret):
		return "(sensitive value)"
	case p != schema.Known:
		return "nothing"
	default:
		return fmt.Sprintf("%q", fmt.Sprint(show(v)))
	}
}

func (d *differ) refuseChange(o *schema.Object, a *schema.Attr, w *schema.Want, have any) {
	detail := fmt.Sprintf("Auth0 cannot change %s after creation; the tenant has %s.", a.Name, quote(a, have, schema.Known, w.Sensitive))
	switch {
	case o.Kind == schema.SAMLConnection && a.Name == o.Kind.NaturalKey:
		detail += " " + parallelRollout
	case a.Name == o.Kind.NaturalKey:
		detail += " Declare a second block with the new one, move what uses it over, then remove the old block's object."
	}
	d.fail(o, w.Src, a.Name+" cannot be changed", detail)
}

// parallelRollout is how a connection gets another name without a login lost.
// Its users belong to it, and its name is in the ACS URL and the entity ID that
// the customer's IdP holds (Auth0 docs, connections and SAML configuration).
const parallelRollout = "To rename it without losing a login: put the old name back; declare a second block with the new name, and name both " +
	"in silent_upgrade; let the customer add the new ACS URL and entity ID at their IdP as a second tile (users log in there as new users); when " +
	"nobody comes by the old one, set its idp_initiated to enabled = false; take the block out last, with a removed block."

func (d *differ) fail(o *schema.Object, src *schema.Range, summary, detail string) {
	if src == nil {
		src = o.Src
	}
	d.ds = append(d.ds, schema.Diagnostic{Severity: schema.Error, Summary: summary, Detail: detail, Subject: src, Instances: []string{o.Addr.String()}})
}
