package sandbox

import (
	"bytes"
	"maps"
	"slices"
)

// snapshotIndent is the indent of a snapshot.
const snapshotIndent = "  "

// Snapshot is the tenant as an indented seed. It is deterministic, and loading it gives the same tenant.
// The log is not the tenant's state and stays out of it.
func (s *Server) Snapshot() ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.snapshot(nil)
}

// snapshotVersion is Snapshot with the version it shows, and with the log, for a store. It takes the lock exclusively because it fills the items'
// encoded forms, which make the next snapshot of a large tenant a copy instead of an encoding.
func (s *Server) snapshotVersion() ([]byte, uint64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	data, err := s.snapshot(s.events.newest())
	return data, s.version, err
}

// snapshot is Snapshot for callers that hold the lock exclusively.
func (s *Server) snapshot(logs []any) ([]byte, error) {
	w := &snapshotWriter{}
	w.buf.WriteString("{")
	t := s.tenant
	for _, part := range seedParts() {
		switch part {
		case "tenant_settings":
			w.value(part, t.settings)
		case "clients":
			w.list(part, t.clients)
		case "connections":
			w.list(part, t.connections)
		case "connection_clients":
			w.members(part, t.enabled)
		case "resource_servers":
			w.list(part, t.resourceServers)
		case "client_grants":
			w.list(part, t.grants)
		case "custom_domains":
			w.listIfAny(part, t.customDomains)
		case "organizations":
			w.listIfAny(part, t.organizations)
		case "users":
			w.listIfAny(part, t.users)
		case "grants":
			w.listIfAny(part, t.userGrants)
		case "logs":
			if len(logs) > 0 {
				w.value(part, logs)
			}
		case "organization_enabled_connections":
			if len(t.orgConnections) > 0 {
				w.members(part, t.orgConnections)
			}
		case "organization_client_grants":
			if len(t.orgGrants) > 0 {
				w.members(part, t.orgGrants)
			}
		default:
			if v, ok := t.rest[part]; ok {
				w.value(part, v)
			}
		}
	}
	w.buf.WriteString("\n}\n")
	return w.buf.Bytes(), w.err
}

// snapshotWriter writes the members of the top-level object.
type snapshotWriter struct {
	buf   bytes.Buffer
	wrote bool
	err   error
}

func (w *snapshotWriter) key(name string) {
	if w.wrote {
		w.buf.WriteString(",")
	}
	w.wrote = true
	w.buf.WriteString("\n" + snapshotIndent + `"` + name + `": `)
}

func (w *snapshotWriter) value(name string, v any) {
	w.key(name)
	w.encode(v, snapshotIndent)
}

// encode writes v as it looks below the given indent.
func (w *snapshotWriter) encode(v any, below string) {
	data, err := encodeIndent(v, snapshotIndent)
	if err != nil {
		w.err = err
		return
	}
	w.buf.Write(bytes.ReplaceAll(data, []byte("\n"), []byte("\n"+below)))
}

func (w *snapshotWriter) list(name string, c *collection) {
	w.key(name)
	below := snapshotIndent + snapshotIndent
	w.buf.WriteString("[")
	for i, it := range c.created() {
		if i > 0 {
			w.buf.WriteString(",")
		}
		w.buf.WriteString("\n" + below)
		if it.encoded == nil {
			data, err := encodeIndent(it.body, snapshotIndent)
			if err != nil {
				w.err = err
				return
			}
			it.encoded = bytes.ReplaceAll(data, []byte("\n"), []byte("\n"+below))
		}
		w.buf.Write(it.encoded)
	}
	if len(c.byID) > 0 {
		w.buf.WriteString("\n" + snapshotIndent)
	}
	w.buf.WriteString("]")
}

// listIfAny writes a list of objects that most tenants have none of.
func (w *snapshotWriter) listIfAny(name string, c *collection) {
	if len(c.byID) > 0 {
		w.list(name, c)
	}
}

// members writes connection_clients or what organizations have, by id, without those that have none.
func (w *snapshotWriter) members(name string, all map[string]*members) {
	out := object{}
	for _, id := range slices.Sorted(maps.Keys(all)) {
		m := all[id]
		if len(m.order) == 0 {
			continue
		}
		list := make([]any, len(m.order))
		for i, client := range m.order {
			list[i] = m.has[client]
		}
		out[id] = list
	}
	w.value(name, out)
}
