// Package fetch gets the one document that a person asked for by its URL: the
// metadata of a customer's identity provider. The URL came by e-mail and the
// host is a stranger's, so neither may reach what only this machine can reach:
// https only, public addresses only, on every hop, and little of everything.
//
// The address is judged when it is dialled, after the name was looked up, so a
// name that answers differently the second time gains nothing. A proxy looks
// names up itself, where nobody can judge the address: a URL that would go
// through one is refused unless [Options.AllowPrivate] is set, which trusts
// the proxy with the choice.
package fetch

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// The bounds of one fetch.
const (
	MaxSize      = 4 << 20 // what Auth0 takes of a metadata document
	MaxRedirects = 3
	Timeout      = 10 * time.Second // for everything, looking up the name included
	maxHeaders   = 64 << 10
	maxURL       = 2048 // what Auth0 takes of a metadata URL
)

// Options say what of the machine a fetch may use.
type Options struct {
	// AllowPrivate lifts the check of addresses, and lets a proxy connect.
	AllowPrivate bool
	// Proxy is the proxy for a URL, nil for none; the function may be nil.
	Proxy func(*url.URL) (*url.URL, error)
	// Roots are the trusted certificate authorities, nil for the system's.
	Roots *x509.CertPool
}

// Fetcher fetches documents. It may be used by several goroutines, and keeps
// nothing between two fetches: no connection, no cookie.
type Fetcher struct {
	opts     Options
	timeout  time.Duration
	resolver *net.Resolver
	public   func(netip.Addr) bool
}

// New makes a fetcher.
func New(o Options) *Fetcher {
	return &Fetcher{opts: o, timeout: Timeout, public: public}
}

// Document is what a URL answered.
type Document struct {
	// URL is where it was found, after redirects, without its query.
	URL  string
	Text []byte
}

// Get fetches a document. Its errors are for the person who gave the URL, and
// quote nothing that it may hold in secret.
func (f *Fetcher) Get(ctx context.Context, raw string) (*Document, error) {
	u, err := Parse(raw)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, f.timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, errors.New("this is not a URL")
	}
	describe(req)
	transport := f.transport()
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport, CheckRedirect: redirect}
	res, err := client.Do(req)
	if err != nil {
		return nil, f.explain(ctx, u, err)
	}
	defer func() { _ = res.Body.Close() }()
	return f.read(ctx, res)
}

// describe sets the headers of a request, on every hop anew: the URL of the
// last one may hold what the next one must not learn.
func describe(req *http.Request) {
	req.Header.Set("Accept", "application/samlmetadata+xml, application/xml, text/xml, */*;q=0.5")
	req.Header.Set("Accept-Encoding", "identity") // what is not unpacked cannot burst
	req.Header.Set("User-Agent", "tacit")
	req.Header.Del("Referer")
}

// Parse reads a URL that may be fetched.
func Parse(raw string) (*url.URL, error) {
	if len(raw) > maxURL {
		return nil, fmt.Errorf("the URL is longer than %d characters", maxURL)
	}
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil {
		return nil, errors.New("this is not a URL")
	}
	u.Fragment, u.RawFragment = "", ""
	return u, allowed(u)
}

func allowed(u *url.URL) error {
	switch {
	case u.User != nil:
		return errors.New("the URL holds a user name or a password, which would be sent to whoever answers; ask for a URL without")
	case u.Scheme == "http":
		return fmt.Errorf("%s is http, where anyone on the way can change the certificate; only https is fetched", Bare(u))
	case u.Scheme != "https":
		return errors.New("only https URLs are fetched")
	case u.Hostname() == "":
		return errors.New("the URL names no host")
	default:
		return nil
	}
}

// Bare is a URL as it may be shown: the query may hold a secret.
func Bare(u *url.URL) string {
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path, RawPath: u.RawPath}).String()
}

// refusal is an error of ours that comes back through net/http.
type refusal struct{ text string }

func (r *refusal) Error() string { return r.text }

func refuse(format string, args ...any) error { return &refusal{fmt.Sprintf(format, args...)} }

func redirect(req *http.Request, via []*http.Request) error {
	from := Bare(via[len(via)-1].URL)
	if len(via) > MaxRedirects {
		return refuse("%s redirects once more, and %d redirects are followed", from, MaxRedirects)
	}
	if err := allowed(req.URL); err != nil {
		return refuse("%s redirects: %v", from, err)
	}
	describe(req)
	return nil
}

func (f *Fetcher) transport() *http.Transport {
	dialer := &net.Dialer{Resolver: f.resolver}
	if !f.opts.AllowPrivate {
		dialer.Control = f.judge
	}
	return &http.Transport{
		DialContext:            dialer.DialContext,
		Proxy:                  f.proxy,
		TLSClientConfig:        &tls.Config{RootCAs: f.opts.Roots, MinVersion: tls.VersionTLS12},
		MaxResponseHeaderBytes: maxHeaders,
		DisableCompression:     true,
		DisableKeepAlives:      true,
	}
}

// judge sees the address that is about to be dialled.
func (f *Fetcher) judge(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil || !f.public(at.Addr()) {
		return refuse("has the address %s, which is not a public one: the URL leads into a private network, or to this machine", at.Addr())
	}
	return nil
}

func (f *Fetcher) proxy(req *http.Request) (*url.URL, error) {
	if f.opts.Proxy == nil {
		return nil, nil
	}
	p, err := f.opts.Proxy(req.URL)
	if err != nil {
		return nil, refuse("HTTPS_PROXY cannot be used: it is not a URL") // it may hold a password
	}
	if p != nil && !f.opts.AllowPrivate {
		return nil, refuse("HTTPS_PROXY would connect, and nobody could tell whether the address is public. " +
			"Download the document and give the file, name the host in NO_PROXY, or leave the choice to the proxy with --allow-private")
	}
	return p, nil
}

func (f *Fetcher) read(ctx context.Context, res *http.Response) (*Document, error) {
	at := Bare(res.Request.URL)
	if res.StatusCode != http.StatusOK {
		status := strings.TrimSpace(strconv.Itoa(res.StatusCode) + " " + http.StatusText(res.StatusCode))
		return nil, fmt.Errorf("%s answers %s instead of a document", at, status)
	}
	if e := res.Header.Get("Content-Encoding"); e != "" && !strings.EqualFold(e, "identity") {
		return nil, fmt.Errorf("%s answers with a packed document, which was not asked for; download it and give the file", at)
	}
	if res.ContentLength > MaxSize {
		return nil, tooLarge(at)
	}
	text, err := io.ReadAll(io.LimitReader(res.Body, MaxSize+1))
	if err == nil {
		// A server that sees us hang up may still end its answer properly, and what
		// came until then reads like the whole.
		err = ctx.Err()
	}
	if err != nil {
		return nil, f.explain(ctx, res.Request.URL, err)
	}
	if len(text) > MaxSize {
		return nil, tooLarge(at)
	}
	return &Document{URL: at, Text: text}, nil
}

func tooLarge(at string) error {
	return fmt.Errorf("%s answers with more than %d MB", at, MaxSize>>20)
}
