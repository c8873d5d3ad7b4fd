package schema

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"
)

// SPAClient is a browser application: public, OIDC-conformant, RS256.
var SPAClient = &Kind{
	Name: "spa_client", Collection: Clients, IDAttr: "client_id", NaturalKey: "name", Attrs: clientAttrs,
	Whole: []string{"refresh_token"}, Meta: []string{"existing", "convert", "prevent_destroy"},
	Doc: "A single-page application, created as the silent upgrade needs it.",
}

// Client is any application, looked up and never written.
var Client = &Kind{
	Name: "client", Collection: Clients, IDAttr: "client_id", NaturalKey: "name", Attrs: clientAttrs,
	ExistingOnly: true, Meta: []string{"existing"},
	Doc: "An application of any type that exists already; tacit never writes it.",
}

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

// maxURLs is the documented limit of each URL list of an application.
const maxURLs = 100

func urls(v any) error { return eachURL(v, checkURL) }

func origins(v any) error { return eachURL(v, checkOrigin) }

func eachURL(v any, check func(string) error) error {
	list, _ := v.([]any)
	if len(list) > maxURLs {
		return fmt.Errorf("it has %d entries; Auth0 accepts at most %d", len(list), maxURLs)
	}
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

func checkOrigin(s string) error {
	if err := checkURL(s); err != nil {
		return err
	}
	if u, _ := url.Parse(s); u.Path != "" || u.RawQuery != "" || u.Fragment != "" {
		return fmt.Errorf("%q has a path; an origin is scheme, host and port only: write %q", s, Origin(s))
	}
	return nil
}

// Origin returns scheme://host[:port] of a URL, "" when it has none.
func Origin(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}
