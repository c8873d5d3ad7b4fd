package check

import (
	"fmt"
	"slices"

	"github.com/tacit-dev/tacit/schema"
)

// Contribution is a want that a rule adds for a declared path: elements of a
// collection, or a scalar.
type Contribution struct {
	Addr  schema.Address
	Field schema.Field
	// Add are elements that the collection must hold besides its others.
	Add []any
	// Set is the scalar; ignored when Add is given.
	Set any
	// Reason is shown in the plan beside the change.
	Reason string
}

// Add contributes elements to a collection of s.
func Add(s *schema.State, f schema.Field, reason string, elements ...any) Contribution {
	return Contribution{Addr: s.Addr, Field: f, Add: elements, Reason: reason}
}

// Set contributes a scalar of s.
func Set(s *schema.State, f schema.Field, reason string, v any) Contribution {
	return Contribution{Addr: s.Addr, Field: f, Set: v, Reason: reason}
}

// Contribute adds to the objects' wants what the rules ask for on the paths.
// Objects that tacit does not write are left alone (the rule then fails on the
// planned state). A contribution that contradicts an explicit scalar is a
// diagnostic that shows the line and the upgrade. The objects are changed in
// place.
func Contribute(objects map[schema.Address]*schema.Object, rules []*Rule, paths []*Path) schema.Diagnostics {
	var ds schema.Diagnostics
	for _, p := range paths {
		for _, r := range rules {
			if r.Contribute == nil || r.Severity[p.Via] == "" {
				continue
			}
			for _, c := range r.Contribute(p) {
				o := objects[c.Addr]
				if o == nil || !o.Writes() {
					continue
				}
				if d := merge(o, r, p, c); d != nil {
					ds = append(ds, *d)
				}
			}
		}
	}
	return ds
}

func merge(o *schema.Object, r *Rule, p *Path, c Contribution) *schema.Diagnostic {
	if !slices.ContainsFunc(r.Contributes, func(f schema.Field) bool { return f.Attr == c.Field.Attr }) {
		panic(fmt.Sprintf("check: %s contributes %s without declaring it", r.Code, c.Field.Attr.Name))
	}
	w := o.Want(c.Field.Attr.Name)
	why := schema.Reason{Code: r.Code, Text: c.Reason}
	if c.Add == nil {
		return mergeScalar(o, w, r, p, c, why)
	}
	if w.Unknown {
		return nil
	}
	have, _ := w.V.([]any)
	missing := lacking(have, c.Add)
	if w.Mode == schema.Unmanaged {
		w.Mode = schema.AtLeast
	}
	if len(missing) > 0 {
		w.V = append(slices.Clone(have), missing...)
		w.Sensitive = w.Sensitive || p.Sensitive
		addReason(w, why)
	}
	return nil
}

// lacking returns the elements that have does not hold. Contributions are one
// element or two, so a scan beats the index that schema.Missing builds.
func lacking(have, add []any) []any {
	var out []any
	for _, e := range add {
		same := func(h any) bool { return schema.Same(h, e) }
		if !slices.ContainsFunc(have, same) && !slices.ContainsFunc(out, same) {
			out = append(out, e)
		}
	}
	return out
}

func mergeScalar(o *schema.Object, w *schema.Want, r *Rule, p *Path, c Contribution, why schema.Reason) *schema.Diagnostic {
	switch {
	case w.Mode == schema.Unmanaged:
		w.Mode, w.V = schema.Exactly, c.Set
		addReason(w, why)
		return nil
	case w.Unknown || c.Field.Attr.Equal(w.V, c.Set):
		return nil
	}
	d := &schema.Diagnostic{
		Severity: schema.Error,
		Summary:  fmt.Sprintf("%s contradicts %s", c.Field.Attr.Name, p.Addr),
		Detail: fmt.Sprintf("%s is set to %s here, but %s needs %v (%s: %s). Remove the line, or remove the silent_upgrade block.",
			c.Field.Attr.Name, shown(w), p.Addr, c.Set, r.Code, r.Summary),
		Subject: w.Src, Instances: []string{o.Addr.String()},
	}
	if p.Src != nil {
		d.Also = []schema.Range{*p.Src}
	}
	return d
}

// shown writes an explicit scalar for a message, unless it is a secret.
func shown(w *schema.Want) string {
	switch {
	case w.Sensitive:
		return "a sensitive value"
	case w.V == nil:
		return "null"
	default:
		return fmt.Sprint(w.V)
	}
}

func addReason(w *schema.Want, r schema.Reason) {
	if !slices.Contains(w.Why, r) {
		w.Why = append(w.Why, r)
	}
}
