package hclconf

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A place in a query is a place in the file only when the file holds the query
// letter by letter.
func TestQueriesThatStandInTheFileAsTheyAre(t *testing.T) {
	for _, c := range []struct {
		written  string
		verbatim bool
	}{
		{`"type=code&timeout=30"`, true},
		{`"scope=a%20b"`, true},
		{`"scope=\"a\""`, false},
		{`"scope=\u0061"`, false},
		{`"a=$${b}"`, false},
		{`"a=${1 + 1}"`, false},
		{`"scope=ä"`, false},
		{`("scope=a")`, false},
		{`local.q`, false},
		{"<<E\nscope=a\nE\n", false},
	} {
		t.Run(c.written, func(t *testing.T) {
			text := "locals {\n  q = \"abcde\"\n}\nsaml_connection \"c\" {\n  name             = \"c\"\n  sign_in_endpoint = \"https://idp.customer.com/sso\"\n" +
				"  idp_initiated {\n    enabled = true\n    client_authorizequery = " + c.written + "\n  }\n}\n"
			f := load(t, Options{Dir: write(t, map[string]string{"main.hcl": text})})
			config, _ := f.Evaluate(nil)
			w := object(t, config, "saml_connection.c").Want("idp_initiated.query")
			assert.Equal(t, c.verbatim, w.Verbatim)
			if c.verbatim {
				assert.Equal(t, w.V, text[w.Src.Start.Byte+1:w.Src.End.Byte-1])
			}
		})
	}
}

func TestTheMomentOfEvaluation(t *testing.T) {
	at := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	f := load(t, Options{Dir: write(t, map[string]string{"main.hcl": ""}), Now: at})
	config, ds := f.Evaluate(nil)
	require.Empty(t, ds)
	assert.Equal(t, at, config.Now)
}
