package cli

import (
	"regexp"
	"strings"
)

// again is a command to copy: it means the same configuration, with the same
// variables, and the same tenant as the command that was run.
func (l *loaded) again(c configFlags, t tenantFlags, command string, operands ...string) string {
	words := []string{"tacit", command}
	switch t.sandbox {
	case "":
	case besideConfig:
		words = append(words, "--sandbox")
	default:
		words = append(words, "--sandbox="+inShell(t.sandbox))
	}
	for _, f := range c.varFiles {
		words = append(words, "--var-file="+inShell(f))
	}
	for _, v := range c.vars {
		name, value, _ := strings.Cut(v, "=")
		if l.sensitive(name) {
			// Not to be printed. A shell refuses the line as it is, which is
			// better than a run with another value.
			words = append(words, "--var="+name+"=<sensitive>")
		} else {
			words = append(words, "--var="+inShell(name+"="+value))
		}
	}
	for _, o := range operands {
		words = append(words, inShell(o))
	}
	if c.dir != "" && c.dir != "." {
		words = append(words, inShell(c.dir))
	}
	return strings.Join(words, " ")
}

// weighed are the flags that weigh rules, for a command that judges again.
func (f *ruleFlags) weighed() []string {
	var out []string
	for _, code := range f.errors {
		out = append(out, "-E", code)
	}
	for _, code := range f.warnings {
		out = append(out, "-W", code)
	}
	return out
}

// sensitive variables are the inputs without a digest.
func (l *loaded) sensitive(variable string) bool {
	for _, in := range l.files.Inputs() {
		if in.Name == "var:"+variable {
			return in.SHA256 == ""
		}
	}
	return true // not declared: nobody said that it may be shown
}

// plainWord needs no quotes in a shell.
var plainWord = regexp.MustCompile(`^[A-Za-z0-9_@%+=:,./-]+$`)

// inShell quotes a word for a POSIX shell.
func inShell(word string) string {
	if plainWord.MatchString(word) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
