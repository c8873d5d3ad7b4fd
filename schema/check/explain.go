package check

import (
	"cmp"
	"slices"

	"github.com/tacit-dev/tacit/schema"
)

// Answer is what one rule says of one path, whatever it says.
type Answer struct {
	Code     string          `json:"code"`
	Rule     string          `json:"rule"`
	Summary  string          `json:"summary"`
	Outcome  Outcome         `json:"outcome"`
	Severity schema.Severity `json:"severity"`
	Object   string          `json:"object,omitempty"`
	Subject  *schema.Range   `json:"subject,omitempty"`
	Message  string          `json:"message,omitempty"`
	Fix      string          `json:"fix,omitempty"`
	Settle   string          `json:"settle,omitempty"`
	Symptom  string          `json:"symptom,omitempty"`
	Follows  string          `json:"follows,omitempty"`
	Advice   bool            `json:"advice,omitempty"`

	// token is what a failure means for the token.
	token Outcome
}

// Explanation says which token a SPA gets on a path, and why.
type Explanation struct {
	Path         string `json:"path"`
	Connection   string `json:"connection"`
	Client       string `json:"client"`
	API          string `json:"api"`
	Via          string `json:"via"`
	LoginDomain  string `json:"login_domain,omitempty"`
	Organization string `json:"organization,omitempty"`
	// Scopes are those that the SPA asks for.
	Scopes []string `json:"scopes"`
	// Token is Pass when no error rule objects, Fail when one does, Unknown
	// when one could not be answered.
	Token Outcome `json:"token"`
	// Causes are the codes behind Token, those that follow from others left
	// out.
	Causes []string `json:"causes"`
	// Answers are those of all rules that apply, ascending by code.
	Answers []Answer `json:"answers"`
}

// Explain asks every rule about a path, advice included.
func Explain(rules []*Rule, p *Path) *Explanation {
	e := &Explanation{
		Path: p.Label(), Connection: p.Connection.Name(), Client: p.Client.Name(), API: p.API.Name(), Via: p.Via,
		LoginDomain: p.LoginDomain, Scopes: append([]string{}, p.Scopes...), Token: Pass, Causes: []string{}, Answers: []Answer{},
	}
	if p.Organization != nil {
		e.Organization = p.Organization.Name()
	}
	found := judgeAll(rules, p)
	for _, f := range found {
		a := Answer{
			Code: f.rule.Code, Rule: f.rule.Name, Summary: f.rule.Summary, Outcome: f.verdict.Outcome, Severity: f.sev,
			Advice: f.rule.Advice, token: cmp.Or(f.rule.Token, Fail),
		}
		if a.Outcome == Fail || a.Outcome == Unknown {
			a.Object, a.Subject, a.Message = f.verdict.Object.String(), f.verdict.Src, f.verdict.Message
			a.Settle, a.Symptom, a.Follows = f.verdict.Settle, f.rule.Symptom, cause(f, found)
		}
		if a.Outcome == Fail {
			a.Fix = fix(f.rule, f.verdict, p)
		}
		e.Answers = append(e.Answers, a)
	}
	e.Token, e.Causes = token(e.Answers)
	return e
}

// judgeAll runs the rules that apply to the path.
func judgeAll(rules []*Rule, p *Path) []judged {
	var out []judged
	for _, r := range rules {
		sev := r.Severity[p.Via]
		if sev == "" {
			continue
		}
		if v := r.judge(p); v.Outcome != NotApplicable {
			out = append(out, judged{r, cmp.Or(r.Forced, v.Severity, sev), v})
		}
	}
	return out
}

// token is what the answers of the error rules add up to.
func token(answers []Answer) (Outcome, []string) {
	for _, o := range []Outcome{Fail, Unknown} {
		var causes []string
		for i := range answers {
			a := &answers[i]
			means := a.Outcome
			if means == Fail {
				means = a.token
			}
			if means == o && a.Severity == schema.Error && !a.Advice && a.Follows == "" {
				causes = append(causes, a.Code)
			}
		}
		if causes != nil {
			return o, causes
		}
	}
	return Pass, []string{}
}

// Causes are the codes of the error rules that fail on a path and follow from
// no other.
func Causes(rules []*Rule, p *Path) []string {
	var found []judged
	for _, r := range rules {
		if sev := r.Severity[p.Via]; sev != "" && !r.Advice {
			if v := r.judge(p); v.Outcome == Fail {
				found = append(found, judged{r, cmp.Or(r.Forced, v.Severity, sev), v})
			}
		}
	}
	var out []string
	for _, f := range found {
		if f.sev == schema.Error && cause(f, found) == "" {
			out = append(out, f.rule.Code)
		}
	}
	slices.Sort(out)
	return out
}
