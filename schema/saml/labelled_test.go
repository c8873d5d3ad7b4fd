package saml_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/schema/saml"
)

// label is what a person and two other programs found in a document.
type label struct {
	File     string
	Vendor   string
	EntityID string
	SSO      struct{ Redirect, Post string }
	SSOAll   []saml.EndPoint `json:"sso_all"`
	Certs    []struct {
		Use, SHA1, SHA256, KeyType, SigAlg, Error string
		NotBefore, NotAfter                       time.Time
		Bits                                      int
	}
	NameIDFormats []string `json:"nameid_formats"`
	WantsSigned   *bool    `json:"wants_signed"`
	ValidUntil    string   `json:"valid_until"`
	CacheDuration string   `json:"cache_duration"`
	Expectation   string
	RejectClass   string `json:"reject_class"`
	Warnings      []string
	Entities      []label
}

// metadataDir finds the labelled documents beside the repository. A fresh clone
// has none.
func metadataDir(t *testing.T) string {
	t.Helper()
	dir := filepath.Join("..", "..", "..", "shared", "idp-metadata")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("no labelled metadata at ../shared/idp-metadata")
	}
	return dir
}

func labels(t *testing.T, dir string) []label {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, "index.jsonl"))
	require.NoError(t, err)
	defer func() { _ = f.Close() }()
	var out []label
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 4<<20)
	for lines.Scan() {
		var l label
		require.NoError(t, json.Unmarshal(lines.Bytes(), &l))
		out = append(out, l)
	}
	require.NoError(t, lines.Err())
	return out
}

// classes maps the labels' classes of rejection to our reasons.
func classes() map[string][]saml.Reason {
	return map[string][]saml.Reason{
		"bad_signing_cert": {saml.BadCertificate},
		"doctype":          {saml.Doctype, saml.HTMLPage},
		"encoding":         {saml.BadEncoding},
		"entity_id":        {saml.BadEntityID},
		"limits":           {saml.LimitExceeded},
		"no_signing_cert":  {saml.NoSigningCert},
		"no_sso":           {saml.NoSignOn},
		"not_idp":          {saml.NotIDP},
		"not_metadata":     {saml.NotMetadata},
		"not_wellformed":   {saml.NotWellFormed, saml.Empty},
		"protocol":         {saml.WrongProtocol},
		"several_idps":     {saml.SeveralIDPs},
		"sso_url":          {saml.BadSignOn},
	}
}

// TestLabelledDocuments holds all 131 documents to what their labels say. We
// decide otherwise about none of them; one warning differs.
func TestLabelledDocuments(t *testing.T) {
	dir := metadataDir(t)
	all := labels(t, dir)
	assert.Len(t, all, 131)
	for _, l := range all {
		t.Run(filepath.Base(l.File), func(t *testing.T) {
			raw, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(l.File)))
			require.NoError(t, err)
			doc, err := saml.ParseMetadata(raw)
			var m *saml.Metadata
			if err == nil {
				m, err = doc.IDP("")
			}
			if err == nil {
				err = m.Usable()
			}
			if l.RejectClass != "" {
				require.Error(t, err, l.Expectation)
				t.Log(err)
				assert.Contains(t, classes()[l.RejectClass], saml.AsRefusal(err).Reason, "%s, not %s", err, l.Expectation)
			} else {
				require.NoError(t, err)
				l.matches(t, m)
				l.warned(t, m)
			}
			for _, e := range l.Entities {
				// Their labels leave out what the root says for all of them.
				e.ValidUntil, e.CacheDuration = l.ValidUntil, l.CacheDuration
				e.selected(t, doc)
			}
		})
	}
}

// selected: of several identity providers each can be chosen by its entity ID.
func (l label) selected(t *testing.T, doc *saml.Document) {
	t.Helper()
	require.NotNil(t, doc)
	var same int
	for _, m := range doc.IDPs {
		if m.EntityID == l.EntityID {
			same++
		}
	}
	m, err := doc.IDP(l.EntityID)
	if same > 1 {
		assert.Equal(t, saml.SeveralIDPs, saml.AsRefusal(err).Reason)
		return
	}
	require.NoError(t, err)
	require.NoError(t, m.Usable())
	l.matches(t, m)
}

func (l label) matches(t *testing.T, m *saml.Metadata) {
	t.Helper()
	assert.Equal(t, l.EntityID, m.EntityID)
	assert.Equal(t, l.SSO.Redirect, saml.At(m.SignOn, saml.Redirect))
	assert.Equal(t, l.SSO.Post, saml.At(m.SignOn, saml.POST))
	assert.Len(t, m.SignOn, len(l.SSOAll))
	assert.Equal(t, l.NameIDFormats, append([]string{}, m.NameIDFormats...))
	assert.Equal(t, l.WantsSigned, m.WantAuthnRequestsSigned)
	assert.Equal(t, l.CacheDuration, m.CacheDuration)
	until, err := time.Parse(time.RFC3339, l.ValidUntil)
	if assert.Equal(t, err == nil, m.ValidUntil != nil) && err == nil {
		assert.Equal(t, until.UTC(), *m.ValidUntil)
	}
	i := 0
	for _, want := range l.Certs {
		if want.Error != "" {
			continue
		}
		require.Less(t, i, len(m.Certificates))
		c := m.Certificates[i]
		i++
		assert.Equal(t, strings.TrimSuffix(want.Use, "unspecified"), c.Use)
		assert.Equal(t, want.SHA1, c.SHA1)
		assert.Equal(t, want.SHA256, c.SHA256)
		assert.Equal(t, want.KeyType, c.KeyType)
		assert.Equal(t, want.Bits, c.Bits)
		assert.Equal(t, want.SigAlg, c.SignatureAlgorithm)
		assert.Equal(t, want.NotBefore, c.NotBefore)
		assert.Equal(t, want.NotAfter, c.NotAfter)
	}
	assert.Len(t, m.Certificates, i)
}

// labelled is when the labels' warnings were computed.
var labelled = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)

// warned: a warning of the label is one of ours, and the other way round.
// About certificates we warn only of the one that Auth0 will hold.
func (l label) warned(t *testing.T, m *saml.Metadata) {
	t.Helper()
	theirs, ours := strings.Join(l.Warnings, "\n"), strings.Join(m.Warnings(labelled), "\n")
	if l.File == "docs/hostile-cert-chain.xml" {
		// Two certificates of one X509Data are one key and its chain.
		assert.Len(t, m.SigningCertificates(), 1)
		assert.Equal(t, m.Certificates[0], m.SigningCertificate(labelled))
		return
	}
	for _, w := range []struct{ label, our string }{
		{"is not TLS", "is not https"},
		{"wants signed AuthnRequests", "wants signed requests"},
		{"is past", "the document was valid until"},
		{"validUntil is not a dateTime", "which is not a date and time"},
		{"distinct signing certificates", "signing certificates and Auth0 holds one"},
	} {
		assert.Equal(t, strings.Contains(theirs, w.label), strings.Contains(ours, w.our), "%q against %q", theirs, ours)
	}
	for _, w := range []struct {
		label string
		flaw  saml.Flaw
	}{
		{"signing certificate expired", saml.Expired},
		{"signing certificate not valid before", saml.NotYetValid},
		{"signing key RSA-1024", saml.WeakKey},
		{"signing key is EC", saml.ForeignKey},
		{"certificate signed with MD5", saml.WeakSignature},
	} {
		chosen := m.SigningCertificate(labelled)
		if chosen.Has(w.flaw, labelled) && !strings.HasPrefix(chosen.SignatureAlgorithm, "SHA1") {
			assert.Contains(t, theirs, w.label)
		}
		if len(m.SigningCertificates()) == 1 && strings.Contains(theirs, w.label) {
			assert.True(t, chosen.Has(w.flaw, labelled), "%s: %v", w.label, chosen.Flaws(labelled))
		}
	}
}
