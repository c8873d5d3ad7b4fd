package plan

import (
	"slices"
	"strings"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// redactor takes sensitive values of a configuration out of texts: rules and
// diagnostics quote what they found without knowing where it came from.
type redactor struct{ r *strings.Replacer }

// minSecret is the shortest text that is looked for: replacing shorter ones
// would tell more than it hides.
const minSecret = 3

// hidden stands for a sensitive value in texts.
const hidden = "(sensitive value)"

func newRedactor(cfg *schema.Config) redactor {
	var secrets []string
	add := func(s string) {
		if len(s) >= minSecret && !slices.Contains(secrets, s) {
			secrets = append(secrets, s)
		}
	}
	for _, o := range cfg.Objects {
		for _, w := range o.Wants {
			if !w.Sensitive {
				continue
			}
			eachText(w.V, func(s string) {
				add(s)
				bare, _, _ := strings.Cut(s, "?")
				add(bare)
				add(schema.Origin(s))
			})
		}
	}
	if len(secrets) == 0 {
		return redactor{}
	}
	slices.SortFunc(secrets, func(a, b string) int { return len(b) - len(a) }) // the longest first
	pairs := make([]string, 0, 2*len(secrets))
	for _, s := range secrets {
		pairs = append(pairs, s, hidden)
	}
	return redactor{strings.NewReplacer(pairs...)}
}

// eachText calls f for every text in a value.
func eachText(v any, f func(string)) {
	switch v := v.(type) {
	case string:
		f(v)
	case *schema.Template:
		for _, p := range v.Parts {
			f(p.Lit)
		}
	case []any:
		for _, e := range v {
			eachText(e, f)
		}
	case map[string]any:
		for _, e := range v {
			eachText(e, f)
		}
	}
}

func (r redactor) text(s string) string {
	if r.r == nil {
		return s
	}
	return r.r.Replace(s)
}

func (r redactor) diagnostics(ds schema.Diagnostics) schema.Diagnostics {
	for i := range ds {
		ds[i].Summary, ds[i].Detail = r.text(ds[i].Summary), r.text(ds[i].Detail)
	}
	return ds
}

func (r redactor) report(rep *check.Report) *check.Report {
	if r.r == nil {
		return rep
	}
	for i := range rep.Findings {
		f := &rep.Findings[i]
		f.Message, f.Fix, f.Settle = r.text(f.Message), r.text(f.Fix), r.text(f.Settle)
	}
	return rep
}

// Redact takes sensitive values of the configuration out of an explanation.
func Redact(cfg *schema.Config, e *check.Explanation) {
	secret := newRedactor(cfg)
	for _, s := range []*string{&e.Path, &e.Connection, &e.Client, &e.API, &e.LoginDomain, &e.Organization} {
		*s = secret.text(*s)
	}
	for i := range e.Scopes {
		e.Scopes[i] = secret.text(e.Scopes[i])
	}
	for i := range e.Answers {
		a := &e.Answers[i]
		a.Message, a.Fix, a.Settle = secret.text(a.Message), secret.text(a.Fix), secret.text(a.Settle)
	}
}
