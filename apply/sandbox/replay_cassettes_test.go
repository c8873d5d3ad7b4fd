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
		"client-grants/{id}", "organizations", "organizations/{id}", "tenants/settings":
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

func TestReplayCassettes(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(wireDir(t), "cassettes", "*.jsonl"))
	require.NoError(t, err)
	sc := scores{}
	for _, file := range files {
		all := lines(t, file)
		if strings.HasPrefix(filepath.Base(file), "ruby") {
			continue // 2018-21: before any behaviour modelled here
		}
		c := &cassette{
			testTenant: tenantAt(t, text(all[0], "date"), servedMetadata(all)), ids: map[string]string{},
			idRef: regexp.MustCompile(`(con_|cgr_|org_)[A-Za-z0-9]{16}|[0-9a-f]{24}|[A-Za-z0-9]{32}`),
		}
		c.seedDomains(all[1:])
		for _, in := range all[1:] {
			if c.prime(in, all[1:]) {
				continue
			}
			c.interaction(sc, filepath.Base(file), in)
		}
	}
	sc.report(t)
}

// interaction repeats one recorded request and judges the answer.
func (c *cassette) interaction(sc scores, file string, in object) {
	class, method, path := text(in, "k"), text(in, "method"), text(in, "path")
	if !replayed(class, method) || !c.known(path) {
		return
	}
	want, err := integerOf(in["status"])
	if err != nil || want == http.StatusTooManyRequests {
		return
	}
	target := strings.TrimPrefix(c.replace(path).(string), "/api/v2")
	if q := text(in, "query"); q != "" {
		target += "?" + c.query(q)
	}
	status, got := c.call(method, target, c.replace(in["req"]))
	what := fmt.Sprintf("%s seq %v", strings.SplitN(file, "__", 2)[0]+" "+strings.SplitN(file, "__", 3)[1], in["seq"])
	if method == http.MethodPost && status == 201 || asObject(in["resp"])["next"] != nil {
		c.learn(in["resp"], got)
	}
	kind := method + " " + kindOf(class, asObject(in["resp"]))
	reason := excused(file, method, in)
	if int64(status) != want {
		sc.add(kind, what, reason, []string{fmt.Sprintf("status %d, recorded %d: %v", status, want, got)})
		return
	}
	resp := in["resp"]
	if resp == "" {
		resp = nil
	}
	sc.add(kind, what, reason, compare("", byConnection(c.replace(resp)), byConnection(got), text(in, "fidelity") == "v1-remarshalled"))
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

// byConnection orders the connections of an organization, which come by id: ours are other ids than the recorded ones.
func byConnection(v any) any {
	for _, key := range []string{"connections", "enabled_connections"} {
		list, _ := asObject(v)[key].([]any)
		slices.SortFunc(list, func(a, b any) int {
			return strings.Compare(text(asObject(a), "connection_id"), text(asObject(b), "connection_id"))
		})
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

func integerOf(v any) (int64, error) {
	n, ok := integer(v)
	if !ok {
		return 0, fmt.Errorf("not a number: %v", v)
	}
	return n, nil
}

// servedMetadata is what the metadata URLs of a cassette serve: the document that it posts elsewhere as text.
func servedMetadata(all []object) map[string][]byte {
	out := map[string][]byte{}
	var doc string
	for _, in := range all {
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
