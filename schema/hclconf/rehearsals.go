package hclconf

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/tacit-dev/tacit/schema"
)

// expectations are the rows of the expect block.
const expectations = "expect."

// rehearsals finds what the attributes of a rehearsal say together: that
// nothing is expected, that two expectations exclude each other, that the path
// does not have the connection.
func (ev *evaluation) rehearsals(cfg *schema.Config) {
	for _, o := range cfg.Rehearsals {
		ev.expectsNothing(o)
		ev.exclusive(o)
		ev.besidePath(o, cfg)
	}
}

// placeOfWant is where a want of an object stands.
func placeOfWant(o *schema.Object, w *schema.Want) place {
	p := place{rng: rangeOf(w.Src)}
	if o.Addr.Each {
		p.instance = o.Addr.String()
	}
	return p
}

// wants tells whether the rehearsal says something of the row.
func wants(o *schema.Object, row string) bool {
	w := o.Want(row)
	return w.V != nil || w.Unknown
}

func (ev *evaluation) expectsNothing(o *schema.Object) {
	for i, a := range o.Kind.Attrs {
		w := o.Wants[i]
		list, isList := w.V.([]any)
		empty := isList && len(list) == 0 // no scopes to contain or lack: every login does
		if strings.HasPrefix(a.Name, expectations) && w.Mode != schema.Unmanaged && !empty {
			return
		}
	}
	p := place{rng: rangeOf(o.Src)}
	if o.Addr.Each {
		p.instance = o.Addr.String()
	}
	ev.c.fail(p, "Nothing expected", "A rehearsal says how the login ends: write expect { token = \"jwt\" }, or an error such as expect { error = \"login_required\" }.")
}

// exclusive refuses expectations of which at most one can hold.
func (ev *evaluation) exclusive(o *schema.Object) {
	token := o.Want("expect.token")
	about := []string{"expect.audience", "expect.scopes_contain", "expect.scopes_lack"}
	conflict := func(a, b string) {
		p := placeOfWant(o, o.Want(a)).and(rangeOf(o.Want(b).Src))
		ev.c.fail(p, "Contradictory expectations", "A login cannot end both ways, with this %s and this %s: keep one of them.", last(a), last(b))
	}
	for _, failure := range []string{"expect.error", "expect.step"} {
		if !wants(o, failure) {
			continue
		}
		// An opaque token has a step at which the API refuses it.
		if token.V == schema.TokenJWT {
			conflict(failure, "expect.token")
		}
		for _, row := range about {
			if wants(o, row) {
				conflict(failure, row)
			}
		}
	}
	for _, row := range about {
		if wants(o, row) && (token.V == schema.TokenOpaque || token.V == schema.TokenNone) {
			conflict(row, "expect.token") // only a JWT shows what it is for
		}
	}
	have, _ := o.Want("expect.scopes_contain").V.([]any)
	lack, _ := o.Want("expect.scopes_lack").V.([]any)
	if slices.ContainsFunc(have, func(s any) bool { return slices.Contains(lack, s) }) {
		conflict("expect.scopes_lack", "expect.scopes_contain")
	}
}

// besidePath refuses a connection whose users do not take the path.
func (ev *evaluation) besidePath(o *schema.Object, cfg *schema.Config) {
	conn, upgrade := o.Want("connection"), targetOf(o.Want("path"))
	if conn.V == nil || upgrade == nil {
		return
	}
	up := cfg.Object(*upgrade)
	if up == nil || up.Want("connections").Unknown {
		return
	}
	if list, _ := up.Want("connections").V.([]any); !slices.ContainsFunc(list, func(v any) bool { return schema.Same(v, conn.V) }) {
		p := placeOfWant(o, conn)
		if src := up.Want("connections").Src; src != nil {
			p.also = []hcl.Range{rangeOf(src)}
		}
		ev.c.fail(p, "No such path", "The users of this connection do not take %s. Name one of its connections, or leave connection out for all of them.", up.Addr)
	}
}

// targetOf is the object that a want refers to, nil when it is none.
func targetOf(w *schema.Want) *schema.Address {
	if t, ok := w.V.(*schema.Template); ok {
		if a, bare := t.Ref(); bare {
			return &a
		}
	}
	return nil
}
