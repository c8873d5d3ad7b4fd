package plan

import (
	"crypto/sha256"
	"encoding/hex"
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
	for _, path := range newProjector(byAddress(cfg), b, false).paths(cfg) {
		states := []*schema.State{path.Connection, path.Client, path.API}
		if !changed[path.Addr.String()] && !anyChanged(changed, states) {
			continue
		}
		for _, s := range states {
			if obs := b.Observed[s.Addr]; obs != nil && out[s.Addr.String()] == nil {
				out[s.Addr.String()] = digestReads(obs, s.Kind, reads)
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

func digestReads(obs *schema.Observed, k *schema.Kind, reads []schema.Field) map[string]string {
	out := map[string]string{}
	for _, f := range reads {
		if f.Kind.Collection != k.Collection || f.Attr.Has(schema.Secret) {
			continue
		}
		v, p := obs.Get(f.Attr)
		path := f.Attr.APIPath()
		if f.Attr.Via != "" {
			path = f.Attr.Via
		}
		out[path] = p.String() + " " + digest(v)
	}
	return out
}

func digestLeaves(out map[string]string, path string, v any) {
	if secretPath(path) {
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

// secretPath reports whether a body's field holds credentials or keys, by the
// names that the Management API uses: client_secret, signing_secret,
// decryptionKey, signing_key(s), encryption_key, client_authentication_methods,
// and anything that calls itself a secret or a password.
func secretPath(path string) bool {
	name := strings.ToLower(path[strings.LastIndexByte(path, '.')+1:])
	for _, s := range []string{"secret", "password", "private", "decryptionkey", "signing_key", "encryption_key", "client_authentication_methods", "credentials"} {
		if strings.Contains(name, s) {
			return true
		}
	}
	return false
}

// digest is short: it tells that a value moved, nobody has to find the value.
func digest(v any) string {
	sum := sha256.Sum256([]byte(canonical(v)))
	return hex.EncodeToString(sum[:8])
}
