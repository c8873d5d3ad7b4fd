package saml

import (
	"fmt"
	"strings"
)

// MaxSize is the most that a document or certificate file may hold. Auth0's
// own limit for the content of a metadata URL is the same.
const MaxSize = 4 << 20

// Reason is the stable name of a kind of refusal.
type Reason string

// The reasons.
const (
	Empty              Reason = "empty"
	TooLarge           Reason = "too_large"
	LimitExceeded      Reason = "limit_exceeded"
	NotText            Reason = "bad_encoding"
	Doctype            Reason = "doctype"
	NotWellFormed      Reason = "not_well_formed"
	HTMLPage           Reason = "html_page"
	NotMetadata        Reason = "not_metadata"
	NotIdP             Reason = "not_idp"
	SeveralIdPs        Reason = "several_idps"
	NoSuchIdP          Reason = "no_such_idp"
	WrongProtocol      Reason = "wrong_protocol"
	BadEntityID        Reason = "bad_entity_id"
	NoSignOn           Reason = "no_sign_on"
	BadSignOn          Reason = "bad_sign_on"
	NoSigningCert      Reason = "no_signing_certificate"
	BadCertificate     Reason = "bad_certificate"
	UnknownNamespace   Reason = "unknown_namespace"
	ServiceProviderDoc Reason = "service_provider"
)

// Refusal says why a document or certificate cannot be used.
type Refusal struct {
	Reason Reason
	// Text is for people: what is wrong and what to do. It quotes text from
	// the document with escapes only.
	Text string
	// Line and Column are where, counted from 1; 0 where no place is to blame.
	Line, Column int
}

// Error gives the text, after the place if there is one.
func (r *Refusal) Error() string {
	if r.Line == 0 {
		return r.Text
	}
	return fmt.Sprintf("line %d, column %d: %s", r.Line, r.Column, r.Text)
}

func refuse(reason Reason, format string, args ...any) *Refusal {
	return &Refusal{Reason: reason, Text: fmt.Sprintf(format, args...)}
}

func (r *Refusal) at(line, column int) *Refusal {
	r.Line, r.Column = line, column
	return r
}

// sentence makes one of an error.
func sentence(err error) string {
	s := strings.TrimSuffix(err.Error(), ".")
	return strings.ToUpper(s[:1]) + s[1:] + "."
}
