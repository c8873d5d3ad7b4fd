package view_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/cmd/tacit/internal/view"
	"github.com/tacit-dev/tacit/schema/saml"
)

func inspected(t *testing.T, name string) *view.Inspection {
	t.Helper()
	now := time.Date(2028, 6, 1, 12, 0, 0, 0, time.UTC)
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "schema", "saml", "testdata", filepath.FromSlash(name)))
	require.NoError(t, err)
	if strings.HasSuffix(name, ".pem") {
		cs, err := saml.ParseCertificates(text)
		require.NoError(t, err)
		return view.InspectCertificates(cs, now)
	}
	doc, err := saml.ParseMetadata(text)
	require.NoError(t, err)
	m, err := doc.IDP("")
	require.NoError(t, err)
	return view.InspectMetadata(m, now)
}

func TestInspection(t *testing.T) {
	golden(t, "inspection", func(p *view.Printer) {
		for _, name := range []string{"metadata/usable.xml", "metadata/rollover.xml", "metadata/post-only.xml", "certs/chain.pem", "certs/ec256.pem"} {
			p.Line("== %s", name)
			p.Inspection(inspected(t, name))
		}
	})
}

func TestInspectionJSON(t *testing.T) {
	var b bytes.Buffer
	in := inspected(t, "metadata/post-only.xml")
	require.NoError(t, view.JSON(&b, in))
	compare(t, "inspection.json", b.String())
	assert.Contains(t, b.String(), `"use": "unspecified"`)
	assert.Contains(t, b.String(), `"sso_redirect": null`)
}
