package view

import (
	"fmt"
	"io"
	"strings"

	"github.com/tacit-dev/tacit/cmd/tacit/internal/handoff"
)

// HandoffMarkdown writes the sheet as GitHub-flavoured Markdown.
func HandoffMarkdown(w io.Writer, s *handoff.Sheet) error {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	head := func(s string) { line("\n## %s\n", s) }
	line("# %s\n\n%s", markdown(handoffTitle(s)), markdown(handoffIntro(s)))
	if len(s.Missing) > 0 {
		head(headMissing)
		for _, g := range s.Missing {
			line("- %s. %s", markdown(g.What), markdown(g.How))
		}
	}
	head(headValues)
	for _, v := range s.Values {
		value := markdown(v.Text)
		if v.Copy {
			value = markdownCode(v.Text)
		}
		line("- **%s**: %s%s", markdown(v.Label), value, after("  \n  ", markdown(v.Note)))
	}
	head(headSteps)
	markdownSteps(line, s)
	if len(s.Notes) > 0 {
		head(headNotes)
		for _, n := range s.Notes {
			line("- %s", markdown(n))
		}
	}
	head(headTest)
	for i, e := range s.Expect {
		line("%d. %s", i+1, markdown(e))
	}
	head(headErrors)
	line("| You see | It means | Who mends it |\n| --- | --- | --- |")
	for _, e := range s.Errors {
		line("| %s | %s | %s |", markdown(e.Says), markdown(e.Means), whom(e))
	}
	line("\n%s", tellUs)
	head(headSend)
	for _, t := range s.SendBack {
		line("- %s", markdown(t))
	}
	if s.Certificate != nil {
		line("- %s", markdown(certificateLine(s.Certificate)))
	}
	line("\n%s\n\nAs of %s", markdown(contactLine(s)), markdown(s.Date))
	_, err := io.WriteString(w, b.String())
	return err
}

// markdownSteps writes what the administrator does, in the words of the product.
func markdownSteps(line func(format string, args ...any), s *handoff.Sheet) {
	for i, st := range s.Steps {
		line("%d. %s", i+1, markdown(st.Text))
		for _, f := range st.Fields {
			value := markdown(f.Text)
			if f.Copy != "" {
				value = markdownCode(f.Copy)
			}
			line("   - **%s**: %s", markdown(f.Label), value)
		}
		if st.Attributes {
			for j := range s.Attributes {
				a := &s.Attributes[j]
				line("   - %s: %s", markdownCode(a.Name), markdown(attributeSays(a)))
			}
		}
	}
}

func after(separator, s string) string {
	if s == "" {
		return ""
	}
	return separator + s
}

// markdown makes text of data, in the middle of a line: nothing in it is
// emphasis, code, a link, an address that becomes one, HTML, a mention, an
// emoji or the end of a table's cell.
func markdown(s string) string {
	var b strings.Builder
	s = clean(s)
	for i, r := range s {
		bare := strings.ContainsRune("\\`*_[]<>|~&#@$", r)
		colon := r == ':' && i+1 < len(s) && s[i+1] != ' '
		dot := r == '.' && i >= 3 && strings.EqualFold(s[i-3:i], "www")
		if bare || colon || dot {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return ciCommands(`\#`).Replace(b.String())
}

// markdownCode makes code of data: the fence is longer than any run of
// backticks in it.
func markdownCode(s string) string {
	s = clean(s)
	longest, run := 0, 0
	for _, r := range s {
		run++
		if r != '`' {
			run = 0
		}
		longest = max(longest, run)
	}
	s = ciCommands(`# `).Replace(s)
	fence := strings.Repeat("`", longest+1)
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") || s == "" || strings.HasPrefix(s, " ") && strings.HasSuffix(s, " ") {
		s = " " + s + " " // which Markdown takes off again
	}
	return fence + s + fence
}
