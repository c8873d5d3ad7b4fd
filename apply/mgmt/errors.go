package mgmt

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/tacit-dev/tacit/apply"
)

// decode reads one JSON value and nothing else, numbers as they are written.
func decode(body []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more follows the JSON value")
	}
	return v, nil
}

// statusError reads an answer other than success. The Management API sends
// {statusCode, error, message, errorCode}, errorCode often missing (recorded),
// /oauth/token {error, error_description} (RFC 6749), proxies send HTML.
func (t *transport) statusError(op string, a answer) error {
	e := &apply.StatusError{Op: op, Status: a.status}
	if a.status < 400 {
		e.Message = t.redirected(a)
		return e
	}
	v, err := decode(a.body)
	m, ok := v.(map[string]any)
	if err != nil || !ok {
		e.Message = t.notJSON(a)
		return e
	}
	e.Code, _ = m["errorCode"].(string)
	e.Message, ok = m["message"].(string)
	if !ok {
		e.Code, _ = m["error"].(string)
		e.Message, _ = m["error_description"].(string)
	}
	if e.Message == "" {
		e.Message = "no reason given"
	}
	e.Code, e.Message = t.hide.in(e.Code), clip(t.hide.in(e.Message), maxMessage)
	return e
}

// redirected never shows more than the host: the rest may hold a secret.
func (t *transport) redirected(a answer) string {
	to := "elsewhere"
	if u, err := url.Parse(a.header.Get("Location")); err == nil && u.Host != "" {
		to = "to " + u.Scheme + "://" + u.Host
	}
	return fmt.Sprintf("a redirect %s, which is not followed because the credentials are for %s only; check AUTH0_DOMAIN", to, t.url.Host)
}

const (
	maxMessage = 2000
	maxExcerpt = 160
)

var (
	invisible = regexp.MustCompile(`(?is)<(script|style|head)\b.*?</(script|style|head)\s*>|<!--.*?-->`)
	tags      = regexp.MustCompile(`(?s)<[^<>]*>`)
	keys      = regexp.MustCompile(`(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(-----END [A-Z ]*PRIVATE KEY-----|$)`)
)

// notJSON describes an answer that came from something before the API, with the
// beginning of its text.
func (t *transport) notJSON(a answer) string {
	kind := "that is not JSON"
	if ct, _, _ := strings.Cut(a.header.Get("Content-Type"), ";"); ct != "" && !strings.Contains(ct, "json") {
		kind += " but " + clip(ct, 40)
	}
	text := string(a.body[:min(len(a.body), 16<<10)])
	text = tags.ReplaceAllString(invisible.ReplaceAllString(text, " "), " ")
	if text = clip(t.hide.in(text), maxExcerpt); text == "" {
		return "an answer " + kind
	}
	return fmt.Sprintf("an answer %s: %q", kind, text)
}

// clip makes one line of printable text, at most n characters long.
func clip(s string, n int) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, " "))
	rs := []rune(strings.Join(strings.Fields(s), " "))
	if len(rs) > n {
		return string(rs[:n]) + "…"
	}
	return string(rs)
}

// unsent recognises errors that come before the request is written: then it
// cannot have had an effect.
func unsent(err error) bool {
	var (
		op   *net.OpError
		dns  *net.DNSError
		cert *tls.CertificateVerificationError
		rec  tls.RecordHeaderError
	)
	switch {
	case errors.As(err, &dns), errors.As(err, &cert), errors.As(err, &rec):
		return true
	case errors.As(err, &op):
		return op.Op == "dial" || op.Op == "proxyconnect"
	default:
		return false
	}
}

// transient recognises errors that repeating may mend: a connection that could
// not be made or broke. Everything else is said at once: a wrong domain, a
// certificate, a transport that refuses the host.
func transient(err error) bool {
	var (
		dns  *net.DNSError
		cert *tls.CertificateVerificationError
		rec  tls.RecordHeaderError
		some net.Error
	)
	switch {
	case errors.Is(err, errTooLong), errors.As(err, &cert), errors.As(err, &rec), errors.As(err, &dns) && dns.IsNotFound:
		return false
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, context.DeadlineExceeded), errors.As(err, &some):
		return true
	}
	// net/http exports no types for these.
	return slices.ContainsFunc([]string{"http: server closed idle connection", "http2: ", "stream error: ", "connection error: "},
		func(s string) bool { return strings.Contains(err.Error(), s) })
}

const (
	// hidden stands for a secret in a text.
	hidden = "[hidden]"
	// minSecret keeps a stand-in such as "x" from eating every message.
	minSecret = 6
)

// secrets are what must never appear in an error. Auth0's messages quote values
// of the request, and a proxy's error page may quote its headers.
type secrets struct {
	mu     sync.Mutex
	values []string
}

func (s *secrets) add(values ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, v := range values {
		if v = strings.TrimSpace(v); len(v) >= minSecret && !slices.Contains(s.values, v) {
			s.values = append(s.values, v)
		}
	}
}

// addFrom adds the secrets of a body that is about to be sent: what stands at or
// below these keys of clients, APIs and SAML options (OpenAPI document).
func (s *secrets) addFrom(v any, secret bool) {
	switch v := v.(type) {
	case string:
		if secret {
			s.add(v)
		}
	case []any:
		for _, e := range v {
			s.addFrom(e, secret)
		}
	case map[string]any:
		for k, e := range v {
			s.addFrom(e, secret || slices.Contains([]string{"client_secret", "signing_secret", "decryptionKey", "signing_key"}, k))
		}
	}
}

// in returns the text without secrets.
func (s *secrets) in(text string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, v := range s.values {
		text = strings.ReplaceAll(text, v, hidden)
	}
	return keys.ReplaceAllString(text, hidden)
}

// wrap hides secrets in the text of an error and keeps it for errors.Is.
func (s *secrets) wrap(err error) error {
	if clean := s.in(err.Error()); clean != err.Error() {
		return &hiding{clean, err}
	}
	return err
}

type hiding struct {
	text string
	err  error
}

func (h *hiding) Error() string { return h.text }
func (h *hiding) Unwrap() error { return h.err }
