package rules

import (
	"time"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
	"github.com/tacit-dev/tacit/schema/saml"
)

// signing is what a connection says of the certificate with which its identity
// provider signs. Auth0 returns a certificate that it derived (metadata) as
// signingCert or as cert; the written one counts before the derived one.
type signing struct {
	fact[string]
	// certs are the certificates in the text, the first of which counts.
	certs []*saml.Certificate
	err   error
}

func signingReads() []schema.Field {
	return []schema.Field{signingCert.Field(), derivedCert.Field(), metadataURL.Field()}
}

func signingOf(s *schema.State) *signing { return schema.Derive(s, readSigning) }

func readSigning(s *schema.State) *signing {
	out := &signing{fact: read(signingCert, s)}
	if derived := read(derivedCert, s); !out.given() && !out.undecided() && derived.given() {
		out.v, out.presence = derived.v, derived.presence
	}
	if out.given() && out.v != "" {
		out.certs, out.err = saml.ParseCertificates([]byte(out.v))
	}
	return out
}

// judgeCertificate judges the certificate of a path when there is one that can
// be read; TAC115 says so when not.
func judgeCertificate(p *check.Path, judge func(f *signing, c *saml.Certificate) check.Verdict) check.Verdict {
	f := signingOf(p.Connection)
	switch {
	case f.undecided() && p.Offline:
		return check.Skipped() // whoever manages the connection has it
	case f.undecided():
		return f.unknown(p)
	case len(f.certs) == 0:
		return check.Skipped()
	default:
		return judge(f, f.certs[0])
	}
}

// judgeDates is judgeCertificate for what depends on the moment.
func judgeDates(p *check.Path, judge func(f *signing, c *saml.Certificate) check.Verdict) check.Verdict {
	if p.Now.IsZero() {
		return check.Skipped()
	}
	return judgeCertificate(p, judge)
}

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }
