package view_test

import (
	"bytes"
	"encoding/xml"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/cmd/tacit/internal/certs"
	"github.com/tacit-dev/tacit/cmd/tacit/internal/view"
	"github.com/tacit-dev/tacit/schema/saml"
)

func certificate(t *testing.T, name string, end time.Time) *saml.Certificate {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	require.NoError(t, err)
	cs, err := saml.ParseCertificates(text)
	require.NoError(t, err)
	c := *cs[0]
	c.NotBefore, c.NotAfter = end.AddDate(-3, 0, 0), end
	return &c
}

const hostileName = "acme;,\\\"<&>\u202e\x1b[31m\r\nEND:VCALENDAR ##vso[task]"

func certificateList(t *testing.T, connection string) *certs.List {
	t.Helper()
	now := time.Date(2028, 6, 1, 12, 0, 0, 0, time.UTC)
	domain := "example.eu.auth0.com"
	row := func(name, file string, days, line int) certs.Row {
		return certs.Row{Connection: connection, Address: "saml_connection.a", Use: certs.IDPSigning, From: certs.FromFiles, File: file, Line: line, Used: true,
			Live: certs.Same, Certificate: certificate(t, name, now.AddDate(0, 0, days))}
	}
	expired, soon, beside, differs := row("old.pem", "main.hcl", -40, 12), row("new.pem", "idp/acme.xml", 12, 3), row("old.pem", "idp/acme.xml", 400, 9), row("new.pem", "", 700, 0)
	expired.Use, beside.Used, beside.Note = certs.Decryption, false, "stands beside the one that Auth0 is given"
	differs.From, differs.Note, differs.Connection = certs.FromTenant, "no block declares this connection", "a-connection-with-a-name-longer-than-the-column"
	none := certs.Row{Connection: "url", Use: certs.IDPSigning, From: certs.FromFiles, File: "main.hcl", Line: 30, Note: "Auth0 reads it from metadata_url; only the tenant knows it"}
	l := certs.NewList([]certs.Row{none, differs, beside, soon, expired}, now, 60*24*time.Hour)
	l.Tenant, l.Requests = &domain, 1
	return l
}

func TestCertificates(t *testing.T) {
	golden(t, "certificates", func(p *view.Printer) {
		p.Certificates(certificateList(t, "acme"))
		p.Line("== hostile")
		p.Certificates(certificateList(t, hostileName))
		p.Line("== none")
		p.Certificates(certs.NewList(nil, time.Now(), 0))
	})
}

func TestWatchedCertificates(t *testing.T) {
	now := time.Date(2028, 6, 1, 12, 0, 0, 0, time.UTC)
	old, fresh := certificate(t, "old.pem", now.AddDate(0, 1, 0)), certificate(t, "new.pem", now.AddDate(3, 0, 0))
	golden(t, "watched-certificates", func(p *view.Printer) {
		p.WatchedCertificates([]certs.Watched{
			{Connection: "acme", Outcome: certs.Published, Used: old},
			{Connection: "birchbank", Outcome: certs.Changed, Used: old, New: []*saml.Certificate{fresh}},
			{Connection: "cobalt", Outcome: certs.Beside, Used: old, New: []*saml.Certificate{fresh}},
			{Connection: "dunes", Outcome: certs.Unknown, Used: old, Why: "idp.dunes.example did not answer in full within 10s"},
			{Connection: hostileName, Outcome: certs.Unwatched, Used: old, Why: "no metadata URL is known"},
		})
	})
}

func TestRotation(t *testing.T) {
	now := time.Date(2028, 6, 1, 12, 0, 0, 0, time.UTC)
	old, fresh := certificate(t, "old.pem", now.AddDate(0, 0, 12)), certificate(t, "new.pem", now.AddDate(3, 0, 3))
	r := &certs.Rotation{Connection: "acme", Address: "saml_connection.a", Old: old, New: fresh, File: "idp/acme.pem", Warnings: []string{"globex has the new certificate already: make sure that it is meant for acme"}}
	golden(t, "rotation", func(p *view.Printer) {
		p.Rotation(r, now)
		p.RotationEnd(r, nil)
	})
}

func TestCertificatesJUnit(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, view.CertificatesJUnit(&b, certificateList(t, "acme")))
	compare(t, "certificates.junit", b.String())
	b.Reset()
	require.NoError(t, view.CertificatesJUnit(&b, certificateList(t, hostileName)))
	assertHarmless(t, b.String(), false)
	var parsed struct {
		Failures int `xml:"failures,attr"`
		Cases    []struct {
			Failure *struct{} `xml:"failure"`
		} `xml:"testcase"`
	}
	require.NoError(t, xml.Unmarshal(b.Bytes(), &parsed))
	assert.Equal(t, 2, parsed.Failures)
	assert.Len(t, parsed.Cases, 4, "the one that is not in use is not judged")
}

func TestCertificatesCalendar(t *testing.T) {
	write := func(l *certs.List) string {
		var b bytes.Buffer
		require.NoError(t, view.CertificatesCalendar(&b, l, 60*24*time.Hour))
		return b.String()
	}
	compare(t, "certificates.ical", strings.ReplaceAll(write(certificateList(t, "acme")), "\r\n", "\n"))
	out := write(certificateList(t, hostileName+strings.Repeat("é漢", 60)))
	whole := strings.ReplaceAll(out, "\r\n ", "") // as a calendar reads it
	assertHarmless(t, strings.ReplaceAll(whole, "\r\n", "\n"), false)
	assert.NotContains(t, strings.ReplaceAll(out, "\r\n", ""), "\n", "lines end in CR LF")
	for _, line := range strings.Split(out, "\r\n") {
		assert.LessOrEqual(t, len(line), 75, line)
		assert.Equal(t, strings.ToValidUTF8(line, "?"), line, "no character is folded")
	}
	assert.Equal(t, 1, strings.Count(whole, "\r\nEND:VCALENDAR\r\n"))
	assert.Contains(t, whole, `The certificate of acme\;\,\\"<&>`)
	uids := func(s string) (ids []string) {
		for _, line := range strings.Split(s, "\r\n") {
			if id, ok := strings.CutPrefix(line, "UID:"); ok {
				ids = append(ids, id)
			}
		}
		return ids
	}
	later := certificateList(t, "acme")
	later.At = later.At.AddDate(0, 0, 1)
	assert.Equal(t, uids(write(certificateList(t, "acme"))), uids(write(later)))
	assert.Len(t, uids(out), 3)
}
