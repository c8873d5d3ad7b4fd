package adopt

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/hclconf"
)

// Variable is a variable to declare.
type Variable struct {
	Name, Type string
	// Mark stands for the variable inside of texts, and in names of objects:
	// nothing else contains it, and it needs no escaping in HCL. "" when the
	// variable stands for whole rows only.
	Mark string
	// Shown is what messages say in place of the mark.
	Shown string
	// Witness is the value with which the files are planned, as
	// TACIT_VAR_name has it; "" for the default.
	Witness string
	// Default is nil when there is none. Optional variables are null unless
	// they are set.
	Default             any
	Optional, Sensitive bool
	// Verbatim variables may hold text that is encoded for a URL already.
	Verbatim bool
	Note     string
}

// Place is a row of an object, as [Object] names them.
type Place struct {
	Collection schema.Collection
	ID, Row    string
}

// Variables are what values of objects hold that whoever runs tacit provides.
// nil is none.
type Variables struct {
	List []*Variable
	// Whole are the rows that a variable stands for altogether.
	Whole map[Place]*Variable
}

// rows are those rows of an object that are a variable.
func (vs *Variables) rows(o *Object) map[string]*Variable {
	out := map[string]*Variable{}
	if vs == nil {
		return out
	}
	for i := range o.Kind.Attrs {
		n := o.Kind.Attrs[i].Name
		if v := vs.Whole[Place{o.Kind.Collection, o.ID, n}]; v != nil && !o.Existing {
			out[n] = v
		}
	}
	return out
}

// in are the variables whose marks a text holds.
func (vs *Variables) in(s string) []*Variable {
	var out []*Variable
	if vs == nil {
		return nil
	}
	for _, v := range vs.List {
		if v.Mark != "" && strings.Contains(s, v.Mark) {
			out = append(out, v)
		}
	}
	return out
}

// within reports whether a text is part of a mark.
func (vs *Variables) within(s string) bool {
	return vs != nil && slices.ContainsFunc(vs.List, func(v *Variable) bool { return strings.Contains(v.Mark, s) })
}

// Show replaces marks by what the person knows the variables by.
func (vs *Variables) Show(s string) string {
	for _, v := range vs.in(s) {
		s = strings.ReplaceAll(s, v.Mark, v.Shown)
	}
	return s
}

// unmarked is a text without marks, for names; when nothing is left, the names
// of the variables.
func (vs *Variables) unmarked(s string) string {
	rest, names := s, ""
	for _, v := range vs.in(s) {
		rest, names = strings.ReplaceAll(rest, v.Mark, " "), names+" "+v.Name
	}
	if Identifier(rest) == "" {
		return strings.TrimSpace(rest + names)
	}
	return rest
}

// env adds the witnesses to an environment.
func (vs *Variables) env(env func(string) (string, bool)) func(string) (string, bool) {
	if vs == nil {
		return env
	}
	witness := map[string]string{}
	for _, v := range vs.List {
		if v.Witness != "" {
			witness["TACIT_VAR_"+v.Name] = v.Witness
		}
	}
	return func(name string) (string, bool) {
		if s, ok := witness[name]; ok {
			return s, true
		}
		if env == nil {
			return "", false
		}
		return env(name)
	}
}

// Settled plans with defaults in place of witnesses, where there are any: rules
// compare values of several variables.
func (r Replanner) Settled() Replanner {
	if r.Variables == nil {
		return r
	}
	open := &Variables{}
	for _, v := range r.Variables.List {
		if v.Default == nil {
			open.List = append(open.List, v)
		}
	}
	snap := *r.Snap
	snap.Objects = map[schema.Collection][]*schema.Observed{}
	for c, list := range r.Snap.Objects {
		for _, o := range list {
			settled := *o
			settled.Raw, _ = r.Variables.defaults(o.Raw).(map[string]any)
			for _, k := range schema.Kinds() {
				for i := range k.Attrs {
					if v := r.Variables.Whole[Place{c, o.ID, k.Attrs[i].Name}]; k.Collection == c && v != nil && v.Default != nil {
						settled.Raw = schema.Put(settled.Raw, k.Attrs[i].APIPath(), v.Default)
					}
				}
			}
			snap.Objects[c] = append(snap.Objects[c], &settled)
		}
		if list != nil && snap.Objects[c] == nil {
			snap.Objects[c] = []*schema.Observed{}
		}
	}
	r.Snap, r.Variables = &snap, open
	return r
}

// defaults puts defaults in place of marks.
func (vs *Variables) defaults(v any) any {
	switch v := v.(type) {
	case string:
		out := v
		for _, e := range vs.in(v) {
			if v == e.Mark && e.Default != nil {
				return e.Default
			}
			if e.Default != nil {
				out = strings.ReplaceAll(out, e.Mark, fmt.Sprint(e.Default))
			}
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = vs.defaults(v[i])
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for k := range v {
			out[k] = vs.defaults(v[k])
		}
		return out
	default:
		return v
	}
}

// caveat goes with verdicts on paths.
func (vs *Variables) caveat() []string {
	if vs == nil || !slices.ContainsFunc(vs.List, func(v *Variable) bool { return v.Witness != "" }) {
		return nil
	}
	return []string{"Made-up values stood in for the variables; with yours, it may hold"}
}

// express turns marks in a value into expressions.
func (w *writer) express(row *schema.Attr, v any) any {
	switch e := v.(type) {
	case string:
		if len(w.Variables.in(e)) == 0 {
			return v
		}
		if row.Type == schema.Query {
			if q, ok := w.queryBlock(e); ok {
				return w.express(row, q)
			}
		}
		return w.code(hclconf.Quoted(e))
	case hclconf.Code:
		return w.code(e)
	case hclconf.QueryBlock:
		out := make(hclconf.QueryBlock, len(e))
		for i, a := range e {
			out[i] = hclconf.Arg{Name: a.Name, Value: w.express(&schema.Attr{}, a.Value)}
		}
		return out
	case []any:
		out := make([]any, len(e))
		for i := range e {
			out[i] = w.express(row, e[i])
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(e))
		for k := range e {
			out[k] = w.express(row, e[k])
		}
		return out
	default:
		return v
	}
}

// code puts variables in place of their marks, which stand within quotes.
func (w *writer) code(c hclconf.Code) hclconf.Code {
	s := string(c)
	for _, v := range w.Variables.in(s) {
		w.variables[v] = true
		s = strings.ReplaceAll(s, `"`+v.Mark+`"`, "var."+v.Name)
		s = strings.ReplaceAll(s, v.Mark, "${var."+v.Name+"}")
	}
	return hclconf.Code(s)
}

// queryBlock takes a query apart, unless a variable in it may be encoded
// already: a block would encode it once more.
func (w *writer) queryBlock(raw string) (hclconf.QueryBlock, bool) {
	for _, v := range w.Variables.in(raw) {
		if v.Verbatim {
			return nil, false
		}
	}
	return hclconf.AsQueryBlock(raw)
}

// variableBlocks declare the variables that the files use.
func (w *writer) variableBlocks() {
	if w.Variables == nil {
		return
	}
	for _, v := range w.Variables.List {
		if !w.variables[v] {
			continue
		}
		args := []hclconf.Arg{{Name: "type", Value: hclconf.Code(v.Type)}}
		if v.Default != nil || v.Optional {
			args = append(args, hclconf.Arg{Name: "default", Value: v.Default})
		}
		if v.Sensitive {
			args = append(args, hclconf.Arg{Name: "sensitive", Value: true})
		}
		if v.Note != "" {
			args = append(args, hclconf.Arg{Name: "description", Value: v.Note})
		}
		w.docs[variables] = append(w.docs[variables], hclconf.Block{Type: "variable", Name: v.Name, Args: args})
		w.out.Variables = append(w.out.Variables, v)
	}
}
