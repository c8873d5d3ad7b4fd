package cli

import (
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
)

// since is what a configuration no longer says, or says for the first time. It
// answers what a comparison with the tenant cannot: a block that was taken out
// leaves its object alone.
type since struct {
	Added      []string            `json:"added"`
	Gone       []string            `json:"gone"`
	Released   map[string][]string `json:"released"`
	NowManaged map[string][]string `json:"now_managed"`
}

// since compares the configuration with a saved plan or another directory.
func (a *app) since(path string, o configFlags, cfg *schema.Config) (*since, error) {
	var was map[string][]string
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		o.dir = path
		l, err := a.load(o)
		if err != nil {
			return nil, err
		}
		was = plan.Declared(l.config)
	} else {
		f, err := readPlan(path)
		if err != nil {
			return nil, err
		}
		was = f.Declared
	}
	return compareDeclared(was, plan.Declared(cfg)), nil
}

func compareDeclared(was, is map[string][]string) *since {
	out := &since{Added: []string{}, Gone: []string{}, Released: map[string][]string{}, NowManaged: map[string][]string{}}
	for _, a := range slices.Sorted(maps.Keys(is)) {
		before, ok := was[a]
		if !ok {
			out.Added = append(out.Added, a)
			continue
		}
		if d := without(before, is[a]); len(d) > 0 {
			out.Released[a] = d
		}
		if d := without(is[a], before); len(d) > 0 {
			out.NowManaged[a] = d
		}
	}
	for _, a := range slices.Sorted(maps.Keys(was)) {
		if _, ok := is[a]; !ok {
			out.Gone = append(out.Gone, a)
		}
	}
	return out
}

func without(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(s string) bool { return slices.Contains(b, s) })
}

func (a *app) showSince(path string, s *since) {
	a.out.Line("Since %s, the configuration itself changed:", path)
	if len(s.Added)+len(s.Gone)+len(s.Released)+len(s.NowManaged) == 0 {
		a.out.Line("  nothing is declared that was not, and the other way round.")
	}
	for _, x := range s.Added {
		a.out.Line("  + %s is new", x)
	}
	for _, x := range s.Gone {
		a.out.Line("  - %s is no longer declared; on the tenant it stays as it is", x)
	}
	for _, x := range slices.Sorted(maps.Keys(s.NowManaged)) {
		a.out.Line("  ~ %s: now managed: %s", x, strings.Join(s.NowManaged[x], ", "))
	}
	for _, x := range slices.Sorted(maps.Keys(s.Released)) {
		a.out.Line("  ~ %s: no longer managed, and left as the tenant has it: %s", x, strings.Join(s.Released[x], ", "))
	}
	a.out.Line("")
}
