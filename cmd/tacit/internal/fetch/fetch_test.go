package fetch

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/dns/dnsmessage"
)

// world is a web server at 127.0.0.1, which the fetcher takes for a public
// address, and a name server that answers with what the test says.
type world struct {
	*Fetcher
	names map[string][]string // the n-th look-up of a name gets the n-th address
	asked map[string]int
	url   string // https://example.com:PORT, which the server has a certificate for
}

func newWorld(t *testing.T, h http.HandlerFunc) *world {
	t.Helper()
	s := httptest.NewTLSServer(h)
	t.Cleanup(s.Close)
	w := &world{Fetcher: New(Options{Roots: x509.NewCertPool()}), asked: map[string]int{}}
	w.opts.Roots.AddCert(s.Certificate())
	w.names = map[string][]string{"example.com.": {"127.0.0.1"}}
	w.public = func(a netip.Addr) bool { return a.Unmap() == netip.MustParseAddr("127.0.0.1") }
	w.resolver = &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		ours, theirs := net.Pipe()
		go w.answer(theirs)
		return ours, nil
	}}
	_, port, err := net.SplitHostPort(s.Listener.Addr().String())
	require.NoError(t, err)
	w.url = "https://example.com:" + port
	return w
}

// answer serves one question over what Go takes for TCP.
func (w *world) answer(c net.Conn) {
	defer func() { _ = c.Close() }()
	var size [2]byte
	if _, err := io.ReadFull(c, size[:]); err != nil {
		return
	}
	in := make([]byte, int(size[0])<<8|int(size[1]))
	if _, err := io.ReadFull(c, in); err != nil {
		return
	}
	var m dnsmessage.Message
	if m.Unpack(in) != nil {
		return
	}
	m.Response, m.Additionals = true, nil
	q := m.Questions[0]
	switch addresses := w.names[q.Name.String()]; {
	case len(addresses) == 0:
		m.RCode = dnsmessage.RCodeNameError
	case q.Type == dnsmessage.TypeA:
		n := min(w.asked[q.Name.String()], len(addresses)-1)
		w.asked[q.Name.String()]++
		m.Answers = []dnsmessage.Resource{{
			Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class},
			Body:   &dnsmessage.AResource{A: netip.MustParseAddr(addresses[n]).As4()},
		}}
	}
	out, err := m.Pack()
	if err != nil {
		return
	}
	_, _ = c.Write(append([]byte{byte(len(out) >> 8), byte(len(out))}, out...))
}

func TestADocumentIsFetched(t *testing.T) {
	var w *world
	w = newWorld(t, func(rw http.ResponseWriter, r *http.Request) {
		assert.Empty(t, r.Header.Get("Referer"), "the next hop learns nothing of the last one")
		switch r.URL.Path {
		case "/metadata":
			http.Redirect(rw, r, w.url+"/2", http.StatusFound)
		case "/2":
			http.Redirect(rw, r, "/3?app=secret", http.StatusTemporaryRedirect)
		case "/3":
			http.Redirect(rw, r, "/4?app=secret", http.StatusPermanentRedirect)
		default:
			_, _ = io.WriteString(rw, "<EntityDescriptor/>")
		}
	})
	doc, err := w.Get(t.Context(), " "+w.url+"/metadata?token=secret#part ")
	require.NoError(t, err)
	assert.Equal(t, "<EntityDescriptor/>", string(doc.Text))
	assert.Equal(t, w.url+"/4", doc.URL, "without the query, which may be a secret")
}

func TestWhatIsRefused(t *testing.T) {
	padding := strings.Repeat("x", 1<<20)
	answers := map[string]http.HandlerFunc{
		"to-http": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://example.com/m", http.StatusFound)
		},
		"to-file": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "file:///etc/passwd", http.StatusFound)
		},
		"to-user": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://a:hunter2@example.com", http.StatusFound)
		},
		"to-loopback": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://127.0.0.2/admin", http.StatusFound)
		},
		"to-inside": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://inside.example.com/", http.StatusFound)
		},
		"in-circles": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/in-circles", http.StatusFound) },
		"missing":    func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) },
		"odd":        func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(799) },
		"packed": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			_, _ = z.Write(bytes.Repeat([]byte{0}, 8<<20))
			_ = z.Close()
		},
		"large": func(w http.ResponseWriter, _ *http.Request) { // no Content-Length: it is sent in chunks
			for range 5 {
				_, _ = io.WriteString(w, padding)
			}
		},
		"declared-large": func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Length", "5000000") },
		"headers":        func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X-Padding", padding) },
		"cut": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, "half")
		},
	}
	w := newWorld(t, func(w http.ResponseWriter, r *http.Request) { answers[strings.TrimPrefix(r.URL.Path, "/")](w, r) })
	w.names["inside.example.com."] = []string{"10.1.2.3"}
	for path, want := range map[string]string{
		"to-http":     "HERE/to-http redirects: http://example.com/m is http, where anyone on the way can change the certificate; only https is fetched",
		"to-file":     "HERE/to-file redirects: only https URLs are fetched",
		"to-user":     "HERE/to-user redirects: the URL holds a user name or a password, which would be sent to whoever answers; ask for a URL without",
		"to-loopback": "127.0.0.2 has the address 127.0.0.2, which is not a public one: the URL leads into a private network, or to this machine (--allow-private fetches it nevertheless)",
		"to-inside":   "inside.example.com has the address 10.1.2.3, which is not a public one: the URL leads into a private network, or to this machine (--allow-private fetches it nevertheless)",
		"in-circles":  "HERE/in-circles redirects once more, and 3 redirects are followed",
		"missing":     "HERE/missing answers 404 Not Found instead of a document",
		"odd":         "HERE/odd answers 799 instead of a document",
		"packed":      "HERE/packed answers with a packed document, which was not asked for; download it and give the file",
		"large":       "HERE/large answers with more than 4 MB",

		"declared-large": "HERE/declared-large answers with more than 4 MB",
		"headers":        "HOST did not answer as a web server does",
		"cut":            "example.com hung up in the middle of the document",
	} {
		t.Run(path, func(t *testing.T) {
			_, err := w.Get(t.Context(), w.url+"/"+path+"?token=secret")
			want := strings.ReplaceAll(want, "HERE", w.url)
			assert.EqualError(t, err, strings.ReplaceAll(want, "HOST", strings.TrimPrefix(w.url, "https://")))
		})
	}
}

func TestAURLThatIsRefused(t *testing.T) {
	for raw, want := range map[string]string{
		"":                           "only https URLs are fetched",
		"idp.xml":                    "only https URLs are fetched",
		"http://example.com/?a=b":    "http://example.com/ is http",
		"gopher://example.com":       "only https URLs are fetched",
		"https:///metadata":          "the URL names no host",
		"https://user:hunter2@host/": "the URL holds a user name or a password",
		"https://host/\x00":          "this is not a URL",
		"https://[::1":               "this is not a URL",
		"https://h/" + string(make([]byte, 3000)): "longer than 2048",
	} {
		_, err := New(Options{}).Get(t.Context(), raw)
		require.ErrorContains(t, err, want, raw)
		assert.NotContains(t, err.Error(), "hunter2")
	}
}

// TestANameThatChangesItsAddress: the second look-up leads inside, and it is
// the address of the connection that counts.
func TestANameThatChangesItsAddress(t *testing.T) {
	w := newWorld(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/again", http.StatusFound) })
	w.names["example.com."] = []string{"127.0.0.1", "169.254.169.254"}
	_, err := w.Get(t.Context(), w.url)
	require.ErrorContains(t, err, "example.com has the address 169.254.169.254, which is not a public one")
}

func TestAllowPrivate(t *testing.T) {
	w := newWorld(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "inside") })
	w.public = func(netip.Addr) bool { return false }
	_, err := w.Get(t.Context(), w.url)
	require.ErrorContains(t, err, "--allow-private")
	w.opts.AllowPrivate = true
	doc, err := w.Get(t.Context(), w.url)
	require.NoError(t, err)
	assert.Equal(t, "inside", string(doc.Text))
}

func TestASlowServer(t *testing.T) {
	w := newWorld(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "a first piece")
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})
	w.timeout = 50 * time.Millisecond
	_, err := w.Get(t.Context(), w.url)
	require.EqualError(t, err, "example.com did not answer in full within 50ms")

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = w.Get(ctx, w.url)
	require.ErrorIs(t, err, context.Canceled)
}

func TestHostsThatCannotBeReached(t *testing.T) {
	w := newWorld(t, func(http.ResponseWriter, *http.Request) {})
	_, err := w.Get(t.Context(), "https://nobody.example.com/?token=secret")
	require.EqualError(t, err, "there is no host nobody.example.com")

	w.opts.Roots = x509.NewCertPool()
	_, err = w.Get(t.Context(), w.url)
	require.EqualError(t, err, "example.com is not to be trusted with this: certificate signed by unknown authority (SSL_CERT_FILE names further authorities)")

	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	_, err = w.Get(t.Context(), strings.Replace(plain.URL, "http:", "https:", 1))
	require.EqualError(t, err, "127.0.0.1 is not to be trusted with this: it does not speak https")
}

// TestAProxyIsTheMachinesChoice: what a proxy connects to nobody can judge.
func TestAProxyIsTheMachinesChoice(t *testing.T) {
	w := newWorld(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "through it") })
	var connects atomic.Int32
	proxy := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		connects.Add(1)
		tunnel(t, rw, strings.TrimPrefix(w.url, "https://example.com"))
	}))
	defer proxy.Close()
	w.opts.Proxy = func(*url.URL) (*url.URL, error) { return url.Parse(proxy.URL) }
	_, err := w.Get(t.Context(), w.url)
	require.ErrorContains(t, err, "HTTPS_PROXY would connect")
	assert.Zero(t, connects.Load())

	w.opts.AllowPrivate = true
	doc, err := w.Get(t.Context(), w.url)
	require.NoError(t, err)
	assert.Equal(t, "through it", string(doc.Text))
	assert.Equal(t, int32(1), connects.Load())

	w.opts.Proxy = func(*url.URL) (*url.URL, error) { return nil, errors.New("hunter2 is no port") }
	_, err = w.Get(t.Context(), w.url)
	require.EqualError(t, err, "HTTPS_PROXY cannot be used: it is not a URL")
}

// tunnel is what a proxy does on CONNECT.
func tunnel(t *testing.T, rw http.ResponseWriter, port string) {
	t.Helper()
	there, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", "127.0.0.1"+port)
	if err != nil {
		t.Error(err)
		return
	}
	here, _, err := http.NewResponseController(rw).Hijack()
	if err != nil {
		t.Error(err)
		return
	}
	_, _ = fmt.Fprint(here, "HTTP/1.1 200 OK\r\n\r\n")
	go func() { _, _ = io.Copy(there, here); _ = there.Close() }()
	_, _ = io.Copy(here, there)
	_ = here.Close()
}
