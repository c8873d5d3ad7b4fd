// Package handoff makes what the administrator of a customer's identity
// provider is handed: what to enter where, in the words of their product, how
// to test it and what to send back. And what Auth0's own wizard for that person
// is started with. Pure: what is known comes in as [Facts].
package handoff

import (
	"time"

	"github.com/tacit-dev/tacit/schema/saml"
)

// Sheet is what the administrator gets. Its JSON form is what `tacit handoff
// --json` prints, and every other format renders it.
type Sheet struct {
	// Connection is the connection's name, Customer what people call it.
	Connection string `json:"connection"`
	Customer   string `json:"customer"`
	// Application is what users get into.
	Application string `json:"application"`
	// Product is the identity provider's kind, ProductName in words; Recognized
	// says by what: "flag", "addresses" or "" when it is generic.
	Product     saml.Product `json:"idp"`
	ProductName string       `json:"idp_name"`
	Recognized  string       `json:"idp_recognized_by"`
	// Missing is what has to be found out before this can be sent.
	Missing []Gap `json:"missing"`
	// Values are what is entered, in neutral terms.
	Values []Value `json:"values"`
	// Steps are the way through their console, in order.
	Steps      []Step      `json:"steps"`
	Attributes []Attribute `json:"attributes"`
	// Notes are peculiarities of the product.
	Notes []string `json:"notes"`
	// Expect is what a working tile shows, Errors what others mean.
	Expect   []string `json:"expect"`
	Errors   []Error  `json:"errors"`
	SendBack []string `json:"send_back"`
	// Certificate is the identity provider's that is set up now.
	Certificate *Certificate `json:"certificate"`
	Contact     string       `json:"contact"`
	// Date is the day it was made.
	Date string `json:"date"`
}

// Gap is something that is not known, and how to get it.
type Gap struct {
	What string `json:"what"`
	How  string `json:"how"`
}

// Value is something to copy.
type Value struct {
	// Key is stable, for programs: acs_url, entity_id, metadata_url, ...
	Key   string `json:"key"`
	Label string `json:"label"`
	Text  string `json:"value"`
	// Copy: it is entered as it is; otherwise it says what to choose.
	Copy bool   `json:"copy"`
	Note string `json:"note,omitempty"`
}

// Step is one thing to do. Where Attributes is set, the attributes belong here.
type Step struct {
	Text       string  `json:"text"`
	Fields     []Field `json:"fields,omitempty"`
	Attributes bool    `json:"attributes,omitempty"`
}

// Field is an input of their form. What Copy holds can be copied, Text is what
// to choose or to leave alone.
type Field struct {
	Label string `json:"label"`
	Copy  string `json:"copy,omitempty"`
	Text  string `json:"text,omitempty"`
}

// Attribute is something that assertions have to tell of a user.
type Attribute struct {
	// Field is what becomes of it, Name how the assertion calls it.
	Field string `json:"field"`
	Name  string `json:"name"`
	// Or are other names that do as well.
	Or []string `json:"or,omitempty"`
	// From is what holds it in their product, "" when the product does not say.
	From   string `json:"from,omitempty"`
	Needed bool   `json:"needed"`
}

// Error is what may go wrong. Who is "you", the administrator, or "us".
type Error struct {
	Says  string `json:"says"`
	Means string `json:"means"`
	Who   string `json:"who"`
}

// Certificate is one that signs assertions.
type Certificate struct {
	Subject  string    `json:"subject"`
	SHA256   string    `json:"sha256"`
	Expires  time.Time `json:"expires"`
	DaysLeft int       `json:"days_left"`
}
