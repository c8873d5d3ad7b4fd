package cli

import "strings"

// terraformFlags are the flags that people type with one dash out of habit.
// Nothing else is rewritten.
func terraformFlags() []string {
	return []string{"out", "var", "var-file", "auto-approve", "detailed-exitcode", "json", "no-color", "input", "raw", "target"}
}

// rewriteDashes turns Terraform's single-dash spelling of exactly these flags
// into two dashes, up to a bare "--".
func rewriteDashes(args []string) []string {
	out := make([]string, 0, len(args))
	for i, arg := range args {
		if arg == "--" {
			return append(out, args[i:]...)
		}
		name, _, _ := strings.Cut(strings.TrimPrefix(arg, "-"), "=")
		if strings.HasPrefix(arg, "-") && !strings.HasPrefix(arg, "--") {
			for _, f := range terraformFlags() {
				if name == f {
					arg = "-" + arg
				}
			}
		}
		out = append(out, arg)
	}
	return out
}
