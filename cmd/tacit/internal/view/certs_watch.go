package view

import (
	"fmt"
	"time"

	"github.com/tacit-dev/tacit/cmd/tacit/internal/certs"
	"github.com/tacit-dev/tacit/schema/saml"
)

// WatchedCertificates writes a line per connection, longer ones below it.
func (p *Printer) WatchedCertificates(list []certs.Watched) {
	if len(list) == 0 {
		p.put(text("There are no SAML connections."))
		return
	}
	name := 0
	for _, w := range list {
		if n := width(w.Connection); n <= maxAlign {
			name = max(name, n)
		}
	}
	for i := range list {
		w := &list[i]
		p.put(text(align(w.Connection, name)+"  "), styled(watchedStyle(w.Outcome), w.Outcome))
		for _, line := range wrap(clean(watchedDetail(w)), p.proseWidth()-4) {
			if line != "" {
				p.put(text("    " + line))
			}
		}
	}
}

func watchedStyle(outcome string) style {
	switch outcome {
	case certs.Changed:
		return red | bold
	case certs.Beside:
		return yellow | bold
	case certs.Published:
		return green
	default:
		return faint
	}
}

func watchedDetail(w *certs.Watched) string {
	fresh := ""
	for i, c := range w.New {
		if i > 0 {
			fresh += ", "
		}
		fresh += certificateName(c)
	}
	switch w.Outcome {
	case certs.Changed:
		held := certificateName(w.Used) + " is held and not published any more"
		if fresh == "" {
			return held + "."
		}
		return held + "; published is " + fresh + ". To take it over: tacit certs rotate " + w.Connection
	case certs.Beside:
		return "Published beside the one that is held: " + fresh + ". The customer is about to switch: agree on the moment, see tacit certs rotate --help"
	default:
		return w.Why
	}
}

func certificateName(c *saml.Certificate) string {
	return fmt.Sprintf("%.*s (valid %s to %s)", shortSum, c.SHA256, c.NotBefore.Format(time.DateOnly), c.NotAfter.Format(time.DateOnly))
}
