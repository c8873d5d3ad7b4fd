package hclconf

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/saml"
)

// contradictions reports what the block gives and its document does not offer.
func (ev *evaluation) contradictions(b *block, in *instance) {
	m := b.idp
	if m == nil {
		return
	}
	doc, o := ev.base.metadata(m, in)
	if o.failed || o.null {
		return
	}
	if s := b.site(rowURL); s != nil {
		if url := ev.base.site(s, in); !url.failed && !url.null {
			ev.c.fail(placeOf(s.valueRange(), in).and(m.document.valueRange()), "Two sources of metadata", "Auth0 would fetch metadata_url on every write and take end points and certificate from there, whatever metadata_xml says. Keep one of them.")
		}
	}
	if doc == nil {
		return
	}
	ev.compare(m, in, rowCert, o, func(given string) (bool, string) {
		der := schema.CertDER(given)
		var names []string
		for _, c := range doc.SigningCertificates() {
			if string(c.Raw) == string(der) {
				return true, ""
			}
			names = append(names, c.SHA1)
		}
		return len(names) == 0 || der == nil, "certificates with the SHA-1 " + oneOf(names)
	})
	ev.compare(m, in, rowSignOut, o, func(given string) (bool, string) {
		var urls []string
		for _, e := range doc.SignOut {
			urls = append(urls, e.Location)
		}
		return given == "" || len(urls) == 0 || slices.Contains(urls, given), oneOf(urls)
	})
	if e, known := ev.base.signOn(m, doc, in); known && e.Location == "" {
		row := rowSignIn
		if ev.base.given(m, rowSignIn, in).null {
			row = rowBinding
		}
		ev.compare(m, in, row, o, func(string) (bool, string) {
			var texts []string
			for _, e := range offers(doc) {
				texts = append(texts, fmt.Sprintf("%s (%s)", e.Location, strings.TrimPrefix(e.Binding, "urn:oasis:names:tc:SAML:2.0:bindings:")))
			}
			return false, strings.Join(texts, " and ")
		})
	}
	ev.ambiguous(m, doc, in, o)
}

// compare reports a given value when fits says that the document offers
// something else.
func (ev *evaluation) compare(m *idp, in *instance, row string, doc outcome, fits func(given string) (ok bool, offered string)) {
	g := ev.base.given(m, row, in)
	if g.failed || g.null || !g.known {
		return
	}
	ok, offered := fits(plainText(g))
	if ok {
		return
	}
	s := m.given[row]
	p := placeOf(s.valueRange(), in).and(m.document.valueRange())
	if !s.each && !m.document.each {
		p.instance = ""
	}
	if doc.v.IsMarked() || g.v.IsMarked() {
		p.hidden, offered = true, "another value"
	}
	ev.c.fail(p, "Contradicts metadata_xml", "%s is not what the metadata document offers: %s. Correct it, take it out, or take metadata_xml out and write what the connection needs.", row, offered)
}

// ambiguous warns when the document does not say which certificate signs.
func (ev *evaluation) ambiguous(m *idp, doc *saml.Metadata, in *instance, o outcome) {
	several := doc.Ambiguous(ev.f.opts.Now)
	if len(several) == 0 || o.v.IsMarked() || !ev.base.given(m, rowCert, in).null {
		return
	}
	p := placeOf(m.document.valueRange(), in)
	if !m.document.each {
		p.instance = ""
	}
	taken := doc.SigningCertificate(ev.f.opts.Now)
	var others []string
	for _, c := range several {
		if c != taken {
			others = append(others, describe(c))
		}
	}
	text, _ := textOf(ev.base.site(m.document, in).v)
	name := ev.f.dir.holding(text)
	if name == "" {
		name = "The document"
	}
	ev.c.warn(p, "Several signing certificates", "%s has %d, and Auth0 holds one. tacit takes the one that lasts longest, %s, and not %s. If the identity provider signs with another one, logins fail: give that one as signing_cert.", name, len(several), describe(taken), strings.Join(others, ", "))
}

func describe(c *saml.Certificate) string {
	return fmt.Sprintf("SHA-1 %.8s (until %s)", c.SHA1, c.NotAfter.Format("2006-01-02"))
}
