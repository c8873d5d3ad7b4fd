package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// seen digests what the plan rests on: every leaf of the objects that it will
// write, and what the rules read of the other objects on the paths it changes.
func seen(p *Plan, cfg *schema.Config, b *Binding, rules Rules) map[string]map[string]string {
	out := map[string]map[string]string{}
	changed := map[string]bool{}
	for i := range p.Changes {
		c := &p.Changes[i]
		changed[c.Address] = true
		leaves := map[string]string{}
		if obs := b.Observed[c.object.Addr]; obs != nil {
			digestLeaves(leaves, "", obs.Raw)
			for via, r := range obs.Relations {
				leaves[via] = digest(r.Members)
			}
		} else {
			leaves["(object)"] = "absent"
		}
		out[c.Address] = leaves
	}
	reads := check.Reads(rules)
	for _, path := range newProjector(cfg, byAddress(cfg), b, false).paths() {
		states := path.States()
		if !changed[path.Addr.String()] && !anyChanged(changed, states) {
			continue
		}
		for _, s := range states {
			if out[s.Addr.String()] == nil && !s.Creates {
				out[s.Addr.String()] = digestReads(s, reads)
			}
		}
	}
	return out
}

func byAddress(cfg *schema.Config) map[schema.Address]*schema.Object {
	out := make(map[schema.Address]*schema.Object, len(cfg.Objects))
	for _, o := range cfg.Objects {
		out[o.Addr] = o
	}
	return out
}

func anyChanged(changed map[string]bool, states []*schema.State) bool {
	for _, s := range states {
		if changed[s.Addr.String()] {
			return true
		}
	}
	return false
}

// digestReads digests what the rules read of an object that the plan leaves
// alone, so that its state is what the tenant has.
func digestReads(s *schema.State, reads []schema.Field) map[string]string {
	out := map[string]string{}
	for _, f := range reads {
		if f.Kind.Collection != s.Kind.Collection || f.Attr.Has(schema.Secret) {
			continue
		}
		path := f.Attr.APIPath()
		if f.Attr.Via != "" {
			path = f.Attr.Via
		}
		c := s.Cell(f.Attr.Name)
		out[path] = c.Presence.String() + " " + digest(c.V)
	}
	return out
}

func digestLeaves(out map[string]string, path string, v any) {
	if SecretPath(path) {
		return
	}
	m, ok := v.(map[string]any)
	if !ok || len(m) == 0 && path != "" {
		out[path] = digest(v)
		return
	}
	for k, e := range m {
		sub := k
		if path != "" {
			sub = path + "." + k
		}
		digestLeaves(out, sub, e)
	}
}

// SecretPath reports whether a body's field holds credentials or keys, by the
// names that the Management API uses: client_secret, signing_secret,
// decryptionKey, signing_key(s), encryption_key, client_authentication_methods,
// and anything that calls itself a secret or a password.
func SecretPath(path string) bool {
	name := strings.ToLower(path[strings.LastIndexByte(path, '.')+1:])
	for _, s := range []string{"secret", "password", "private", "decryptionkey", "signing_key", "encryption_key", "client_authentication_methods", "credentials"} {
		if strings.Contains(name, s) {
			return true
		}
	}
	return false
}

// secretNames are names under which services keep secrets in free-form settings
// (client addons such as azure_sb.sasKey and layer.privateKey, metadata).
var secretNames = regexp.MustCompile(`(?i)(secret|passw(or)?d|passphrase|private_?key|sas_?key|api_?key|shared_?access|access_?token|auth_?token|^token|credential)`)

// SecretName reports whether services keep secrets under such a name in settings
// that the Management API leaves free.
func SecretName(s string) bool { return secretNames.MatchString(s) }

// SecretText reports whether a text is a private key, or a URL with a password.
func SecretText(s string) bool {
	if strings.Contains(s, "PRIVATE KEY") {
		return true
	}
	if !strings.Contains(s, "@") {
		return false
	}
	u, err := url.Parse(s)
	if err != nil || u.User == nil {
		return false
	}
	_, password := u.User.Password()
	return password
}

// MayBeSecret reports whether a value of a tenant holds what may be a secret
// where the Management API leaves the content free: by the names of its members,
// or by a text that says so itself.
func MayBeSecret(v any) bool {
	switch v := v.(type) {
	case string:
		return SecretText(v)
	case []any:
		return slices.ContainsFunc(v, MayBeSecret)
	case map[string]any:
		for k, e := range v {
			if s, ok := e.(string); ok && s != "" && SecretName(k) || MayBeSecret(e) {
				return true
			}
		}
	}
	return false
}

// digest is short: it tells that a value moved, nobody has to find the value.
func digest(v any) string {
	sum := sha256.Sum256([]byte(canonical(v)))
	return hex.EncodeToString(sum[:8])
}
