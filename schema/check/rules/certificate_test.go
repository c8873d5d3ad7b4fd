package rules

import (
	"encoding/base64"
	"strings"
	"time"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

func holding(text any) func(*fixture) { return set(conn, "signing_cert", text) }

func moment(rfc3339 string) func(*fixture) {
	return func(f *fixture) {
		at, err := time.Parse(time.RFC3339, rfc3339)
		if err != nil {
			panic(err)
		}
		f.now = at
	}
}

func certificateVerdicts() []verdict {
	noClock := func(f *fixture) { f.now = time.Time{} }
	derived := func(name string) func(*fixture) { return both(holding(absent), set(conn, "cert", cert(name))) }
	vs := []verdict{
		{name: "PEM", code: "TAC115", want: check.Pass},
		{name: "as metadata stores it", code: "TAC115", change: holding(base64.StdEncoding.EncodeToString([]byte(cert("rsa2048")))), want: check.Pass},
		{name: "line breaks lost", code: "TAC115", change: holding(strings.ReplaceAll(cert("rsa2048"), "\n", " ")), want: check.Pass},
		{name: "derived", code: "TAC115", change: derived("rsa2048"), want: check.Pass},
		{name: "none", code: "TAC115", change: holding(absent), want: check.Fail, says: []string{"is not set"}},
		{name: "empty", code: "TAC115", change: holding(""), want: check.Fail},
		{name: "no certificate", code: "TAC115", change: holding("hello"), want: check.Fail, says: []string{"cannot be read"}},
		{name: "fetched", code: "TAC115", change: both(holding(absent), set(conn, "metadata_url", "https://idp.customer.com/metadata")), want: check.NotApplicable},
		{name: "depends on an id", code: "TAC115", change: holding(unknown), want: check.Unknown},

		{name: "one", code: "TAC116", want: check.Pass},
		{name: "two", code: "TAC116", change: holding(cert("rsa2048") + cert("rsa2048-next")), want: check.Fail, says: []string{"2 certificates"}},

		{name: "in force", code: "TAC117", want: check.Pass},
		{name: "expired", code: "TAC117", change: holding(cert("rsa2048-old")), want: check.Fail, says: []string{"expired on 2020-01-01", "Auth0 accepts it all the same"}},
		{name: "derived, expired", code: "TAC117", change: derived("rsa2048-old"), want: check.Fail},
		{name: "the written one counts", code: "TAC117", change: set(conn, "cert", cert("rsa2048-old")), want: check.Pass},
		{name: "offline, in the files", code: "TAC117", change: both(offline, holding(cert("rsa2048-old"))), want: check.Fail},
		{name: "without a clock", code: "TAC117", change: both(holding(cert("rsa2048-old")), noClock), want: check.NotApplicable},

		{name: "years", code: "TAC118", want: check.Pass},
		{name: "60 days", code: "TAC118", change: moment("2034-11-02T00:00:00Z"), want: check.Pass},
		{name: "59 days", code: "TAC118", change: moment("2034-11-03T00:00:00Z"), want: check.Fail, severity: schema.Info, says: []string{"expires on 2035-01-01, in 59 days."}},
		{name: "30 days", code: "TAC118", change: moment("2034-12-02T00:00:00Z"), want: check.Fail, severity: schema.Info},
		{name: "29 days", code: "TAC118", change: moment("2034-12-03T00:00:00Z"), want: check.Fail, severity: schema.Warning, says: []string{"in 29 days."}},
		{name: "7 days", code: "TAC118", change: moment("2034-12-25T00:00:00Z"), want: check.Fail, says: []string{"in 7 days."}},
		{name: "6 days", code: "TAC118", change: moment("2034-12-26T00:00:00Z"), want: check.Fail, says: []string{"in 6 days. Agree"}},
		{name: "a day", code: "TAC118", change: moment("2034-12-31T00:00:00Z"), want: check.Fail, says: []string{"tomorrow"}},
		{name: "hours", code: "TAC118", change: moment("2034-12-31T18:00:00Z"), want: check.Fail, says: []string{"less than a day"}},
		{name: "over", code: "TAC118", change: moment("2035-01-02T00:00:00Z"), want: check.Pass},
		{name: "without a clock", code: "TAC118", change: noClock, want: check.NotApplicable},

		{name: "begun", code: "TAC119", want: check.Pass},
		{name: "not begun", code: "TAC119", change: moment("2024-12-31T00:00:00Z"), want: check.Fail, says: []string{"not valid before 2025-01-01"}},
		{name: "without a clock", code: "TAC119", change: noClock, want: check.NotApplicable},

		{name: "RSA 2048", code: "TAC120", want: check.Pass},
		{name: "RSA 1024", code: "TAC120", change: holding(cert("rsa1024-sha1")), want: check.Fail, says: []string{"RSA key", "1024 bits"}},
		{name: "EC", code: "TAC120", change: holding(cert("ec256")), want: check.Unknown, says: []string{"type EC", "not established"}},
		{name: "Ed25519", code: "TAC120", change: holding(cert("ed25519")), want: check.Unknown},

		{name: "SHA-256", code: "TAC121", want: check.Pass},
		{name: "MD5", code: "TAC121", change: holding(cert("rsa2048-md5")), want: check.Fail, says: []string{"MD5-RSA"}},
		{name: "SHA-1", code: "TAC121", change: holding(cert("rsa1024-sha1")), want: check.Fail, says: []string{"SHA1-RSA"}},
	}
	for _, code := range []string{"TAC115", "TAC116", "TAC117", "TAC118", "TAC119", "TAC120", "TAC121"} {
		vs = append(vs,
			verdict{name: "not read", code: code, change: holding(notRead), want: check.Unknown, says: []string{"read:connections_options"}},
			verdict{name: "offline, elsewhere", code: code, change: both(offline, holding(notRead)), want: check.NotApplicable},
		)
		if code != "TAC115" {
			vs = append(vs, verdict{name: "none", code: code, change: holding(absent), want: check.NotApplicable})
		}
	}
	return vs
}
