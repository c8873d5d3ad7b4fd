package apply

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
)

// search looks for the write that set one attribute.
type search struct {
	*judge
	change *plan.Change
	row    *schema.Attr
	// found is what the tenant has, wanted what is configured.
	found, wanted any
	// hidden: logs show no such values.
	hidden bool
	// certain: the one write names the attribute and gives it what was found.
	certain bool
}

// mention is what a write says of the attribute.
type mention uint8

const (
	silent mention = iota // it shows what it wrote, and not this
	opaque                // it does not show what it wrote
	other                 // it names the attribute with another value
	sets                  // it gives the attribute what was found
)

// authors lists the writes that may have given the tenant what was found, the
// newest first. Of writes in a row that all set it, the first one did: connection
// options are always sent whole, so that later ones repeat what is there.
func (s *search) authors() []Write {
	var maybe []Write
	var set *Write
	for _, w := range s.writes() {
		if w.Failed || w.Method == http.MethodDelete || !about(&w, s.change.Object().Kind.Collection, s.change.ID) {
			continue
		}
		switch s.mention(&w) {
		case silent:
		case sets:
			set = &w
		case opaque:
			if set == nil {
				maybe = append(maybe, w)
			}
		case other:
			if set == nil && !s.wrote(&w) {
				maybe = append(maybe, w) // Auth0 may have brought the value into another form
			}
			return s.settle(set, maybe)
		}
	}
	return s.settle(set, maybe)
}

func (s *search) settle(set *Write, maybe []Write) []Write {
	if set == nil {
		return maybe
	}
	if len(maybe) > 0 { // opaque ones came later
		return append(maybe, *set)
	}
	s.certain = true
	return []Write{*set}
}

// about tells whether a write was about an object.
func about(w *Write, c schema.Collection, id string) bool {
	switch c {
	case schema.OrganizationConnections:
		org, conn, _ := strings.Cut(id, "/")
		list := "/organizations/" + org + "/enabled_connections"
		return w.Path == list || w.Path == list+"/"+conn
	case schema.TenantSettings, schema.GuardianPolicies, schema.PostLoginBindings:
		return w.Collection == c
	default:
		return w.Collection == c && w.ID == id
	}
}

func (s *search) mention(w *Write) mention {
	members := strings.HasSuffix(w.Path, "/clients")
	if s.row.Via != "" {
		return s.mentionMember(w, members)
	}
	body, ok := w.Body.(map[string]any)
	switch {
	case members:
		return silent
	case !ok:
		return opaque
	}
	v, named := schema.Lookup(body, s.row.APIPath())
	top, _, nested := strings.Cut(s.row.APIPath(), ".")
	_, container := body[top]
	replaced := nested && container && slices.Contains(s.change.Object().Kind.Whole, top)
	switch {
	case !named && !replaced:
		return silent
	case s.hidden:
		return opaque
	case s.same(v):
		return sets
	default:
		return other
	}
}

// same compares a value that was written with what was found.
func (s *search) same(v any) bool {
	if v == nil || s.found == nil {
		return v == nil && s.found == nil
	}
	return s.row.Equal(v, s.found)
}

// wrote: the write gave the attribute what is configured, so that something
// came after it.
func (s *search) wrote(w *Write) bool {
	body, _ := w.Body.(map[string]any)
	v, _ := schema.Lookup(body, s.row.APIPath())
	return v != nil && s.wanted != nil && s.row.Equal(v, s.wanted)
}

// mentionMember looks for clients that went or came.
func (s *search) mentionMember(w *Write, members bool) mention {
	list, ok := w.Body.([]any)
	switch {
	case !members:
		return silent
	case !ok:
		return opaque
	}
	found, _ := s.found.([]any)
	wanted, _ := s.wanted.([]any)
	gone, came := schema.Missing(wanted, found), schema.Missing(found, wanted)
	for _, e := range list {
		m, _ := e.(map[string]any)
		if m["status"] == false && slices.Contains(gone, m["client_id"]) || m["status"] == true && slices.Contains(came, m["client_id"]) {
			return sets
		}
	}
	return silent
}

// cause weighs what the files, the journals and the log tell, in the order of
// how much each proves.
func (s *search) cause(by []Author) (Cause, string) {
	if s.unmoved() && !s.hidden { // digests of sensitive values are not kept
		return ByTenant, "the files are those of the run " + s.whole.Run
	}
	if c, why := s.journal(); c != "" {
		return c, why
	}
	if !s.certain {
		return ByUnknown, "nothing tells which side moved: " + s.lack(by)
	}
	a := by[0]
	switch {
	case a.Own && s.run(a.Run).Undoes != "":
		return ByTenant, "the run was taken back, and the files were not"
	case a.Own:
		return ByConfiguration, "this configuration wrote what the tenant has"
	case s.whole != nil && a.At.Before(s.whole.Started):
		return ByConfiguration, "the tenant has it since before the run " + s.whole.Run
	case s.whole != nil:
		return ByTenant, "it was written after the run " + s.whole.Run
	case a.Run != "":
		return ByUnknown, "tacit wrote it from another place, whose files may be older or newer than these"
	case s.before(a.At):
		return ByTenant, "tacit had written what is configured before"
	default:
		return ByUnknown, "nothing tells whether the files were changed later"
	}
}

// lack says what would have told more.
func (s *search) lack(by []Author) string {
	switch {
	case s.History == nil:
		return "the log was not read, and no run that is kept wrote it"
	case len(by) > 0:
		return "the log shows writes, and not what each set"
	default:
		return "neither the log nor a run that is kept shows it being written"
	}
}

// before tells whether the log shows tacit writing what is configured before a
// moment.
func (s *search) before(at time.Time) bool {
	for _, w := range s.writes() {
		if w.At.Before(at) && strings.HasPrefix(w.Correlation, runPrefix) && about(&w, s.change.Object().Kind.Collection, s.change.ID) && s.wrote(&w) {
			return true
		}
	}
	return false
}

// journal asks what this configuration last wrote there.
func (s *search) journal() (Cause, string) {
	for i := len(s.Runs) - 1; i >= 0; i-- {
		r := s.Runs[i]
		for k := len(r.Steps) - 1; k >= 0; k-- {
			st := &r.Steps[k]
			if st.Address != s.change.Address || st.Outcome != Done && st.Outcome != Found {
				continue
			}
			for _, l := range st.Attributes {
				if l.Name == s.row.Name && l.After.Is == isValue {
					return s.compare(r, l.After.V)
				}
			}
		}
	}
	return "", ""
}

func (s *search) compare(r *PastRun, wrote any) (Cause, string) {
	switch is := s.found != nil && s.row.Equal(wrote, s.found); {
	case is && r.Undoes != "":
		return ByTenant, "the run " + r.Undoes + " was taken back, and the files were not"
	case is:
		return ByConfiguration, "the run " + r.Run + " wrote what the tenant has"
	case s.wanted != nil && s.row.Equal(wrote, s.wanted):
		return ByTenant, "the run " + r.Run + " wrote what is configured"
	default:
		return ByTenant, "the run " + r.Run + " wrote another value; the files were changed as well"
	}
}
