package sandbox

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// Edit changes the tenant behind the API's back, as an administrator in the Dashboard or another tool would: change gets
// the tenant in the seed's shape and alters it in place. What comes out is checked like a seed; when it is refused
// nothing has changed. The log shows each difference as a write in the Dashboard. change runs while the tenant is locked, so it must not call the server.
func (s *Server) Edit(change func(tenant map[string]any)) error {
	return s.outOfBand(func() error {
		data, err := s.snapshot(nil)
		if err != nil {
			return err
		}
		v, err := decode(data)
		if err != nil {
			return fmt.Errorf("sandbox: edit: %w", err)
		}
		root, ok := v.(object)
		if !ok {
			return errors.New("sandbox: edit: the tenant is not an object")
		}
		change(root)
		if data, err = encode(root); err != nil {
			return err
		}
		next, err := readSeed(data)
		if err != nil {
			return err
		}
		next.rememberBirths(s.tenant)
		was := s.tenant
		s.furnish(next)
		s.tenant = next
		s.recordEdits(was, next)
		return nil
	})
}

// PatchObject changes one object behind the API's back: members of patch replace those of the object, objects inside
// merge, null removes (RFC 7396). part is a list of the seed such as "connections", or "tenant_settings" with an empty id.
func (s *Server) PatchObject(part, id string, patch map[string]any) error {
	data, err := encode(patch)
	if err != nil {
		return err
	}
	plain, err := decode(data) // numbers as stored bodies hold them, and nothing shared with the caller
	if err != nil {
		return fmt.Errorf("sandbox: patch: %w", err)
	}
	change, _ := plain.(object)
	return s.outOfBand(func() error {
		if part == "tenant_settings" {
			s.tenant.settings = mergePatch(s.tenant.settings, change)
			s.recordEdit(http.MethodPatch, "tenants/settings", change)
			return nil
		}
		c := s.tenant.collectionOf(part)
		if c == nil {
			return fmt.Errorf("sandbox: patch: no list of objects is called %q; there are tenant_settings, %s", part, strings.Join(objectParts(), ", "))
		}
		old := c.get(id)
		if old == nil {
			return fmt.Errorf("sandbox: patch: no object of %s has the id %q", part, id)
		}
		next := mergePatch(old, change)
		if text(next, c.idKey) != id {
			return fmt.Errorf("sandbox: patch: %s of %s cannot change", c.idKey, id)
		}
		if other := c.named(c.natural(next)); other != nil && text(other, c.idKey) != id {
			return fmt.Errorf("sandbox: patch: %s would be the same object as %s", id, text(other, c.idKey))
		}
		c.put(next)
		s.recordEdit(http.MethodPatch, collectionPath(part)+"/"+id, change)
		return nil
	})
}

// outOfBand runs a change under the lock and saves the tenant.
func (s *Server) outOfBand(change func() error) error {
	version, err := func() (uint64, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		if err := change(); err != nil {
			return 0, err
		}
		s.version++
		return s.version, nil
	}()
	if err != nil || s.opts.Store == nil {
		return err
	}
	return s.opts.Store.save(version, s.snapshotVersion)
}

// mergePatch is RFC 7396 without changing old.
func mergePatch(old, patch object) object {
	next := clone(old)
	for k, v := range patch {
		switch v := v.(type) {
		case nil:
			delete(next, k)
		case object:
			next[k] = mergePatch(child(old, k), v)
		default:
			next[k] = v
		}
	}
	return next
}

// objectParts are the lists of objects in a seed.
func objectParts() []string {
	return []string{"clients", "connections", "resource_servers", "client_grants", "custom_domains", "organizations", "users", "grants"}
}

// collectionOf is the objects of a part of the seed, or nil.
func (t *tenant) collectionOf(part string) *collection {
	switch part {
	case "clients":
		return t.clients
	case "connections":
		return t.connections
	case "resource_servers":
		return t.resourceServers
	case "client_grants":
		return t.grants
	case "custom_domains":
		return t.customDomains
	case "organizations":
		return t.organizations
	case "users":
		return t.users
	case "grants":
		return t.userGrants
	}
	return nil
}

// rememberBirths keeps for objects that stay when they were created, for lists that lag behind.
func (t *tenant) rememberBirths(old *tenant) {
	for _, part := range objectParts() {
		for id, it := range t.collectionOf(part).byID {
			if before := old.collectionOf(part).byID[id]; before != nil {
				it.born = before.born
			}
		}
	}
}
