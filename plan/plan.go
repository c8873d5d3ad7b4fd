// Package plan compares a configuration with what was read of a tenant. It is
// pure: no network, no clock, no files. [Bind] finds each declared object on
// the tenant, [Make] says what to change and what rules think of the result,
// [Body] turns a change into a request.
package plan

import (
	"bytes"
	"encoding/json"
	"time"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// FormatVersion is the version of the plan's JSON form. The minor number grows
// when fields are added, the major one when a reader of the old form would
// misunderstand the new one.
const FormatVersion = "1.3"

// Rules are the rules to plan and judge with.
type Rules = []*check.Rule

// Action is what happens to an object.
type Action string

// The actions.
const (
	Create Action = "create"
	Update Action = "update"
	Delete Action = "delete"
)

// Plan is what to change on a tenant, in the order of the writes, and what the
// rules say of the tenant as it will be.
type Plan struct {
	FormatVersion string `json:"format_version"`
	Tenant        string `json:"tenant"`
	Workspace     string `json:"workspace"`
	// Partial says what was left out, nil for a whole plan.
	Partial *Partial `json:"partial,omitempty"`
	// Prune: the plan deletes what nothing declares any more.
	Prune bool `json:"prune,omitempty"`
	// Changes are in the order in which they can be made.
	Changes []Change `json:"changes"`
	// Orphans carry this configuration's mark but are not declared any more.
	// They are left alone; those that the plan prunes are not among them.
	Orphans []Orphan `json:"orphans,omitempty"`
	// Unchanged counts declared objects that are already as wanted.
	Unchanged int `json:"unchanged"`
	// Report judges the planned state.
	Report *check.Report `json:"checks"`
	Budget Budget        `json:"budget"`
	// Reading says what the plan rests on when it was asked to spare a read,
	// nil when the tenant was simply read.
	Reading *Reading `json:"reading,omitempty"`
}

// Reading says how plan --refresh=log came to know the tenant.
type Reading struct {
	// Kept: an earlier read was taken for the tenant, because its log shows no
	// write since. Otherwise everything was read now, and Why says why.
	Kept bool   `json:"kept"`
	Why  string `json:"why,omitempty"`
	// Read is when the kept read began, AsOf the moment for which the log
	// vouches: what was written after it may be missing from the plan.
	Read *time.Time `json:"read,omitempty"`
	AsOf *time.Time `json:"as_of,omitempty"`
	// NotKept says why the next plan will have to read everything, empty when
	// what was read now is kept for it.
	NotKept string `json:"not_kept,omitempty"`
}

// Orphan is an object that this configuration once created and declares no
// longer.
type Orphan struct {
	Address string `json:"address"`
	Name    string `json:"name"`
	ID      string `json:"id"`
	// Kept says why a plan that prunes leaves it.
	Kept string `json:"kept,omitempty"`

	kind     *schema.Kind
	observed *schema.Observed
}

// Budget counts requests to the Management API.
type Budget struct {
	// Read is what reading the tenant for this plan cost.
	Read int `json:"read"`
	// Apply is what applying will cost, verification included, when nobody else
	// changes the tenant meanwhile.
	Apply int `json:"apply"`
}

// Change is what happens to one object.
type Change struct {
	Address string `json:"address"`
	Kind    string `json:"kind"`
	// Name is the object's natural key, for people.
	Name string `json:"name"`
	ID   string `json:"id,omitempty"`
	// Owned: the object carries this configuration's mark (or will).
	Owned bool `json:"owned"`
	// Imported: an import block takes the object over with this change.
	Imported bool `json:"imported,omitempty"`
	// MovedFrom is the address whose mark the object carries so far.
	MovedFrom  string       `json:"moved_from,omitempty"`
	Action     Action       `json:"action"`
	Attributes []AttrChange `json:"attributes"`
	// Fetches is the metadata URL that Auth0 fetches when it gets this change,
	// to take end points and certificate from there (recorded: on every write
	// of a connection that has one).
	Fetches string `json:"fetches,omitempty"`
	// Hidden counts attributes that are managed and stay as they are.
	Hidden int           `json:"unchanged_attributes"`
	Src    *schema.Range `json:"source,omitempty"`

	object *schema.Object
	// key is the natural key as it is, also when it is sensitive.
	key string
}

// Key returns the object's natural key, which is not to be shown: it may be
// sensitive.
func (c *Change) Key() string { return c.key }

// Object is the declared object behind the change.
func (c *Change) Object() *schema.Object { return c.object }

// AttrChange is what happens to one attribute.
type AttrChange struct {
	Name   string `json:"name"`
	Type   string `json:"type"`
	Before Value  `json:"before"`
	After  Value  `json:"after"`
	// Why is given for what no line of the configuration says: a contribution
	// (the rule's code), an implied value or the ownership mark.
	Why []schema.Reason `json:"why,omitempty"`
	Src *schema.Range   `json:"source,omitempty"`

	attr *schema.Attr
	// from is set when the attribute is taken out of a container that PATCH
	// replaces (see withdraw).
	from string
}

// Value is one side of an attribute change, fit to be shown: the JSON form
// never holds a sensitive value.
type Value struct {
	Presence  schema.Presence
	Sensitive bool
	// Pending: part of it is known only after apply.
	Pending bool
	raw     any
}

// Shown returns the value for people and machines: nil when sensitive, ids not
// yet known as ${address}.
func (v Value) Shown() any {
	if v.Sensitive {
		return nil
	}
	return show(v.raw)
}

func show(v any) any {
	switch v := v.(type) {
	case *schema.Template:
		s := ""
		for _, p := range v.Parts {
			if p.Addr != nil {
				s += "${" + p.Addr.String() + "}"
			} else {
				s += p.Lit
			}
		}
		return s
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = show(v[i])
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for k := range v {
			out[k] = show(v[k])
		}
		return out
	default:
		return v
	}
}

// valueJSON is the JSON form of Value.
type valueJSON struct {
	Presence  string `json:"presence"`
	Value     any    `json:"value,omitempty"`
	Sensitive bool   `json:"sensitive,omitempty"`
	Pending   bool   `json:"known_after_apply,omitempty"`
}

// MarshalJSON writes the shown value with what is known of it.
func (v Value) MarshalJSON() ([]byte, error) {
	return json.Marshal(valueJSON{v.Presence.String(), v.Shown(), v.Sensitive, v.Pending})
}

// UnmarshalJSON reads what MarshalJSON writes: enough to show and to compare a
// saved plan, not enough to apply it.
func (v *Value) UnmarshalJSON(raw []byte) error {
	var j valueJSON
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	dec.DisallowUnknownFields()
	if err := dec.Decode(&j); err != nil {
		return err
	}
	p, err := schema.ParsePresence(j.Presence)
	*v = Value{Presence: p, Sensitive: j.Sensitive, Pending: j.Pending, raw: j.Value}
	return err
}

func newValue(a *schema.Attr, v any, p schema.Presence, sensitive bool) Value {
	out := Value{Presence: p, raw: v, Sensitive: sensitive || a.Has(schema.Secret)}
	schema.Templates(v, func(*schema.Template) { out.Pending = true })
	return out
}

// Counts returns how many objects are created, updated and deleted.
func (p *Plan) Counts() (create, update, destroy int) {
	for _, c := range p.Changes {
		switch c.Action {
		case Create:
			create++
		case Update:
			update++
		case Delete:
			destroy++
		}
	}
	return create, update, destroy
}

// Blocked returns the failing error findings on paths whose objects this plan
// changes; others are broken already and do not block the plan.
func (p *Plan) Blocked() (blocking, already []check.Finding) {
	changed := map[string]bool{}
	for _, c := range p.Changes {
		changed[c.Address] = true
	}
	for _, f := range p.Report.Findings {
		if !f.Breaks() {
			continue
		}
		hit := false
		for _, o := range f.Objects {
			hit = hit || changed[o]
		}
		if hit {
			blocking = append(blocking, f)
		} else {
			already = append(already, f)
		}
	}
	return blocking, already
}
