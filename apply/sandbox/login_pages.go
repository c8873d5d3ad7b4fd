package sandbox

import (
	"bytes"
	"encoding/json"
	"html/template"
	"net/http"
	"net/url"
)

// htmlPage is a page that must not be framed or cached; web_message answers, which must be framed, are made elsewhere.
func htmlPage(status int, t *template.Template, data any) *page {
	var b bytes.Buffer
	if err := t.Execute(&b, data); err != nil {
		return failedPage(err)
	}
	return &page{status: status, body: b.Bytes(), header: http.Header{
		"Content-Type": {"text/html; charset=utf-8"}, "Cache-Control": {"no-store"}, "X-Frame-Options": {"DENY"},
	}}
}

const pageHead = `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{{.Title}}</title></head><body>`

func parsePage(body string) *template.Template {
	return template.Must(template.New("").Parse(pageHead + body + "</body></html>\n"))
}

// errorPage is what the browser shows when nothing may be sent to the application. Auth0's page has another look; code
// and description are its content too.
func errorPage(status int, code, description string) *page {
	t := parsePage(`<h1>Oops!, something went wrong</h1><p><b id="error">{{.Code}}</b>: <span id="error_description">{{.Description}}</span></p>`)
	return htmlPage(status, t, struct{ Title, Code, Description string }{"Error", code, description})
}

// formPage posts fields to a target, as form_post answers and SAML bindings do.
func formPage(target *url.URL, fields ...[]string) *page {
	t := parsePage(`<form method="post" action="{{.Target}}">{{range .Fields}}<input type="hidden" name="{{index . 0}}" value="{{index . 1}}"/>{{end}}` +
		`<noscript><button>Continue</button></noscript></form><script>document.forms[0].submit()</script>`)
	return htmlPage(http.StatusOK, t, struct {
		Title  string
		Target template.URL
		Fields [][]string
	}{"Submit", template.URL(target.String()), fields}) //nolint:gosec // compared with what the client registered
}

// messagePage answers response_mode=web_message: a script that posts to the page that framed it, if that is of the
// origin asked for.
func messagePage(origin string, params []pair) *page {
	response := map[string]string{}
	for _, p := range params {
		response[p.name] = p.value
	}
	message, err := json.Marshal(map[string]any{"type": "authorization_response", "response": response}) // escapes <, > and &
	if err != nil {
		return failedPage(err)
	}
	target, err := json.Marshal(origin)
	if err != nil {
		return failedPage(err)
	}
	body := "<!DOCTYPE html><html><head><title>Authorization Response</title></head><body><script type=\"text/javascript\">" +
		"(function(window, document) {var targetOrigin = " + string(target) + ";var authorizationResponse = " + string(message) +
		";var mainWin = (window.opener) ? window.opener : window.parent;mainWin.postMessage(authorizationResponse, targetOrigin);" +
		"})(this, this.document);</script></body></html>"
	return &page{status: http.StatusOK, body: []byte(body), header: http.Header{
		"Content-Type": {"text/html; charset=utf-8"}, "Cache-Control": {"no-store"},
	}}
}

// promptData is what a prompt shows.
type promptData struct {
	Title, Kind, State, Client, Reason string
	Connections                        []string
}

// promptPage is a plain form for one prompt.
func promptPage(d promptData) *page {
	d.Title = "Sandbox: " + d.Kind
	return htmlPage(http.StatusOK, parsePage(`<h1>{{.Client}}</h1><form method="post" action="/u/{{.Kind}}">`+
		`<input type="hidden" name="state" value="{{.State}}"/>`+
		`{{if eq .Kind "login"}}<p><label>Connection <select name="connection">{{range .Connections}}<option>{{.}}</option>{{end}}</select></label></p>`+
		`<p><label>User (not for SAML) <input name="user"/></label></p>`+
		`{{else if eq .Kind "organization"}}<p><label>Organization <input name="organization"/></label></p>`+
		`{{else}}<p>{{.Reason}}</p>{{end}}`+
		`<button name="action" value="accept">Continue</button>{{if eq .Kind "consent" "confirm"}} <button name="action" value="deny">Decline</button>{{end}}</form>`), d)
}
