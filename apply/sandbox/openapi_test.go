package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// operation is one write of the API with a body that both sides accept.
type operation struct {
	method, path string
	schema       string // of the published document
	table        string // of ours
	base         string
	// options: the base stands for a connection's options.
	options bool
}

// Objects that the tenant of these tests holds.
const (
	heldClient       = "AcmeAcmeAcmeAcmeAcmeAcmeAcmeAcme"
	heldConnection   = "con_AcmeAcmeAcmeAcme"
	spareConnection  = "con_SpareSpareSpare1"
	heldOrganization = "org_AcmeAcmeAcmeAcme"
	heldAPI          = "0123456789abcdef01234567"
	heldGrant        = "cgr_AcmeAcmeAcmeAcme"
)

func operations() []operation {
	const client, connection, organization = "/clients/" + heldClient, "/connections/" + heldConnection, "/organizations/" + heldOrganization
	return []operation{
		{"POST", "/clients", "CreateClientRequestContent", createClientBody, `{"name":"New"}`, false},
		{"PATCH", client, "UpdateClientRequestContent", updateClientBody, `{}`, false},
		{"POST", "/connections", "CreateConnectionRequestContent", createConnectionBody, `{"name":"new","strategy":"samlp"}`, false},
		{"PATCH", connection, "UpdateConnectionRequestContent", updateConnectionBody, `{}`, false},
		{"PATCH", connection, "ConnectionOptionsSAML", samlOptionsBody, `{}`, true},
		{"PATCH", connection + "/clients", "UpdateEnabledClientConnectionsRequestContent", updateMembersBody, `[{"client_id":"` + heldClient + `","status":true}]`, false},
		{"POST", "/resource-servers", "CreateResourceServerRequestContent", createResourceServerBody, `{"identifier":"https://new.acme.example"}`, false},
		{"PATCH", "/resource-servers/" + heldAPI, "UpdateResourceServerRequestContent", updateResourceServerBody, `{}`, false},
		{"POST", "/client-grants", "CreateClientGrantRequestContent", createGrantBody, `{"client_id":"` + heldClient + `","audience":"https://api.acme.example","scope":[]}`, false},
		{"PATCH", "/client-grants/" + heldGrant, "UpdateClientGrantRequestContent", updateGrantBody, `{}`, false},
		{"PATCH", "/tenants/settings", "UpdateTenantSettingsRequestContent", updateSettingsBody, `{}`, false},
		{"POST", "/organizations", "CreateOrganizationRequestContent", createOrganizationBody, `{"name":"new"}`, false},
		{"PATCH", organization, "UpdateOrganizationRequestContent", updateOrganizationBody, `{}`, false},
		{"POST", organization + "/enabled_connections", "AddOrganizationConnectionRequestContent", addEnabledConnectionBody, `{"connection_id":"` + spareConnection + `"}`, false},
		{"PATCH", organization + "/enabled_connections/" + heldConnection, "UpdateOrganizationConnectionRequestContent", updateEnabledBody, `{}`, false},
		{"POST", organization + "/connections", "CreateOrganizationAllConnectionRequestContent", addOrgConnectionBody, `{"connection_id":"` + spareConnection + `"}`, false},
		{"PATCH", organization + "/connections/" + heldConnection, "UpdateOrganizationAllConnectionRequestContent", updateOrgConnectionBody, `{}`, false},
	}
}

const heldSeed = `{
	"clients": [{"client_id":"` + heldClient + `","name":"Acme"}],
	"connections": [{"id":"` + heldConnection + `","name":"acme","strategy":"samlp","options":{}}, {"id":"` + spareConnection + `","name":"spare","strategy":"samlp","options":{}}],
	"resource_servers": [{"id":"` + heldAPI + `","identifier":"https://api.acme.example","signing_alg":"RS256"}],
	"client_grants": [{"id":"` + heldGrant + `","client_id":"` + heldClient + `","audience":"https://api.acme.example","scope":[],"subject_type":"user"}],
	"organizations": [{"id":"` + heldOrganization + `","name":"acme"}],
	"organization_enabled_connections": {"` + heldOrganization + `":[{"connection_id":"` + heldConnection + `","assign_membership_on_login":false,"show_as_button":true}]}
}`

// published is Auth0's OpenAPI document.
type published struct {
	schemas  object
	compiler *jsonschema.Compiler
}

func readPublished(t *testing.T) *published {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(sharedDir(t, "openapi"), "management-api-subset.json"))
	require.NoError(t, err)
	doc, err := decode(data)
	require.NoError(t, err)
	c := jsonschema.NewCompiler()
	c.UseRegexpEngine(compiled)
	require.NoError(t, c.AddResource("openapi.json", doc))
	return &published{child(child(asObject(doc), "components"), "schemas"), c}
}

// compiled reads a pattern. Two in the document are more than Go's expressions can say (a look-ahead, 1024 repeats): they
// are taken to match.
func compiled(pattern string) (jsonschema.Regexp, error) {
	r, err := regexp.Compile(pattern)
	if err != nil {
		r = regexp.MustCompile("")
	}
	return r, nil
}

// judgement is what one side says about a body.
type judgement struct {
	accepted bool
	why      string
}

func (v judgement) String() string {
	if v.accepted {
		return "accepted"
	}
	return "refused"
}

// disagreement is one place where the document and the sandbox part.
type disagreement struct{ operation, path, verdict string }

// TestThePublishedSchemaAgrees gives every write, property by property, values that are right and wrong by the document
// and by our own tables, and compares who refuses what. Where they part, a reason must say so.
func TestThePublishedSchemaAgrees(t *testing.T) {
	doc := readPublished(t)
	met := map[reason]bool{}
	for _, o := range operations() {
		judge, err := doc.compiler.Compile("openapi.json#/components/schemas/" + o.schema)
		require.NoError(t, err)
		tt := newTenantFor(t, Options{StrictOptions: o.options})
		seen, bodies := map[string]bool{}, 0
		name := o.method + " " + regexp.MustCompile(`/[^/]*(Acme|0123)[^/]*`).ReplaceAllString(o.path, "/ID")
		if o.options {
			name += " options"
		}
		for _, c := range doc.candidates(tt, o) {
			theirs := judgement{accepted: true}
			var invalid *jsonschema.ValidationError
			if err := judge.Validate(c.body); errors.As(err, &invalid) {
				theirs = judgement{false, invalid.Error()}
			}
			ours := o.ask(tt, c.body)
			bodies++
			if theirs.accepted == ours.accepted {
				continue
			}
			d := disagreement{name, c.path, ours.String()}
			if r := reasonFor(d, ours.why); r != nil {
				met[*r] = true
				continue
			}
			if key := fmt.Sprint(d); !seen[key] {
				seen[key] = true
				t.Errorf("%s %s: %s here, %s by the document: %.150s\n    here: %s\n    document: %.300s", d.operation, d.path, ours, theirs, jsonOf(t, c.body), ours.why, theirs.why)
			}
		}
		t.Logf("%-48s %5d bodies judged alike, with reasons where not", name, bodies)
	}
	for _, r := range reasons() {
		assert.True(t, met[r], "the reason is no longer needed: %v", r)
	}
}

// ask sends a body to a tenant that holds one object of each kind. Only 400, and 413 for its size, is a refusal of
// the body.
func (o operation) ask(tt *testTenant, body any) judgement {
	require.NoError(tt.t, tt.Load([]byte(heldSeed)))
	if o.options {
		body = object{"options": body}
	}
	status, answer := tt.call(o.method, o.path, body)
	return judgement{status != http.StatusBadRequest && status != http.StatusRequestEntityTooLarge, text(asObject(answer), "message")}
}

// candidate is a body that has something particular at a path.
type candidate struct {
	path string
	body any
}

// candidates are bodies for an operation, each with one value that is tried.
func (d *published) candidates(tt *testTenant, o operation) []candidate {
	base, err := decode([]byte(o.base))
	require.NoError(tt.t, err)
	g := &generator{published: d, out: map[string]candidate{}, skip: map[string]bool{}}
	if strings.HasPrefix(o.schema, "CreateConnection") || strings.HasPrefix(o.schema, "UpdateConnection") {
		g.skip["options"] = true // by strategy; those of SAML are an operation of their own here
	}
	g.walk(object{"$ref": "#/components/schemas/" + o.schema}, tt.schemas[o.table], "", base, func(v any) any { return v }, 0)
	var out []candidate
	for _, key := range slices.Sorted(maps.Keys(g.out)) {
		out = append(out, g.out[key])
	}
	return out
}

// numeral is a JSON number as it is written.
func numeral(s string) json.Number { return json.Number(s) }
