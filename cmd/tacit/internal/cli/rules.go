package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tacit-dev/tacit/cmd/tacit/internal/view"
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
	"github.com/tacit-dev/tacit/schema/check/rules"
)

// ruleFlags let a person weigh rules otherwise than the catalogue does.
type ruleFlags struct {
	errors, warnings []string
}

func (f *ruleFlags) register(cmd *cobra.Command) {
	cmd.Flags().StringArrayVarP(&f.errors, "error", "E", nil, "count what rule `CODE` finds as an error (repeatable)")
	cmd.Flags().StringArrayVarP(&f.warnings, "warn", "W", nil, "count what rule `CODE` finds as a warning (repeatable)")
}

// catalogue is the list of rules, weighed as the flags say.
func (f *ruleFlags) catalogue() ([]*check.Rule, error) {
	all := rules.Catalogue()
	for sev, codes := range map[schema.Severity][]string{schema.Error: f.errors, schema.Warning: f.warnings} {
		for _, code := range codes {
			i := slices.IndexFunc(all, func(r *check.Rule) bool { return r.Code == code })
			if i < 0 {
				return nil, unknownRule(code)
			}
			if slices.Contains(f.errors, code) && slices.Contains(f.warnings, code) {
				return nil, fmt.Errorf("%s is named by both --error and --warn", code)
			}
			all[i].Forced = sev
		}
	}
	return all, nil
}

func unknownRule(code string) error {
	return fmt.Errorf("there is no rule %q: tacit rules lists them", code)
}

// knownIgnores refuses comments that ignore a rule that does not exist.
func knownIgnores(ignores []*schema.Ignore) schema.Diagnostics {
	var ds schema.Diagnostics
	for _, ig := range ignores {
		if !slices.ContainsFunc(rules.Catalogue(), func(r *check.Rule) bool { return r.Code == ig.Code }) {
			ds = append(ds, schema.Diagnostic{
				Severity: schema.Error, Subject: ig.Src, Summary: "Unknown rule",
				Detail: fmt.Sprintf("There is no rule %s. The command tacit rules lists them.", ig.Code),
			})
		}
	}
	return ds
}

func (a *app) rulesCommand() *cobra.Command {
	return &cobra.Command{
		Use: "rules [CODE|WORD]...", Short: "List the rules: what a silent upgrade needs",
		Long: "Lists what tacit knows about the silent upgrade: each prerequisite with its severity and how well it is established.\nWith codes or words only the rules that have one of them; tacit explain CODE tells all of one.",
		RunE: func(_ *cobra.Command, args []string) error { return a.runRules(args) },
	}
}

func (a *app) runRules(words []string) error {
	out := []view.Rule{}
	for _, r := range rules.Catalogue() {
		if v := view.RuleOf(r); len(words) == 0 || slices.ContainsFunc(words, func(w string) bool { return mentions(v, w) }) {
			out = append(out, v)
		}
	}
	if a.global.json {
		return a.json(out)
	}
	if len(out) == 0 {
		return fmt.Errorf("no rule has a code or text with %s", strings.Join(words, " or "))
	}
	a.out.Rules(out)
	return nil
}

func mentions(r view.Rule, word string) bool {
	if strings.EqualFold(r.Code, word) {
		return true
	}
	text := strings.ToLower(strings.Join([]string{r.Code, r.Name, r.Summary, r.Symptom, r.Why}, "\n"))
	return strings.Contains(text, strings.ToLower(word))
}
