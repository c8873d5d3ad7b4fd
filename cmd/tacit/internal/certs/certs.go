// Package certs lists the certificates of SAML connections: what the files
// declare, what the tenant holds, and where the two differ.
package certs

import (
	"cmp"
	"slices"
	"time"

	"github.com/tacit-dev/tacit/schema/saml"
)

// Use is what a certificate is for.
type Use string

// The uses.
const (
	// IDPSigning verifies what the identity provider signs; Auth0 holds one.
	IDPSigning Use = "idp_signing"
	// RequestSigning belongs to the connection's own key for requests. Without
	// one Auth0 signs with the tenant's key, which no connection holds.
	RequestSigning Use = "request_signing"
	// Decryption belongs to the key that decrypts assertions.
	Decryption Use = "decryption"
)

// Where a certificate was found.
const (
	FromFiles  = "files"
	FromTenant = "tenant"
)

// How a declared certificate stands to the tenant.
const (
	Same    = "same"    // the tenant holds it
	Differs = "differs" // the tenant holds another one
	Missing = "missing" // the tenant holds none, or has no such connection
)

// Row is one certificate of a connection, or a connection of which none is
// known.
type Row struct {
	Connection string `json:"connection"`
	// Address is the block that declares the connection, "" when none does.
	Address string `json:"address,omitempty"`
	Use     Use    `json:"use"`
	// From is files or tenant.
	From string `json:"from"`
	// File and Line are where it is declared: in the file that holds it, or the
	// attribute of the block.
	File string `json:"file,omitempty"`
	Line int    `json:"line,omitempty"`
	// Used: Auth0 works with it, or will after an apply. The others stand
	// beside it in a metadata document or file.
	Used bool `json:"used"`
	// Live is same, differs or missing; "" when no tenant was asked.
	Live string `json:"live,omitempty"`
	// Certificate is null when none is known; Note says why.
	Certificate *saml.Certificate `json:"certificate"`
	DaysLeft    *int              `json:"days_left"`
	Flaws       []saml.Flaw       `json:"flaws"`
	// Due: it expires within the asked time, or has expired.
	Due  bool   `json:"due"`
	Note string `json:"note,omitempty"`
	// Remarks are flaws in words, those that its dates do not show.
	Remarks []string `json:"-"`
}

// List is what tacit certs found.
type List struct {
	// At is the moment of which it tells.
	At time.Time `json:"at"`
	// Tenant is the domain that was asked, null for the files alone.
	Tenant   *string `json:"tenant"`
	Requests int     `json:"requests"`
	// Within is how many hours ahead certificates are due.
	Within int   `json:"within_hours"`
	Due    int   `json:"due"`
	Rows   []Row `json:"certificates"`
}

// NewList sorts rows by expiry, those without a certificate last, and says
// which are due within a time.
func NewList(rows []Row, now time.Time, within time.Duration) *List {
	l := &List{At: now.UTC(), Within: int(within / time.Hour), Rows: append([]Row{}, rows...)}
	for i := range l.Rows {
		r := &l.Rows[i]
		r.Flaws = []saml.Flaw{}
		if r.Certificate == nil {
			continue
		}
		left := r.Certificate.DaysLeft(now)
		r.DaysLeft = &left
		r.Flaws = append(r.Flaws, r.Certificate.Flaws(now)...)
		for _, f := range r.Flaws {
			if f != saml.Expired && f != saml.Expiring {
				r.Remarks = append(r.Remarks, r.Certificate.Describe(f, now))
			}
		}
		if r.Due = r.Used && !r.Certificate.NotAfter.After(now.Add(within)); r.Due {
			l.Due++
		}
	}
	slices.SortFunc(l.Rows, compare)
	return l
}

func compare(a, b Row) int {
	if (a.Certificate == nil) != (b.Certificate == nil) {
		if a.Certificate != nil {
			return -1
		}
		return 1
	}
	sha := func(r Row) string { return "" }
	if a.Certificate != nil {
		if c := a.Certificate.NotAfter.Compare(b.Certificate.NotAfter); c != 0 {
			return c
		}
		sha = func(r Row) string { return r.Certificate.SHA256 }
	}
	return cmp.Or(cmp.Compare(a.Connection, b.Connection), cmp.Compare(a.Use, b.Use), cmp.Compare(a.From, b.From),
		cmp.Compare(sha(a), sha(b)), cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
}
