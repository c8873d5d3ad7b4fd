package rules

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/tacit-dev/tacit/schema"
)

// allows tells whether a list of allowed URLs (callbacks, web origins) covers
// a URL: an entry that is the same text, that is the same without the URL's
// query (assumed: Auth0's guide registers a login route that way and calls it
// with ?connection=NAME), or whose wildcard covers it. Entries with Auth0's
// placeholders, such as {organization_name}, answer Maybe.
func allows(list []string, url string) schema.Tri {
	best := schema.No
	for _, e := range list {
		switch covers(e, url) {
		case schema.Yes:
			return schema.Yes
		case schema.Maybe:
			best = schema.Maybe
		case schema.No:
		}
	}
	return best
}

func covers(entry, url string) schema.Tri {
	b := bare(url)
	switch {
	case entry == url || entry == b:
		return schema.Yes
	case strings.Contains(entry, "{"):
		head, _, _ := strings.Cut(entry, "{")
		tail := entry[strings.LastIndexByte(entry, '}')+1:]
		if len(b) > len(head)+len(tail) && strings.HasPrefix(b, head) && strings.HasSuffix(b, tail) {
			return schema.Maybe
		}
		return schema.No
	case wildcard(entry, b):
		return schema.Yes
	default:
		return schema.No
	}
}

// wildcard: one * in the left-most label of an http or https host stands for
// characters of that label (Auth0 docs: subdomain URL placeholders).
func wildcard(entry, url string) bool {
	head, tail, ok := strings.Cut(entry, "*")
	if !ok || strings.Contains(tail, "*") || !strings.Contains(tail, ".") {
		return false
	}
	_, label, ok := strings.Cut(head, "://")
	if !ok || !isHTTP(head) || strings.ContainsAny(label, "./:") {
		return false
	}
	if len(url) <= len(head)+len(tail) || !strings.HasPrefix(url, head) || !strings.HasSuffix(url, tail) {
		return false
	}
	return !strings.ContainsAny(url[len(head):len(url)-len(tail)], "./:@?#")
}

func isHTTP(url string) bool {
	return strings.HasPrefix(url, "https://") || strings.HasPrefix(url, "http://")
}

// loopback: the URL stays on the user's machine. Names under localhost are
// verifiable to Auth0.
func loopback(uri string) bool {
	if !isHTTP(uri) {
		return false
	}
	h := hostOf(uri)
	if strings.EqualFold(h, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(h)
	return err == nil && addr.Unmap().IsLoopback()
}

// hostOf returns the host of a URL, without port and brackets.
func hostOf(uri string) string {
	_, rest, _ := strings.Cut(uri, "://")
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		rest = rest[:i]
	}
	rest = rest[strings.LastIndexByte(rest, '@')+1:]
	if v6, ok := strings.CutPrefix(rest, "["); ok {
		h, _, _ := strings.Cut(v6, "]")
		return h
	}
	h, _, _ := strings.Cut(rest, ":")
	return h
}

// bare is a URL without its query and fragment.
func bare(url string) string {
	if i := strings.IndexAny(url, "?#"); i >= 0 {
		return url[:i]
	}
	return url
}

// almost returns the entry that a person would take for the URL although Auth0
// does not: another scheme, letter case or final slash.
func almost(list []string, url string) string {
	for _, e := range list {
		if loose(e) == loose(url) {
			return e
		}
	}
	return ""
}

func loose(url string) string {
	_, rest, ok := strings.Cut(bare(url), "://")
	if !ok {
		rest = bare(url)
	}
	return strings.TrimSuffix(strings.ToLower(rest), "/")
}

// samePage compares what is left of two URLs when the query is cut off; a lone
// final slash makes no difference to a browser.
func samePage(a, b string) bool {
	return strings.TrimSuffix(bare(a), "/") == strings.TrimSuffix(bare(b), "/")
}

// holdsPlaceholder reports whether a text holds the id of an object that does
// not exist yet; such a text must be neither printed nor contributed.
func holdsPlaceholder(s string) bool {
	for i := range s {
		if schema.IsPlaceholder(s[i:]) {
			return true
		}
	}
	return false
}

// mention writes a URL of a query for a message: without its own query, which
// mostly differs per connection.
func mention(url string) string { return quote(bare(url)) }

// quote writes a value of the configuration or the tenant for a message, but
// never the stand-in for an id that is not known yet.
func quote(s string) string {
	if holdsPlaceholder(s) {
		return "(a text with an id that is not known yet)"
	}
	return strconv.Quote(s)
}

// nearest returns the word that was probably meant, "" when none is close.
func nearest(word string, among []string) string {
	best, least := "", 3
	for _, w := range among {
		if d := distance(fold(word), fold(w)); d < least && 2*d < len(w) {
			best, least = w, d
		}
	}
	return best
}

func fold(s string) string {
	return strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(s))
}

// distance counts the insertions, deletions and replacements between two
// words.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			d := diagonal
			if a[i] != b[j] {
				d = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], d
		}
	}
	return row[len(b)]
}

// listed writes words for a message.
func listed(words []string) string {
	if len(words) == 0 {
		return "nothing"
	}
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = quote(w)
	}
	return strings.Join(quoted, ", ")
}
