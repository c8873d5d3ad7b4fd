package view

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	html "html/template"
	"io"

	"github.com/tacit-dev/tacit/cmd/tacit/internal/handoff"
)

// pages are the templates of HTML pages, with their styles and scripts.
//
//go:embed pages
var pages embed.FS

// page is one self-contained HTML document. It loads nothing: its policy allows
// the style and the script that stand in it, by their digests.
type page struct {
	Style  html.CSS
	Script html.JS
	Data   any
}

// Policy is the page's Content-Security-Policy.
func (p page) Policy() string {
	return "default-src 'none'; style-src 'sha256-" + digest(string(p.Style)) + "'; script-src 'sha256-" + digest(string(p.Script)) +
		"'; base-uri 'none'; form-action 'none'"
}

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// writePage renders pages/NAME.html with NAME.css and NAME.js. The template
// escapes data for where it stands; the caller cleaned it.
func writePage(w io.Writer, name string, functions html.FuncMap, data any) error {
	var files [3]string
	for i, ending := range []string{".html", ".css", ".js"} {
		raw, err := pages.ReadFile("pages/" + name + ending)
		if err != nil {
			return fmt.Errorf("render: %w", err)
		}
		files[i] = string(raw)
	}
	t, err := html.New(name).Funcs(functions).Parse(files[0])
	if err != nil {
		return fmt.Errorf("render: %w", err)
	}
	// #nosec G203 -- both are files of this program
	return t.Execute(w, page{html.CSS(files[1]), html.JS(files[2]), data})
}

// HandoffHTML writes the sheet as one page, for screens, phones and paper.
func HandoffHTML(w io.Writer, s *handoff.Sheet) error {
	safe, err := cleaned(s)
	if err != nil {
		return err
	}
	return writePage(w, "handoff", html.FuncMap{
		"title": func() string { return handoffTitle(safe) }, "intro": func() string { return handoffIntro(safe) },
		"contact": func() string { return contactLine(safe) }, "tellUs": func() string { return tellUs },
		"whom": whom, "expiry": certificateLine,
	}, safe)
}
