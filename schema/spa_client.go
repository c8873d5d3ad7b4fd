package schema

import "net/url"

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

// Origin returns scheme://host[:port] of a URL, "" when it has none.
func Origin(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}
