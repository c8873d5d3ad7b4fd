package view_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tacit-dev/tacit/cmd/tacit/internal/view"
)

func TestImported(t *testing.T) {
	doc := &view.Imported{
		Tenant: "example.eu.auth0.com", Directory: "tenant", Written: true, Paths: 3, PathsOff: 1, Declared: 2, Requests: 9,
		Files:   []string{"connections.hcl", "idp/acme.pem", "idp/globex.pem", "main.hcl"},
		Objects: []view.ImportedObject{{Kind: "saml_connection"}, {Kind: "spa_client"}, {Kind: "saml_connection"}},
		Skipped: []view.Skipped{
			{"spa_client", "A", "no"}, {"spa_client", "B\x1b[31m", "no"}, {"spa_client", "C", "no"}, {"spa_client", "D", "no"}, {"spa_client", "E", "no"},
			{"organization", "", "the token may not read them"},
		},
	}
	var out bytes.Buffer
	view.New(&out, view.Options{}).Imported(doc)
	assert.Equal(t, `3 objects of example.eu.auth0.com were written to tenant.

      1  spa_client
      2  saml_connection
      3  working paths in silent_upgrade blocks
      1  paths in comments, with what they lack
      2  declared already, left as they are

Files: connections.hcl, idp/ (2 files), main.hcl

Left out (6):
  spa_client A, B\u{1B}[31m, C, D and 1 more:
    no.
  organization:
    the token may not read them.

9 requests. Nothing was changed on the tenant. A plan of the files finds nothing
to change.
`, out.String())

	out.Reset()
	view.New(&out, view.Options{}).Imported(&view.Imported{Tenant: "t", Changes: []view.Difference{{"spa_client.x", "name"}}})
	assert.Equal(t, `Nothing was written: a plan of the files would change the tenant.
This is a bug in tacit; please report it with these lines.
  spa_client.x name
`, out.String())
}
