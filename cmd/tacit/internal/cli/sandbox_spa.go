package cli

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/tacit-dev/tacit/apply/rehearse"
	"github.com/tacit-dev/tacit/apply/sandbox"
	"github.com/tacit-dev/tacit/cmd/tacit/internal/view"
	"github.com/tacit-dev/tacit/schema/check/rules"
)

// The hosts of a sandbox with an application. Browsers take every name below localhost to this machine. The application,
// its API and the tenant's custom domain are one site; the customer's identity provider and the bound address, which is
// the canonical domain, are others.
const (
	appHost   = "app.example.localhost"
	apiHost   = "api.example.localhost"
	loginHost = "login.example.localhost"
	idpHost   = "idp.customer.localhost"

	// spaAddr is where it listens unless told otherwise: callbacks carry the port.
	spaAddr = "127.0.0.1:8443"
)

// neighbors are what a login needs besides the tenant: an application, its API and an identity provider.
type neighbors struct {
	tenant *sandbox.Server
	idp    *rehearse.IDP
	now    func() time.Time
	pages  fs.FS
}

// newNeighbors reads where the pages are. The sandbox must trust the identity provider.
func newNeighbors(dir string, now func() time.Time) (*neighbors, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("--spa: %w", err)
	}
	pages := root.FS()
	if _, err := fs.Stat(pages, "index.html"); err != nil {
		return nil, fmt.Errorf("--spa: %s has no index.html, so there is no application in it", dir)
	}
	if _, err := fs.Stat(pages, "package-lock.json"); err == nil {
		if _, err := fs.Stat(pages, "node_modules"); err != nil {
			return nil, fmt.Errorf("--spa: the packages of %s are not installed; run npm ci --prefix %s", dir, dir)
		}
	}
	idp, err := rehearse.NewIDP(now())
	if err != nil {
		return nil, err
	}
	return &neighbors{idp: idp, now: now, pages: pages}, nil
}

// hosts are all hosts that are served beside the bound address.
func (n *neighbors) hosts() map[string]http.Handler {
	return map[string]http.Handler{appHost: n.app(), apiHost: n.api(), idpHost: n.provider(), loginHost: n.tenant}
}

// url is where the browser finds a host.
func (n *neighbors) url(host string) string { return "https://" + n.authority(host) }

func (n *neighbors) authority(host string) string {
	_, port, _ := net.SplitHostPort(n.bound()) // an address that was listened on has one
	return net.JoinHostPort(host, port)
}

// bound is the address that the sandbox listens on, which is the tenant's canonical domain.
func (n *neighbors) bound() string { return n.tenant.Domain() }

// app serves the pages as single-page apps are served: files, and for every other path the page of that name or the
// first one. Hidden files are nobody's business: .tacit holds the tenant.
func (n *neighbors) app() http.Handler {
	mux, files := http.NewServeMux(), http.FileServerFS(n.pages)
	mux.HandleFunc("GET /config.json", n.config)
	mux.HandleFunc("GET /rules.json", catalogue)
	mux.HandleFunc("GET /", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
		switch {
		case strings.HasPrefix(name, ".") || strings.Contains(name, "/."):
			http.NotFound(w, r)
		case path.Ext(name) != "":
			files.ServeHTTP(w, r)
		default:
			if _, err := fs.Stat(n.pages, name+".html"); err != nil {
				name = "index"
			}
			http.ServeFileFS(w, r, n.pages, name+".html") //nolint:gosec // pages is rooted in the directory (os.Root)
		}
	})
	return mux
}

// spaConfig is what the application has to know; a real one has it built in.
type spaConfig struct {
	Domain    string   `json:"domain"`    // of the same site
	Canonical string   `json:"canonical"` // of another site
	ClientID  string   `json:"client_id"`
	Client    string   `json:"client"`
	Audience  string   `json:"audience"`
	Scopes    []string `json:"scopes"`
	API       string   `json:"api"`
	IDP       string   `json:"idp"`
}

// config is the tenant's first single-page app and first API as they are now, so that an apply shows at once.
func (n *neighbors) config(w http.ResponseWriter, _ *http.Request) {
	t, err := n.look()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	c := spaConfig{Domain: n.authority(loginHost), Canonical: n.bound(), API: n.url(apiHost) + "/orders", IDP: n.url(idpHost), Scopes: []string{}}
	for _, client := range t.Clients {
		if client.AppType == "spa" {
			c.ClientID, c.Client = client.ClientID, client.Name
			break
		}
	}
	if api := t.api(); api != nil {
		c.Audience = api.Identifier
		for _, s := range api.Scopes {
			c.Scopes = append(c.Scopes, s.Value)
		}
	}
	writeJSON(w, http.StatusOK, c)
}

// tenantView is the part of the tenant that its neighbors know of.
type tenantView struct {
	Clients []struct {
		ClientID string `json:"client_id"`
		Name     string `json:"name"`
		AppType  string `json:"app_type"`
	} `json:"clients"`
	APIs        []tenantAPI `json:"resource_servers"`
	Connections []struct {
		Name        string `json:"name"`
		DisplayName string `json:"display_name"`
		Strategy    string `json:"strategy"`
	} `json:"connections"`
}

type tenantAPI struct {
	Identifier string `json:"identifier"`
	IsSystem   bool   `json:"is_system"`
	Scopes     []struct {
		Value string `json:"value"`
	} `json:"scopes"`
}

func (n *neighbors) look() (*tenantView, error) {
	raw, err := n.tenant.Snapshot()
	if err != nil {
		return nil, err
	}
	var t tenantView
	if err := json.Unmarshal(raw, &t); err != nil {
		return nil, fmt.Errorf("the sandbox's tenant: %w", err)
	}
	return &t, nil
}

// api is the API that the example stands for: the first that is not Auth0's own.
func (t *tenantView) api() *tenantAPI {
	for i := range t.APIs {
		if !t.APIs[i].IsSystem {
			return &t.APIs[i]
		}
	}
	return nil
}

// catalogue gives the pages the rules, so that they explain an error in tacit's words.
func catalogue(w http.ResponseWriter, _ *http.Request) {
	out := []view.Rule{}
	for _, r := range rules.Catalogue() {
		out = append(out, view.RuleOf(r))
	}
	writeJSON(w, http.StatusOK, out)
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // a client that went away is nobody's error
}

// neighbors reads what --spa asks for, and what it means for the other flags.
func (o *sandboxOptions) neighbors(now func() time.Time) (*neighbors, error) {
	if o.http {
		return nil, errors.New("--spa needs https: over plain http browsers keep the session cookies, which are Secure, from iframes")
	}
	if o.addr == "" {
		o.addr = spaAddr
	}
	if beside := filepath.Join(o.spa, ".tacit", "sandbox.json"); o.store == "" && o.seed == "" {
		if _, err := os.Stat(beside); err == nil {
			o.store = beside
		}
	}
	return newNeighbors(o.spa, now)
}

// pinned is the digest of an authority's key by which Chromium can be told to trust it.
func pinned(ca []byte) (string, error) {
	block, _ := pem.Decode(ca)
	if block == nil {
		return "", errors.New("the sandbox has no certificate authority")
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(cert.RawSubjectPublicKeyInfo)
	return base64.StdEncoding.EncodeToString(sum[:]), nil
}
