package schema

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRedirectURI(t *testing.T) {
	for _, ok := range []string{"https://app.example.com", "https://app.example.com:8443/a?x=y", "com.app://cb", "http://localhost:3000"} {
		require.NoError(t, redirectURI(ok), ok)
	}
	for bad, says := range map[string]string{
		"https://*.example.com":              "pattern",
		"https://app.example.com:99999":      "port",
		"https://app.example.com:0":          "port",
		"https://app.example.com/%00%0a":     "path",
		"https://app.example.com/../x":       "path",
		"https://app.example.com/?code=2":    "parameter code",
		"https://app.example.com/#f":         "fragment",
		"https://u:hunter2@app.example.com/": "user name",
		"javascript:alert(1)":                "not a page",
		"app.example.com":                    "absolute",
	} {
		err := redirectURI(bad)
		require.ErrorContains(t, err, says, bad)
		assert.NotContains(t, err.Error(), "hunter2")
	}
}
