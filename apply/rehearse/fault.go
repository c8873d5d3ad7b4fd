package rehearse

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"github.com/beevik/etree"
)

// Fault is a way in which the throw-away IdP misbehaves. The zero value is an IdP that does as it should.
type Fault string

// The faults. What each does is told by Doc.
const (
	NoFault          Fault = ""
	Unsigned         Fault = "unsigned"
	WrongKey         Fault = "wrong-key"
	BorrowedCert     Fault = "borrowed-certificate"
	Tampered         Fault = "tampered"
	Expired          Fault = "expired"
	NotYetValid      Fault = "not-yet-valid"
	OtherAudience    Fault = "other-audience"
	OtherRecipient   Fault = "other-recipient"
	OtherDestination Fault = "other-destination"
	Refused          Fault = "authentication-failed"
	Responder        Fault = "responder-error"
	UnknownRequest   Fault = "unknown-request"
	Replayed         Fault = "replayed"
	TransientNameID  Fault = "transient-nameid"
	NoNameID         Fault = "no-nameid"
	NoAttributes     Fault = "no-attributes"
	TwoAssertions    Fault = "two-assertions"
	NoAssertion      Fault = "no-assertion"
	CommentInNameID  Fault = "comment-in-nameid"
	Doctype          Fault = "doctype"
	ExternalEntity   Fault = "external-entity"
	EntityBomb       Fault = "entity-bomb"
	Huge             Fault = "huge"
	Wrap1            Fault = "wrap-1"
	Wrap2            Fault = "wrap-2"
	Wrap3            Fault = "wrap-3"
	Wrap4            Fault = "wrap-4"
	Wrap5            Fault = "wrap-5"
	Wrap6            Fault = "wrap-6"
	Wrap7            Fault = "wrap-7"
	Wrap8            Fault = "wrap-8"
)

// Forged stands at the beginning of every user name that a fault smuggles in: a login that ends with it was taken in.
const Forged = "forged-"

// keyUse says whose key signs.
type keyUse int

const (
	keyOwn      keyUse = iota
	keyNone            // nothing is signed
	keyForeign         // another key, with its own certificate
	keyBorrowed        // another key, shown with the trusted certificate
)

// behaviour is what a fault changes, in the order of the work: what is stated, which key signs, what the response is
// assembled from, what happens to it after it was signed, which document type stands before it.
type behaviour struct {
	fault    Fault
	doc      string
	state    func(*Assertion)
	key      keyUse
	assemble func(response *etree.Element)
	bend     func(response *etree.Element) error
	doctype  string
}

const (
	off      = time.Hour       // further than any skew
	hugeSize = 4 * 1024 * 1024 // bytes of attribute
)

func behaviours() []behaviour {
	return append([]behaviour{
		{fault: NoFault, doc: "a correct response"},
		{fault: Unsigned, doc: "neither response nor assertion is signed", key: keyNone},
		{fault: WrongKey, doc: "signed with a key that the connection does not know", key: keyForeign},
		{fault: BorrowedCert, doc: "signed with another key, shown with the connection's certificate", key: keyBorrowed},
		{fault: Tampered, doc: "the user's name is changed after signing", bend: tamper},
		{fault: Expired, doc: "an hour too old", state: func(a *Assertion) { a.Now = a.Now.Add(-off) }},
		{fault: NotYetValid, doc: "valid in an hour", state: func(a *Assertion) { a.Now = a.Now.Add(off) }},
		{fault: OtherAudience, doc: "meant for another service", state: func(a *Assertion) { a.Audience = "urn:rehearsal:other-audience" }},
		{fault: OtherRecipient, doc: "the subject is confirmed for another URL", state: func(a *Assertion) { a.recipient = elsewhere }},
		{fault: OtherDestination, doc: "sent to another URL", assemble: func(r *etree.Element) { r.CreateAttr("Destination", elsewhere) }},
		{fault: Refused, doc: "status AuthnFailed, no assertion", state: status("AuthnFailed"), assemble: dropAssertion},
		{fault: Responder, doc: "status Responder, no assertion", state: status("Responder"), assemble: dropAssertion},
		{fault: UnknownRequest, doc: "answers a request that nobody made", state: func(a *Assertion) { a.InResponseTo = newID() }},
		{fault: Replayed, doc: "the very same response posted a second time"}, // by the login, see land
		{fault: TransientNameID, doc: "a NameID that is new at each login", state: func(a *Assertion) { a.User.NameID, a.User.Format = newID(), formatTransient }},
		{fault: NoNameID, doc: "no NameID", state: func(a *Assertion) { a.User.NameID = "" }},
		{fault: NoAttributes, doc: "no attributes, so no e-mail address", state: func(a *Assertion) { a.User.Attributes = nil }},
		{fault: TwoAssertions, doc: "two assertions", assemble: repeatAssertion},
		{fault: NoAssertion, doc: "status Success, no assertion", assemble: dropAssertion},
		{fault: CommentInNameID, doc: "a comment splits the NameID; the signature stays valid", bend: splitNameID},
		{fault: Doctype, doc: "a document type declaration", doctype: "<!DOCTYPE Response>"},
		{fault: ExternalEntity, doc: "an external entity in the NameID (XXE)", state: entityInNameID,
			doctype: `<!DOCTYPE Response [<!ENTITY e SYSTEM "file:///etc/hostname">]>`},
		{fault: EntityBomb, doc: "nested entities in the NameID", state: entityInNameID, doctype: bomb()},
		{fault: Huge, doc: "an attribute of 4 MB", state: func(a *Assertion) {
			big := Attribute{Name: "huge", Values: []string{strings.Repeat("a", hugeSize)}}
			a.User.Attributes = append(a.User.Attributes[:len(a.User.Attributes):len(a.User.Attributes)], big)
		}},
	}, wrappings()...)
}

const elsewhere = "https://other.invalid/login/callback"

// Faults lists the faults, without the zero value.
func Faults() []Fault {
	var out []Fault
	for _, b := range behaviours()[1:] {
		out = append(out, b.fault)
	}
	return out
}

// Doc says in a few words what the fault does.
func (f Fault) Doc() string {
	b, _ := f.behaviour()
	return b.doc
}

func (f Fault) known() bool {
	_, ok := f.behaviour()
	return ok
}

func (f Fault) behaviour() (behaviour, bool) {
	for _, b := range behaviours() {
		if b.fault == f {
			return b, true
		}
	}
	return behaviour{}, false
}

func status(code string) func(*Assertion) {
	return func(a *Assertion) { a.statusCode = statusPrefix + code }
}

func assertionOf(response *etree.Element) *etree.Element { return response.FindElement("./Assertion") }

func dropAssertion(response *etree.Element) {
	response.RemoveChild(assertionOf(response))
}

func repeatAssertion(response *etree.Element) {
	second := assertionOf(response).Copy()
	second.CreateAttr("ID", newID())
	response.AddChild(second)
}

func tamper(response *etree.Element) error {
	forge(assertionOf(response))
	return nil
}

// forge lets an element speak for another user.
func forge(el *etree.Element) {
	if id := el.FindElement(".//NameID"); id != nil {
		id.SetText(Forged + id.Text())
	}
	for _, v := range el.FindElements(".//AttributeValue") {
		v.SetText(Forged + v.Text())
	}
}

// splitNameID hides a comment in the middle: canonicalisation drops it, careless readers stop at it (CVE-2017-11427 and
// its siblings).
func splitNameID(response *etree.Element) error {
	id := response.FindElement(".//NameID")
	whole := id.Text()
	half := len(whole) / 2
	id.SetText("")
	id.AddChild(etree.NewText(whole[:half]))
	id.AddChild(etree.NewComment(""))
	id.AddChild(etree.NewText(whole[half:]))
	return nil
}

// entity stands for &e; until the response is written: the XML library would escape it.
const entity = "tacit-entity-e"

func entityInNameID(a *Assertion) { a.User.NameID = entity }

// declare puts the document type in front, and lets the entity be one.
func (b *behaviour) declare(xml []byte) []byte {
	if b.doctype == "" {
		return xml
	}
	return append([]byte(b.doctype+"\n"), bytes.ReplaceAll(xml, []byte(entity), []byte("&e;"))...)
}

func bomb() string {
	var b strings.Builder
	b.WriteString(`<!DOCTYPE Response [<!ENTITY e0 "lol">`)
	for i := range 9 {
		fmt.Fprintf(&b, `<!ENTITY e%d "%s">`, i+1, strings.Repeat(fmt.Sprintf("&e%d;", i), 10))
	}
	b.WriteString(`<!ENTITY e "&e9;">]>`)
	return b.String()
}
