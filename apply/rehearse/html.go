package rehearse

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// document is what a rehearsal sees in an HTML page.
type document struct {
	title   string
	text    string // visible, with single spaces
	scripts []string
	forms   []form
	onload  string
}

type form struct {
	action string
	method string
	fields url.Values
}

const maxText = 300 // characters of a page that are told

func parseHTML(raw []byte) *document {
	d := &document{}
	root, err := html.Parse(bytes.NewReader(raw))
	if err != nil {
		return d // only a failing reader makes it fail
	}
	var text strings.Builder
	d.walk(root, &text)
	d.text = shorten(strings.Join(strings.Fields(text.String()), " "))
	return d
}

func (d *document) walk(n *html.Node, text *strings.Builder) {
	if n.Type == html.TextNode {
		text.WriteString(n.Data + " ")
	}
	if n.Type == html.ElementNode {
		switch n.DataAtom { //nolint:exhaustive // the other elements are containers of text
		case atom.Script:
			d.scripts = append(d.scripts, content(n))
			return
		case atom.Style, atom.Noscript, atom.Template:
			return
		case atom.Title:
			d.title = shorten(strings.Join(strings.Fields(content(n)), " "))
			return
		case atom.Body:
			d.onload = attr(n, "onload")
		case atom.Form:
			d.forms = append(d.forms, form{action: attr(n, "action"), method: attr(n, "method"), fields: url.Values{}})
		case atom.Input:
			if name := attr(n, "name"); name != "" && len(d.forms) > 0 {
				d.forms[len(d.forms)-1].fields.Add(name, attr(n, "value"))
			}
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		d.walk(c, text)
	}
}

func content(n *html.Node) string {
	if n.FirstChild == nil {
		return ""
	}
	return n.FirstChild.Data
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func shorten(s string) string {
	if r := []rune(s); len(r) > maxText {
		return string(r[:maxText]) + ellipsis
	}
	return s
}

// selfSubmitting finds the form that a page posts by itself, and its absolute action.
func selfSubmitting(p *page) (action *url.URL, fields url.Values, ok bool) {
	d := parseHTML(p.body)
	submits := strings.Contains(d.onload, "submit()")
	for _, s := range d.scripts {
		submits = submits || strings.Contains(s, "submit()")
	}
	if !submits || len(d.forms) != 1 || !strings.EqualFold(d.forms[0].method, http.MethodPost) {
		return nil, nil, false
	}
	action, err := p.url.Parse(d.forms[0].action)
	if err != nil || action.Host == "" {
		return nil, nil, false
	}
	return action, d.forms[0].fields, true
}

// oauthError finds an OAuth error code in prose.
var oauthError = regexp.MustCompile(`\b(invalid_request|unauthorized_client|access_denied|login_required|interaction_required|` +
	`consent_required|mfa_required|invalid_grant|invalid_scope|unsupported_response_type|server_error|temporarily_unavailable)\b\s*[:.]?\s*`)

// complaint is what an error page says: an OAuth code where it has one, and the text. Auth0 answers some errors as JSON
// with the code as its key (silent-upgrade reference: conn-idpinit-enabled), others as pages.
func complaint(p *page) (code, text string) {
	var body map[string]any
	if json.Unmarshal(p.body, &body) == nil {
		return jsonComplaint(body)
	}
	d := parseHTML(p.body)
	text = strings.TrimSpace(d.text)
	if text == "" {
		text = d.title
	}
	if at := oauthError.FindStringSubmatchIndex(text); at != nil {
		code = text[at[2]:at[3]]
		if rest := strings.TrimSpace(text[at[1]:]); rest != "" {
			text = rest
		}
	}
	return code, text
}

func jsonComplaint(body map[string]any) (code, text string) {
	if code, ok := body["error"].(string); ok {
		text, _ = body["error_description"].(string)
		if text == "" {
			text, _ = body["message"].(string)
		}
		return code, shorten(text)
	}
	for _, key := range slices.Sorted(maps.Keys(body)) {
		if s, ok := body[key].(string); ok {
			return key, shorten(s)
		}
	}
	return "", ""
}
