package rules

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tacit-dev/tacit/schema"
)

func TestAllows(t *testing.T) {
	for _, c := range []struct {
		entry, url string
		want       schema.Tri
	}{
		{"https://a.example.com/x", "https://a.example.com/x", schema.Yes},
		{"https://a.example.com/x", "https://a.example.com/x?connection=acme", schema.Yes},
		{"https://a.example.com/x?connection=acme", "https://a.example.com/x?connection=acme", schema.Yes},
		{"https://a.example.com/x?connection=acme", "https://a.example.com/x", schema.No},
		{"https://a.example.com", "https://a.example.com/", schema.No},
		{"https://A.example.com", "https://a.example.com", schema.No},
		{"http://a.example.com", "https://a.example.com", schema.No},
		{"https://*.example.com/x", "https://a.example.com/x?y=z", schema.Yes},
		{"https://app-*.example.com", "https://app-1.example.com", schema.Yes},
		{"https://*.example.com", "https://example.com", schema.No},
		{"https://*.example.com", "https://.example.com", schema.No},
		{"https://*.example.com", "https://a.b.example.com", schema.No},
		{"https://*.example.com", "https://evil.com/.example.com", schema.No},
		{"https://*.example.com", "https://evil.com#.example.com", schema.No},
		{"https://*.example.com", "https://user@.example.com", schema.No},
		{"https://*", "https://a.example.com", schema.No},
		{"https://a.*.com", "https://a.b.com", schema.No},
		{"https://*.*.com", "https://a.b.com", schema.No},
		{"app://*.example.com", "app://a.example.com", schema.No},
		{"https://a.example.com/*", "https://a.example.com/x", schema.No},
		{"https://{organization_name}.example.com", "https://acme.example.com", schema.Maybe},
		{"https://{organization_name}.example.com", "https://acme.example.org", schema.No},
		{"https://{broken.example.com", "https://x.example.com", schema.No},
		{"", "", schema.Yes},
	} {
		if c.url == "" {
			continue // an empty URL is for the rules to refuse
		}
		assert.Equal(t, c.want, allows([]string{c.entry}, c.url), "%s allows %s", c.entry, c.url)
	}
	assert.Equal(t, schema.Yes, allows([]string{"https://{x}.example.com", "https://a.example.com"}, "https://a.example.com"))
	assert.Equal(t, schema.No, allows(nil, "https://a.example.com"))
}

func FuzzAllows(f *testing.F) {
	f.Add("https://*.example.com/{x}", "https://a.example.com/y?z")
	f.Fuzz(func(t *testing.T, entry, url string) {
		allows([]string{entry}, url)
		almost([]string{entry}, url)
		mention(url)
		nearest(entry, []string{url, "scope"})
		if allows([]string{url}, url) != schema.Yes {
			t.Errorf("%q does not allow itself", url)
		}
	})
}

func TestNearest(t *testing.T) {
	known := []string{"redirect_uri", "scope", "response_type"}
	for word, want := range map[string]string{
		"redirect_url": "redirect_uri", "redirectUri": "redirect_uri", "scopes": "scope", "Scope": "scope",
		"response-type": "response_type", "respons_type": "response_type",
		"timeout": "", "prompt": "", "": "", "client_id": "",
	} {
		assert.Equal(t, want, nearest(word, known), word)
	}
}
