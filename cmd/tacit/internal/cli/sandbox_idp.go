package cli

import (
	"bytes"
	"compress/flate"
	"context"
	_ "embed"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/tacit-dev/tacit/apply/rehearse"
	"github.com/tacit-dev/tacit/schema"
)

// idpPages are the pages of the identity provider: the dashboard with a tile per connection, and the form that posts
// itself.
//
//go:embed sandbox_idp.html
var idpPages string

// provider is the identity provider of all customers. The user is logged in there already: a tile posts at once.
func (n *neighbors) provider() http.Handler {
	pages := template.Must(template.New("").Parse(idpPages))
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) { n.dashboard(w, r, pages.Lookup("dashboard")) })
	mux.HandleFunc("POST /tile", func(w http.ResponseWriter, r *http.Request) { n.tile(w, r, pages.Lookup("post")) })
	mux.HandleFunc("/sso/{connection}", func(w http.ResponseWriter, r *http.Request) { n.signOn(w, r, pages.Lookup("post")) })
	return mux
}

// dashboard shows the tiles.
func (n *neighbors) dashboard(w http.ResponseWriter, _ *http.Request, page *template.Template) {
	t, err := n.look()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	type tile struct{ Name, Title string }
	type fault struct{ Name, Doc string }
	data := struct {
		Tiles            []tile
		Faults           []fault
		Login, Canonical string
		App              string
	}{Login: n.authority(loginHost), Canonical: n.bound(), App: n.url(appHost)}
	for _, c := range t.Connections {
		if c.Strategy != "samlp" {
			continue
		}
		title := c.DisplayName
		if title == "" {
			title = c.Name
		}
		data.Tiles = append(data.Tiles, tile{c.Name, title})
	}
	for _, f := range rehearse.Faults() {
		if f != rehearse.Replayed { // a page posts once
			data.Faults = append(data.Faults, fault{string(f), f.Doc()})
		}
	}
	show(w, page, data)
}

// tile is the click on a tile: a response that nobody asked for.
func (n *neighbors) tile(w http.ResponseWriter, r *http.Request, page *template.Template) {
	connection, domain := r.PostFormValue("connection"), r.PostFormValue("domain")
	if !slices.Contains([]string{n.authority(loginHost), n.bound()}, domain) {
		http.Error(w, fmt.Sprintf("%q is no domain of the tenant", domain), http.StatusBadRequest)
		return
	}
	n.respond(r.Context(), w, page, response{
		connection: connection, organization: r.PostFormValue("organization"), domain: domain, user: r.PostFormValue("user"), fault: rehearse.Fault(r.PostFormValue("fault")),
	})
}

// signOn answers a request of the tenant, which the application's second login makes it send.
func (n *neighbors) signOn(w http.ResponseWriter, r *http.Request, page *template.Template) {
	asked, err := readAuthnRequest(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	acs, err := url.Parse(asked.ACS)
	if err != nil || !slices.Contains([]string{n.authority(loginHost), n.bound()}, acs.Host) {
		http.Error(w, fmt.Sprintf("the request wants the response at %q, which is not this tenant", asked.ACS), http.StatusBadRequest)
		return
	}
	n.respond(r.Context(), w, page, response{
		connection: r.PathValue("connection"), domain: acs.Host, inResponseTo: asked.ID, relayState: r.FormValue("RelayState"),
	})
}

// response is what the browser is to carry to the tenant.
type response struct {
	connection, organization, domain, user string
	fault                                  rehearse.Fault
	inResponseTo, relayState               string
}

// respond signs a response and sends the page that posts it. Where it goes, and who it is for, is read from the tenant's
// metadata as an administrator of an identity provider would import it.
func (n *neighbors) respond(ctx context.Context, w http.ResponseWriter, page *template.Template, a response) {
	sp, err := n.metadata(ctx, a.domain, a.connection)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	if a.user == "" {
		a.user = "jane.doe@" + a.connection + ".example"
	}
	acs := sp.ACS.Location
	if a.organization != "" { // as the administrator writes the URL for an organization (documented)
		acs += "&organization=" + url.QueryEscape(a.organization)
	}
	const claims = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"
	raw, err := n.idp.Respond(rehearse.Assertion{
		Issuer: n.url(idpHost) + "/", ACS: acs, Audience: sp.EntityID, Now: n.now(), Fault: a.fault, InResponseTo: a.inResponseTo,
		User: rehearse.User{NameID: a.user, Attributes: []rehearse.Attribute{
			{Name: claims + "emailaddress", Values: []string{a.user}},
			{Name: claims + "name", Values: []string{"Jane Doe"}},
		}},
	})
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	show(w, page, struct{ ACS, Response, RelayState string }{acs, base64.StdEncoding.EncodeToString(raw), a.relayState})
}

func (n *neighbors) metadata(ctx context.Context, domain, connection string) (*serviceProvider, error) {
	return fetchProvider(ctx, n.tenant.Transport(), schema.ProviderMetadataURL(domain, connection))
}

// authnRequest is what the identity provider has to know of a request.
type authnRequest struct {
	ID  string `xml:"ID,attr"`
	ACS string `xml:"AssertionConsumerServiceURL,attr"`
}

// maxAuthnRequest bounds an inflated request.
const maxAuthnRequest = 64 * 1024

// readAuthnRequest reads a request of either binding: deflated in the query, plain in a form.
func readAuthnRequest(r *http.Request) (*authnRequest, error) {
	raw, err := base64.StdEncoding.DecodeString(r.FormValue("SAMLRequest"))
	if err != nil {
		return nil, fmt.Errorf("the SAMLRequest is not base64: %w", err)
	}
	var text io.Reader = bytes.NewReader(raw)
	if r.Method == http.MethodGet {
		text = flate.NewReader(text)
	}
	var asked authnRequest
	if err := xml.NewDecoder(io.LimitReader(text, maxAuthnRequest)).Decode(&asked); err != nil {
		return nil, fmt.Errorf("the SAMLRequest is not an AuthnRequest: %w", err)
	}
	return &asked, nil
}

func show(w http.ResponseWriter, page *template.Template, data any) {
	var b strings.Builder
	if err := page.Execute(&b, data); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = io.WriteString(w, b.String()) // a client that went away is nobody's error
}
