package adopt

import (
	"maps"
	"slices"

	"github.com/tacit-dev/tacit/plan"
)

// disclose takes out of a value what may be secret: members whose name says so,
// private keys, and URLs with a password. kept is nil when nothing remains; the
// places are paths below the value, "" for all of it. A member that is left out
// of an object stays on the tenant as it is; of a list, no element can.
func disclose(v any) (kept any, places []string) {
	switch v := v.(type) {
	case string:
		if plan.SecretText(v) {
			return nil, []string{""}
		}
	case []any:
		for _, e := range v {
			if _, found := disclose(e); len(found) > 0 {
				return nil, []string{""}
			}
		}
	case map[string]any:
		return discloseMembers(v)
	}
	return v, nil
}

func discloseMembers(m map[string]any) (any, []string) {
	out := map[string]any{}
	var places []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		if s, ok := m[k].(string); ok && s != "" && plan.SecretName(k) {
			places = append(places, "."+k)
			continue
		}
		kept, found := disclose(m[k])
		for _, f := range found {
			places = append(places, "."+k+f)
		}
		if len(found) == 0 || kept != nil {
			out[k] = kept
		}
	}
	if len(places) > 0 && len(out) == 0 {
		return nil, places
	}
	return out, places
}

// SecretName reports whether services keep secrets under such a name.
func SecretName(s string) bool { return plan.SecretName(s) }

// SecretValue reports whether a value holds what may be secret.
func SecretValue(v any) bool {
	return plan.MayBeSecret(v)
}

// LooksSecret reports whether a text that is kept under a name, "" for none, may
// be a secret.
func LooksSecret(name, text string) bool {
	return text != "" && plan.SecretName(name) || plan.SecretText(text)
}
