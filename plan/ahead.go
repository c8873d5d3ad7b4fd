package plan

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// Ahead is what an apply of a configuration would leave, as far as the files
// and, where one was read, the tenant tell.
type Ahead struct {
	Paths  []*check.Path
	cfg    *schema.Config
	rules  Rules
	states *projector
	secret redactor
}

// LookAhead projects a configuration; b is nil when no tenant was read.
func LookAhead(cfg *schema.Config, b *Binding, rules Rules) *Ahead {
	offline := b == nil
	if offline {
		b = &Binding{}
	}
	d := &differ{cfg: cfg, b: b, ids: b.IDs()}
	objects := d.prepare()
	check.Contribute(objects, rules, newProjector(cfg, objects, b, offline).paths())
	p := newProjector(cfg, objects, b, offline)
	return &Ahead{p.paths(), cfg, rules, p, newRedactor(cfg)}
}

// States are the declared objects of a kind.
func (a *Ahead) States(k *schema.Kind) []*schema.State {
	var out []*schema.State
	for _, o := range a.states.of(k) {
		out = append(out, a.states.state(o.Addr))
	}
	return out
}

// Judge says what the rules find on one path, without sensitive values.
func (a *Ahead) Judge(p *check.Path) []check.Finding {
	return a.secret.report(check.Judge(a.rules, []*check.Path{p}, a.cfg.Ignores...)).Findings
}

// Text takes sensitive values of the configuration out of a text.
func (a *Ahead) Text(s string) string { return a.secret.text(s) }
