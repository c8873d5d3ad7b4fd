package view

import (
	html "html/template"
	"io"

	"github.com/tacit-dev/tacit/cmd/tacit/internal/handoff"
)

// HandoffHTML writes the sheet as one page, for screens, phones and paper.
func HandoffHTML(w io.Writer, s *handoff.Sheet) error {
	safe, err := cleaned(s)
	if err != nil {
		return err
	}
	return writePage(w, "handoff", []string{"handoff.css"}, html.FuncMap{
		"title": func() string { return handoffTitle(safe) }, "intro": func() string { return handoffIntro(safe) },
		"contact": func() string { return contactLine(safe) }, "tellUs": func() string { return tellUs },
		"whom": whom, "expiry": certificateLine,
	}, safe)
}
