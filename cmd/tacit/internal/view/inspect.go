package view

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/tacit-dev/tacit/schema/saml"
)

// Inspection is what a metadata document or certificate file holds. What it
// does not say is null.
type Inspection struct {
	// Kind is metadata, certificate, or values where a customer sent those.
	Kind         string                 `json:"kind"`
	EntityID     *string                `json:"entity_id"`
	SSORedirect  *string                `json:"sso_redirect"`
	SSOPost      *string                `json:"sso_post"`
	SLORedirect  *string                `json:"slo_redirect"`
	SLOPost      *string                `json:"slo_post"`
	Certificates []InspectedCertificate `json:"certificates"`
	NameIDs      []string               `json:"nameid_formats"`
	// WantsSigned: sign-on requests must be signed.
	WantsSigned   *bool      `json:"want_authn_requests_signed"`
	ValidUntil    *time.Time `json:"valid_until"`
	CacheDuration *string    `json:"cache_duration"`
	// Signed: there is a signature over the document, which nobody verified.
	Signed   bool     `json:"signed"`
	Warnings []string `json:"warnings"`
}

// InspectedCertificate is a certificate with what a moment makes of it.
type InspectedCertificate struct {
	*saml.Certificate
	// Use is signing, encryption or unspecified.
	Use      string      `json:"use"`
	DaysLeft int         `json:"days_left"`
	Flaws    []saml.Flaw `json:"flaws"`
	// Chosen: tacit gives Auth0 this one.
	Chosen bool `json:"chosen"`
	// remarks are the flaws in words, unless a warning says them.
	remarks []string
}

// InspectMetadata describes an identity provider at a moment.
func InspectMetadata(m *saml.Metadata, now time.Time) *Inspection {
	in := &Inspection{
		Kind: "metadata", EntityID: optional(m.EntityID),
		SSORedirect: optional(saml.At(m.SignOn, saml.Redirect)), SSOPost: optional(saml.At(m.SignOn, saml.POST)),
		SLORedirect: optional(saml.At(m.SignOut, saml.Redirect)), SLOPost: optional(saml.At(m.SignOut, saml.POST)),
		NameIDs: append([]string{}, m.NameIDFormats...), WantsSigned: m.WantAuthnRequestsSigned,
		ValidUntil: m.ValidUntil, CacheDuration: optional(m.CacheDuration), Signed: m.Signed,
		Warnings: append([]string{}, m.Warnings(now)...), Certificates: []InspectedCertificate{},
	}
	chosen := m.SigningCertificate(now)
	for _, c := range m.Certificates {
		in.add(c, c == chosen, c == chosen, now)
	}
	return in
}

// InspectCertificates describes the certificates of a file at a moment.
func InspectCertificates(cs []*saml.Certificate, now time.Time) *Inspection {
	in := &Inspection{Kind: "certificate", NameIDs: []string{}, Warnings: []string{}}
	for _, c := range cs {
		in.add(c, len(cs) == 1, true, now)
		for _, f := range c.Flaws(now) {
			in.Warnings = append(in.Warnings, fmt.Sprintf("the certificate %.8s: %s", c.SHA1, c.Describe(f, now)))
		}
	}
	if len(cs) > 1 {
		in.Warnings = append(in.Warnings, fmt.Sprintf("the file holds %d certificates and Auth0 holds one", len(cs)))
	}
	return in
}

func (in *Inspection) add(c *saml.Certificate, chosen, warned bool, now time.Time) {
	out := InspectedCertificate{
		Certificate: c, Use: cmp.Or(c.Use, "unspecified"), Chosen: chosen,
		DaysLeft: c.DaysLeft(now), Flaws: append([]saml.Flaw{}, c.Flaws(now)...),
	}
	for _, f := range out.Flaws {
		if !warned {
			out.remarks = append(out.remarks, c.Describe(f, now))
		}
	}
	in.Certificates = append(in.Certificates, out)
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// Inspection writes one fact a line, then each certificate, then what is odd.
func (p *Printer) Inspection(in *Inspection) {
	if in.Kind != "certificate" {
		p.facts(in)
	}
	for i := range in.Certificates {
		p.certificate(&in.Certificates[i])
	}
	if len(in.Warnings) == 0 {
		p.put(styled(green|bold, "Usable."))
		return
	}
	p.put(styled(yellow|bold, fmt.Sprintf("Usable, with %s:", plural(len(in.Warnings), "warning"))))
	for _, w := range in.Warnings {
		lines := wrap(clean(w), p.proseWidth()-4)
		p.put(text("  - " + lines[0]))
		for _, l := range lines[1:] {
			p.put(text("    " + l))
		}
	}
}

func (p *Printer) facts(in *Inspection) {
	p.fact("Entity ID", in.EntityID)
	p.fact("Sign-on, Redirect", in.SSORedirect)
	p.fact("Sign-on, POST", in.SSOPost)
	p.fact("Sign-out, Redirect", in.SLORedirect)
	p.fact("Sign-out, POST", in.SLOPost)
	for i, n := range in.NameIDs {
		label := "NameID formats"
		if i > 0 {
			label = ""
		}
		p.fact(label, &n)
	}
	if in.WantsSigned != nil {
		wants := map[bool]string{true: "wanted", false: "not wanted"}[*in.WantsSigned]
		p.fact("Signed requests", &wants)
	}
	if in.ValidUntil != nil {
		until := in.ValidUntil.Format(time.DateOnly)
		p.fact("Valid until", &until)
	}
	p.fact("Cache for", in.CacheDuration)
	if in.Signed {
		signed := "yes, and not verified"
		p.fact("Signature", &signed)
	}
	p.put()
}

// fact writes a label and a value, which is not broken so that it can be
// copied.
func (p *Printer) fact(label string, value *string) {
	const column = 20
	if value != nil {
		p.put(styled(faint, label+pad(column-len(label))), text(*value))
	}
}

func (p *Printer) certificate(c *InspectedCertificate) {
	head := []span{styled(bold, "Certificate")}
	if c.Line > 0 { // of a metadata document
		head = append(head, text(" for "+strings.Replace(c.Use, "unspecified", "any use", 1)), styled(faint, fmt.Sprintf(", line %d", c.Line)))
		if c.Chosen {
			head = append(head, text(": the one that Auth0 is given"))
		}
	}
	p.put(head...)
	row := func(label, value string) { p.put(styled(faint, "  "+label+pad(9-len(label))), text(value)) }
	row("subject", c.Subject)
	row("SHA-1", c.SHA1)
	row("SHA-256", c.SHA256)
	row("valid", c.NotBefore.Format(time.DateOnly)+" to "+c.NotAfter.Format(time.DateOnly))
	row("key", fmt.Sprintf("%s, %d bits, certificate signed with %s", c.KeyType, c.Bits, c.SignatureAlgorithm))
	if len(c.remarks) > 0 {
		row("but", strings.Join(c.remarks, "; "))
	}
	p.put()
}
