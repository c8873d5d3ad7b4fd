package sandbox

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// replayed says which requests cassettes are replayed for. Lists of the kinds that recorded tenants held more of than
// the cassette created are left out.
func replayed(class, method string) bool {
	switch class {
	case "clients", "connections", "resource-servers", "client-grants":
		return method != http.MethodGet
	case "clients/{id}", "connections/{id}", "connections/{id}/clients", "clients/{id}/connections", "resource-servers/{id}",
		"client-grants/{id}", "organizations", "organizations/{id}", "organizations/name/{x}", "tenants/settings":
		return true
	case "custom-domains", "actions/triggers/{t}/bindings":
		return method == http.MethodGet
	}
	return strings.HasPrefix(class, "organizations/{id}/") && strings.Contains(class, "connections")
}

// cassette replays one recorded test run against a sandbox, with the ids the sandbox gives.
type cassette struct {
	*testTenant
	ids    map[string]string // recorded id to ours, "" once the object is not ours
	idRef  *regexp.Regexp
	primed bool // whether the tenant settings are known
}

// replace puts our ids where the recording has its own, in a path or a body.
func (c *cassette) replace(v any) any {
	switch v := v.(type) {
	case string:
		for theirs, ours := range c.ids {
			v = strings.ReplaceAll(v, theirs, ours)
		}
		return v
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = c.replace(v[i])
		}
		return out
	case object:
		out := make(object, len(v))
		for k, e := range v {
			out[k] = c.replace(e)
		}
		return out
	}
	return v
}

// known says whether every id that a path names was created by this cassette.
func (c *cassette) known(path string) bool {
	for _, id := range c.idRef.FindAllString(path, -1) {
		if c.ids[id] == "" {
			return false
		}
	}
	return true
}

// learn remembers the id of a created object, and the checkpoint of a page.
func (c *cassette) learn(recorded, ours any) {
	ro, _ := recorded.(object)
	oo, _ := ours.(object)
	for _, key := range []string{"client_id", "id", "next"} {
		if text(ro, key) != "" && text(oo, key) != "" && c.ids[text(ro, key)] == "" {
			c.ids[text(ro, key)] = text(oo, key)
		}
	}
}

// cassettes repeats whole test runs, each on a tenant of its own.
func (ta *tally) cassettes(dir string) {
	ta.t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.jsonl"))
	require.NoError(ta.t, err)
	require.NotEmpty(ta.t, files)
	for _, file := range files {
		all := lines(ta.t, file)
		c := newCassette(ta.t, all)
		for _, in := range all[1:] {
			if c.prime(in, all[1:]) {
				ta.skip("settings that the tenant had: the first answer seeds them")
				continue
			}
			ta.interaction(c, filepath.Base(file), text(all[0], "date"), in)
		}
	}
}

func newCassette(t *testing.T, all []object) *cassette {
	t.Helper()
	list := make([]any, len(all))
	for i := range all {
		list[i] = all[i]
	}
	c := &cassette{
		testTenant: tenantAt(t, text(all[0], "date"), text(all[0], "repo"), Options{Domains: domainsOf(t, list), Metadata: served(all)}),
		ids:        map[string]string{},
		idRef:      regexp.MustCompile(`(con_|cgr_|org_)[A-Za-z0-9]{16}|[0-9a-f]{24}|[A-Za-z0-9]{32}`),
	}
	c.seedDomains(all[1:])
	c.seedClients(all[1:])
	return c
}

// interaction repeats one recorded request and judges the answer.
func (ta *tally) interaction(c *cassette, file, date string, in object) {
	class, method, path := text(in, "k"), text(in, "method"), text(in, "path")
	want, err := integer64(in["status"])
	require.NoError(ta.t, err)
	switch {
	case !replayed(class, method):
		ta.skip(method + " " + strings.NewReplacer("{id}", "ID", "{t}", "TRIGGER", "{x}", "ID").Replace(class))
		return
	case !c.known(path):
		ta.skip("requests for objects that the tenant had before")
		return
	case want == http.StatusTooManyRequests:
		ta.skip("429 of a busy tenant")
		return
	}
	target := strings.TrimPrefix(c.replace(path).(string), "/api/v2")
	if q := text(in, "query"); q != "" {
		target += "?" + c.query(q)
	}
	status, got := c.call(method, target, c.replace(in["req"]))
	if method == http.MethodPost && status == 201 || asObject(in["resp"])["next"] != nil {
		c.learn(in["resp"], got)
	}
	f := figureOf(kindOf(class, asObject(in["resp"])), "cassettes", date, in)
	what := fmt.Sprintf("%s seq %v", file, in["seq"])
	reason := excused(file, method, in)
	if int64(status) != want {
		ta.add(f, what, reason, []string{fmt.Sprintf("status %d, recorded %d: %v", status, want, got)})
		return
	}
	resp := in["resp"]
	if resp == "" {
		resp = nil
	}
	ta.add(f, what, reason, compare("", byID(c.replace(resp)), byID(got), f.fidelity == "v1-remarshalled"))
}

// query puts our ids and checkpoints into a query string.
func (c *cassette) query(raw string) string {
	q, err := url.ParseQuery(raw)
	require.NoError(c.t, err)
	for name := range q {
		q.Set(name, c.replace(q.Get(name)).(string))
	}
	return q.Encode()
}

// byID orders the members of connections and organizations, which come by id: ours are other ids than the recorded ones.
func byID(v any) any {
	for list, key := range map[string]string{"connections": "connection_id", "enabled_connections": "connection_id", "clients": "client_id"} {
		items, _ := asObject(v)[list].([]any)
		slices.SortFunc(items, func(a, b any) int { return strings.Compare(text(asObject(a), key), text(asObject(b), key)) })
	}
	return v
}

// seedDomains gives the tenant the custom domains that the cassette lists; writing them is not emulated.
func (c *cassette) seedDomains(all []object) {
	seen := map[string]any{"": object{"custom_domain_id": "cd_unseen", "domain": "zzz.example.com"}} // the page after the last recorded one
	for _, in := range all {
		list, _ := asObject(in["resp"])["custom_domains"].([]any)
		for _, d := range list {
			seen[text(d.(object), "custom_domain_id")] = d
		}
	}
	if len(seen) == 1 {
		return
	}
	require.NoError(c.t, c.Edit(func(tenant map[string]any) { tenant["custom_domains"] = slices.Collect(maps.Values(seen)) }))
}

// seedClients gives the tenant the clients that the cassette enables on connections and did not create.
func (c *cassette) seedClients(all []object) {
	created, named := map[string]bool{}, map[string]bool{}
	for _, in := range all {
		if text(in, "method") == http.MethodPost && text(in, "k") == "clients" {
			created[text(asObject(in["resp"]), "client_id")] = true
		}
		if text(in, "method") != http.MethodPatch || text(in, "k") != "connections/{id}/clients" {
			continue
		}
		for _, item := range asList(in["req"]) {
			named[text(asObject(item), "client_id")] = true
		}
	}
	var clients []any
	for id := range named {
		if !created[id] {
			clients = append(clients, object{"client_id": id, "name": "held before"})
		}
	}
	require.NoError(c.t, c.Edit(func(tenant map[string]any) {
		if clients != nil {
			held, _ := tenant["clients"].([]any)
			tenant["clients"] = append(held, clients...)
		}
	}))
}

// prime takes over from a recording what it does not show being made: the settings that a tenant had, of which the first
// answer tells, and bindings of Actions, which are not written here. It says whether the interaction is used up.
func (c *cassette) prime(in object, all []object) bool {
	resp := asObject(in["resp"])
	switch {
	case text(in, "k") == "tenants/settings" && !c.primed:
		c.primed = true
		settings := clone(resp)
		for _, later := range all { // which PATCH answers leave out
			if v, ok := asObject(later["resp"])["sandbox_versions_available"]; ok {
				settings["sandbox_versions_available"] = v
			}
		}
		require.NoError(c.t, c.Edit(func(tenant map[string]any) { tenant["tenant_settings"] = settings }))
		return true
	case text(in, "k") == "actions/triggers/{t}/bindings" && text(in, "method") == http.MethodPatch:
		require.NoError(c.t, c.Edit(func(tenant map[string]any) {
			tenant["action_bindings"] = object{strings.Split(text(in, "path"), "/")[5]: resp["bindings"]}
		}))
	}
	return false
}

func asObject(v any) object {
	o, _ := v.(object)
	return o
}

func integer64(v any) (int64, error) {
	n, ok := integer(v)
	if !ok {
		return 0, fmt.Errorf("not a number: %v", v)
	}
	return n, nil
}

// served is what the URLs that Auth0 fetched for a cassette serve: the metadata document that it posts elsewhere as text,
// and the discovery document that an answer shows.
func served(all []object) map[string][]byte {
	out := map[string][]byte{}
	var doc string
	for _, in := range all {
		maps.Copy(out, discovered(asObject(in["resp"])))
		options := child(child(in, "req"), "options")
		if d := text(options, "metadataXml"); d != "" {
			doc = d
		}
		if u := text(options, "metadataUrl"); u != "" {
			out[u] = []byte(doc)
		}
	}
	return out
}
