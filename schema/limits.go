package schema

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Auth0's limits on single values (its OpenAPI document and entity limit
// policy). What a tenant may hold in all depends on its plan and is not here.
const (
	maxURLs         = 100  // each URL list of an application
	maxScopes       = 1000 // per API
	maxScope        = 280
	maxRealms       = 10
	maxFieldsMap    = 44
	maxFieldNames   = 4 // assertion attributes per profile field
	maxFieldName    = 2048
	maxLifetime     = 2592000   // seconds of an access token
	maxRefresh      = 157788000 // seconds of a refresh token
	maxMetadata     = 10        // keys, the ownership mark included
	maxOrgMetadata  = 25
	maxMetadataText = 255
)

func noAngles(v any) error {
	if s, _ := v.(string); s == "" || strings.ContainsAny(s, "<>") {
		return errors.New("a name must not be empty and must not hold < or >")
	}
	return nil
}

func maxLen(n int) func(any) error {
	return func(v any) error {
		if s, _ := v.(string); utf8.RuneCountInString(s) > n {
			return fmt.Errorf("it has %d characters; Auth0 accepts at most %d", utf8.RuneCountInString(s), n)
		}
		return nil
	}
}

// maxItems bounds a list or the members of an object.
func maxItems(n int) func(any) error {
	return func(v any) error {
		have := 0
		switch v := v.(type) {
		case []any:
			have = len(v)
		case map[string]any:
			have = len(v)
		}
		if have > n {
			return fmt.Errorf("it has %d entries; Auth0 accepts at most %d", have, n)
		}
		return nil
	}
}

// minLen refuses short values without showing them.
func minLen(n int) func(any) error {
	return func(v any) error {
		if s, _ := v.(string); utf8.RuneCountInString(s) < n {
			return fmt.Errorf("it has %d characters; Auth0 wants at least %d", utf8.RuneCountInString(s), n)
		}
		return nil
	}
}

// between bounds a number.
func between(low, high float64) func(any) error {
	return func(v any) error {
		n, _ := v.(json.Number)
		if f, err := n.Float64(); err == nil && (f < low || f > high) {
			return fmt.Errorf("%s is out of range; Auth0 accepts %.0f to %.0f", n, low, high)
		}
		return nil
	}
}

// eachLen bounds a list and the length of its texts.
func eachLen(items, length int) func(any) error {
	return both(maxItems(items), func(v any) error {
		list, _ := v.([]any)
		for _, e := range list {
			if s, ok := e.(string); ok && utf8.RuneCountInString(s) > length {
				return fmt.Errorf("%.20q... has %d characters; Auth0 accepts at most %d", s, utf8.RuneCountInString(s), length)
			}
		}
		return nil
	})
}

// fieldsMap bounds the names of assertion attributes behind profile fields.
func fieldsMap(v any) error {
	m, _ := v.(map[string]any)
	for _, field := range slices.Sorted(maps.Keys(m)) {
		names, ok := m[field].([]any)
		if !ok {
			names = []any{m[field]}
		}
		if err := eachLen(maxFieldNames, maxFieldName)(names); err != nil {
			return fmt.Errorf("%s: %w", field, err)
		}
	}
	return maxItems(maxFieldsMap)(v)
}

// both applies two checks.
func both(a, b func(any) error) func(any) error {
	return func(v any) error {
		if err := a(v); err != nil {
			return err
		}
		return b(v)
	}
}

func scopes(v any) error {
	if err := maxItems(maxScopes)(v); err != nil {
		return err
	}
	list, _ := v.([]any)
	for _, e := range list {
		m, _ := e.(map[string]any)
		if s, _ := m["value"].(string); utf8.RuneCountInString(s) > maxScope {
			return fmt.Errorf("the scope %.20q... has %d characters; Auth0 accepts at most %d", s, utf8.RuneCountInString(s), maxScope)
		}
	}
	return nil
}

// metadata checks Auth0's limits and keeps the mark out of people's hands. The
// message names keys, never values.
func metadata(keys int) func(any) error {
	return func(v any) error {
		m, ok := v.(map[string]any)
		if !ok {
			return errors.New("write an object of strings: { key = \"value\" }")
		}
		if _, ok := m["tacit"]; ok {
			return errors.New("the key \"tacit\" holds tacit's ownership mark and cannot be set")
		}
		if err := maxItems(keys)(v); err != nil {
			return err
		}
		for _, k := range slices.Sorted(maps.Keys(m)) {
			switch e := m[k].(type) {
			case nil, *Template:
			case string:
				if n := utf8.RuneCountInString(e); n > maxMetadataText {
					return fmt.Errorf("the value of %q has %d characters; Auth0 accepts at most %d", k, n, maxMetadataText)
				}
			default:
				return fmt.Errorf("the value of %q is not a text; Auth0 keeps texts only: put it into quotes", k)
			}
			if utf8.RuneCountInString(k) > maxMetadataText {
				return fmt.Errorf("the key %.20q... has more than %d characters", k, maxMetadataText)
			}
		}
		return nil
	}
}

// MetadataLimit is how many keys the metadata that holds the mark may have, 0
// for kinds without one.
func (k *Kind) MetadataLimit() int {
	switch {
	case k.Mark() == nil:
		return 0
	case k.Collection == Organizations:
		return maxOrgMetadata
	default:
		return maxMetadata
	}
}

func urls(v any) error { return eachURL(v, checkURL) }

func origins(v any) error { return eachURL(v, checkOrigin) }

func eachURL(v any, check func(string) error) error {
	if err := maxItems(maxURLs)(v); err != nil {
		return err
	}
	list, _ := v.([]any)
	for _, e := range list {
		if s, ok := e.(string); ok {
			if err := check(s); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkURL(s string) error {
	u, err := url.Parse(s)
	if err != nil || u.Scheme == "" || (u.Host == "" && u.Opaque == "" && (u.Scheme == "http" || u.Scheme == "https")) {
		return fmt.Errorf("%q is not an absolute URL; write it with its scheme, such as https://app.example.com/callback", s)
	}
	if strings.ContainsAny(s, " \t\r\n") {
		return fmt.Errorf("%q holds white space; a callback is matched character by character", s)
	}
	return nil
}

// redirectURI checks what a SPA sends: one URL of its own, not a pattern, that
// a browser loads and that leaves room for Auth0's answer.
func redirectURI(v any) error {
	s, _ := v.(string)
	if err := checkURL(s); err != nil {
		return err
	}
	u, err := url.Parse(s)
	if err != nil {
		return err
	}
	port, perr := strconv.ParseUint(cmp.Or(u.Port(), "0"), 10, 16)
	switch {
	case u.Scheme == "javascript" || u.Scheme == "data":
		return fmt.Errorf("%q is not a page of an application", s)
	case strings.Contains(u.Host, "*"):
		return fmt.Errorf("%q is a pattern; write the one URL that the SPA sends", s)
	case u.User != nil:
		return fmt.Errorf("%q holds a user name; browsers and Auth0 do not take it", u.Redacted())
	case u.Fragment != "" || strings.Contains(s, "#"):
		return fmt.Errorf("%q has a fragment, which OAuth forbids in a redirect_uri (RFC 6749, 3.1.2)", s)
	case perr != nil || u.Port() != "" && port == 0:
		return fmt.Errorf("%q has a port that no browser connects to", s)
	case strings.ContainsFunc(u.Path, unicode.IsControl) || strings.Contains(u.Path+"/", "/../"):
		return fmt.Errorf("%q has a path that browsers rewrite; write it as the browser shows it", s)
	}
	for _, name := range []string{"code", "state", "error"} {
		if u.Query().Has(name) {
			return fmt.Errorf("%q has a parameter %s of its own, which Auth0's answer uses", s, name)
		}
	}
	return nil
}

func checkOrigin(s string) error {
	if err := checkURL(s); err != nil {
		return err
	}
	if u, _ := url.Parse(s); u.Path != "" || u.RawQuery != "" || u.Fragment != "" {
		return fmt.Errorf("%q has a path; an origin is scheme, host and port only: write %q", s, Origin(s))
	}
	return nil
}

// connectionNames is the pattern of Auth0's API schema.
var connectionNames = regexp.MustCompile(`^[a-zA-Z0-9](-[a-zA-Z0-9]|[a-zA-Z0-9])*$`)

func connectionName(v any) error {
	s, _ := v.(string)
	if !connectionNames.MatchString(s) {
		return fmt.Errorf("%.40q cannot name a connection: write letters and digits, and single hyphens between them", s)
	}
	return maxLen(128)(v)
}

// endPoint is an http or https URL of at most n characters.
func endPoint(n int) func(any) error {
	return both(maxLen(n), func(v any) error {
		s, _ := v.(string)
		u, err := url.Parse(s)
		if s != "" && (err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http")) {
			return fmt.Errorf("%q is not an http or https URL", s)
		}
		return nil
	})
}
