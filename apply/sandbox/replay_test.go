package sandbox

import (
	"bufio"
	"bytes"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// wireDir finds the recorded traffic beside the repository, ../shared/wire of its root. A fresh clone has none.
func wireDir(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	require.NoError(t, err)
	for {
		candidate := filepath.Join(filepath.Dir(dir), "shared", "wire")
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			if _, err := os.Stat(candidate); err == nil {
				return candidate
			}
			t.Skipf("recorded traffic is not here (%s): the replay is skipped", candidate)
		}
		if parent := filepath.Dir(dir); parent != dir {
			dir = parent
			continue
		}
		t.Skip("recorded traffic is not here: the replay is skipped")
	}
}

// lines decodes a file of one JSON object per line.
func lines(t *testing.T, path string) []object {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	var out []object
	sc := bufio.NewScanner(bytes.NewReader(data))
	sc.Buffer(nil, 8<<20)
	for sc.Scan() {
		v, err := decode(sc.Bytes())
		require.NoError(t, err)
		out = append(out, v.(object))
	}
	return out
}

// score counts matches of one kind.
type score struct {
	match, total, excused int
	misses                []string
}

type scores map[string]*score

func (sc scores) of(kind string) *score {
	if sc[kind] == nil {
		sc[kind] = &score{}
	}
	return sc[kind]
}

// add counts one answer. One that differs is excused when reason says why.
func (sc scores) add(kind, what, reason string, diffs []string) {
	s := sc.of(kind)
	switch {
	case len(diffs) == 0:
		s.match++
	case reason != "":
		s.excused++
		return
	}
	s.total++
	if len(diffs) == 0 {
		return
	}
	s.misses = append(s.misses, what+": "+strings.Join(diffs, "; "))
}

// report prints the percentages and holds the floor.
func (sc scores) report(t *testing.T) {
	t.Helper()
	kinds := make([]string, 0, len(sc))
	for k := range sc {
		kinds = append(kinds, k)
	}
	sort.Strings(kinds)
	for _, k := range kinds {
		s := sc[k]
		all := s.total + s.excused
		t.Logf("%-32s %3d of %3d recorded answers reproduced (%.1f %%), %d known exceptions", k, s.match, all, 100*float64(s.match)/float64(all), s.excused)
		for _, m := range s.misses {
			t.Logf("    differs: %s", m)
		}
		if s.match < s.total { // the floor is all of it: what is known to differ is a row of exceptions
			t.Errorf("%s: %d recorded answers are not reproduced", k, s.total-s.match)
		}
	}
}

// volatile are members that differ between any two runs.
func volatile() []string {
	return []string{
		"id", "client_id", "client_secret", "signing_keys", "provisioning_ticket_url", "created_at", "updated_at",
		"deleted_at", "tenant", "signing_secret", "owners",
	}
}

// compare lists where our answer differs from the recorded one. A recorder that re-marshalled bodies lost members, so
// there only what it kept is compared (wire/README.md).
func compare(path string, recorded, ours any, lossy bool) []string {
	if recorded == "[REDACTED]" {
		return nil
	}
	ro, isObject := recorded.(object)
	oo, alsoObject := ours.(object)
	if isObject && alsoObject {
		return compareObjects(path, ro, oo, lossy)
	}
	ra, isArray := recorded.([]any)
	oa, alsoArray := ours.([]any)
	if isArray && alsoArray && len(ra) == len(oa) {
		var out []string
		for i := range ra {
			out = append(out, compare(fmt.Sprintf("%s[%d]", path, i), ra[i], oa[i], lossy)...)
		}
		return out
	}
	a, _ := encode(recorded)
	b, _ := encode(ours)
	if bytes.Equal(a, b) {
		return nil
	}
	return []string{fmt.Sprintf("%s recorded %.60s, here %.60s", path, a, b)}
}

func compareObjects(path string, recorded, ours object, lossy bool) []string {
	var out []string
	for k, v := range recorded {
		p := strings.TrimPrefix(path+"."+k, ".")
		mine, there := ours[k]
		switch {
		case slices.Contains(volatile(), k):
		case !there:
			out = append(out, p+" missing here")
		default:
			out = append(out, compare(p, v, mine, lossy)...)
		}
	}
	for k := range ours {
		if _, there := recorded[k]; !there && !lossy && !slices.Contains(volatile(), k) {
			out = append(out, strings.TrimPrefix(path+"."+k, ".")+" only here")
		}
	}
	sort.Strings(out)
	return out
}

// tenantAt is a sandbox that behaves as on the day of a recording.
func tenantAt(t *testing.T, date string, metadata map[string][]byte) *testTenant {
	t.Helper()
	day, err := time.Parse("2006-01-02", date[:10])
	require.NoError(t, err)
	return newTenantFor(t, Options{APIDate: day, Metadata: metadata})
}

// seedPart names the seed list of an end point class.
func seedPart(class string) string {
	return strings.ReplaceAll(strings.TrimSuffix(class, "/{id}"), "-", "_")
}

// kindOf refines connections by strategy: only SAML is what this sandbox claims to model.
func kindOf(class string, bodies ...object) string {
	class = strings.TrimSuffix(class, "/{id}")
	if class != "connections" {
		return class
	}
	for _, b := range bodies {
		switch text(b, "strategy") {
		case "samlp", "pingfederate":
			return "connections (SAML)"
		case "":
		default:
			return "connections (other)"
		}
	}
	return class
}

// prerequisites are the objects that a grant names.
func prerequisites(tt *testTenant, body object) {
	seed := object{}
	if id := text(body, "client_id"); id != "" {
		seed["clients"] = []any{object{"client_id": id, "name": "seeded"}}
	}
	if aud := text(body, "audience"); aud != "" {
		seed["resource_servers"] = []any{object{"identifier": aud}}
	}
	data, err := encode(seed)
	require.NoError(tt.t, err)
	require.NoError(tt.t, tt.Load(data))
}

func TestReplayPairs(t *testing.T) {
	dir := filepath.Join(wireDir(t), "pairs")
	sc := scores{}
	metadata := map[string]map[string][]byte{} // per recording: what its metadataUrl serves is the document it posted
	for _, class := range []string{"clients", "connections", "resource-servers", "client-grants"} {
		for i, p := range lines(t, filepath.Join(dir, "create_"+class+".jsonl")) {
			req := p["req"].(object)
			if doc := text(child(req, "options"), "metadataXml"); doc != "" {
				metadata[text(p, "source")] = map[string][]byte{"": []byte(doc)}
			}
			tt := tenantAt(t, text(p, "date"), nil)
			if class == "client-grants" {
				prerequisites(tt, req)
			}
			want := child(p, "post_resp")
			status, got := tt.call(http.MethodPost, "/"+class, req)
			what := fmt.Sprintf("create_%s line %d (%s)", class, i+1, shortSource(p))
			sc.add("POST "+kindOf(class, want), what, excused(text(p, "source"), http.MethodPost, p), diffOf(201, status, want, got, p))
		}
	}
	for _, class := range []string{"clients", "connections", "resource-servers", "client-grants", "tenants_settings"} {
		for i, p := range lines(t, filepath.Join(dir, "patch_"+class+".jsonl")) {
			what := fmt.Sprintf("patch_%s line %d (%s)", class, i+1, shortSource(p))
			replayPatch(t, sc, class, what, p, metadata[text(p, "source")][""])
		}
	}
	sc.report(t)
}

func shortSource(p object) string {
	name := filepath.Base(text(p, "source"))
	return strings.SplitN(name, ".", 2)[0] + " " + text(p, "date")
}

func diffOf(wantStatus, status int, want object, got any, p object) []string {
	if status != wantStatus {
		return []string{fmt.Sprintf("status %d: %v", status, got)}
	}
	return compare("", want, got, text(p, "fidelity") == "v1-remarshalled")
}

// replayPatch seeds what was there before and repeats the PATCH. Without a recorded state there is nothing to judge.
func replayPatch(t *testing.T, sc scores, class, what string, p object, doc []byte) {
	t.Helper()
	before := child(p, "before")
	if before == nil {
		return
	}
	req, want := p["req"].(object), child(p, "patch_resp")
	served := map[string][]byte{}
	if u := text(child(req, "options"), "metadataUrl"); u != "" {
		served[u] = doc
	}
	tt := tenantAt(t, text(p, "date"), served)
	path, seed := "/tenants/settings", object{}
	if class == "tenants_settings" {
		seed["tenant_settings"] = before
	} else {
		seed[seedPart(class)] = []any{before}
		id := text(before, "id")
		if class == "clients" {
			id = text(before, "client_id")
		}
		path = "/" + class + "/" + id
	}
	data, err := encode(seed)
	require.NoError(t, err)
	require.NoError(t, tt.Load(data))
	status, got := tt.call(http.MethodPatch, path, req)
	sc.add("PATCH "+kindOf(class, before, want), what, excused(text(p, "source"), http.MethodPatch, p), diffOf(200, status, want, got, p))
}
