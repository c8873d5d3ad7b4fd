package onboard

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/hclconf"
)

// element adds the customer to what a block goes over.
func (r *Request) element(base *draft, block schema.Address) (*Proposal, error) {
	missing := &MissingError{}
	var slots []string
	edit, err := base.files.AddElement(block, r.Name, func(s hclconf.Slot) (any, error) {
		slots = append(slots, slotName(s))
		v, ok := r.fill(s)
		if !ok {
			missing.Slots = append(missing.Slots, s)
		}
		return v, nil
	})
	if err != nil {
		return nil, err
	}
	if len(missing.Slots) > 0 {
		return nil, missing
	}
	if err := r.unplaced(slots); err != nil {
		return nil, err
	}
	next, err := base.with(edit)
	if err != nil {
		return nil, err
	}
	addr, err := r.verify(base, next)
	if err != nil {
		return nil, err
	}
	p := &Proposal{Address: addr}
	if r.Maker.Fields != nil && next.config.Object(addr).Want("fields_map").Mode == schema.Unmanaged {
		p.Notes = append(p.Notes, fmt.Sprintf("%s sets no fields_map. %s users have only what Auth0 takes over by itself; where the application needs more, map it there.", block, r.Maker.Title))
	}
	return r.upgrade(base, next, p)
}

// fill knows what belongs into a slot by the rows that are made of it.
func (r *Request) fill(s hclconf.Slot) (any, bool) {
	if v, ok := r.Set[slotName(s)]; ok {
		return v, true
	}
	for _, row := range s.Feeds {
		switch row {
		case "name":
			return r.Name, true
		case "display_name":
			return r.DisplayName, true
		case "domain_aliases":
			return r.Domains, len(r.Domains) > 0 || s.Joined == ""
		case "sign_in_endpoint":
			return r.Identity.SignOn[0].Location, true
		case "protocol_binding":
			return r.Identity.SignOn[0].Binding, true
		case "sign_out_endpoint":
			return r.Identity.SignOut, true
		case "metadata_entity_id":
			if r.Identity.several {
				return r.Identity.EntityID, true
			}
			return "", true
		case "metadata_xml", "signing_cert":
			like := strings.Trim(s.Like, `"`)
			return path.Join(path.Dir(like), r.Name+path.Ext(like)), true
		}
	}
	if slices.Contains([]string{"idp", "identity_provider", "idp_type", "provider"}, s.Name) {
		return r.Maker.Title, true
	}
	if len(s.Feeds) == 0 && s.Name != "" { // a column that nothing reads
		return "", true
	}
	return r.Ask(s)
}

// slotName is how --set names a slot.
func slotName(s hclconf.Slot) string {
	if s.Name == "" {
		return "value"
	}
	return s.Name
}

// UnplacedError names values that were given and that no place takes.
type UnplacedError struct{ Names, Places []string }

// Error says which places there are.
func (e *UnplacedError) Error() string {
	there := "The customer gets a block of its own here, so write the attributes there afterwards."
	if len(e.Places) > 0 {
		there = "Customers have " + strings.Join(e.Places, ", ") + "." + hclconf.DidYouMean(e.Names[0], e.Places)
	}
	return fmt.Sprintf("nothing takes --set %s; nothing was written. %s", strings.Join(e.Names, ", "), there)
}

// unplaced refuses values of --set that none of the places takes.
func (r *Request) unplaced(places []string) error {
	var names []string
	for name := range r.Set {
		if !slices.Contains(places, name) {
			names = append(names, name)
		}
	}
	if names == nil {
		return nil
	}
	slices.Sort(names)
	return &UnplacedError{names, places}
}
