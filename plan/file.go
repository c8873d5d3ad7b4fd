package plan

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tacit-dev/tacit/schema"
)

// File is a saved plan: an approval, not an instruction. It binds what the plan
// was made from; apply makes a new plan, compares, and carries out the new one.
// It holds no secret, not even as a digest.
type File struct {
	FormatVersion string `json:"format_version"`
	// Tacit is the version of the program that saved it.
	Tacit   string    `json:"tacit_version"`
	Created time.Time `json:"created"`
	// Inputs are digests of the configuration's files and variables.
	Inputs map[string]string `json:"inputs"`
	Plan   *Plan             `json:"plan"`
	// Seen is what was read of each object on whose state the plan rests: per
	// address and API path a digest of the value. Secret leaves are left out.
	Seen map[string]map[string]string `json:"seen"`
	// Declared lists, per address, the attributes that the configuration
	// managed, for plan --since.
	Declared map[string][]string `json:"declared"`
}

// Save describes a plan for later approval.
func Save(p *Plan, cfg *schema.Config, b *Binding, rules Rules, inputs map[string]string, version string, now time.Time) *File {
	return &File{
		FormatVersion: FormatVersion, Tacit: version, Created: now.UTC(), Inputs: inputs, Plan: p,
		Seen: seen(p, cfg, b, rules), Declared: Declared(cfg),
	}
}

// Encode writes the file's JSON form.
func (f *File) Encode() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(f)
	return b.Bytes(), err
}

// ErrNotAPlan is returned for files that are not saved plans.
var ErrNotAPlan = errors.New("this is not a plan saved by tacit plan --out")

// Decode reads a saved plan. Unknown fields, another major format version and
// anything that is not one JSON object are errors.
func Decode(raw []byte) (*File, error) {
	var head struct {
		FormatVersion string `json:"format_version"`
	}
	if err := json.Unmarshal(raw, &head); err != nil || head.FormatVersion == "" {
		return nil, ErrNotAPlan
	}
	if major(head.FormatVersion) != major(FormatVersion) {
		return nil, fmt.Errorf("the plan has format %s, this program reads %s: make the plan again", head.FormatVersion, FormatVersion)
	}
	var f File
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	dec.UseNumber()
	if err := dec.Decode(&f); err != nil {
		return nil, fmt.Errorf("the saved plan is damaged: %w", err)
	}
	if dec.More() || f.Plan == nil {
		return nil, ErrNotAPlan
	}
	for _, c := range f.Plan.Changes {
		if schema.KindByName(c.Kind) == nil {
			return nil, fmt.Errorf("the saved plan is damaged: there is no kind %q", c.Kind)
		}
	}
	return &f, nil
}

func major(version string) string {
	m, _, _ := strings.Cut(version, ".")
	return m
}

// Declared lists the managed attributes of every object of a configuration.
func Declared(cfg *schema.Config) map[string][]string {
	out := map[string][]string{}
	for _, o := range cfg.Declared() {
		names := []string{}
		for i := range o.Wants {
			if o.Wants[i].Mode != schema.Unmanaged {
				names = append(names, o.Kind.Attrs[i].Name)
			}
		}
		out[o.Addr.String()] = names
	}
	return out
}

// Drift is one way in which a saved plan no longer fits.
type Drift struct {
	// Object is an address, "configuration" or "plan".
	Object string `json:"object"`
	// Field is an API path, a file or an attribute; empty when the object as a
	// whole differs.
	Field string `json:"field,omitempty"`
	Text  string `json:"text"`
}

const driftTenant = "tenant"

// Elsewhere reports that the plan is for another tenant or workspace.
func (d Drift) Elsewhere() bool { return d.Object == "plan" && d.Field == driftTenant }

// Stale compares a saved plan with one made now. Nothing means that the
// approval holds. With matching only the changes and verdicts count, not what
// they were derived from.
func (f *File) Stale(now *File, matching bool) []Drift {
	if f.Plan.Tenant != now.Plan.Tenant || f.Plan.Workspace != now.Plan.Workspace { // then nothing else is news
		return []Drift{{"plan", driftTenant, fmt.Sprintf("the plan is for %s (workspace %s), not for %s (workspace %s)", f.Plan.Tenant, f.Plan.Workspace, now.Plan.Tenant, now.Plan.Workspace)}}
	}
	var out []Drift
	if len(f.Plan.Changes) > 0 && len(now.Plan.Changes) == 0 {
		out = append(out, Drift{"plan", "", "has been carried out already: nothing is left to do"})
	}
	if was, is := targetsOf(f.Plan), targetsOf(now.Plan); was != is {
		out = append(out, Drift{"plan", "targets", fmt.Sprintf("the plan is for %s, not for %s", was, is)})
	}
	if !matching {
		out = append(out, compareMaps("configuration", f.Inputs, now.Inputs, "is not what it was when the plan was made")...)
		for _, o := range keys(f.Seen, now.Seen) {
			if f.Seen[o] != nil && now.Seen[o] != nil { // otherwise the changes differ, and are named below
				out = append(out, compareMaps(o, f.Seen[o], now.Seen[o], "was changed on the tenant since the plan was made")...)
			}
		}
	}
	return append(out, compareChanges(f.Plan, now.Plan)...)
}

func compareMaps(object string, was, is map[string]string, text string) []Drift {
	var out []Drift
	for _, k := range keys(was, is) {
		if was[k] != is[k] {
			out = append(out, Drift{object, k, text})
		}
	}
	return out
}

func keys[V any](a, b map[string]V) []string {
	var out []string
	for k := range a {
		out = append(out, k)
	}
	for k := range b {
		if _, ok := a[k]; !ok {
			out = append(out, k)
		}
	}
	slices.Sort(out)
	return out
}

// compareChanges compares what the two plans would do and what the rules say.
func compareChanges(was, is *Plan) []Drift {
	var out []Drift
	a, b := effects(was), effects(is)
	for _, k := range keys(a, b) {
		switch {
		case a[k] == "":
			out = append(out, Drift{k, "", "would be changed now, but is not in the saved plan"})
		case b[k] == "":
			out = append(out, Drift{k, "", "is in the saved plan, but would not be changed now"})
		case a[k] != b[k]:
			out = append(out, Drift{k, "", "would be changed in another way than the saved plan shows"})
		}
	}
	if x, y := verdicts(was), verdicts(is); x != y {
		out = append(out, Drift{"plan", "checks", "the rules find other things than when the plan was made"})
	}
	return out
}

// effects is what a plan does to each object, without the places in files.
func effects(p *Plan) map[string]string {
	out := map[string]string{}
	for _, c := range p.Changes {
		attrs := slices.Clone(c.Attributes)
		for i := range attrs {
			attrs[i].Src = nil
		}
		slices.SortFunc(attrs, func(a, b AttrChange) int { return cmp.Compare(a.Name, b.Name) })
		c.Attributes, c.Src, c.Hidden = attrs, nil, 0
		out[c.Address] = canonical(c)
	}
	return out
}

func verdicts(p *Plan) string {
	var out []string
	for _, f := range p.Report.Findings {
		out = append(out, fmt.Sprintf("%s %s %s %s %s", f.Code, f.Severity, f.Outcome, f.Object, f.Message))
	}
	slices.Sort(out)
	return strings.Join(out, "\n")
}

// canonical is the JSON text of a value, for comparison only.
func canonical(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		panic("plan: not a JSON value: " + err.Error())
	}
	return string(raw)
}
