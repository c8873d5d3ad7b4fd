package certs

import (
	"bytes"
	"path/filepath"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/hclconf"
	"github.com/tacit-dev/tacit/schema/saml"
)

// Origins are where the blocks say what certificates come from.
type Origins struct {
	dir                    string
	Cert, Metadata, Entity map[schema.Address]hclconf.Origin
}

// Find finds the origins of a configuration.
func Find(files *hclconf.Files, dir string) *Origins {
	find := func(row string) map[schema.Address]hclconf.Origin { return files.Origins(schema.SAMLConnection, row) }
	return &Origins{dir, find("signing_cert"), find("metadata_xml"), find("metadata_entity_id")}
}

// Connections are the declared SAML connections.
func Connections(cfg *schema.Config) []*schema.Object {
	var out []*schema.Object
	for _, o := range cfg.Declared() {
		if o.Kind == schema.SAMLConnection {
			out = append(out, o)
		}
	}
	return out
}

// Name is how people call a connection.
func Name(o *schema.Object) string {
	if n := o.NaturalKey(); n != "" {
		return n
	}
	return o.Addr.String()
}

// Declared lists what the files say of certificates. Every connection has a
// row for the identity provider's, known or not.
func Declared(cfg *schema.Config, at *Origins) []Row {
	var out []Row
	for _, o := range Connections(cfg) {
		out = append(out, at.signing(o)...)
		out = append(out, at.own(o, "signing_key", RequestSigning)...)
		out = append(out, at.own(o, "decryption_key", Decryption)...)
	}
	return out
}

// place is where an attribute or the text that it names stands.
func (at *Origins) place(r Row, o hclconf.Origin, line int) Row {
	r.File, r.Line = o.Src.File, o.Src.Start.Line
	if o.File != "" {
		r.File, r.Line = filepath.Join(at.dir, filepath.FromSlash(o.File)), max(line, 1)
	}
	return r
}

// begins is the line in which the first certificate of a PEM text begins.
func begins(pem string) int {
	before, _, found := bytes.Cut([]byte(pem), []byte("-----BEGIN CERTIFICATE"))
	if !found {
		return 1
	}
	return bytes.Count(before, []byte("\n")) + 1
}

// signing are the certificates that the identity provider may sign with, the
// one that Auth0 is given first.
func (at *Origins) signing(o *schema.Object) []Row {
	row := Row{Connection: Name(o), Address: o.Addr.String(), Use: IDPSigning, From: FromFiles}
	if o.Src != nil {
		row.File, row.Line = o.Src.File, o.Src.Start.Line
	}
	want := o.Want("signing_cert")
	text, _ := want.V.(string)
	cs, err := saml.ParseCertificates([]byte(text))
	origin, given := at.Cert[o.Addr]
	doc, hasDoc := at.Metadata[o.Addr]
	switch {
	case want.Mode == schema.Unmanaged:
		row.Note = "only the tenant knows it"
		if url := o.Want("metadata_url"); url.Mode != schema.Unmanaged && url.Src != nil {
			row.File, row.Line = url.Src.File, url.Src.Start.Line
			row.Note = "Auth0 reads it from metadata_url; only the tenant knows it"
		}
		return []Row{row}
	case text == "":
		row.Note = "known only after apply"
		return []Row{row}
	case err != nil:
		row.Note = "it cannot be read: " + saml.AsRefusal(err).Text
		return []Row{row}
	}
	used := row
	switch {
	case given:
		used = at.place(row, origin, begins(text))
	case want.Src != nil:
		used.File, used.Line = want.Src.File, want.Src.Start.Line
	}
	used.Certificate, used.Used = cs[0], true
	out := []Row{used}
	beside := func(r Row, c *saml.Certificate) {
		r.Certificate, r.Used, r.Note = c, false, "stands beside the one that Auth0 is given"
		out = append(out, r)
	}
	if !hasDoc {
		for _, c := range cs[1:] {
			beside(used, c)
		}
	}
	for _, c := range at.offered(o, doc) {
		there := at.place(row, doc, c.Line)
		switch {
		case c.SHA256 != cs[0].SHA256:
			beside(there, c)
		case !given:
			there.Certificate, there.Used = cs[0], true
			out[0] = there
		}
	}
	return out
}

// offered are the signing certificates of a metadata document.
func (at *Origins) offered(o *schema.Object, doc hclconf.Origin) []*saml.Certificate {
	if doc.Text == "" {
		return nil
	}
	m := IDP(doc.Text, at.Entity[o.Addr].Text)
	if m == nil {
		return nil
	}
	return m.SigningCertificates()
}

// IDP is the identity provider of a document, nil when it cannot be read:
// whoever loads the configuration says why.
func IDP(text, entityID string) *saml.Metadata {
	doc, err := saml.ParseMetadata([]byte(text))
	if err != nil {
		return nil
	}
	m, err := doc.IDP(entityID)
	if err != nil {
		return nil
	}
	return m
}

// own is the certificate of a key that the connection itself holds.
func (at *Origins) own(o *schema.Object, attr string, use Use) []Row {
	want := o.Want(attr)
	if want.Mode == schema.Unmanaged || want.V == nil && !want.Unknown {
		return nil
	}
	row := Row{Connection: Name(o), Address: o.Addr.String(), Use: use, From: FromFiles, Used: true}
	if want.Src != nil {
		row.File, row.Line = want.Src.File, want.Src.Start.Line
	}
	pair, _ := want.V.(map[string]any)
	row.read(pair["cert"])
	return []Row{row}
}

// read takes the certificate of a text that a file or the tenant holds.
func (r *Row) read(v any) {
	text, _ := v.(string)
	if text == "" {
		r.Note = "the key stands without a certificate"
		return
	}
	cs, err := saml.ParseCertificates([]byte(text))
	if err != nil {
		r.Note = "it cannot be read: " + saml.AsRefusal(err).Text
		return
	}
	r.Certificate = cs[0]
}
