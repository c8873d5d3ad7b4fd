package handoff

import (
	"cmp"
	"fmt"
	"strings"
	"time"
)

// expect is what somebody sees who clicks a tile that works.
func (f *Facts) expect() []string {
	app := cmp.Or(f.Application, "the application")
	lands := "The browser goes through " + first(f.Hosts, "our login host") + " and opens " + app
	if f.Landing != "" {
		lands += " at " + f.Landing
	}
	out := []string{
		"Assign the application to yourself, or to a test account, and open your portal in a private window.",
		"Click the tile. Nothing asks for a password of ours.",
		lands + ", signed in, within a few seconds.",
		"Click it once more: the same account is there, not a new one.",
	}
	if f.SignOn != "" {
		out = append(out, "Then begin at the other end: open "+app+" without the tile and log in with your company's e-mail address. You come back through your identity provider.")
	}
	return out
}

func first(list []string, otherwise string) string {
	if len(list) > 0 {
		return list[0]
	}
	return otherwise
}

// errors are what Auth0 says, on its page or in our log, in the words that are
// known (Auth0 docs: SAML errors; passport-wsfed-saml2; support articles).
func (f *Facts) errors(p product) []Error {
	audience := "The entity ID (audience) that you entered is another one."
	if f.EntityID != "" {
		audience = "The entity ID (audience) that you entered is not " + f.EntityID + "."
	}
	out := append([]Error{}, p.errors...)
	return append(out,
		Error{"Audience is invalid", audience, "you"},
		Error{"Recipient is invalid, Destination endpoint ... did not match", "The ACS URL differs from ours. Compare the host and everything after the question mark.", "you"},
		Error{"neither the response nor the assertion are signed", "Signing is off, or only requests are signed.", "you"},
		Error{"Invalid thumbprint, Signature check errors", "You sign with another certificate than the one that we have. Send us the current one.", "you"},
		Error{"assertion has expired", "The clock of your identity provider is wrong by minutes.", "you"},
		Error{"Assertion is encrypted", "Assertions are encrypted, and we have no key for that.", "you"},
		Error{"IdP-Initiated login is not enabled for connection", "Our side does not accept logins that start at the tile. It is said, too, when a response does not name the request it answers.", "us"},
		Error{"the connection was disabled, IdP-Initiated Default App Not Configured", "Our side lacks a setting.", "us"},
		Error{"login_required, consent_required, or a page that keeps loading", "The login worked and the application got no token.", "us"},
		Error{"A new, empty account after every login", "The NameID, or the attribute that makes the user's id, changes from login to login.", "you"},
	)
}

// sendBack is what we need of them.
func (f *Facts) sendBack(p product) []string {
	out := []string{sentence(p.metadata) + ". It holds the sign-in URL, your entity ID and the signing certificate."}
	if f.SignOn != "" {
		out = append(out, "We hold this sign-in URL: "+f.SignOn+". If it and the certificate below are right, nothing else is needed.")
	}
	if c := f.Certificate; c != nil {
		day := c.NotAfter.UTC().Format(time.DateOnly)
		if left := c.DaysLeft(f.Now); c.NotAfter.Before(f.Now) {
			out = append(out, "The signing certificate that we hold expired on "+day+". Send the current one.")
		} else {
			out = append(out, fmt.Sprintf("The signing certificate that we hold is valid until %s (%d days). Send its successor weeks before, and before you switch: we can hold one at a time.", day, left))
		}
	}
	return append(out, "The name and address of whoever is told when a certificate runs out.")
}

// sentence begins with a capital letter.
func sentence(s string) string {
	if strings.HasPrefix(s, "https://") {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
