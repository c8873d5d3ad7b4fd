package schema

import (
	"slices"
	"time"
)

// Mode says how much of an attribute a configuration manages.
type Mode uint8

// The three wants.
const (
	Unmanaged Mode = iota // left as the tenant has it
	Exactly               // this value; nil is the API's null
	AtLeast               // these elements besides what is there
)

// Reason tells why tacit itself wants something that no line of the
// configuration says.
type Reason struct {
	// Code is the rule that contributed the want, or "implied" or "mark".
	Code string `json:"code"`
	Text string `json:"text"`
}

// Want is what a configuration asks of one attribute. There is one for each row
// of each object, so the small fields stand together.
type Want struct {
	Mode Mode
	// Unknown: the expression depends on an id in a way that no template can
	// express. It is evaluated again once the id is known.
	Unknown bool
	// Sensitive values are compared but never shown or stored.
	Sensitive bool
	// Verbatim: Src is a quoted text on one line that holds V byte for byte, so
	// that a place in V is a place in the file. Only rows of the type Query say.
	Verbatim bool
	// V is the canonical value of the attribute's type; ids that are not known
	// yet are Templates.
	V any
	// Src is the expression in the configuration, nil for a contribution.
	Src *Range
	Why []Reason
}

// Object is one declared object: a block, or one for_each instance of it.
type Object struct {
	Kind *Kind
	Addr Address
	// Src is the block's header.
	Src *Range
	// Existing: looked up and checked, never written.
	Existing bool
	// Convert: implied values are written on an object that was found.
	Convert bool
	// Exact holds the names of at-least attributes that the block makes exact
	// (clients_exact = true).
	Exact []string
	// PreventDestroy: tacit refuses to delete the object.
	PreventDestroy bool
	// Wants is parallel to Kind.Attrs.
	Wants []Want
}

// Want returns the want for an attribute that is a constant of the program.
func (o *Object) Want(name string) *Want { return &o.Wants[o.Kind.mustIndex(name)] }

// Writes reports whether tacit may write the object.
func (o *Object) Writes() bool {
	return !o.Existing && !o.Kind.ExistingOnly && o.Kind.Collection != ""
}

// NaturalKey returns the declared value of the attribute that identifies the
// object for people and for binding; empty while unknown.
func (o *Object) NaturalKey() string {
	if o.Kind.NaturalKey == "" {
		return ""
	}
	s, _ := o.Want(o.Kind.NaturalKey).V.(string)
	return s
}

// Config is an evaluated configuration.
type Config struct {
	// Dir is the directory it was read from, as the person named it.
	Dir string
	// Workspace is the first part of every ownership mark.
	Workspace string
	// Now is the moment at which it was evaluated; certificates are judged at
	// it. The zero time judges none.
	Now time.Time
	// Tenant is the tenant block, nil when there is none.
	Tenant *Object
	// DomainVaries: the tenant's domain is not written out but computed, so that
	// one directory describes several tenants.
	DomainVaries bool
	// Objects are all objects with a collection, and the silent_upgrade
	// blocks, sorted by address.
	Objects []*Object
	// Rehearsals are the rehearsal blocks, sorted by address: they are tests
	// and no part of what is planned.
	Rehearsals []*Object
	// Outputs are sorted by name.
	Outputs []*Output
	// Moved, Imports and Removed are in the order of the files.
	Moved   []*Move
	Imports []*Import
	Removed []*Removed
	// Connected is the domain of the tenant that the program talks to, "" when
	// it talks to none.
	Connected string
	// Ignores are the comments that accept what a rule finds.
	Ignores []*Ignore
	// Partial is set when objects were left out of the configuration.
	Partial *Partial
	// Prune: objects that carry the configuration's mark and that no block
	// declares are deleted.
	Prune bool
}

// Partial says what a configuration was cut down to.
type Partial struct {
	// Targets are the addresses that were asked for, as they were written.
	Targets []string
	// Omitted are the declared objects that were left out: they are not to be
	// taken for others, nor for no longer declared.
	Omitted []*Object
	// RemovedBlocks counts the removed blocks left out.
	RemovedBlocks int
	// Unjudged counts the paths left out.
	Unjudged int
}

// Declared returns all objects that the files declare, those left out included.
func (c *Config) Declared() []*Object {
	if c.Partial == nil {
		return c.Objects
	}
	return slices.Concat(c.Objects, c.Partial.Omitted)
}

// Object returns the object at that address, or nil.
func (c *Config) Object(a Address) *Object {
	for _, o := range c.Objects {
		if o.Addr == a {
			return o
		}
	}
	return nil
}

// Domain returns the tenant's canonical domain as declared, else the one that
// the program is connected to, "" when neither is known.
func (c *Config) Domain() string {
	if d := c.tenantString("domain"); d != "" {
		return d
	}
	return c.Connected
}

// LoginDomain returns the host that the SPA and the IdP use; it is the
// canonical domain unless the tenant block says otherwise.
func (c *Config) LoginDomain() string {
	if s := c.tenantString("login_domain"); s != "" {
		return s
	}
	return c.Domain()
}

func (c *Config) tenantString(name string) string {
	if c.Tenant == nil {
		return ""
	}
	s, _ := c.Tenant.Want(name).V.(string)
	return s
}
