package schema

// What rules look at beside declared objects. These kinds are read and never
// declared, so [Kinds] does not list them.

// MFAPolicies say when users need a second factor. GET /guardian/policies
// answers a bare list of names (Auth0 docs: enable MFA).
var MFAPolicies = &Kind{
	Name: "mfa_policies", Collection: GuardianPolicies, Unlabelled: true, ExistingOnly: true,
	Attrs: []Attr{
		{Name: "policies", Type: Set, Enum: []string{"all-applications", "confidence-score"}, Doc: "all-applications: always; confidence-score: adaptive; none: only where an Action asks."},
	},
	Doc: "When users of the tenant need a second factor.",
}

// PostLoginActions are the Actions bound to the trigger post-login, in their
// order, each with its code (recorded traffic).
var PostLoginActions = &Kind{
	Name: "post_login_actions", Collection: PostLoginBindings, Unlabelled: true, ExistingOnly: true,
	Attrs: []Attr{
		{Name: "bindings", Type: Objects, Doc: "The bindings, each with display_name and action."},
	},
	Doc: "Actions that run at every login.",
}

// StateOf is the state of an object as the tenant has it, or of one that
// nobody read when o is nil.
func StateOf(k *Kind, a Address, o *Observed) *State {
	s := &State{Kind: k, Addr: a, Cells: make([]Cell, len(k.Attrs)), Relations: map[string]Relation{}}
	if o == nil {
		return s
	}
	s.ID, s.Relations = o.ID, o.Relations
	for i := range k.Attrs {
		s.Cells[i].V, s.Cells[i].Presence = o.Get(&k.Attrs[i])
	}
	return s
}
