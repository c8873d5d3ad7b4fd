package sandbox

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"github.com/beevik/etree"
)

// Bounds of a document from an identity provider. Real responses have a few hundred elements, eight levels deep. Auth0's
// own bounds are not known.
const (
	maxXMLElements   = 20_000
	maxXMLDepth      = 64
	maxXMLAttributes = 100 // of one element
)

// XML namespaces of SAML and its signatures.
const (
	nsProtocol  = "urn:oasis:names:tc:SAML:2.0:protocol"
	nsAssertion = "urn:oasis:names:tc:SAML:2.0:assertion"
	nsSignature = "http://www.w3.org/2000/09/xmldsig#"
	nsXMLEnc    = "http://www.w3.org/2001/04/xmlenc#"
)

// errNotXML is the library's refusal of what does not parse.
func errNotXML(why string) error { return says("SAMLResponse should be a valid xml (%s)", why) }

// decodeBase64 reads the form parameter as lenient decoders do: either alphabet, padding and white space optional.
func decodeBase64(raw string) ([]byte, error) {
	plain := strings.NewReplacer("-", "+", "_", "/", "=", "").Replace(strings.Join(strings.Fields(raw), ""))
	return base64.RawStdEncoding.DecodeString(plain)
}

// readXML parses a document after a scan that costs no more than its length: no DTD (so no entities), bounded size, depth
// and width.
func readXML(data []byte) (*etree.Element, error) {
	if len(data) > maxBody {
		return nil, errNotXML("it is too large")
	}
	if err := scanXML(data); err != nil {
		return nil, err
	}
	doc := etree.NewDocument()
	if err := doc.ReadFromBytes(data); err != nil {
		return nil, errNotXML(err.Error())
	}
	if doc.Root() == nil {
		return nil, errNotXML("it has no root element")
	}
	return doc.Root(), nil
}

// scanXML refuses what readXML must not see.
func scanXML(data []byte) error {
	dec := xml.NewDecoder(bytes.NewReader(data))
	dec.CharsetReader = func(label string, _ io.Reader) (io.Reader, error) {
		return nil, says("encoding %q", label)
	}
	elements, depth, roots := 0, 0, 0
	for {
		tok, err := dec.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return errNotXML(err.Error())
		}
		switch tok := tok.(type) {
		case xml.Directive:
			return errNotXML("a document type declaration is not accepted")
		case xml.ProcInst:
			if tok.Target != "xml" {
				return errNotXML("processing instructions are not accepted")
			}
		case xml.StartElement:
			elements, depth = elements+1, depth+1
			if depth == 1 {
				roots++
			}
			if elements > maxXMLElements || depth > maxXMLDepth || len(tok.Attr) > maxXMLAttributes || roots > 1 {
				return errNotXML("it is too large")
			}
		case xml.EndElement:
			depth--
		}
	}
	return nil
}

// inner is all text of an element, as if it had no comments: a comment inside a name must not cut it short
// (CVE-2017-11427 and its kin).
func inner(e *etree.Element) string {
	if e == nil {
		return ""
	}
	var b strings.Builder
	for _, t := range e.Child {
		switch t := t.(type) {
		case *etree.CharData:
			b.WriteString(t.Data)
		case *etree.Element:
			b.WriteString(inner(t))
		}
	}
	return b.String()
}

// children are the child elements with a name in a namespace.
func children(e *etree.Element, ns, name string) []*etree.Element {
	if e == nil {
		return nil
	}
	var out []*etree.Element
	for _, c := range e.ChildElements() {
		if c.Tag == name && c.NamespaceURI() == ns {
			out = append(out, c)
		}
	}
	return out
}

// descend follows first children of the assertion namespace.
func descend(e *etree.Element, names ...string) *etree.Element {
	for _, name := range names {
		found := children(e, nsAssertion, name)
		if len(found) == 0 {
			return nil
		}
		e = found[0]
	}
	return e
}

// named counts elements with a local name anywhere below and including e, whatever their namespace.
func named(e *etree.Element, name string) int {
	n := 0
	if e.Tag == name {
		n++
	}
	for _, c := range e.ChildElements() {
		n += named(c, name)
	}
	return n
}
