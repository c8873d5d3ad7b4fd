package saml

import (
	"errors"
	"fmt"
	"strings"
)

// MaxSize is the most that a document or certificate file may hold; Auth0
// accepts as much from a metadata URL.
const MaxSize = 4 << 20

// Reason is the stable name of a kind of refusal.
type Reason string

// The reasons.
const (
	Empty          Reason = "empty"
	TooLarge       Reason = "too_large"
	LimitExceeded  Reason = "limit_exceeded"
	BadEncoding    Reason = "bad_encoding"
	Doctype        Reason = "doctype"
	NotWellFormed  Reason = "not_well_formed"
	HTMLPage       Reason = "html_page"
	NotMetadata    Reason = "not_metadata"
	NotIDP         Reason = "not_idp"
	SeveralIDPs    Reason = "several_idps"
	NoSuchIDP      Reason = "no_such_idp"
	WrongProtocol  Reason = "wrong_protocol"
	BadEntityID    Reason = "bad_entity_id"
	NoSignOn       Reason = "no_sign_on"
	BadSignOn      Reason = "bad_sign_on"
	NoSigningCert  Reason = "no_signing_certificate"
	BadCertificate Reason = "bad_certificate"
)

// Refusal says why a document or certificate cannot be used.
type Refusal struct {
	Reason Reason `json:"reason"`
	// Text is for people, in whole sentences: what is wrong and what to do.
	// Text from the document is quoted.
	Text string `json:"text"`
	// Line and Column are where, counted from 1; 0 where no place is to blame.
	Line   int `json:"line,omitempty"`
	Column int `json:"column,omitempty"`
}

// Error gives the text, after the place if there is one.
func (r *Refusal) Error() string {
	if r.Line == 0 {
		return r.Text
	}
	return fmt.Sprintf("line %d, column %d: %s", r.Line, r.Column, r.Text)
}

// AsRefusal returns the refusal that every error of this package is.
func AsRefusal(err error) *Refusal {
	var r *Refusal
	if !errors.As(err, &r) {
		panic("saml: not a refusal: " + err.Error())
	}
	return r
}

func refuse(reason Reason, format string, args ...any) *Refusal {
	return &Refusal{Reason: reason, Text: fmt.Sprintf(format, args...)}
}

// place is where something stands in a document.
type place struct{ line, column int }

func (r *Refusal) at(p place) *Refusal {
	r.Line, r.Column = p.line, p.column
	return r
}

// sentence makes one of an error.
func sentence(err error) string {
	s := strings.TrimSuffix(err.Error(), ".")
	return strings.ToUpper(s[:1]) + s[1:] + "."
}

// quote makes text from outside harmless, and short.
func quote(s string) string {
	const most = 100
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "..."
	}
	return fmt.Sprintf("%+q", s)
}
