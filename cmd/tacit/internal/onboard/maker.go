package onboard

import (
	"slices"

	"github.com/tacit-dev/tacit/schema/saml"
)

// Maker is a maker of identity providers.
type Maker struct {
	// Name is what --idp takes, Title what people call it.
	Name  string `json:"name"`
	Title string `json:"title"`
	// Fields is the fields_map for the attributes that this one sends, or that
	// its administrators are told to add; nil where Auth0's own defaults do.
	Fields map[string]any `json:"fields_map,omitempty"`
	// Advice is what else to know, for the person who onboards.
	Advice string `json:"advice,omitempty"`
}

const claims = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"

// Makers are the makers that are told apart, generic the last. Fields and advice
// follow Auth0's and other vendors' guides for each of them.
func Makers() []Maker {
	named := func(email, given, family string) map[string]any {
		return map[string]any{"email": email, "given_name": given, "family_name": family}
	}
	return []Maker{
		{Name: "okta", Title: "Okta", Fields: named("email", "firstName", "lastName"), Advice: "Okta sends no attributes by itself: the statements email, firstName and lastName have to be added, and people assigned to the app."},
		{Name: "entra", Title: "Microsoft Entra ID", Fields: map[string]any{"email": []any{claims + "emailaddress", claims + "name"}}, Advice: "The \"Sign on URL\" has to stay empty, or the tile does not begin a login at the identity provider. user.mail may be empty; the user principal name stands in."},
		{Name: "google", Title: "Google Workspace", Fields: named("email", "firstName", "lastName"), Advice: "Google has no metadata URL, and sends no attributes until email, firstName and lastName are mapped. The app is off until it is turned on for the people's unit."},
		{Name: "adfs", Title: "AD FS", Advice: "AD FS changes its token-signing certificate by itself, and Auth0 does not fetch it again for SAML connections. A claim rule has to send the Name ID."},
		{Name: "ping", Title: "Ping Identity", Fields: map[string]any{"user_id": claims + "nameidentifier", "email": []any{"email", claims + "nameidentifier"}}, Advice: "Ping takes the ACS URL from imported metadata without ?connection=, which has to be added by hand; the IdP-initiated profile has to be on."},
		{Name: "onelogin", Title: "OneLogin", Fields: map[string]any{"email": "email"}, Advice: "The SAML initiator has to be OneLogin, and the parameter email included in the assertion. The ACS URL validator is a regular expression: the question mark needs a backslash."},
		{Name: "jumpcloud", Title: "JumpCloud", Fields: named("email", "firstname", "lastname"), Advice: "The IdP entity ID is free text there; the attributes email, firstname and lastname have to be added, and a user group assigned."},
		{Name: "keycloak", Title: "Keycloak"},
		{Name: "shibboleth", Title: "Shibboleth"},
		{Name: "generic", Title: "SAML 2.0"},
	}
}

// MakerByName returns the maker of that name, nil if there is none.
func MakerByName(name string) *Maker {
	all := Makers()
	if i := slices.IndexFunc(all, func(p Maker) bool { return p.Name == name }); i >= 0 {
		return &all[i]
	}
	return nil
}

// MakerNames lists what --idp takes.
func MakerNames() []string {
	var out []string
	for _, p := range Makers() {
		out = append(out, p.Name)
	}
	return out
}

// Detect tells the maker by the shape of the entity ID and of the sign-on
// URLs; nil when they have none that is known.
func Detect(entityID string, signOn []saml.EndPoint) *Maker {
	urls := []string{entityID}
	for _, e := range signOn {
		urls = append(urls, e.Location)
	}
	found := saml.ProductAt(urls...)
	if found == saml.Generic {
		return nil
	}
	return MakerByName(string(found))
}
