package plan

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"
)

func TestPatterns(t *testing.T) {
	for _, tt := range []struct {
		pattern, s string
		want       bool
	}{
		{"", "anything", true},
		{"https://api.example.com/*", "https://api.example.com/a/b", true},
		{"*orders", "https://api.example.com/orders", true},
		{"*orders", "https://api.example.com/orders/v2", false},
		{"urn:[a]?x", "urn:[a]?x", true},
		{"acme-?", "acme-é", true},
		{"acme-?", "acme-", false},
		{"a*b*c", "aXbXbXc", true},
		{"**", "", true},
	} {
		assert.Equal(t, tt.want, matches(tt.pattern, tt.s), "%s against %s", tt.pattern, tt.s)
	}
}

// A pattern means what the regular expression made of it does.
func TestPatternsAreRegularExpressions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pattern, s := rapid.StringMatching(`[ab*?]{1,8}`).Draw(t, "pattern"), rapid.StringMatching(`[ab]{0,10}`).Draw(t, "s")
		re := regexp.MustCompile("^" + strings.NewReplacer("*", ".*", "?", ".").Replace(pattern) + "$")
		assert.Equal(t, re.MatchString(s), wild([]rune(pattern), []rune(s)))
	})
}
