package view

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"strings"
	"time"

	"github.com/tacit-dev/tacit/schema"
)

// context is how many unchanged lines of a text are shown beside a change.
const context = 2

// heredoc writes a text line by line.
func (r *renderer) heredoc(at int, op byte, name string, before, after []any, notes []string) {
	r.open(at, op, name+" = <<-EOT", notes)
	edits := diffOrdered(before, after)
	if op == '~' {
		r.diffLines(at+4, edits)
	} else {
		for _, e := range edits {
			r.textLine(at+4, ' ', e.v)
		}
	}
	r.close(at, "EOT", op)
}

func (r *renderer) diffLines(at int, edits []edit) {
	near := make([]bool, len(edits))
	for i, e := range edits {
		if e.op == ' ' {
			continue
		}
		for j := max(0, i-context); j <= min(len(edits)-1, i+context); j++ {
			near[j] = true
		}
	}
	hidden := 0
	for i, e := range edits {
		if !near[i] {
			hidden++
			continue
		}
		if hidden > 0 {
			r.note(at, plural(hidden, "unchanged line")+" hidden")
			hidden = 0
		}
		r.textLine(at, e.op, e.v)
	}
	if hidden > 0 {
		r.note(at, plural(hidden, "unchanged line")+" hidden")
	}
}

func (r *renderer) textLine(at int, op byte, v any) {
	s, _ := v.(string)
	if op == ' ' {
		r.p.put(text(pad(at+2) + s))
		return
	}
	r.p.put(text(pad(at)), symbol(op), text(" "+s))
}

// textLines are the lines of a string, escaped as in a heredoc.
func textLines(s side) []any {
	if !s.known {
		return nil
	}
	return lines(template(s.string(), s.pending, literals))
}

func isCert(s side) bool { return schema.CertDER(s.string()) != nil }

// certLines is a certificate in short: its PEM frame, and between its lines
// what tells it from another one. Tenants hold certificates in several
// spellings; what is shown does not depend on the spelling.
func certLines(s side) []any {
	der := schema.CertDER(s.string())
	if der == nil {
		return textLines(s)
	}
	sum := sha256.Sum256(der)
	whole := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	n := strings.Count(string(whole), "\n") - 2
	out := []any{"-----BEGIN CERTIFICATE-----", fmt.Sprintf("... (%s)", plural(n, "line"))}
	if c, err := x509.ParseCertificate(der); err == nil {
		out = append(out,
			"    subject "+c.Subject.String(),
			fmt.Sprintf("    valid   %s to %s", c.NotBefore.UTC().Format(time.DateOnly), c.NotAfter.UTC().Format(time.DateOnly)))
	}
	return append(out, fmt.Sprintf("    SHA-256 % X ...", sum[:12]), "-----END CERTIFICATE-----")
}
