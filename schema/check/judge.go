package check

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/tacit-dev/tacit/schema"
)

// Finding is a verdict that people should see, with the rule's explanation.
// One finding stands for every path on which it is the same.
type Finding struct {
	Code     string          `json:"code"`
	Rule     string          `json:"rule"`
	Severity schema.Severity `json:"severity"`
	Outcome  Outcome         `json:"outcome"`
	// Follows is the code of a rule whose failure on the same paths explains
	// this one, "" for a cause of its own.
	Follows string `json:"follows,omitempty"`
	// Object is the address of what is at fault, the first of Instances when
	// there are several.
	Object string `json:"object"`
	// Instances are the addresses that share this one mistake, nil when it is
	// only Object.
	Instances []string      `json:"instances,omitempty"`
	Subject   *schema.Range `json:"subject,omitempty"`
	Message   string        `json:"message"`
	Why       string        `json:"why"`
	Fix       string        `json:"fix"`
	Symptom   string        `json:"symptom,omitempty"`
	Settle    string        `json:"settle,omitempty"`
	Source    string        `json:"source"`
	Grade     Grade         `json:"evidence"`
	// Paths are the silent_upgrade paths it concerns, as Path.Label writes
	// them.
	Paths []string `json:"paths"`
	// NotRehearsed says why no login on a copy of the tenant shows it.
	NotRehearsed string `json:"-"`
	// Objects are the addresses of all objects on these paths.
	Objects []string `json:"-"`
}

// Report is what judging a set of paths found.
type Report struct {
	Findings []Finding `json:"findings"`
	// Paths counts all paths, Clean those without a failing error rule.
	Paths int `json:"paths"`
	Clean int `json:"clean"`
	// Ignored are findings that comments accept.
	Ignored []Ignored `json:"ignored,omitempty"`
	// Unused are the comments that accepted nothing.
	Unused []*schema.Ignore `json:"-"`
}

// Ignored counts what one comment accepts.
type Ignored struct {
	Code   string `json:"code"`
	Reason string `json:"reason"`
	Block  string `json:"block"`
	// Paths is on how many paths the rule would have had a finding.
	Paths int `json:"paths"`
}

// Failed reports whether an error rule fails on some path; strict counts
// warnings and unknowns too.
func (rep *Report) Failed(strict bool) bool {
	return slices.ContainsFunc(rep.Findings, func(f Finding) bool {
		return f.Breaks() || (strict && f.Severity != schema.Info)
	})
}

// Breaks reports whether the finding is an error rule that fails.
func (f *Finding) Breaks() bool { return f.Outcome == Fail && f.Severity == schema.Error }

// Label names a path: the silent_upgrade block and the connection.
func (p *Path) Label() string {
	if p.Upgrade == nil && p.Addr == (schema.Address{}) {
		return p.Connection.Name() + " to " + p.Client.Name() + " for " + p.API.Name()
	}
	label := p.Addr.String() + " from " + p.Connection.Addr.String()
	if p.At != "" {
		label += " at " + p.At
	}
	return label
}

// Judge runs the rules over the paths, advice aside, and leaves out what
// comments accept. Findings come sorted:
// errors first, causes before what follows from them, then by code, object and
// message.
func Judge(rules []*Rule, paths []*Path, ignores ...*schema.Ignore) *Report {
	rep := &Report{Paths: len(paths), Findings: []Finding{}}
	index := map[key]*tally{}
	accepted := accept(ignores)
	var found []judged
	for _, p := range paths {
		found = found[:0]
		for _, r := range rules {
			if sev := r.Severity[p.Via]; sev != "" && !r.Advice {
				v := r.judge(p)
				if v.Outcome != Fail && v.Outcome != Unknown || accepted.covers(r, v, p) {
					continue
				}
				found = append(found, judged{r, cmp.Or(r.Forced, v.Severity, sev), v})
			}
		}
		broken, names := false, pathNames{}
		for _, f := range found {
			broken = broken || (f.verdict.Outcome == Fail && f.sev == schema.Error)
			names.fill(p)
			rep.add(index, f, cause(f, found), p, &names)
		}
		if !broken {
			rep.Clean++
		}
	}
	slices.SortStableFunc(rep.Findings, compareFindings)
	rep.Ignored, rep.Unused = accepted.report()
	return rep
}

// judge asks the rule. What it would have to know of an object that does not
// exist is no open question.
func (r *Rule) judge(p *Path) Verdict {
	v := r.Judge(p)
	if v.Outcome == Unknown && p.Client.Gone && v.Object == p.Client.Addr {
		return Skipped()
	}
	return v
}

// judged is what a rule found on a path.
type judged struct {
	rule    *Rule
	sev     schema.Severity
	verdict Verdict
}

// cause is the code of the first rule that fails on the same path and explains
// what j found. A failure that people weigh lighter explains none that is
// graver: it would hide what breaks the path.
func cause(j judged, found []judged) string {
	for _, code := range j.rule.Follows {
		for _, f := range found {
			if f.rule.Code == code && f.verdict.Outcome == Fail && (f.sev == schema.Error || f.sev == j.sev || j.sev == schema.Info) {
				return code
			}
		}
	}
	return ""
}

// pathNames are the texts of a path, written once however many findings name
// it.
type pathNames struct {
	label   string
	at      []schema.Address
	objects []string
}

func (n *pathNames) fill(p *Path) {
	if n.label != "" {
		return
	}
	n.label = p.Label()
	states := p.States()
	n.at, n.objects = make([]schema.Address, 0, len(states)+1), make([]string, 0, len(states)+1)
	n.add(p.Addr)
	for _, s := range states {
		n.add(s.Addr)
	}
}

func (n *pathNames) add(a schema.Address) {
	n.at, n.objects = append(n.at, a), append(n.objects, a.String())
}

// of is the text of an address.
func (n *pathNames) of(a schema.Address) string {
	if i := slices.Index(n.at, a); i >= 0 {
		return n.objects[i]
	}
	return a.String()
}

// key identifies verdicts that are one finding: the same words about the same
// line, or about the same kind of object where no configuration declares it.
type key struct {
	rule    *Rule
	sev     schema.Severity
	outcome Outcome
	follows string
	block   schema.Address
	src     schema.Range
	message string
}

func keyOf(f judged, follows string) key {
	v := f.verdict
	k := key{rule: f.rule, sev: f.sev, outcome: v.Outcome, follows: follows, message: v.Message}
	if v.Src != nil {
		k.block, k.src = v.Object.Block(), *v.Src
	} else {
		k.block.Kind = v.Object.Kind
	}
	return k
}

// tally is what merging needs to know of a finding: its place in the report,
// the objects it names, and those of its last path, which the next path mostly
// shares.
type tally struct {
	i    int
	at   map[schema.Address]bool
	last []string
}

func (rep *Report) add(index map[key]*tally, found judged, follows string, p *Path, names *pathNames) {
	k, r, v := keyOf(found, follows), found.rule, found.verdict
	t := index[k]
	if t == nil {
		t = &tally{i: len(rep.Findings), at: map[schema.Address]bool{v.Object: true}}
		index[k] = t
		rep.Findings = append(rep.Findings, Finding{
			Code: r.Code, Rule: r.Name, Severity: found.sev, Outcome: v.Outcome, Follows: follows, Object: v.Object.String(),
			Subject: v.Src, Message: v.Message, Why: r.Why, Fix: fix(r, v, p), Symptom: r.Symptom,
			Settle: v.Settle, Source: r.Source, Grade: r.Grade, NotRehearsed: r.NotRehearsed,
		})
	}
	f := &rep.Findings[t.i]
	if !t.at[v.Object] {
		if f.Instances == nil {
			f.Instances = []string{f.Object}
		}
		t.at[v.Object] = true
		f.Instances = append(f.Instances, names.of(v.Object))
	}
	f.Paths = append(f.Paths, names.label)
	for i, o := range names.objects {
		if i >= len(t.last) || t.last[i] != o {
			f.Objects = append(f.Objects, o)
		}
	}
	t.last = names.objects
}

// fix is what to do about a verdict. On an object that the configuration
// declares but does not let tacit write, the change has to be made elsewhere.
func fix(r *Rule, v Verdict, p *Path) string {
	text := cmp.Or(v.Fix, r.Fix)
	s := p.state(v.Object)
	if p.Upgrade == nil || s == nil || s.Writes || s.Src == nil {
		return text
	}
	if s.Kind.ExistingOnly {
		return fmt.Sprintf("Change %s where it is managed: %s", s.Addr.Block(), text)
	}
	return fmt.Sprintf("Change %s where it is managed (or take existing = true out, and tacit does): %s", s.Addr.Block(), text)
}

func compareFindings(a, b Finding) int {
	return cmp.Or(
		cmp.Compare(rank(&a), rank(&b)),
		cmp.Compare(min(len(a.Follows), 1), min(len(b.Follows), 1)),
		cmp.Compare(a.Code, b.Code),
		cmp.Compare(a.Object, b.Object),
		cmp.Compare(a.Message, b.Message),
	)
}

// rank orders findings: what fails before what is unknown, graver first.
func rank(f *Finding) int {
	n := 0
	switch f.Severity {
	case schema.Error:
	case schema.Warning:
		n = 1
	case schema.Info:
		n = 2
	}
	if f.Outcome == Unknown {
		n += 3
	}
	return n
}
