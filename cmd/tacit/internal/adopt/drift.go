package adopt

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/tacit-dev/tacit/apply"
	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/hclconf"
)

// Adoption is drift written into the files of a configuration, not yet on disk.
type Adoption struct {
	Files   map[string][]byte
	Adopted []Value
	Left    []Left
}

// Value is an attribute whose value in the files becomes the tenant's.
type Value struct {
	Address, Attribute string
	// Gone: the tenant has no value, so the files say none any more.
	Gone bool
	edit hclconf.Edit
}

// Left is drift that is left to the person.
type Left struct {
	Address, Attribute, Why string
	Src                     *schema.Range
	// Write is what would have to be written, "" when that cannot be said.
	Write string
}

// Drifted is a configuration with what differs on its tenant.
type Drifted struct {
	Files   *hclconf.Files
	Config  *schema.Config
	Binding *plan.Binding
	Plan    *plan.Plan
	Found   []apply.Difference
}

// Adopt turns drift into changed files. What they make is planned: attributes
// that would still differ are left out, and the rest of the plan must stay as it
// is.
func (r Replanner) Adopt(d Drifted) (*Adoption, error) {
	a := &adopting{Replanner: r, Drifted: d, addresses: map[string]schema.Address{}, before: effects(d.Plan)}
	for addr, o := range d.Binding.Observed {
		if o != nil {
			a.addresses[o.ID] = addr
		}
	}
	for i := range d.Found {
		a.object(&d.Found[i])
	}
	a.share()
	for {
		out, err := a.attempt()
		if out != nil || err != nil {
			return out, err
		}
	}
}

type adopting struct {
	Replanner
	Drifted
	addresses map[string]schema.Address // by id
	before    map[string]string
	values    []Value
	left      []Left
}

func (a *adopting) object(d *apply.Difference) {
	switch {
	case d.Cause == apply.ByConfiguration:
	case d.State == apply.StateMissing:
		a.left = append(a.left, Left{d.Address, "", "it is not on the tenant: take the block out if that is right, else apply makes it again", d.Change().Src, ""})
	case d.State == apply.StateUndeclared:
		a.left = append(a.left, Left{d.Address, "", "no block declares it: tacit import writes one", nil, ""})
	default:
		for i := range d.Attributes {
			if x := &d.Attributes[i]; x.Cause != apply.ByConfiguration {
				a.attribute(d, x)
			}
		}
	}
}

func (a *adopting) attribute(d *apply.Difference, x *apply.DifferentAttr) {
	o := d.Change().Object()
	row := o.Kind.Attr(x.Name)
	own := schema.Want{}
	if declared := a.Drifted.Config.Object(o.Addr); declared != nil {
		own = *declared.Want(row.Name)
	}
	left := func(why string) {
		a.left = append(a.left, Left{d.Address, x.Name, why, x.Src, ""})
	}
	switch {
	case x.Configured.Sensitive || x.Found.Sensitive || own.Sensitive:
		left("it is sensitive, and secrets are not written into files")
		return
	case row.Has(schema.Internal):
		left("it is the ownership mark, which apply writes")
		return
	case own.Mode == schema.Unmanaged:
		left("no line says it; tacit wants it" + because(o.Want(row.Name).Why))
		return
	}
	v := Value{Address: d.Address, Attribute: x.Name, edit: hclconf.Edit{Addr: o.Addr, Row: row.Name, Was: a.plain(row, own.V)}}
	v.edit.Value = a.target(row, &own, x)
	v.Gone = v.edit.Value == nil
	switch err := hclconf.Writable(row, a.literal(v.edit.Value)); {
	case schema.Same(v.edit.Was, v.edit.Value):
		left("the files do not say what is missing; tacit wants it" + because(o.Want(row.Name).Why))
	case !v.Gone && err != nil && !emptyList(v.edit.Value):
		left("the tenant's value cannot be written: " + err.Error())
	default:
		a.values = append(a.values, v)
	}
}

func emptyList(v any) bool {
	list, ok := v.([]any)
	return ok && len(list) == 0
}

func because(why []schema.Reason) string {
	if len(why) == 0 {
		return ""
	}
	return " (" + why[0].Code + ": " + why[0].Text + ")"
}

// plain is a value of the files as edits compare it: ids of blocks stay
// references in rows that take references, and become texts in others.
func (a *adopting) plain(row *schema.Attr, v any) any {
	out, _ := schema.Resolve(v, a.Binding.IDs())
	return a.references(row, out)
}

// references turns ids into references to the blocks that have them.
func (a *adopting) references(row *schema.Attr, v any) any {
	if row.Type != schema.Ref && row.Type != schema.Refs {
		return v
	}
	switch v := v.(type) {
	case string:
		if addr, ok := a.addresses[v]; ok && slices.Contains(row.Targets, addr.Kind) {
			return schema.RefTo(addr)
		}
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = a.references(row, v[i])
		}
		return out
	}
	return v
}

// literal is a value with ids for references.
func (a *adopting) literal(v any) any {
	out, _ := schema.Resolve(v, a.Binding.IDs())
	return out
}

// target is what the files are to say, nil for nothing.
func (a *adopting) target(row *schema.Attr, own *schema.Want, x *apply.DifferentAttr) any {
	found, _ := x.Found.Plain(a.Binding.IDs())
	if x.Found.Presence != schema.Known {
		found = nil
	}
	was := a.plain(row, own.V)
	list, _ := a.references(row, found).([]any)
	old, _ := was.([]any)
	switch {
	case row.Type == schema.Objects:
		return elementsOf(row, old, list, own.Mode)
	case own.Mode == schema.AtLeast:
		return slices.DeleteFunc(slices.Clone(old), func(e any) bool { return len(schema.Missing([]any{e}, list)) > 0 })
	case row.Type == schema.JSON:
		return shared(was, found)
	default:
		return a.references(row, found)
	}
}

// elementsOf are the elements that the tenant has, with the fields that the
// files give; of new ones with all that tacit knows.
func elementsOf(row *schema.Attr, old, found []any, mode schema.Mode) any {
	given := map[any]map[string]any{}
	for _, e := range old {
		if m, ok := e.(map[string]any); ok {
			given[m[row.Key]] = m
		}
	}
	var out []any
	for _, e := range found {
		m, _ := e.(map[string]any)
		was, declared := given[m[row.Key]]
		if !declared && mode == schema.AtLeast {
			continue
		}
		is := map[string]any{row.Key: m[row.Key]}
		for i := range row.Elem {
			name := row.Elem[i].Name
			if _, said := was[name]; (said || !declared) && m[name] != nil && m[name] != "" {
				is[name] = m[name]
			}
		}
		out = append(out, is)
	}
	if out == nil {
		return nil
	}
	return out
}

// shared are the members that the files give, with the tenant's values.
func shared(was, found any) any {
	w, ok1 := was.(map[string]any)
	f, ok2 := found.(map[string]any)
	if !ok1 || !ok2 {
		return found
	}
	out := map[string]any{}
	for k := range w {
		if v, ok := f[k]; ok {
			out[k] = shared(w[k], v)
		}
	}
	return out
}

// share has the instances of a block change their one line together when all
// of them have the same new value.
func (a *adopting) share() {
	count := map[schema.Address]int{}
	for _, o := range a.Drifted.Config.Objects {
		count[o.Addr.Block()]++
	}
	type line struct {
		block schema.Address
		row   string
	}
	same := map[line][]int{}
	for i, v := range a.values {
		k := line{v.edit.Addr.Block(), v.edit.Row}
		if at := same[k]; len(at) == 0 || schema.Same(a.values[at[0]].edit.Value, v.edit.Value) && schema.Same(a.values[at[0]].edit.Was, v.edit.Was) {
			same[k] = append(at, i)
		}
	}
	for k, at := range same {
		if len(at) != count[k.block] {
			continue
		}
		for _, i := range at {
			if a.Files.Constant(k.block, k.row) {
				a.values[i].edit.Addr = k.block
			}
		}
	}
}

// attempt edits, and plans what comes out; nil when something was left out and
// it is to be tried again.
func (a *adopting) attempt() (*Adoption, error) {
	edits := make([]hclconf.Edit, len(a.values))
	for i, v := range a.values {
		edits[i] = v.edit
	}
	files, stuck := a.Files.Edit(edits)
	if len(stuck) > 0 {
		a.drop(func(i int) *Left {
			s, ok := stuck[i]
			if !ok {
				return nil
			}
			return &Left{Why: s.Why, Src: s.Src, Write: s.Write}
		})
		return nil, nil //nolint:nilnil // again, without these
	}
	if len(a.values) == 0 {
		return &Adoption{Files: map[string][]byte{}, Left: a.left}, nil
	}
	re, err := a.With(files)
	if err != nil {
		return nil, a.without(err)
	}
	now := effects(re.Plan)
	still := func(i int) *Left {
		if _, there := now[a.values[i].Address+"\x00"+a.values[i].Attribute]; !there {
			return nil
		}
		return &Left{Why: "a plan of the changed files would still change it", Write: ""}
	}
	if a.drop(still) {
		return nil, nil //nolint:nilnil // again, without these
	}
	mine := map[string]bool{}
	for _, v := range a.values {
		mine[v.Address+"\x00"+v.Attribute] = true
	}
	for _, k := range slices.Sorted(maps.Keys(now)) {
		if a.before[k] != now[k] {
			return nil, fmt.Errorf("nothing was written: a plan of the changed files would change %q, which it does not now; change the files by hand", k)
		}
	}
	for _, k := range slices.Sorted(maps.Keys(a.before)) {
		if _, there := now[k]; !there && !mine[k] {
			return nil, fmt.Errorf("nothing was written: with the changed files %q would no longer be changed, which it is now; change the files by hand", k)
		}
	}
	return &Adoption{Files: files, Adopted: a.values, Left: a.left}, nil
}

// drop leaves out the values for which there is a reason.
func (a *adopting) drop(why func(int) *Left) bool {
	var keep []Value
	for i, v := range a.values {
		l := why(i)
		if l == nil {
			keep = append(keep, v)
			continue
		}
		l.Address, l.Attribute = v.Address, v.Attribute
		a.left = append(a.left, *l)
	}
	dropped := len(keep) < len(a.values)
	a.values = keep
	return dropped
}

// without leaves out the values that make no plan by themselves; the error is
// for when there is none.
func (a *adopting) without(err error) error {
	var broken Broken
	if !errors.As(err, &broken) {
		return err
	}
	bad := a.drop(func(i int) *Left {
		files, _ := a.Files.Edit([]hclconf.Edit{a.values[i].edit})
		if _, err := a.With(files); err != nil {
			return &Left{Why: "with it the files make no plan: " + err.Error()}
		}
		return nil
	})
	if bad {
		return nil
	}
	return fmt.Errorf("nothing was written: the changed files make no plan: %w", err)
}

// effects is what a plan does, by address and attribute.
func effects(p *plan.Plan) map[string]string {
	out := map[string]string{}
	for _, c := range p.Changes {
		if len(c.Attributes) == 0 {
			out[c.Address] = string(c.Action)
		}
		for _, at := range c.Attributes {
			raw, err := json.Marshal([]any{c.Action, at.Before, at.After})
			if err != nil {
				panic("adopt: not a JSON value: " + err.Error())
			}
			out[c.Address+"\x00"+at.Name] = string(raw)
		}
	}
	return out
}
