package view

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tacit-dev/tacit/cmd/tacit/internal/certs"
)

type junitSuite struct {
	XMLName  xml.Name    `xml:"testsuite"`
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Time     string      `xml:"timestamp,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	File    string        `xml:"file,attr,omitempty"`
	Failure *junitMessage `xml:"failure"`
	Skipped *junitMessage `xml:"skipped"`
}

type junitMessage struct {
	Message string `xml:"message,attr"`
}

// CertificatesJUnit writes a test case per certificate in use: one that is due
// has failed, one that is not known is skipped.
func CertificatesJUnit(w io.Writer, l *certs.List) error {
	suite := junitSuite{Name: "tacit certs", Time: l.At.Format("2006-01-02T15:04:05")}
	for i := range l.Rows {
		r := &l.Rows[i]
		if r.Certificate != nil && !r.Used {
			continue
		}
		c := junitCase{Class: clean(r.Connection), Name: uses(r.Use), File: clean(where(r))}
		switch {
		case r.Certificate == nil:
			suite.Skipped++
			c.Skipped = &junitMessage{clean(r.Note)}
		case r.Due:
			suite.Failures++
			fallthrough
		default:
			c.Name += " " + r.Certificate.SHA256
		}
		if r.Due {
			c.Failure = &junitMessage{expiry(r)}
		}
		suite.Cases = append(suite.Cases, c)
	}
	suite.Tests = len(suite.Cases)
	raw, err := xml.MarshalIndent(suite, "", "  ")
	if err != nil {
		return fmt.Errorf("write JUnit: %w", err)
	}
	_, err = io.WriteString(w, xml.Header+textCommands.Replace(string(raw))+"\n")
	return err
}

func expiry(r *certs.Row) string {
	verb := "expires"
	if *r.DaysLeft < 0 {
		verb = "expired"
	}
	return fmt.Sprintf("%s on %s", verb, r.Certificate.NotAfter.Format(time.DateOnly))
}

// CertificatesCalendar writes an event (RFC 5545) at the expiry of every
// certificate in use, with an alarm some time before. An event keeps its UID
// for as long as the connection has the certificate, so that a calendar that
// subscribes shows it once.
func CertificatesCalendar(w io.Writer, l *certs.List, ahead time.Duration) error {
	c := calendar{w: w}
	c.line("BEGIN", "VCALENDAR")
	c.line("VERSION", "2.0")
	c.line("PRODID", "-//tacit//certs//EN")
	seen := map[string]bool{}
	for i := range l.Rows {
		r := &l.Rows[i]
		if r.Certificate == nil || !r.Used {
			continue
		}
		sum := sha256.Sum256([]byte(r.Connection + "\x00" + string(r.Use) + "\x00" + r.Certificate.SHA256))
		uid := hex.EncodeToString(sum[:16]) + "@tacit"
		if seen[uid] {
			continue
		}
		seen[uid] = true
		c.event(r, uid, l.At, ahead)
	}
	c.line("END", "VCALENDAR")
	return c.err
}

const calendarTime = "20060102T150405Z"

func (c *calendar) event(r *certs.Row, uid string, now time.Time, ahead time.Duration) {
	summary := calendarText(fmt.Sprintf("The certificate of %s expires (%s)", r.Connection, uses(r.Use)))
	c.line("BEGIN", "VEVENT")
	c.line("UID", uid)
	c.line("DTSTAMP", now.UTC().Format(calendarTime))
	c.line("DTSTART", r.Certificate.NotAfter.UTC().Format(calendarTime))
	c.line("SUMMARY", summary)
	c.line("DESCRIPTION", calendarText("SHA-256 "+r.Certificate.SHA256)+`\n`+calendarText("Subject "+r.Certificate.Subject)+`\n`+calendarText(where(r)))
	c.line("TRANSP", "TRANSPARENT")
	c.line("BEGIN", "VALARM")
	c.line("ACTION", "DISPLAY")
	c.line("TRIGGER", fmt.Sprintf("-PT%dH", int(ahead/time.Hour)))
	c.line("DESCRIPTION", summary)
	c.line("END", "VALARM")
	c.line("END", "VEVENT")
}

// calendarText escapes what separates values (RFC 5545, 3.3.11), after what no
// terminal should see.
func calendarText(s string) string {
	return strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`).Replace(textCommands.Replace(clean(s)))
}

type calendar struct {
	w   io.Writer
	err error
}

// maxOctets is the length of a line without its break (RFC 5545, 3.1).
const maxOctets = 75

// line writes a content line, folded between characters.
func (c *calendar) line(name, value string) {
	if c.err != nil {
		return
	}
	var b strings.Builder
	used := 0
	for _, r := range name + ":" + value {
		if n := utf8.RuneLen(r); used+n > maxOctets {
			b.WriteString("\r\n ")
			used = 1
		}
		b.WriteRune(r)
		used += utf8.RuneLen(r)
	}
	_, c.err = io.WriteString(c.w, b.String()+"\r\n")
}
