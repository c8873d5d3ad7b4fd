package sandbox

import (
	"bufio"
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// sharedDir finds a folder of data beside the repository, ../shared of its root. A fresh clone has none: then the test
// is skipped.
func sharedDir(t *testing.T, name string) string {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join("..", "..", "..", "shared", name))
	require.NoError(t, err)
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("not here, so not tested: %s", dir)
	}
	return dir
}

// syntheticDir holds made-up traffic in the shape of the recorded one, so that a fresh clone runs the same code.
func syntheticDir() string { return filepath.Join("testdata", "wire") }

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
	require.NoError(t, sc.Err())
	return out
}

// figure is one row of the published table: answers about one kind, in one form, that one kind of recorder kept in one
// year.
type figure struct {
	kind, form, fidelity, year string
}

// score counts the answers of a figure.
type score struct{ reproduced, excused, all int }

// tally counts recorded answers, those that come out the same, and why others were not asked for.
type tally struct {
	t       *testing.T
	scores  map[figure]*score
	excuses map[exception]int
	skipped map[string]int
}

func newTally(t *testing.T) *tally {
	t.Helper()
	return &tally{t: t, scores: map[figure]*score{}, excuses: map[exception]int{}, skipped: map[string]int{}}
}

// skip counts an answer that is not judged.
func (ta *tally) skip(reason string) { ta.skipped[reason]++ }

// add counts one answer; where diffs tell how ours differs, an exception must say why.
func (ta *tally) add(f figure, what string, e *exception, diffs []string) {
	s := ta.scores[f]
	if s == nil {
		s = &score{}
		ta.scores[f] = s
	}
	s.all++
	switch {
	case len(diffs) == 0:
		s.reproduced++
	case e != nil:
		s.excused++
		ta.excuses[*e]++
	default:
		ta.t.Errorf("%s: %s is not reproduced: %s", f.kind, what, strings.Join(diffs, "; "))
	}
}

// report prints what was counted, and holds that each exception is needed.
func (ta *tally) report(known []exception) {
	for _, f := range ta.figures() {
		s := ta.scores[f]
		ta.t.Logf("%-26s %-9s %-15s %s %3d of %3d (%s)", f.kind, f.form, f.fidelity, f.year, s.reproduced, s.all, percent(s.reproduced, s.all))
	}
	for _, reason := range slices.Sorted(maps.Keys(ta.skipped)) {
		ta.t.Logf("not judged: %3d %s", ta.skipped[reason], reason)
	}
	for _, e := range known {
		assert.Positive(ta.t, ta.excuses[e], "the exception is no longer needed: %v", e)
	}
}

func (ta *tally) figures() []figure {
	return slices.SortedFunc(maps.Keys(ta.scores), func(a, b figure) int {
		return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.form, b.form), cmp.Compare(a.fidelity, b.fidelity), cmp.Compare(a.year, b.year))
	})
}

func percent(part, all int) string { return fmt.Sprintf("%.1f %%", 100*float64(part)/float64(all)) }

// table is the figures as the README publishes them.
func (ta *tally) table() string {
	var b strings.Builder
	b.WriteString("| kind | form | fidelity | year | reproduced | of | |\n|---|---|---|---|---|---|---|\n")
	total := score{}
	for _, f := range ta.figures() {
		s := ta.scores[f]
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %d | %d | %s |\n", f.kind, f.form, f.fidelity, f.year, s.reproduced, s.all, percent(s.reproduced, s.all))
		total.reproduced, total.all = total.reproduced+s.reproduced, total.all+s.all
	}
	fmt.Fprintf(&b, "| all | | | | %d | %d | %s |\n\n", total.reproduced, total.all, percent(total.reproduced, total.all))
	b.WriteString("| not reproduced | answers | why |\n|---|---|---|\n")
	for _, e := range exceptions() {
		fmt.Fprintf(&b, "| %s of %s | %d | %s |\n", strings.TrimSpace(e.request), e.recording, ta.excuses[e], e.reason)
	}
	b.WriteString("\n| not asked for | answers |\n|---|---|\n")
	for _, reason := range slices.Sorted(maps.Keys(ta.skipped)) {
		fmt.Fprintf(&b, "| %s | %d |\n", reason, ta.skipped[reason])
	}
	return b.String()
}

// TestSyntheticTraffic: all of the committed traffic comes out the same.
func TestSyntheticTraffic(t *testing.T) {
	ta := newTally(t)
	ta.replay(syntheticDir())
	ta.report(nil)
	require.NotEmpty(t, ta.scores)
}

// TestDifferencesAreFound: a replay that overlooks them would prove nothing.
func TestDifferencesAreFound(t *testing.T) {
	for ours, want := range map[string][]string{
		`{"a":1,"b":{"c":[1,2]}}`:          nil,
		`{"a":1,"b":{"c":[1,3]}}`:          {"b.c[1] recorded 2, here 3"},
		`{"a":1,"b":{"c":[1]}}`:            {"b.c recorded [1,2], here [1]"},
		`{"b":{"c":[1,2]}}`:                {"a missing here"},
		`{"a":1,"b":{"c":[1,2]},"d":null}`: {"d only here"},
		`{"a":1.0,"b":{"c":[1,2]}}`:        {"a recorded 1, here 1.0"},
	} {
		recorded, err := decode([]byte(`{"a":1,"b":{"c":[1,2]}}`))
		require.NoError(t, err)
		mine, err := decode([]byte(ours))
		require.NoError(t, err)
		assert.Equal(t, want, compare("", recorded, mine, false), ours)
	}
}

// TestRecordedTraffic holds the sandbox to what tenants of Auth0 answered, and the README to the figures.
func TestRecordedTraffic(t *testing.T) {
	ta := newTally(t)
	ta.replay(sharedDir(t, "wire"))
	ta.report(exceptions())
	holdReadme(t, "replay", ta.table())
}

func (ta *tally) replay(dir string) {
	ta.pairs(filepath.Join(dir, "pairs"))
	ta.cassettes(filepath.Join(dir, "cassettes"))
	ta.refusals(filepath.Join(dir, "errors.jsonl"))
}

// figureOf is the figure of an answer.
func figureOf(kind, form, date string, in object) figure {
	fidelity := text(in, "fidelity")
	if fidelity == "" {
		fidelity = "raw" // refusals, of which recorders kept all
	}
	return figure{kind, form, fidelity, date[:4]}
}

// volatile are members that differ between any two runs.
func volatile() []string {
	return []string{
		"client_secret", "signing_keys", "provisioning_ticket_url", "created_at", "updated_at",
		"deleted_at", "tenant", "signing_secret", "owners",
	}
}

// compare lists where our answer differs from the recorded one. A recorder that re-marshalled bodies lost members, so
// there only what it kept is compared (wire/README.md).
func compare(path string, recorded, ours any, lossy bool) []string {
	if recorded == "[REDACTED]" || isCredential(recorded) && isCredential(ours) {
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

// isCredential says whether a value is the id of a credential, which Auth0 makes inside a client.
func isCredential(v any) bool {
	id, _ := v.(string)
	return strings.HasPrefix(id, "cred_")
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
	slices.Sort(out)
	return out
}
