package stage

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/tacit-dev/tacit/apply/rehearse"
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// Case is a rehearsal block on one path.
type Case struct {
	Block *schema.Object
	Path  *check.Path
}

// Cases are the rehearsals of a configuration on some of its paths.
func Cases(cfg *schema.Config, paths []*check.Path) []Case {
	var out []Case
	for _, b := range cfg.Rehearsals {
		upgrade, conn := target(b, "path"), target(b, "connection")
		for _, p := range paths {
			if upgrade != nil && p.Addr == *upgrade && (conn == nil || p.Connection.Addr == *conn) {
				out = append(out, Case{b, p})
			}
		}
	}
	return out
}

// target is the object that a rehearsal refers to, nil when it names none.
func target(b *schema.Object, attr string) *schema.Address {
	if t, ok := b.Want(attr).V.(*schema.Template); ok {
		if a, bare := t.Ref(); bare {
			return &a
		}
	}
	return nil
}

// Title names the rehearsal in reports, and in --only.
func (c Case) Title() string {
	if a := c.Block.Addr; a.Each {
		return a.Name + "[" + strconv.Quote(a.Key) + "]"
	}
	return c.Block.Addr.Name
}

// sensitive: the rehearsal says something that must not be shown.
func (c Case) sensitive() bool {
	return slices.ContainsFunc(c.Block.Wants, func(w schema.Want) bool { return w.Sensitive })
}

// direction is a rehearsal block with its values known: what differs from the path's own login, and how it shall end.
type direction struct {
	fault   rehearse.Fault
	session rehearse.Session
	cookies bool
	// permissions and attributes of the user; nil when the block leaves them open.
	permissions, attributes []string
	expect                  rehearse.Expectation
}

// direct reads a block. It fails on values that only an apply makes known.
func direct(b *schema.Object, ids schema.IDs) (*direction, error) {
	r := reader{b: b, ids: ids}
	d := &direction{
		fault: rehearse.Fault(r.text("fault")), session: rehearse.Session(r.text("session")), cookies: b.Want("third_party_cookies").V == true,
		permissions: r.texts("user.permissions"), attributes: r.texts("user.attributes"),
		expect: rehearse.Expectation{
			Token: rehearse.Kind(r.text("expect.token")), Audience: r.text("expect.audience"),
			Contain: r.texts("expect.scopes_contain"), Lack: r.texts("expect.scopes_lack"),
			Landing: r.text("expect.landing"), Error: r.text("expect.error"), Step: rehearse.Step(r.text("expect.step")),
		},
	}
	return d, r.err
}

// reader takes values out of a block.
type reader struct {
	b   *schema.Object
	ids schema.IDs
	err error
}

func (r *reader) value(name string) any {
	w := r.b.Want(name)
	v, known := schema.Resolve(w.V, r.ids)
	if w.Unknown || !known {
		r.err = fmt.Errorf("%s of the rehearsal is known after an apply only", name)
	}
	return v
}

func (r *reader) text(name string) string {
	s, _ := r.value(name).(string)
	return s
}

// texts is nil when the block does not set the attribute.
func (r *reader) texts(name string) []string {
	list, set := r.value(name).([]any)
	if !set {
		return nil
	}
	out := make([]string, 0, len(list))
	for _, e := range list {
		s, _ := e.(string)
		out = append(out, s)
	}
	return out
}

// change makes the path's own login that of the rehearsal.
func (d *direction) change(sc *rehearse.Scenario) {
	sc.Fault, sc.Signed, sc.Session = d.fault, signature(d.fault), d.session
	sc.BlockThirdPartyCookies = !d.cookies && sc.Via == rehearse.ViaIframe
	// What the token of a user with chosen permissions lacks is the block's to judge.
	sc.WithoutRoles = d.permissions != nil && d.expect.Error != "insufficient_scope"
	if d.attributes != nil {
		sc.User.Attributes = slices.DeleteFunc(sc.User.Attributes, func(a rehearse.Attribute) bool { return !slices.Contains(d.attributes, a.Name) })
		for _, name := range d.attributes {
			if !slices.ContainsFunc(sc.User.Attributes, func(a rehearse.Attribute) bool { return a.Name == name }) {
				sc.User.Attributes = append(sc.User.Attributes, rehearse.Attribute{Name: name, Values: []string{sc.User.NameID}})
			}
		}
	}
}

// judged is the login of a rehearsal compared with what it expects.
func (s *Stage) judged(p *part) *rehearse.Rehearsed {
	c := Case{p.block, p.path}
	out := &rehearse.Rehearsed{Rehearsal: c.Title(), Expect: p.expect, Login: p.trace}
	out.Outcome, out.Unmet = p.expect.Judge(p.trace)
	if !c.sensitive() && !s.hidden.sensitive(p.path) {
		return out
	}
	out.Expect, out.Login = rehearse.Expectation{}, bare(p)
	for i := range out.Unmet {
		out.Unmet[i].Expected, out.Unmet[i].Found = "a sensitive value", "another"
	}
	return out
}
