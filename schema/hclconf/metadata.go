package hclconf

import (
	"fmt"

	"github.com/zclconf/go-cty/cty"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/saml"
)

// What metadata_xml stands for: these attributes get their values from the
// document, unless the block gives them itself. A given value wins over the
// document when that offers it too (one of several certificates, the other
// binding), and is a mistake when it does not.
const (
	rowMetadata = "metadata_xml"
	rowEntity   = "metadata_entity_id"
	rowURL      = "metadata_url"
	rowSignIn   = "sign_in_endpoint"
	rowSignOut  = "sign_out_endpoint"
	rowBinding  = "protocol_binding"
	rowCert     = "signing_cert"
)

// idp is where a block takes attributes from a metadata document. The sites
// are nil where the block does not write them.
type idp struct {
	document, entity *site
	given            map[string]*site
}

// useMetadata makes a site for every attribute that metadata_xml stands for.
func (d *bodyDecoder) useMetadata() {
	b := d.b
	if b.kind != schema.SAMLConnection {
		return
	}
	if b.site(rowMetadata) == nil {
		if e := b.site(rowEntity); e != nil {
			d.c.fail(at(e.rng), "No metadata to choose from", "metadata_entity_id chooses one of the identity providers in metadata_xml, which is missing.")
		}
		return
	}
	m := &idp{document: b.site(rowMetadata), entity: b.site(rowEntity), given: map[string]*site{}}
	b.idp = m
	for _, name := range []string{rowSignIn, rowSignOut, rowBinding, rowCert} {
		i := b.kind.Index(name)
		switch written := b.sites[i]; {
		case written == nil:
			b.sites[i] = &site{node: d.node(b.addr.String()+"."+name, m.document.rng), row: &b.kind.Attrs[i], block: b, src: m.document.src, idp: m}
		case !written.reset:
			m.given[name] = written
			b.sites[i] = &site{node: d.node(written.name, written.rng), row: written.row, block: b, src: written.src, idp: m}
		}
	}
}

// site is where the block sets that row, nil if nowhere.
func (b *block) site(row string) *site {
	if i := b.kind.Index(row); i >= 0 {
		return b.sites[i]
	}
	return nil
}

// settleMetadata: what comes from a document differs between instances when
// any of its parts does.
func (l *loader) settleMetadata(b *block) {
	m := b.idp
	if m == nil {
		return
	}
	each := m.document.each || m.entity != nil && m.entity.each
	for _, g := range m.given {
		l.settleSite(g)
		each = each || g.each
	}
	for _, s := range b.sites {
		if s != nil && s.idp != nil {
			s.each = each
		}
	}
}

// fromMetadata is the value that the block gives, or else the document's.
func (w *world) fromMetadata(s *site, in *instance) outcome {
	none := outcome{v: cty.NullVal(rowType(s.row)), null: true}
	g := w.given(s.idp, s.row.Name, in)
	if g.failed || !g.null {
		return g
	}
	m, o := w.metadata(s.idp, in)
	switch {
	case o.failed:
		return failure
	case o.null:
		return none
	case m == nil:
		return outcome{v: cty.UnknownVal(rowType(s.row)), unsafe: o.unsafe}
	}
	text, known := "", true
	switch s.row.Name {
	case rowSignIn, rowBinding:
		var e saml.EndPoint
		if e, known = w.signOn(s.idp, m, in); s.row.Name == rowSignIn {
			text = e.Location
		} else {
			text = e.Binding
		}
	case rowSignOut:
		text = m.SignOutURL()
	case rowCert:
		if c := m.SigningCertificate(w.ev.f.opts.Now); c != nil {
			text = c.PEM()
		}
	}
	switch {
	case !known:
		return outcome{v: cty.UnknownVal(rowType(s.row)), unsafe: o.unsafe}
	case text == "":
		return none
	}
	return outcome{v: cty.StringVal(text).WithMarks(o.v.Marks()), unsafe: o.unsafe}
}

// given is what the block itself says; null when it says nothing.
func (w *world) given(m *idp, row string, in *instance) outcome {
	s := m.given[row]
	if s == nil {
		return outcome{null: true, known: true}
	}
	return w.site(s, in)
}

// metadata reads the document of one instance. It is nil when the document is
// not known; o.v carries the marks of its text.
func (w *world) metadata(m *idp, in *instance) (*saml.Metadata, outcome) {
	doc := w.site(m.document, in)
	if doc.failed || doc.null {
		return nil, doc
	}
	entity := outcome{v: cty.StringVal("")}
	if m.entity != nil {
		if entity = w.site(m.entity, in); entity.null {
			entity = outcome{v: cty.StringVal("")}
		}
	}
	if entity.failed {
		return nil, failure
	}
	text, marks := doc.v.Unmark()
	id, more := entity.v.Unmark()
	// Reading is no copying: a probe with a made-up id proves nothing.
	o := outcome{v: cty.StringVal("").WithMarks(marks, more), unsafe: w.base != nil}
	if !text.IsKnown() || !id.IsKnown() {
		return nil, o
	}
	p := placeOf(m.document.valueRange(), in)
	if !m.document.each {
		p.instance = ""
	}
	found, refusal := w.ev.f.document(text.AsString(), id.AsString())
	if refusal != nil && (w.given(m, rowCert, in).null || !withoutCertificate(refusal)) {
		p.hidden = o.v.IsMarked()
		w.fail(p, "Metadata that cannot be used", "%s", w.ev.f.explain(text.AsString(), refusal, o.v.IsMarked()))
		return nil, failure
	}
	return found, o
}

// withoutCertificate: the document is fine but for the certificate, which the
// block may give instead.
func withoutCertificate(r *saml.Refusal) bool {
	return r.Reason == saml.NoSigningCert || r.Reason == saml.BadCertificate
}

// signOn chooses the end point for sign-on requests: HTTP-Redirect before
// HTTP-POST, unless the block gives the binding or the URL. It is empty when
// the document offers nothing that fits, and not known when a given value is
// not.
func (w *world) signOn(m *idp, doc *saml.Metadata, in *instance) (e saml.EndPoint, known bool) {
	binding, url := w.given(m, rowBinding, in), w.given(m, rowSignIn, in)
	if !binding.null && !binding.known || !url.null && !url.known {
		return e, false
	}
	for _, e := range offers(doc) {
		if (binding.null || e.Binding == bindingOf(plainText(binding))) && (url.null || e.Location == plainText(url)) {
			return e, true
		}
	}
	return e, true
}

// offers are the first end points of the bindings that Auth0 can use, the
// preferred one first.
func offers(m *saml.Metadata) []saml.EndPoint {
	var out []saml.EndPoint
	for _, b := range []string{saml.Redirect, saml.POST} {
		if url := saml.At(m.SignOn, b); url != "" {
			out = append(out, saml.EndPoint{Binding: b, Location: url})
		}
	}
	return out
}

// bindingOf: an empty protocol_binding means HTTP-Redirect.
func bindingOf(s string) string {
	if s == "" {
		return saml.Redirect
	}
	return s
}

func plainText(o outcome) string {
	s, _ := textOf(o.v)
	return s
}

// documentKey is what a reading of a document depends on.
type documentKey struct{ text, entity string }

type document struct {
	metadata *saml.Metadata
	refusal  *saml.Refusal
}

// document reads a text once, however many connections share it.
func (f *Files) document(text, entity string) (*saml.Metadata, *saml.Refusal) {
	key := documentKey{text, entity}
	if d, ok := f.documents[key]; ok {
		return d.metadata, d.refusal
	}
	var d document
	f.steps.work += len(text) * costMetadata
	doc, err := saml.ParseMetadata([]byte(text))
	if err == nil {
		d.metadata, err = doc.IDP(entity)
	}
	if err == nil {
		err = d.metadata.Usable()
	}
	if err != nil {
		d.refusal = saml.AsRefusal(err)
	}
	f.documents[key] = d
	return d.metadata, d.refusal
}

// explain says where in which file the trouble is, as editors and terminals
// make a link of it.
func (f *Files) explain(text string, r *saml.Refusal, hidden bool) string {
	if hidden {
		return "The document is sensitive, so the reason is not shown. Save it and run tacit inspect FILE."
	}
	detail := r.Text
	if r.Reason == saml.SeveralIDPs {
		detail += " Write metadata_entity_id = \"...\" beside metadata_xml."
	}
	name := f.dir.holding(text)
	switch {
	case name == "" && r.Line > 0:
		return fmt.Sprintf("Line %d, column %d of the document: %s", r.Line, r.Column, detail)
	case name == "":
		return detail
	case r.Line > 0:
		return fmt.Sprintf("%s:%d:%d: %s", name, r.Line, r.Column, detail)
	}
	return name + ": " + detail
}
