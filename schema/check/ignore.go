package check

import (
	"fmt"

	"github.com/tacit-dev/tacit/schema"
)

// acceptance applies comments that accept findings, and counts what each did.
type acceptance struct {
	ignores []*schema.Ignore
	byCode  map[string][]int
	paths   []int
}

func accept(ignores []*schema.Ignore) *acceptance {
	a := &acceptance{ignores: ignores, byCode: map[string][]int{}, paths: make([]int, len(ignores))}
	for i, ig := range ignores {
		a.byCode[ig.Code] = append(a.byCode[ig.Code], i)
	}
	return a
}

// covers tells whether a comment accepts the verdict: it stands at the object
// at fault, or at the silent_upgrade block.
func (a *acceptance) covers(r *Rule, v Verdict, p *Path) bool {
	for _, i := range a.byCode[r.Code] {
		if b := a.ignores[i].Block; b == v.Object.Block() || b == p.Addr.Block() {
			a.paths[i]++
			return true
		}
	}
	return false
}

func (a *acceptance) report() (used []Ignored, unused []*schema.Ignore) {
	for i, ig := range a.ignores {
		if a.paths[i] == 0 {
			unused = append(unused, ig)
			continue
		}
		used = append(used, Ignored{ig.Code, ig.Reason, ig.Block.String(), a.paths[i]})
	}
	return used, unused
}

// UnusedIgnores warns of the comments that accepted nothing.
func (rep *Report) UnusedIgnores() schema.Diagnostics {
	var ds schema.Diagnostics
	for _, ig := range rep.Unused {
		ds = append(ds, schema.Diagnostic{
			Severity: schema.Warning, Subject: ig.Src,
			Summary: "tacit:ignore accepts nothing",
			Detail:  fmt.Sprintf("%s has no finding on %s. Take the comment out, so that it does not hide one later.", ig.Code, ig.Block),
		})
	}
	return ds
}
