package stage

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/tacit-dev/tacit/apply/sandbox"
	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

type object = map[string]any

// copied is a tenant in a sandbox.
type copied struct {
	server *sandbox.Server
	// ids are those of the plan's objects, by address.
	ids map[string]string
	// hosts are those at which users can log in.
	hosts map[string]bool
	// proxied: a connection expects responses that a proxy changed.
	proxied bool
}

// id finds a declared object on the copy.
func (s *Stage) id(c *copied, a schema.Address) (string, bool) {
	if id, ok := c.ids[a.String()]; ok {
		return id, true
	}
	return s.Binding.IDs()(a)
}

// copyTenant makes a sandbox of what was read: of connections those on the paths and those that the plan changes, of
// everything else all.
func (s *Stage) copyTenant(paths []*check.Path, p *plan.Plan) (*copied, error) {
	raw, err := json.Marshal(s.seed(s.onStage(paths, p)))
	if err != nil {
		return nil, fmt.Errorf("copy the tenant: %w", err)
	}
	server, err := sandbox.New(sandbox.Options{
		Domains: s.domains(paths), Now: s.Now, SigningKey: s.Keys.signing, Metadata: s.metadata(),
	})
	if err != nil {
		return nil, fmt.Errorf("copy the tenant: %w", err)
	}
	if err := server.Load(raw); err != nil {
		return nil, fmt.Errorf("copy the tenant: %w", err)
	}
	return &copied{server: server, ids: map[string]string{}, hosts: map[string]bool{}}, nil
}

// onStage are the ids of the connections that are needed.
func (s *Stage) onStage(paths []*check.Path, p *plan.Plan) map[string]bool {
	out := map[string]bool{}
	for _, path := range paths {
		out[path.Connection.ID] = true
	}
	if p == nil {
		return out
	}
	for i := range p.Changes {
		switch c := &p.Changes[i]; c.Object().Kind {
		case schema.SAMLConnection:
			out[c.ID] = true
		case schema.OrganizationConnection: // refers to one
			if _, conn, ok := strings.Cut(c.ID, "/"); ok {
				out[conn] = true
			} else if v, ok := schema.Resolve(c.Object().Want("connection").V, s.Binding.IDs()); ok {
				id, _ := v.(string)
				out[id] = true
			}
		}
	}
	return out
}

// seed is the tenant in the sandbox's seed shape. A part that nobody read is left out, and the sandbox has its default.
func (s *Stage) seed(connections map[string]bool) object {
	snap := s.Binding.Snapshot
	out := object{}
	for part, c := range map[string]schema.Collection{
		"clients": schema.Clients, "resource_servers": schema.ResourceServers, "custom_domains": schema.CustomDomains, "organizations": schema.Organizations,
	} {
		if list, ok := snap.Whole[c]; ok {
			out[part] = bodies(list)
		}
	}
	out["client_grants"] = bodies(snap.Objects[schema.ClientGrants]) // also where they were read per API
	kept := slices.DeleteFunc(slices.Clone(snap.Whole[schema.Connections]), func(o *schema.Observed) bool { return !connections[o.ID] })
	out["connections"], out["connection_clients"] = bodies(kept), members(snap, connections)
	out["organization_enabled_connections"] = memberships(snap, connections)
	for part, from := range map[string]struct {
		c   schema.Collection
		key string
	}{
		"tenant_settings":   {schema.TenantSettings, ""},
		"guardian_policies": {schema.GuardianPolicies, "policies"},
		"action_bindings":   {schema.PostLoginBindings, "bindings"},
	} {
		if list := snap.Whole[from.c]; len(list) == 1 {
			out[part] = list[0].Raw
			if from.key != "" {
				out[part] = list[0].Raw[from.key]
			}
		}
	}
	return out
}

func bodies(list []*schema.Observed) []any {
	out := make([]any, len(list))
	for i, o := range list {
		out[i] = o.Raw
	}
	return out
}

// members are the clients of connections, as far as they were asked for.
func members(snap *schema.Snapshot, connections map[string]bool) object {
	out := object{}
	for _, o := range snap.Objects[schema.Connections] {
		if !connections[o.ID] {
			continue
		}
		list := []any{}
		for _, r := range o.Relations {
			for _, id := range r.Members {
				list = append(list, object{"client_id": id})
			}
		}
		out[o.ID] = list
	}
	return out
}

func memberships(snap *schema.Snapshot, connections map[string]bool) object {
	out := object{}
	for _, o := range snap.Objects[schema.OrganizationConnections] {
		org, conn, _ := strings.Cut(o.ID, "/")
		if connections[conn] {
			list, _ := out[org].([]any)
			out[org] = append(list, o.Raw)
		}
	}
	return out
}

// domains are the hosts of the copy: the canonical one, and where nobody read the custom domains those that paths name.
func (s *Stage) domains(paths []*check.Path) []string {
	out := []string{s.Domain}
	if _, read := s.Binding.Snapshot.Whole[schema.CustomDomains]; read {
		return out
	}
	for _, p := range paths {
		if p.LoginDomain != "" && !slices.Contains(out, p.LoginDomain) {
			out = append(out, p.LoginDomain)
		}
	}
	return out
}

// metadata answers for the metadata URLs that Auth0 would fetch while the plan is carried out: with the throw-away IdP,
// for the sandbox does not reach the network.
func (s *Stage) metadata() map[string][]byte {
	out := map[string][]byte{}
	for _, o := range s.Binding.Snapshot.Whole[schema.Connections] {
		if u := o.String("options.metadataUrl"); u != "" {
			out[u] = s.idpMetadata()
		}
	}
	for _, o := range s.Config.Objects {
		if o.Kind != schema.SAMLConnection {
			continue
		}
		v, _ := schema.Resolve(o.Want("metadata_url").V, s.Binding.IDs())
		if u, _ := v.(string); u != "" {
			out[u] = s.idpMetadata()
		}
	}
	return out
}

// idpMetadata is the throw-away IdP's metadata document.
func (s *Stage) idpMetadata() []byte {
	return []byte(`<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="` + issuer + `">` +
		`<IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">` +
		`<KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>` +
		base64.StdEncoding.EncodeToString(s.Keys.idp.Certificate().Raw) +
		`</X509Certificate></X509Data></KeyInfo></KeyDescriptor>` +
		`<SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="` + issuer + `sso"/>` +
		`</IDPSSODescriptor></EntityDescriptor>`)
}
