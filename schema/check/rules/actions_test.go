package rules

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// bound adds a post-login Action with its code, as the tenant answers it
// (recorded).
func bound(name, code string) func(*fixture) {
	return func(f *fixture) {
		list, _ := f.actions["bindings"].([]any)
		action := map[string]any{"name": name, "deployed_version": map[string]any{"code": code}}
		f.actions["bindings"] = append(list[:len(list):len(list)], map[string]any{"display_name": name, "action": action})
	}
}

func actionVerdicts() []verdict {
	const head = "exports.onExecutePostLogin = async (event, api) => {\n"
	redirect := "  api.redirect.sendUserTo('https://app.example.com/terms');\n};"
	var all []verdict
	for code, call := range map[string]string{
		"TAC409": "api.redirect.sendUserTo(u)", "TAC410": "api.authentication.challengeWith({ type: 'otp' })", "TAC411": "api.access.deny('no')",
		"TAC412": "api.accessToken.addScope('x')", "TAC413": "api.session.revoke('no')",
	} {
		all = append(
			all,
			verdict{name: "no Actions", code: code, want: check.Pass},
			verdict{name: "a harmless one", code: code, change: bound("Log", head+"console.log(event.user.email) }"), want: check.Pass},
			verdict{name: "does it", code: code, change: bound("Deed", head+call+"}"), want: check.Fail, says: []string{`"Deed"`, "By its text"}},
			verdict{name: "not readable", code: code, change: func(f *fixture) { f.actions["bindings"] = notRead }, want: check.Unknown, says: []string{"read:actions"}},
			verdict{name: "offline", code: code, change: offline, want: check.NotApplicable},
			verdict{name: "code left out", code: code, change: bound("Partner", ""), want: check.Unknown, severity: schema.Info, says: []string{`"Partner"`, "not to be read"}},
			verdict{name: "only a comment", code: code, change: bound("Old", head+"// "+call+"\n/* "+call+" */ }"), want: check.Pass},
			verdict{name: "only a text", code: code, change: bound("Log", head+`console.log("`+call+`") }`), want: check.Pass},
		)
	}
	return append(all, []verdict{
		{name: "two of three", code: "TAC409", change: both(bound("A", head+redirect), bound("B", head+"}"), bound("C", head+redirect)), want: check.Fail, says: []string{`"A", "C"`}},
		{name: "guarded by the prompt", code: "TAC409", change: bound("Terms", head+"if (event.request.query?.prompt === 'none') return;\n"+redirect), want: check.Unknown, severity: schema.Info, says: []string{`"Terms"`, "condition"}},
		{name: "guarded by the protocol", code: "TAC409", change: bound("Terms", head+"if (event.transaction?.protocol !== 'samlp') return;\n"+redirect), want: check.Unknown, severity: schema.Info},
		{name: "a guard in a comment is none", code: "TAC409", change: bound("Terms", head+"// if (event.transaction?.protocol)\n"+redirect), want: check.Fail},
		{name: "a form", code: "TAC409", change: bound("Form", head+"api.prompt.render('ap_1') }"), want: check.Fail},
		{name: "interactive", code: "TAC409", change: both(bound("Terms", head+redirect), interactive), want: check.Fail, severity: schema.Info},
		{name: "laid out over lines", code: "TAC409", change: bound("Terms", head+"api\n  .redirect\n  .sendUserTo (u) }"), want: check.Fail},
		{name: "after a URL in a text", code: "TAC409", change: bound("Terms", head+"const u = 'https://x'; api.redirect.sendUserTo(u) }"), want: check.Fail},
		{name: "after a pattern with slashes", code: "TAC409", change: bound("Terms", head+`if (/^https?:[/]*["']/.test(u)) api.redirect.sendUserTo(u) }`), want: check.Fail},
		{name: "once per session", code: "TAC410", change: bound("MFA", head+"if (!event.authentication?.methods.some(m => m.name === 'mfa')) api.multifactor.enable('any') }"), want: check.Unknown, severity: schema.Info},
		{name: "optional chaining", code: "TAC410", change: bound("MFA", head+"api?.multifactor?.enable('any') }"), want: check.Fail},
		{name: "throws", code: "TAC411", change: bound("Strict", head+"throw new Error('no') }"), want: check.Fail},
	}...)
}

// The samples that rules offer pass the rules that offer them.
func TestFixesOfActionsAreNotFaulty(t *testing.T) {
	for _, code := range []string{"TAC407", "TAC409", "TAC410"} {
		_, js, ok := strings.Cut(rule(t, code).Fix, "exports.")
		assert.True(t, ok, code)
		f := good()
		bound("Fix", "exports."+js)(f)
		for _, judge := range []string{"TAC409", "TAC410"} {
			assert.NotEqual(t, check.Fail, rule(t, judge).Judge(f.path()).Outcome, "%s of %s", judge, code)
		}
	}
}

// Many paths look at the code once.
func TestActionsAreReadOnce(t *testing.T) {
	f := good()
	bound("Deed", "api.access.deny('no')")(f)
	p := f.path()
	first := readActions(p)
	assert.Same(t, first, readActions(p))
}

// Comments and spaces change nothing of what the code is read as.
func TestPlainCodeIgnoresCommentsAndSpaces(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOf(rapid.SampledFrom([]string{"api.", "redirect", "(", ")", ";", "event", "'a//b'", `"/*"`, "`x`", "?.", "x"})).Draw(t, "words")
		gap := rapid.SampledFrom([]string{"", " ", "\n", " // no\n", "/* no */", "\t/* ' */ "})
		var laidOut strings.Builder
		for _, w := range words {
			laidOut.WriteString(w + gap.Draw(t, "gap"))
		}
		assert.Equal(t, plainCode(strings.Join(words, "")), plainCode(laidOut.String()))
	})
}

func FuzzPlainCode(f *testing.F) {
	for _, s := range []string{"", "//", "/*", "/* */", "'", `"\`, "`${`x`}`", "a/b/c", "return /[/]/", "x?.y ?.5", "/["} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		got := plainCode(src)
		if len(got) > len(src)+1 { // an open string gets its end
			t.Fatalf("%q grew to %q", src, got)
		}
	})
}
