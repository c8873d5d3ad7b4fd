package adopt

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tacit-dev/tacit/apply"
	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
	"github.com/tacit-dev/tacit/schema/hclconf"
)

// Replanner plans what is not on disk yet against what was read.
type Replanner struct {
	// Config says where the files will stand, beside which others and with which
	// variables.
	Config hclconf.Options
	Snap   *schema.Snapshot
	Rules  plan.Rules
	// Connected is the tenant's domain.
	Connected string
	// Variables are those whose witnesses the snapshot holds.
	Variables *Variables
}

// Replan is a configuration of files, planned.
type Replan struct {
	Config  *schema.Config
	Binding *plan.Binding
	Plan    *plan.Plan
	files   *hclconf.Files
}

// With plans the directory as it will be with the files. The error is
// [schema.Diagnostics] when the files do not make a plan.
func (r Replanner) With(files map[string][]byte) (*Replan, error) { return r.with(files, nil) }

func (r Replanner) with(files map[string][]byte, own func(*schema.Config)) (*Replan, error) {
	o := r.Config
	o.Extra, o.Env = files, r.Variables.env(o.Env)
	loaded, ds := hclconf.Load(o)
	cfg, more := loaded.Evaluate(nil)
	if ds = append(ds, more...); ds.HasErrors() {
		return nil, Broken{ds}
	}
	cfg.Connected = r.Connected
	if own != nil {
		own(cfg)
	}
	out := &Replan{Config: plan.Complete(cfg), files: loaded}
	if out.Binding, ds = plan.Bind(out.Config, r.Snap); ds.HasErrors() {
		return nil, Broken{loaded.WithSnippets(ds.Sorted())}
	}
	if out.Plan, ds = apply.Make(out.Config, out.Binding, r.Rules, loaded.Evaluate); ds.HasErrors() {
		return nil, Broken{loaded.WithSnippets(ds.Sorted())}
	}
	return out, nil
}

// Broken are the mistakes of files that do not make a plan.
type Broken struct{ Diagnostics schema.Diagnostics }

// Error names the first one; whoever shows all of them unwraps.
func (b Broken) Error() string {
	for _, d := range b.Diagnostics {
		if d.Severity == schema.Error {
			return fmt.Sprintf("%s: %s (and %d more)", d.Summary, d.Detail, len(b.Diagnostics)-1)
		}
	}
	return "the configuration makes no plan"
}

// Own plans the configuration as it stands with objects taken over: marks and
// nothing else, where it matches the tenant.
func (r Replanner) Own(ids map[schema.Address]string) (*Replan, error) {
	return r.with(nil, func(cfg *schema.Config) {
		for _, o := range cfg.Objects {
			if id, ok := ids[o.Addr]; ok && o.Writes() && o.Kind.Mark() != nil {
				cfg.Imports = append(cfg.Imports, &schema.Import{To: o.Addr, ID: id, Src: o.Src})
			}
		}
	})
}

// Changed is an attribute that a plan changes.
type Changed struct {
	Address   string `json:"address"`
	Attribute string `json:"attribute"`
	// Code is the rule that asks for it, "" when a line does.
	Code string `json:"-"`
}

// Changes lists what a plan would do.
func (r *Replan) Changes() []Changed {
	var out []Changed
	for _, c := range r.Plan.Changes {
		if len(c.Attributes) == 0 {
			out = append(out, Changed{Address: c.Address})
		}
		for _, a := range c.Attributes {
			ch := Changed{Address: c.Address, Attribute: a.Name}
			for _, why := range a.Why {
				if strings.HasPrefix(why.Code, "TAC") {
					ch.Code = why.Code
				}
			}
			out = append(out, ch)
		}
	}
	return out
}

// since leaves out what the plan of before changes as well.
func since(before, now []Changed) []Changed {
	return slices.DeleteFunc(slices.Clone(now), func(c Changed) bool { return slices.Contains(before, c) })
}

// nearly is how many causes a path may lack to be worth writing down.
const nearly = 3

// Paths tells the paths that work on the tenant from those that nearly do and
// those that do not: a path works when no error rule fails and tacit would add
// nothing for it.
func (r Replanner) Paths(objects []*Object, p Plan, candidates []Upgrade) (kept []Upgrade, left []Skipped, err error) {
	p.Upgrades = nil
	before, err := r.With(Write(objects, p).Files)
	if err != nil || len(candidates) == 0 {
		return nil, nil, err
	}
	p.Upgrades = candidates
	all, err := r.judged(Write(objects, p).Files)
	if err != nil {
		return nil, nil, err
	}
	_, paths := plan.Check(all.Config, all.Binding, r.Rules)
	var working []Upgrade
	rest := map[string]Skipped{}
	for _, path := range ours(paths, objects) {
		causes := check.Causes(r.Rules, path)
		u := Upgrade{Client: path.Client.ID, API: path.API.ID, Connections: []string{path.Connection.ID}, RedirectURI: sends(candidates, path)}
		switch {
		case len(causes) == 0:
			working = join(working, u)
		case len(causes) <= nearly:
			kept = join(kept, off(u, append(r.reasons(causes), r.Variables.caveat()...)...))
		default:
			s := Skipped{schema.SilentUpgrade.Name, path.Connection.Name() + " for " + path.API.Name(), strings.Join(append([]string{"more than three rules fail: " + strings.Join(causes, ", ")}, r.Variables.caveat()...), ". ")}
			rest[s.Name] = s
		}
	}
	for _, s := range rest {
		left = append(left, s)
	}
	slices.SortFunc(left, func(a, b Skipped) int { return strings.Compare(a.Name, b.Name) })
	working, more := r.quiet(objects, p, working, before.Changes())
	return slices.Concat(working, kept, more), left, nil
}

// sends is what the candidate of a path sends: the path has values for variables
// in it.
func sends(candidates []Upgrade, p *check.Path) string {
	for _, u := range candidates {
		if u.Client == p.Client.ID && u.API == p.API.ID && slices.Contains(u.Connections, p.Connection.ID) {
			return u.RedirectURI
		}
	}
	return p.RedirectURI
}

// judged loads files whose paths are only to be judged: what tacit would add for
// them may contradict what is written, so no plan is made.
func (r Replanner) judged(files map[string][]byte) (*Replan, error) {
	o := r.Config
	o.Extra, o.Env = files, r.Variables.env(o.Env)
	loaded, ds := hclconf.Load(o)
	cfg, more := loaded.Evaluate(nil)
	if ds = append(ds, more...); ds.HasErrors() {
		return nil, Broken{ds}
	}
	cfg.Connected = r.Connected
	b, ds := plan.Bind(cfg, r.Snap)
	if ds.HasErrors() {
		return nil, Broken{loaded.WithSnippets(ds.Sorted())}
	}
	return &Replan{Config: cfg, Binding: b, files: loaded}, nil
}

// ours are the paths from connections that are being written, one for each
// client and API.
func ours(paths []*check.Path, objects []*Object) []*check.Path {
	ids := map[string]bool{}
	for _, o := range objects {
		if o.Kind == schema.SAMLConnection {
			ids[o.ID] = true
		}
	}
	return slices.DeleteFunc(paths, func(p *check.Path) bool { return !ids[p.Connection.ID] })
}

func off(u Upgrade, reasons ...string) Upgrade {
	u.Off, u.Reasons = true, reasons
	return u
}

// reasons explains rules in a line each.
func (r Replanner) reasons(codes []string) []string {
	var out []string
	for _, c := range codes {
		for _, rule := range r.Rules {
			if rule.Code == c {
				out = append(out, c+": "+rule.Summary+".")
			}
		}
	}
	return out
}

// quiet turns off the upgrades for which tacit would change something on the
// tenant.
func (r Replanner) quiet(objects []*Object, p Plan, list []Upgrade, before []Changed) (working, loud []Upgrade) {
	p.Upgrades = list
	if re, err := r.With(Write(objects, p).Files); err == nil && len(since(before, re.Changes())) == 0 {
		return list, nil
	}
	for _, u := range list {
		p.Upgrades = []Upgrade{u}
		re, err := r.With(Write(objects, p).Files)
		if err != nil {
			loud = join(loud, off(u, "It contradicts what is written: "+err.Error()))
			continue
		}
		adds := map[string][]string{}
		for _, c := range since(before, re.Changes()) {
			adds[c.Address] = append(adds[c.Address], fmt.Sprintf("%s: tacit would add to %s", c.Code, c.Attribute))
		}
		_, paths := plan.Check(re.Config, re.Binding, r.Rules)
		for _, path := range ours(paths, objects) {
			one := Upgrade{Client: u.Client, API: u.API, RedirectURI: u.RedirectURI, Connections: []string{path.Connection.ID}}
			if !slices.Contains(u.Connections, path.Connection.ID) || path.Client.ID != u.Client || path.API.ID != u.API {
				continue
			}
			if why := touched(path, adds); why != nil {
				loud = join(loud, off(one, why...))
			} else {
				working = join(working, one)
			}
		}
	}
	return working, loud
}

// touched says what would change on a path.
func touched(path *check.Path, adds map[string][]string) []string {
	var out []string
	for a, why := range adds {
		mine := slices.ContainsFunc(path.States(), func(s *schema.State) bool { return s.Addr.String() == a })
		if added, err := schema.ParseAddress(a); err == nil && added.Name == path.Addr.Name && added.Key != "" && strings.Contains(added.Key, " ") {
			mine = true // an object that only this upgrade needs
		}
		if mine {
			out = append(out, why...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
