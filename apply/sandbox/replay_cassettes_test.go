package sandbox

import (
	"fmt"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// replayed are the end point classes that cassettes are replayed for. Lists are left out: they show tenants that hold
// more than the cassette created.
func replayed() []string {
	return []string{
		"clients", "clients/{id}", "connections", "connections/{id}", "connections/{id}/clients", "clients/{id}/connections",
		"resource-servers", "resource-servers/{id}", "client-grants", "client-grants/{id}",
	}
}

// cassette replays one recorded test run against a sandbox, with the ids the sandbox gives.
type cassette struct {
	*testTenant
	ids   map[string]string // recorded id to ours, "" once the object is not ours
	idRef *regexp.Regexp
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

// learn remembers the id of a created object.
func (c *cassette) learn(recorded, ours any) {
	ro, _ := recorded.(object)
	oo, _ := ours.(object)
	for _, key := range []string{"client_id", "id"} {
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
		for _, in := range all[1:] {
			c.interaction(sc, filepath.Base(file), in)
		}
	}
	sc.report(t)
}

// interaction repeats one recorded request and judges the answer.
func (c *cassette) interaction(sc scores, file string, in object) {
	class, method, path := text(in, "k"), text(in, "method"), text(in, "path")
	list := !strings.Contains(class, "{id}") && method == http.MethodGet
	if !slices.Contains(replayed(), class) || list || !c.known(path) {
		return
	}
	want, err := integerOf(in["status"])
	if err != nil || want == http.StatusTooManyRequests {
		return
	}
	target := strings.TrimPrefix(c.replace(path).(string), "/api/v2")
	if q := text(in, "query"); q != "" {
		target += "?" + q
	}
	status, got := c.call(method, target, c.replace(in["req"]))
	what := fmt.Sprintf("%s seq %v", strings.SplitN(file, "__", 2)[0]+" "+strings.SplitN(file, "__", 3)[1], in["seq"])
	if method == http.MethodPost && status == 201 {
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
	sc.add(kind, what, reason, compare("", c.replace(resp), got, text(in, "fidelity") == "v1-remarshalled"))
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
