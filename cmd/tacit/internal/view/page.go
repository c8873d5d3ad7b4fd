package view

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"errors"
	"fmt"
	html "html/template"
	"io"
	"io/fs"
	"strings"
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
	policy := "default-src 'none'; style-src 'sha256-" + digest(string(p.Style)) + "'; base-uri 'none'; form-action 'none'"
	if p.Script != "" {
		policy += "; script-src 'sha256-" + digest(string(p.Script)) + "'"
	}
	return policy
}

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// writePage renders pages/NAME.html with its styles, and with NAME.js where
// there is one. The template escapes data for where it stands; the caller
// cleaned it.
func writePage(w io.Writer, name string, styles []string, functions html.FuncMap, data any) error {
	text, err := pages.ReadFile("pages/" + name + ".html")
	if err != nil {
		return fmt.Errorf("render: %w", err)
	}
	style := ""
	for _, s := range styles {
		raw, err := pages.ReadFile("pages/" + s)
		if err != nil {
			return fmt.Errorf("render: %w", err)
		}
		style += string(raw)
	}
	script, err := pages.ReadFile("pages/" + name + ".js")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("render: %w", err)
	}
	t, err := html.New(name).Funcs(functions).Parse(string(text))
	if err != nil {
		return fmt.Errorf("render: %w", err)
	}
	var b strings.Builder
	if err := t.Execute(&b, page{html.CSS(style), html.JS(script), data}); err != nil { // #nosec G203 -- both are files of this program
		return fmt.Errorf("render: %w", err)
	}
	return writeMarkup(w, b.String())
}

// writeMarkup writes HTML or XML that may end in the log of a CI system.
func writeMarkup(w io.Writer, s string) error {
	_, err := io.WriteString(w, ciCommands("&#35;").Replace(s))
	return err
}
