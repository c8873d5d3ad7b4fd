package schema

import (
	"fmt"
	"slices"
)

// Type says how an attribute is written in HCL and compared with the tenant.
type Type uint8

// The attribute types. Canonical Go values stand beside each.
const (
	String  Type = iota // string
	Bool                // bool
	Number              // json.Number, compared numerically
	List                // []any of string, order matters
	Set                 // []any of string, order does not matter
	Map                 // map[string]any
	Query               // string: an authorize query, compared parsed (ParseQuery)
	Cert                // string: a certificate, compared by DER
	Ref                 // string: the id of one object of Attr.Targets
	Refs                // []any of string: ids of objects of Attr.Targets, order does not matter
	Objects             // []any of map[string]any, keyed by Attr.Key, order does not matter
	JSON                // any JSON value; of an object only the members that are given are managed
)

var typeNames = [...]string{
	"string", "bool", "number", "list of strings", "set of strings", "map",
	"authorize query", "certificate", "reference", "references", "labelled blocks", "value",
}

// String returns the type as documentation and diagnostics name it.
func (t Type) String() string { return typeNames[t] }

// Flag holds an attribute's yes-or-no properties.
type Flag uint16

// The flags.
const (
	Required        Flag = 1 << iota // every block must set it
	RequiredInBlock                  // must be set when its nested block is written
	NeededToCreate                   // must be set when tacit creates the object
	Immutable                        // Auth0 refuses to change it after creation
	Identity                         // finds the object; never sent in an update
	Secret                           // never printed, never stored
	Merged                           // PATCH merges the value member by member, null removing one
	EmptyIsAbsent                    // the API answers an empty value by leaving the key out
	Internal                         // tacit's own (the ownership mark): not settable in HCL
	Local                            // read by tacit only, not an attribute of the API object
	Computed                         // Internal, and Auth0's own: only read, for rules
)

// Attr is one row: everything tacit knows of one attribute.
type Attr struct {
	// Name is the HCL name; a dot descends into a nested block
	// ("idp_initiated.enabled").
	Name string
	// Alt is a second spelling of the same cell
	// ("idp_initiated.client_authorizequery" beside "idp_initiated.query").
	Alt string
	// Path is where the API body holds the value, dots descending into
	// objects; empty means Name.
	Path string
	// Via names the sub-resource with an end point of its own that holds the
	// value instead of the body ("connection_clients").
	Via   string
	Type  Type
	Flags Flag
	// Enum lists the accepted values, nil for any.
	Enum []string
	// Instead are attributes from which Auth0 or tacit derives this one, so
	// that creating needs one of them only (NeededToCreate).
	Instead []string
	// Targets are the kinds whose objects a Ref or Refs may name.
	Targets []string
	// Key is the JSON key that holds the block label of an Objects element.
	Key string
	// Elem are the further fields of an Objects element.
	Elem []Attr
	// Default is what the server fills in on create when nothing is sent, nil
	// when it leaves the key out. Doc cites where that is from.
	Default any
	// Implied is what tacit sets on an object it creates, and checks on one
	// it finds (DESIGN section 1: kinds imply what they mean).
	Implied any
	// Unfit are elements that rule Implied out: converting an object takes
	// them from a collection.
	Unfit []any
	// ShownAt is where answers hold the value instead, in the form that FromShown
	// reads: another attribute's path.
	ShownAt   string
	FromShown func(v any) any
	// Kept turns a value as it is sent into the form in which the tenant answers
	// with it, and leaves answered values alone; nil where that is one form.
	Kept func(v any) any
	// Answered are paths below a JSON value that only answers hold: they are
	// compared and never sent.
	Answered []string
	// Check refuses a known value; its error is shown under the value. Never
	// put a value of a Secret row into the message.
	Check func(v any) error
	// Doc is one sentence for people, with the source of any Auth0 fact.
	Doc string
}

// Has reports whether the attribute carries the flag.
func (a *Attr) Has(f Flag) bool { return a.Flags&f != 0 }

// APIPath is the path of the value in the API body.
func (a *Attr) APIPath() string {
	if a.Path != "" {
		return a.Path
	}
	return a.Name
}

// Collection reports whether the attribute holds several elements, so that a
// want of the mode AtLeast makes sense.
func (a *Attr) Collection() bool {
	switch a.Type {
	case List, Set, Refs, Objects:
		return true
	default:
		return false
	}
}

// Kind describes one kind of block and the API object behind it.
type Kind struct {
	Name string
	// Collection is where the tenant keeps these objects; empty for blocks
	// that are declarations only (tenant, silent_upgrade, rehearsal).
	Collection Collection
	// IDAttr is the attribute that references take, and its JSON key.
	IDAttr string
	// NaturalKey is the attribute that finds an object without a mark, and
	// names it for people.
	NaturalKey string
	// KeyRest are further attributes that belong to the key: a client grant is
	// found by client, audience and subject_type together.
	KeyRest []string
	// ExistingOnly: blocks of this kind are never written.
	ExistingOnly bool
	// Titled blocks carry a sentence for people in place of a name: nothing
	// refers to them.
	Titled bool
	// Unlabelled blocks stand at most once and carry no name. With a
	// Collection they are the tenant's one object of it (tenant_settings).
	Unlabelled bool
	Attrs      []Attr
	// Fixed are body fields that every object of the kind has and that are
	// sent on create (strategy = samlp).
	Fixed map[string]any
	// Whole lists top-level body fields that PATCH replaces as a whole, so that
	// an update sends back everything that was read.
	Whole []string
	// Meta lists the settings of the block itself that hclconf accepts besides
	// the rows (existing, convert, clients_exact, ...).
	Meta []string
	// PreventDestroy is the default of prevent_destroy: true where users go
	// with the object.
	PreventDestroy bool
	// Takes is what Auth0 deletes with an object that is protected so.
	Takes string
	Doc   string
}

// Attr returns the row with that name or alternative spelling, nil if none.
func (k *Kind) Attr(name string) *Attr {
	if i := k.Index(name); i >= 0 {
		return &k.Attrs[i]
	}
	return nil
}

// Index returns the position of the row with that name or alternative
// spelling, -1 if none. Wants and cells are parallel to the rows.
func (k *Kind) Index(name string) int {
	return slices.IndexFunc(k.Attrs, func(a Attr) bool {
		return a.Name == name || (a.Alt != "" && a.Alt == name)
	})
}

// mustIndex is Index for names that are constants of the program.
func (k *Kind) mustIndex(name string) int {
	i := k.Index(name)
	if i < 0 {
		panic(fmt.Sprintf("schema: kind %s has no attribute %q", k.Name, name))
	}
	return i
}

// Key returns the rows that find an object without a mark.
func (k *Kind) Key() []*Attr {
	if k.NaturalKey == "" {
		return nil
	}
	out := []*Attr{k.Attr(k.NaturalKey)}
	for _, n := range k.KeyRest {
		out = append(out, k.Attr(n))
	}
	return out
}

// Mark returns the row that holds the ownership mark, nil for kinds without
// metadata.
func (k *Kind) Mark() *Attr {
	for i := range k.Attrs {
		if k.Attrs[i].Has(Internal) && !k.Attrs[i].Has(Computed) {
			return &k.Attrs[i]
		}
	}
	return nil
}
