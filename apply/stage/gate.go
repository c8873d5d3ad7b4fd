package stage

import (
	"context"
	"slices"

	"github.com/tacit-dev/tacit/apply/rehearse"
	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// Most is how many paths an apply rehearses.
const Most = 200

// Gate is what rehearsing before an apply found.
type Gate struct {
	*rehearse.Report
	// Blocking are the labels of paths that the plan would break, or make without their working.
	Blocking []string `json:"blocking"`
	// Already failed on the tenant as it is: old failures do not block new work.
	Already []string `json:"already_broken,omitempty"`
	// Cookies fail only where browsers block third-party cookies. How grave that is, a rule has said.
	Cookies []string `json:"third_party_cookies,omitempty"`
}

// Gate rehearses the paths whose objects the plan changes and the rehearsals on them, at most [Most] of each; nil when there
// are none.
func (s *Stage) Gate(ctx context.Context, paths []*check.Path) (*Gate, error) {
	changed := touched(paths, s.Plan)
	if len(changed) == 0 {
		return nil, nil //nolint:nilnil // nothing to rehearse is no error
	}
	cases := Cases(s.Config, changed)
	r, err := s.Planned(ctx,
		spread(changed, Most, func(p *check.Path) schema.Address { return p.Addr }),
		spread(cases, Most, func(c Case) schema.Address { return c.Block.Addr })...)
	if err != nil {
		return nil, err
	}
	r.OutOf, r.OutOfRehearsals = len(changed), len(cases)
	g := &Gate{Report: r.Report, Blocking: []string{}}
	failing, unmet := r.Failed(), r.Unmet()
	if len(failing)+len(unmet) == 0 {
		return g, nil
	}
	before, err := s.Present(ctx, failing, unmet...)
	if err != nil {
		return nil, err
	}
	for _, c := range unmet {
		label := "the rehearsal " + c.Title() + " on " + s.hidden.shown(c.Path)
		if slices.Contains(before.Unmet(), c) && s.exists(c.Path) {
			g.Already = append(g.Already, label)
		} else {
			g.Blocking = append(g.Blocking, label)
		}
	}
	if len(failing) == 0 {
		return g, nil
	}
	lenient := *s
	lenient.ThirdPartyCookies = true
	allowed, err := lenient.Planned(ctx, failing)
	if err != nil {
		return nil, err
	}
	for _, p := range failing {
		label := s.hidden.shown(p)
		switch {
		case !slices.Contains(allowed.Failed(), p):
			g.Cookies = append(g.Cookies, label)
		case slices.Contains(before.Failed(), p) && s.exists(p):
			g.Already = append(g.Already, label)
		default:
			g.Blocking = append(g.Blocking, label)
		}
	}
	return g, nil
}

// exists: the tenant has the objects of the path already, so that a login could have worked.
func (s *Stage) exists(p *check.Path) bool {
	for _, st := range []*schema.State{p.Connection, p.Client, p.API} {
		if _, ok := s.Binding.IDs()(st.Addr); !ok {
			return false
		}
	}
	return true
}

// touched are the paths with an object that the plan changes.
func touched(paths []*check.Path, p *plan.Plan) []*check.Path {
	changed := map[string]bool{}
	for i := range p.Changes {
		changed[p.Changes[i].Address] = true
	}
	return slices.DeleteFunc(slices.Clone(paths), func(path *check.Path) bool {
		return !slices.ContainsFunc(path.States(), func(st *schema.State) bool { return changed[st.Addr.String()] })
	})
}

// spread picks at most n, of every block some.
func spread[T any](list []T, n int, block func(T) schema.Address) []T {
	if len(list) <= n {
		return list
	}
	var order []schema.Address
	of := map[schema.Address][]T{}
	for _, p := range list {
		a := block(p)
		if of[a] == nil {
			order = append(order, a)
		}
		of[a] = append(of[a], p)
	}
	var out []T
	for turn := 0; len(out) < n; turn++ {
		for _, a := range order {
			if turn < len(of[a]) && len(out) < n {
				out = append(out, of[a][turn])
			}
		}
	}
	return out
}
