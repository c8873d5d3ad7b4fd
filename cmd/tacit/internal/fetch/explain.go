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
	"net/url"
	"strings"
	"syscall"
)

// explain says in plain words why a fetch failed. Errors of net/http quote the
// whole URL, and texts of the stranger's server; neither is passed on.
func (f *Fetcher) explain(ctx context.Context, asked *url.URL, err error) error {
	u := asked
	var outer *url.Error
	if errors.As(err, &outer) {
		if at, e := url.Parse(outer.URL); e == nil && at.Host != "" {
			u = at // the hop that failed
		}
	}
	host := u.Hostname()
	var ours *refusal
	var dns *net.DNSError
	var dial *net.OpError
	var late net.Error
	switch {
	case errors.As(err, &ours) && errors.As(err, &dial):
		return fmt.Errorf("%s %w (--allow-private fetches it nevertheless)", host, ours)
	case errors.As(err, &ours):
		return ours
	case errors.Is(ctx.Err(), context.DeadlineExceeded), errors.As(err, &late) && late.Timeout():
		return fmt.Errorf("%s did not answer in full within %s", host, f.timeout)
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &dns) && dns.IsNotFound:
		return fmt.Errorf("there is no host %s", host)
	case errors.As(err, &dns):
		return fmt.Errorf("the address of %s could not be looked up", host)
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Errorf("%s refuses the connection", u.Host)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("%s hung up in the middle of the document", host)
	}
	if why := untrusted(err); why != "" {
		return fmt.Errorf("%s is not to be trusted with this: %s", host, why)
	}
	if errors.As(err, &dial) && dial.Op == "dial" {
		return fmt.Errorf("%s cannot be reached: %w", u.Host, dial.Err)
	}
	return fmt.Errorf("%s did not answer as a web server does", u.Host)
}

// untrusted says what is wrong with the certificate of a web server.
func untrusted(err error) string {
	var record tls.RecordHeaderError
	var bad *tls.CertificateVerificationError
	var alert tls.AlertError
	var name x509.HostnameError
	switch {
	case errors.Is(err, http.ErrSchemeMismatch), errors.As(err, &record):
		return "it does not speak https"
	case errors.As(err, &name):
		return "its certificate is for another host"
	case errors.As(err, &bad):
		return strings.TrimPrefix(bad.Err.Error(), "x509: ") + " (SSL_CERT_FILE names further authorities)"
	case errors.As(err, &alert):
		return "no encrypted connection could be agreed on (" + alert.Error() + ")"
	default:
		return ""
	}
}
