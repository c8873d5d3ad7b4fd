package plan

import (
	"strings"
	"time"

	"github.com/tacit-dev/tacit/schema"
)

// Scope narrows an audit. In its patterns * stands for any text and ? for one
// character, everything else for itself; "" means all.
type Scope struct {
	// Connection and Client are patterns of names, API one of identifiers or
	// names.
	Connection, Client, API string
	// Via is how the SPAs are assumed to ask.
	Via string
	// LoginDomain is the host they and the IdPs use, "" when it is not known.
	LoginDomain string
	// Domain is the tenant's own host.
	Domain string
	// Now is the moment at which certificates are judged.
	Now time.Time
}

// HasAPI tells whether an API is in scope.
func (sc Scope) HasAPI(o *schema.Observed) bool {
	return matches(sc.API, o.String("identifier")) || matches(sc.API, o.String("name"))
}

// Matches tells whether a text fits a pattern of a [Scope].
func Matches(pattern, s string) bool { return matches(pattern, s) }

// matches also takes a pattern for itself: identifiers are URLs, and a ? is at
// home there.
func matches(pattern, s string) bool {
	return pattern == "" || pattern == s || wild([]rune(pattern), []rune(s))
}

// wild goes back to the last * whenever what follows it does not fit.
func wild(pattern, s []rune) bool {
	i, star, from := 0, -1, 0
	for at := 0; at < len(s); {
		switch {
		case i < len(pattern) && pattern[i] == '*':
			star, from = i, at
			i++
		case i < len(pattern) && (pattern[i] == '?' || pattern[i] == s[at]):
			i++
			at++
		case star >= 0:
			from++
			i, at = star+1, from
		default:
			return false
		}
	}
	return strings.Trim(string(pattern[i:]), "*") == ""
}
