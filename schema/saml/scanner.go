package saml

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

// Bounds on a document. Real ones stay below a tenth of each, federation feeds
// aside.
const (
	maxDepth      = 200
	maxElements   = 200_000
	maxAttributes = 64 // of one element
	maxNamespaces = 64 // in scope
)

// scanner reads a document element by element. encoding/xml is laxer than
// XML: it lets pass what is checked here (names that do not match, duplicate
// attributes, undeclared prefixes, a second root, text around the root).
type scanner struct {
	dec   *xml.Decoder
	stack []frame
	// scope are the namespaces declared by the elements of the stack.
	scope    []binding
	elements int
	rooted   bool
}

// frame is an open element.
type frame struct {
	name xml.Name // prefix and local name, as written
	// declares is how many namespaces it added to the scope.
	declares int
}

type binding struct{ prefix, space string }

// element is a start tag with its namespace.
type element struct {
	space, local string
	attrs        []xml.Attr
	place
}

// is compares the expanded name.
func (e element) is(space, local string) bool { return e.space == space && e.local == local }

// attr is an unprefixed attribute, with the white space around it taken off.
func (e element) attr(name string) string {
	s, _ := e.lookup(name)
	return s
}

func (e element) lookup(name string) (string, bool) {
	for _, a := range e.attrs {
		if a.Name.Space == "" && a.Name.Local == name {
			return strings.TrimSpace(a.Value), true
		}
	}
	return "", false
}

func newScanner(text string) *scanner {
	s := &scanner{dec: xml.NewDecoder(strings.NewReader(text))}
	// The text is UTF-8 already, whatever its declaration says.
	s.dec.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	return s
}

func (s *scanner) here() place {
	line, column := s.dec.InputPos()
	return place{line, column}
}

// next returns the next start tag, end tag or text. Comments and instructions
// are passed over.
func (s *scanner) next() (xml.Token, element, error) {
	for {
		p := s.here()
		tok, err := s.dec.RawToken()
		if err != nil {
			return nil, element{}, s.broken(err)
		}
		switch t := tok.(type) {
		case xml.StartElement:
			e, err := s.open(t, p)
			return t, e, err
		case xml.EndElement:
			return t, element{}, s.closeTag(t, p)
		case xml.CharData:
			if len(s.stack) > 0 {
				return t, element{}, nil
			}
			if strings.TrimSpace(string(t)) != "" {
				return nil, element{}, s.outside(string(t), p)
			}
		case xml.Directive:
			return nil, element{}, directive(string(t), p)
		case xml.ProcInst:
			if t.Target == "xml" && s.rooted {
				return nil, element{}, refuse(NotWellFormed, "An XML declaration stands in the middle of the document; these are two documents in one file.").at(p)
			}
		}
	}
}

// broken turns an error of encoding/xml into a refusal.
func (s *scanner) broken(err error) error {
	if errors.Is(err, io.EOF) {
		if len(s.stack) == 0 && s.rooted {
			return io.EOF
		}
		if len(s.stack) == 0 {
			return refuse(Empty, "There is no element in it.")
		}
		return refuse(NotWellFormed, "The document ends before <%s> is closed; it was cut off. Ask for the file again.", written(s.stack[len(s.stack)-1].name)).at(s.here())
	}
	var syntax *xml.SyntaxError
	text := err.Error()
	if errors.As(err, &syntax) {
		text = syntax.Msg
	}
	if strings.Contains(text, "unexpected EOF") {
		return refuse(NotWellFormed, "The document ends in the middle of a tag; it was cut off. Ask for the file again.").at(s.here())
	}
	return refuse(NotWellFormed, "This is not well-formed XML: %s.", strings.TrimPrefix(text, "xml: ")).at(s.here())
}

// outside explains text that stands where only the root may stand.
func (s *scanner) outside(text string, p place) error {
	trimmed := strings.TrimSpace(text)
	switch {
	case s.rooted:
		return refuse(NotWellFormed, "There is text after the end of the document. Take it out, or ask for the file again.").at(p)
	case strings.HasPrefix(trimmed, "{") || strings.HasPrefix(trimmed, "["):
		return refuse(NotWellFormed, "This is JSON, not a metadata document; often it is an error that a server answered with. Open it and read it.").at(p)
	}
	if raw, err := unbase64(trimmed); err == nil {
		if strings.HasPrefix(strings.TrimSpace(string(raw)), "<") {
			return refuse(NotWellFormed, "This is a document in base64. Decode it first.").at(p)
		}
	}
	return refuse(NotWellFormed, "A document begins with a tag, and this begins with %s.", quote(firstWords(trimmed))).at(p)
}

func firstWords(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	if r := []rune(line); len(r) > 30 {
		return string(r[:30])
	}
	return line
}

// directive refuses document types: they are what entity expansion and
// fetching of files and URLs are made of, and metadata has none.
func directive(text string, p place) error {
	if words := strings.Fields(strings.ToLower(text)); len(words) > 1 && words[0] == "doctype" && words[1] == "html" {
		return html(p)
	}
	return refuse(Doctype, "The document has a document type declaration (<!DOCTYPE), which metadata never needs and attacks are made of. tacit does not read it.").at(p)
}

func html(p place) error {
	return refuse(HTMLPage, "This is an HTML page, not a metadata document; often it is a login page that was saved instead. Sign in at the identity provider and download the metadata there.").at(p)
}

// open checks a start tag and enters it.
func (s *scanner) open(t xml.StartElement, p place) (element, error) {
	if len(s.stack) == 0 && s.rooted {
		return element{}, refuse(NotWellFormed, "There is a second document after the end of the first. Keep one of them.").at(p)
	}
	s.rooted = true
	s.elements++
	f := frame{name: t.Name}
	for _, a := range t.Attr {
		prefix, ok := declares(a)
		if !ok {
			continue
		}
		if a.Value == "" && prefix != "" {
			return element{}, refuse(NotWellFormed, "The prefix %s is declared with an empty namespace.", quote(prefix)).at(p)
		}
		s.scope = append(s.scope, binding{prefix, a.Value})
		f.declares++
	}
	s.stack = append(s.stack, f)
	switch {
	case len(s.stack) > maxDepth:
		return element{}, refuse(LimitExceeded, "Elements are nested more than %d levels deep.", maxDepth).at(p)
	case s.elements > maxElements:
		return element{}, refuse(LimitExceeded, "The document has more than %d elements.", maxElements).at(p)
	case len(t.Attr) > maxAttributes || len(s.scope) > maxNamespaces:
		return element{}, refuse(LimitExceeded, "<%s> has more attributes or namespaces than tacit reads (%d).", written(t.Name), maxAttributes).at(p)
	}
	return s.resolve(t, p)
}

// declares returns the prefix that an attribute declares ("" the default one).
func declares(a xml.Attr) (prefix string, ok bool) {
	switch {
	case a.Name.Space == "xmlns":
		return a.Name.Local, true
	case a.Name.Space == "" && a.Name.Local == "xmlns":
		return "", true
	default:
		return "", false
	}
}

// resolve expands the names of a tag and refuses an attribute that is there
// twice, also under two prefixes.
func (s *scanner) resolve(t xml.StartElement, p place) (element, error) {
	e := element{local: t.Name.Local, attrs: t.Attr, place: p}
	var ok bool
	if e.space, ok = s.space(t.Name.Space); !ok {
		return e, undeclared(t.Name.Space, p)
	}
	for i := range t.Attr {
		a := &t.Attr[i]
		if _, declaration := declares(*a); !declaration && a.Name.Space != "" {
			space, ok := s.space(a.Name.Space)
			if !ok {
				return e, undeclared(a.Name.Space, p)
			}
			a.Name.Space = space
		}
		for _, b := range t.Attr[:i] {
			if a.Name == b.Name {
				return e, refuse(NotWellFormed, "<%s> has the attribute %s twice.", written(t.Name), a.Name.Local).at(p)
			}
		}
	}
	return e, nil
}

func undeclared(prefix string, p place) error {
	return refuse(NotWellFormed, "The prefix %s is not declared (xmlns:%s is missing).", quote(prefix), prefix).at(p)
}

// space finds the namespace of a prefix.
func (s *scanner) space(prefix string) (string, bool) {
	for i := len(s.scope) - 1; i >= 0; i-- {
		if s.scope[i].prefix == prefix {
			return s.scope[i].space, true
		}
	}
	switch prefix {
	case "":
		return "", true
	case "xml":
		return "http://www.w3.org/XML/1998/namespace", true
	default:
		return "", false
	}
}

func (s *scanner) closeTag(t xml.EndElement, p place) error {
	if len(s.stack) == 0 {
		return refuse(NotWellFormed, "</%s> closes nothing.", written(t.Name)).at(p)
	}
	top := s.stack[len(s.stack)-1]
	if top.name != t.Name {
		return refuse(NotWellFormed, "<%s> is closed by </%s>.", written(top.name), written(t.Name)).at(p)
	}
	s.stack = s.stack[:len(s.stack)-1]
	s.scope = s.scope[:len(s.scope)-top.declares]
	return nil
}

func written(n xml.Name) string {
	if n.Space == "" {
		return n.Local
	}
	return n.Space + ":" + n.Local
}

// children calls f for each child of the element just opened, and passes over
// what f did not read of it.
func (s *scanner) children(f func(element) error) error {
	depth := len(s.stack)
	for len(s.stack) >= depth {
		tok, e, err := s.next()
		if err != nil {
			return err
		}
		if _, start := tok.(xml.StartElement); !start || len(s.stack) != depth+1 {
			continue
		}
		if err := f(e); err != nil {
			return err
		}
	}
	return nil
}

// text is the text of the element just opened, up to its end; comments do not
// interrupt it.
func (s *scanner) text() (string, error) {
	depth := len(s.stack)
	var b strings.Builder
	for len(s.stack) >= depth {
		tok, _, err := s.next()
		if err != nil {
			return "", err
		}
		if t, ok := tok.(xml.CharData); ok && len(s.stack) == depth {
			b.Write(t)
		}
	}
	return b.String(), nil
}

// end reads to the end of the document.
func (s *scanner) end() error {
	for {
		if _, _, err := s.next(); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
	}
}
