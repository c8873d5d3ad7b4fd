package sandbox

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"slices"
	"time"

	"github.com/google/renameio/v2/maybe"
)

// ServeOptions say where and how a sandbox listens.
type ServeOptions struct {
	// Addr is host:port; empty means 127.0.0.1:0, port 0 means any free one.
	Addr string
	// HTTP serves plain http, which is refused for anything but a literal loopback address.
	HTTP bool
	// CAFile, when set, receives the PEM certificate of the authority that signed the server's certificate.
	CAFile string
	// Beside are further hosts, without port, that are served on the same socket and are not the tenant: an application,
	// its API, an identity provider. The certificate names them; over plain http they are served too.
	Beside map[string]http.Handler
}

// handler sends a request to the host it is for; the tenant answers for all that are not beside it.
func (o ServeOptions) handler(tenant http.Handler) http.Handler {
	if len(o.Beside) == 0 {
		return tenant
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if other := o.Beside[bareHost(r.Host)]; other != nil {
			other.ServeHTTP(w, r)
			return
		}
		tenant.ServeHTTP(w, r)
	})
}

// Listener is a sandbox that listens on a socket.
type Listener struct {
	scheme string
	addr   string
	ca     []byte
	done   chan struct{}
	err    error
}

// URL is the base URL, scheme://127.0.0.1:PORT.
func (l *Listener) URL() string { return l.scheme + "://" + l.addr }

// Domain is the bound address, 127.0.0.1:PORT, which clients use as the tenant's domain.
func (l *Listener) Domain() string { return l.addr }

// CA is the PEM certificate to trust; empty for plain http.
func (l *Listener) CA() []byte { return l.ca }

// Wait returns when the server has stopped; an orderly stop is nil.
func (l *Listener) Wait() error {
	<-l.done
	return l.err
}

// How long a stopping sandbox waits for requests under way, and a slow client may take for its headers.
const (
	shutdownGrace     = 5 * time.Second
	readHeaderTimeout = 10 * time.Second
)

// Start listens until ctx is cancelled, then lets requests under way finish. It serves HTTPS with a certificate made for
// this run, valid for the tenant's domains, localhost and the loopback addresses.
func (s *Server) Start(ctx context.Context, opts ServeOptions) (*Listener, error) {
	if opts.Addr == "" {
		opts.Addr = "127.0.0.1:0"
	}
	host, _, err := net.SplitHostPort(opts.Addr)
	if err != nil {
		return nil, fmt.Errorf("sandbox: address %q: %w", opts.Addr, err)
	}
	if ip := net.ParseIP(host); opts.HTTP && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("sandbox: plain http is served on a literal loopback address only, such as 127.0.0.1, not on %q", host)
	}
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, "tcp", opts.Addr)
	if err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	s.serveOver(opts.HTTP)
	l := &Listener{scheme: "https", addr: reachable(ln.Addr()), done: make(chan struct{})}
	s.adoptDomain(l.addr)
	srv := &http.Server{Handler: opts.handler(s), ReadHeaderTimeout: readHeaderTimeout, BaseContext: func(net.Listener) context.Context { return context.WithoutCancel(ctx) }}
	if opts.HTTP {
		l.scheme = "http"
	} else if err := s.secure(srv, l, opts); err != nil {
		_ = ln.Close() // the first error is the one to tell
		return nil, err
	}
	go l.run(ctx, srv, ln)
	return l, nil
}

// secure gives the server its certificate.
func (s *Server) secure(srv *http.Server, l *Listener, opts ServeOptions) error {
	s.mu.RLock()
	hosts := append([]string{bareHost(l.addr)}, slices.Sorted(maps.Keys(opts.Beside))...)
	for _, d := range s.domains {
		hosts = append(hosts, bareHost(d))
	}
	for _, it := range s.tenant.customDomains.sorted {
		hosts = append(hosts, bareHost(text(it.body, "domain")))
	}
	s.mu.RUnlock()
	ca, leaf, err := newCertificates(s.opts.Now(), hosts)
	if err != nil {
		return err
	}
	l.ca = ca
	srv.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{leaf}}
	if opts.CAFile == "" {
		return nil
	}
	if err := maybe.WriteFile(opts.CAFile, ca, 0o644); err != nil {
		return fmt.Errorf("sandbox: CA file: %w", err)
	}
	return nil
}

// serveOver remembers whether URLs of the tenant begin with http.
func (s *Server) serveOver(plain bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.plain = plain
}

// run serves until the context ends or the server fails.
func (l *Listener) run(ctx context.Context, srv *http.Server, ln net.Listener) {
	defer close(l.done)
	failed := make(chan error, 1)
	go func() {
		if srv.TLSConfig != nil {
			failed <- srv.ServeTLS(ln, "", "")
		} else {
			failed <- srv.Serve(ln)
		}
	}()
	select {
	case err := <-failed:
		l.err = fmt.Errorf("sandbox: %w", err)
		return
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownGrace)
	defer cancel()
	if err := srv.Shutdown(grace); err != nil {
		_ = srv.Close() // requests that outlive the grace are cut off
	}
	if err := <-failed; !errors.Is(err, http.ErrServerClosed) {
		l.err = fmt.Errorf("sandbox: %w", err)
	}
}

// reachable is a bound address as clients write it: an unspecified one is reached over loopback.
func reachable(addr net.Addr) string {
	tcp, ok := addr.(*net.TCPAddr)
	if !ok || !tcp.IP.IsUnspecified() {
		return addr.String()
	}
	loopback := "127.0.0.1"
	if tcp.IP.To4() == nil {
		loopback = "::1"
	}
	return net.JoinHostPort(loopback, fmt.Sprint(tcp.Port))
}
