package rules

import (
	"fmt"
	"net"
	"strings"

	"golang.org/x/net/publicsuffix"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// hostOf is the lower-case host name of an http or https URL, without port; ""
// when it has none.
func hostOf(rawURL string) string {
	if !isHTTP(rawURL) {
		return ""
	}
	_, rest, _ := strings.Cut(rawURL, "://")
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		rest = rest[:i]
	}
	rest = rest[strings.LastIndexByte(rest, '@')+1:]
	if v6, ok := strings.CutPrefix(rest, "["); ok {
		h, _, _ := strings.Cut(v6, "]")
		return strings.ToLower(h)
	}
	h, _, _ := strings.Cut(rest, ":")
	return strings.ToLower(h)
}

// hostName is a host without its port.
func hostName(host string) string {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	return strings.ToLower(host)
}

// sameSite: browsers count hosts of one registrable domain (one label below
// the public suffix) as one site, and anything else as third parties.
func sameSite(a, b string) bool {
	if a == b {
		return true
	}
	p, q := site(a), site(b)
	return p != "" && p == q
}

// site is the registrable domain of a host, "" for addresses and single labels.
func site(host string) string {
	s, err := publicsuffix.EffectiveTLDPlusOne(host)
	if err != nil || net.ParseIP(host) != nil {
		return ""
	}
	return s
}

// loopback: the host is the user's own machine. Subdomains of localhost count
// as verifiable at Auth0 and are not meant here (Auth0 docs: Measures Against
// Application Impersonation).
func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// canonicalLogin: users log in at the tenant's own host.
func canonicalLogin(p *check.Path) bool {
	return strings.EqualFold(p.LoginDomain, p.CanonicalDomain) || strings.HasSuffix(strings.ToLower(p.LoginDomain), ".auth0.com")
}

// asker is what asks for the token: the upgrade, or the application where
// nothing declares one.
func asker(p *check.Path) schema.Address {
	if p.Addr == (schema.Address{}) {
		return p.Client.Addr
	}
	return p.Addr
}

// upgradeFails is the verdict that the upgrade itself asks for what cannot work.
func upgradeFails(p *check.Path, attr, format string, args ...any) check.Verdict {
	return check.Verdict{Outcome: check.Fail, Object: asker(p), Src: p.Attr(attr), Message: fmt.Sprintf(format, args...)}
}

// upgradeOpen is the verdict that the upgrade leaves a question open.
func upgradeOpen(p *check.Path, attr, settle, format string, args ...any) check.Verdict {
	return check.Verdict{Outcome: check.Unknown, Object: asker(p), Src: p.Attr(attr), Settle: settle, Message: fmt.Sprintf(format, args...)}
}
