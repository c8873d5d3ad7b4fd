package hclconf

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/go-version"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// settings are what the tacit block says.
type settings struct {
	workspace string
	env       []string
}

func (s *settings) defaults() {
	if s.workspace == "" {
		s.workspace = "default"
	}
}

var workspaces = regexp.MustCompile(`^[A-Za-z0-9._-]+$`)

// settingNames are the attributes of the tacit block.
var settingNames = [...]string{"required_version", "workspace", "env"}

func (l *loader) readSettings(b *hclBlock) {
	for _, inner := range b.Body.Blocks {
		l.c.fail(at(inner.DefRange()), "Unknown block", "The tacit block holds no %s block, only %s.", inner.Type, strings.Join(settingNames[:], ", "))
	}
	for _, name := range slices.Sorted(maps.Keys(b.Body.Attributes)) {
		a := b.Body.Attributes[name]
		if !slices.Contains(settingNames[:], name) {
			l.c.fail(at(a.NameRange), "Unknown attribute", "The tacit block has no attribute %q.%s", name, DidYouMean(name, settingNames[:]))
			continue
		}
		v, diags := l.steps.plain(a.Expr, nil)
		l.c.hclDiags(diags, at(a.Expr.Range()))
		if !diags.HasErrors() {
			l.setting(a, v)
		}
	}
}

func (l *loader) setting(a *hclsyntax.Attribute, v cty.Value) {
	words, isList, ok := plainStrings(v)
	if !ok || isList != (a.Name == "env") {
		want := "a text in quotes"
		if a.Name == "env" {
			want = "a list of names such as [\"STAGE\"]"
		}
		l.c.fail(at(a.Expr.Range()), "Wrong type", "%s takes %s.", a.Name, want)
		return
	}
	switch a.Name {
	case "workspace":
		if !workspaces.MatchString(words[0]) {
			l.c.fail(at(a.Expr.Range()), "Unusable workspace name", "The workspace is part of the ownership mark; write letters, digits, dots, - and _ only.")
			return
		}
		l.settings.workspace = words[0]
	case "required_version":
		l.requireVersion(a, words[0])
	case "env":
		for i, w := range words {
			if why := refusedEnv(w); why != "" {
				l.c.fail(at(elementRange(a.Expr, i)), "Environment variable refused", "%s %s Pass such a value as TACIT_VAR_name to a variable with sensitive = true.", w, why)
				continue
			}
			l.settings.env = append(l.settings.env, w)
		}
	}
}

func (l *loader) requireVersion(a *hclsyntax.Attribute, want string) {
	constraint, err := version.NewConstraint(want)
	if err != nil {
		l.c.fail(at(a.Expr.Range()), "Unreadable version constraint", "%q is not a version constraint such as \">= 0.1.0\" or \"~> 1.2\".", want)
		return
	}
	if l.opts.ToolVersion == "" {
		return
	}
	have, err := version.NewVersion(l.opts.ToolVersion)
	if err != nil {
		return // a development build has no version to compare
	}
	if !constraint.Check(have.Core()) {
		l.c.fail(at(a.Expr.Range()), "Other version of tacit required", "This configuration requires tacit %s; this is %s. Install a version that fits.", want, l.opts.ToolVersion)
	}
}

var (
	refusedPrefixes = [...]string{"AUTH0_", "GITHUB_", "CI", "TACIT_"}
	refusedParts    = [...]string{"TOKEN", "SECRET", "PASSWORD", "PASSWD", "KEY", "CREDENTIAL"}
)

// refusedEnv says why a name may not be read with env(). Files come from pull
// requests and must not be able to copy a runner's credentials to a tenant.
func refusedEnv(name string) string {
	up := strings.ToUpper(name)
	for _, p := range refusedPrefixes {
		if strings.HasPrefix(up, p) {
			return "may hold a credential or belongs to the CI system (" + p + "*)."
		}
	}
	for _, p := range refusedParts {
		if strings.Contains(up, p) {
			return "sounds like a credential (*" + p + "*)."
		}
	}
	if name == "" || strings.ContainsAny(name, "=\x00") {
		return "is not a name."
	}
	return ""
}

// plainStrings reads a string or a list of strings that was written out.
func plainStrings(v cty.Value) (words []string, isList, ok bool) {
	if v.IsNull() || !v.IsWhollyKnown() || v.ContainsMarked() {
		return nil, false, false
	}
	if v.Type() == cty.String {
		return []string{v.AsString()}, false, true
	}
	if !v.Type().IsTupleType() {
		return nil, false, false
	}
	for _, e := range v.AsValueSlice() {
		if e.IsNull() || e.Type() != cty.String {
			return nil, true, false
		}
		words = append(words, e.AsString())
	}
	return words, true, true
}
