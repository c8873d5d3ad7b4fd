package saml

import (
	"crypto/x509"
	"fmt"
	"slices"
	"time"
)

// Flaw is something about a certificate that breaks logins, or will.
type Flaw string

// The flaws, worst first.
const (
	// Expired: Auth0 accepts the certificate silently (recorded) and its
	// library does not look at the date by default, so logins go on; the
	// identity provider will have rotated, or is about to.
	Expired Flaw = "expired"
	// NotYetValid: the identity provider does not sign with it yet.
	NotYetValid Flaw = "not_yet_valid"
	// Expiring: it expires within [ExpiringDays].
	Expiring Flaw = "expiring"
	// ForeignKey: the key is not RSA. Auth0's SAML library names rsa-sha1 and
	// rsa-sha256 only; whether it verifies other signatures is not established.
	ForeignKey Flaw = "foreign_key"
	// WeakKey: an RSA or DSA key of less than 2048 bits, an EC key of less than
	// 256.
	WeakKey Flaw = "weak_key"
	// WeakSignature: the certificate itself is signed with MD2, MD5 or SHA-1.
	// Nobody verifies that signature here, so this is hygiene, not a risk.
	WeakSignature Flaw = "weak_signature"
)

// ExpiringDays is how long before its end a certificate counts as expiring.
const ExpiringDays = 60

// Flaws lists what is wrong with the certificate at a moment, worst first.
func (c *Certificate) Flaws(now time.Time) []Flaw {
	var out []Flaw
	add := func(f Flaw, is bool) {
		if is {
			out = append(out, f)
		}
	}
	expired, early := now.After(c.NotAfter), now.Before(c.NotBefore)
	add(Expired, expired)
	add(NotYetValid, early)
	add(Expiring, !expired && !early && c.DaysLeft(now) < ExpiringDays)
	add(ForeignKey, c.KeyType != "RSA")
	add(WeakKey, c.WeakKey())
	add(WeakSignature, c.WeakSignature())
	return out
}

// Has reports whether the certificate has that flaw at a moment.
func (c *Certificate) Has(f Flaw, now time.Time) bool { return slices.Contains(c.Flaws(now), f) }

// ValidAt reports whether the moment lies within the certificate's dates.
func (c *Certificate) ValidAt(now time.Time) bool {
	return !now.Before(c.NotBefore) && !now.After(c.NotAfter)
}

// DaysLeft is the number of whole days until the certificate expires; it is
// negative from the moment on at which it has.
func (c *Certificate) DaysLeft(now time.Time) int {
	const day = 24 * time.Hour
	left := c.NotAfter.Sub(now)
	if left < 0 {
		return int(left/day) - 1
	}
	return int(left / day)
}

// Describe says a flaw in a clause about the certificate, such as "it expired
// on 2024-05-01".
func (c *Certificate) Describe(f Flaw, now time.Time) string {
	switch f {
	case Expired:
		return "it expired on " + date(c.NotAfter)
	case NotYetValid:
		return "it is not valid before " + date(c.NotBefore)
	case Expiring:
		return fmt.Sprintf("it expires on %s, in %s", date(c.NotAfter), days(c.DaysLeft(now)))
	case ForeignKey:
		return fmt.Sprintf("its key is %s, and whether Auth0 verifies anything but RSA signatures is not established", c.KeyType)
	case WeakKey:
		return fmt.Sprintf("its %s key has only %d bits", c.KeyType, c.Bits)
	case WeakSignature:
		return "it is itself signed with " + c.SignatureAlgorithm
	default:
		panic("saml: no such flaw: " + string(f))
	}
}

// WeakKey reports the flaw of that name.
func (c *Certificate) WeakKey() bool {
	switch c.KeyType {
	case "RSA", "DSA":
		return c.Bits < 2048
	case "EC":
		return c.Bits < 256
	default:
		return false
	}
}

// WeakSignature reports the flaw of that name.
func (c *Certificate) WeakSignature() bool {
	switch c.algorithm {
	case x509.MD2WithRSA, x509.MD5WithRSA, x509.SHA1WithRSA, x509.DSAWithSHA1, x509.ECDSAWithSHA1:
		return true
	default:
		return false
	}
}

func date(t time.Time) string { return t.UTC().Format(time.DateOnly) }

func days(n int) string {
	switch n {
	case 0:
		return "less than a day"
	case 1:
		return "1 day"
	default:
		return fmt.Sprintf("%d days", n)
	}
}
