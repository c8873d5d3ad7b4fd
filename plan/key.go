package plan

import (
	"strings"

	"github.com/tacit-dev/tacit/schema"
)

type keyFunc func(k *schema.Kind, o *schema.Observed) string

func idOf(_ *schema.Kind, o *schema.Observed) string { return o.ID }

func markOf(k *schema.Kind, o *schema.Observed) string {
	if m := k.Mark(); m != nil {
		return o.String(m.APIPath())
	}
	return ""
}

// keySeparator joins the parts of a key that has several.
const keySeparator = "\x00"

// keyOf is the natural key of an object on the tenant; Auth0's default stands
// for a part that the tenant leaves out.
func keyOf(k *schema.Kind, o *schema.Observed) string {
	var parts []string
	for _, a := range k.Key() {
		v, p := o.Get(a)
		if p != schema.Known {
			v = a.Default
		}
		s, ok := v.(string)
		if !ok {
			return ""
		}
		parts = append(parts, s)
	}
	return strings.Join(parts, keySeparator)
}

func index(snap *schema.Snapshot, cfg *schema.Config, f keyFunc) map[schema.Collection]map[string][]*schema.Observed {
	out := map[schema.Collection]map[string][]*schema.Observed{}
	for _, d := range cfg.Objects {
		c := d.Kind.Collection
		if c == "" || out[c] != nil {
			continue
		}
		out[c] = map[string][]*schema.Observed{}
		for _, o := range snap.Objects[c] {
			if k := f(d.Kind, o); k != "" {
				out[c][k] = append(out[c][k], o)
			}
		}
	}
	return out
}

// keyState says what is known of a declared object's natural key.
type keyState int

const (
	keyKnown keyState = iota
	// keyMissing: the block does not set it.
	keyMissing
	// keyPending: it depends on an id that may become known.
	keyPending
	// keyNew: a part is the id of an object that does not exist yet, so
	// nothing on the tenant can have this key.
	keyNew
)

// declaredKey returns the natural key of an object as declared. With last, an id
// that is not known will not become known.
func declaredKey(o *schema.Object, ids schema.IDs, last bool) (string, keyState) {
	var parts []string
	for _, a := range o.Kind.Key() {
		w := o.Want(a.Name)
		var v any
		done := true
		switch {
		case w.Mode == schema.Unmanaged && a.Default == nil:
			return "", keyMissing
		case w.Mode == schema.Unmanaged:
			v = a.Default
		default:
			v, done = schema.Resolve(w.V, ids)
		}
		if !done && a.Type == schema.Ref && last {
			return "", keyNew
		}
		s, ok := v.(string)
		if !done || !ok || w.Unknown {
			return "", keyPending
		}
		parts = append(parts, s)
	}
	return strings.Join(parts, keySeparator), keyKnown
}

func finders(k *schema.Kind) string {
	if k.Collection == schema.Clients {
		return "client_id or name"
	}
	return strings.Join(append([]string{k.NaturalKey}, k.KeyRest...), ", ")
}
