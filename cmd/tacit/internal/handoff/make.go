package handoff

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/saml"
)

// Facts are what is known of a connection. What is not known is empty, and
// stands in Gaps.
type Facts struct {
	Connection, Customer, Application string
	Product                           saml.Product
	// Recognized is as in [Sheet].
	Recognized string
	// Hosts are those that users log in at; Organizations the ids to name, with
	// "" for a login without one.
	Hosts, Organizations []string
	EntityID             string
	// Landing is where users end up.
	Landing string
	// Binding is how requests come, Signs how they are signed, "" when they are
	// not; Decrypts: assertions may be encrypted.
	Binding, Signs string
	Decrypts       bool
	// SignOut: users who log out of the application do so at the IdP.
	SignOut bool
	// UserID is the attribute that becomes the user's id, "" for the NameID.
	UserID    string
	FieldsMap map[string]any
	// SignOn and Certificate are what the connection holds of the IdP.
	SignOn      string
	Certificate *saml.Certificate
	// RequestCertificate checks our signatures, nil when it is not known.
	RequestCertificate *saml.Certificate
	Gaps               []Gap
	Contact            string
	Now                time.Time
}

// Make writes the sheet.
func Make(f Facts) *Sheet {
	p := productOf(f.Product)
	s := &Sheet{
		Connection: f.Connection, Customer: cmp.Or(f.Customer, f.Connection), Application: f.Application,
		Product: f.Product, ProductName: p.name, Recognized: f.Recognized,
		Missing: append([]Gap{}, f.Gaps...), Attributes: f.attributes(p), Notes: append([]string{}, p.notes...),
		Contact: f.Contact, Date: f.Now.UTC().Format(time.DateOnly),
	}
	s.Values = f.values()
	s.Steps = f.steps(p)
	s.Expect, s.Errors = f.expect(), f.errors(p)
	s.SendBack = f.sendBack(p)
	if c := f.Certificate; c != nil {
		s.Certificate = &Certificate{c.Subject, c.SHA256, c.NotAfter, c.DaysLeft(f.Now)}
	}
	return s
}

// acsURLs are the addresses to post to, one per host and organization.
func (f *Facts) acsURLs() []string {
	var out []string
	for _, h := range f.Hosts {
		for _, o := range f.Organizations {
			out = append(out, schema.ACSURL(h, f.Connection, o))
		}
	}
	return out
}

func (f *Facts) values() []Value {
	out := []Value{}
	add := func(key, label, text, note string) {
		if text != "" {
			copied := slices.Contains([]string{acs, entity, metadata, "request_certificate", "logout_url"}, key)
			out = append(out, Value{key, label, text, copied, note})
		}
	}
	urls := f.acsURLs()
	for i, u := range urls {
		note := ""
		if i == 0 && len(urls) > 1 {
			note = fmt.Sprintf("There are %d. The first is for the tile; where your product takes several, enter all.", len(urls))
		}
		add(acs, "ACS URL", u, note)
	}
	add(entity, "Entity ID, audience", f.EntityID, "")
	if len(f.Hosts) > 0 {
		add(metadata, "Our SAML metadata", schema.ProviderMetadataURL(f.Hosts[0], f.Connection), "Import it only where the ACS URL keeps its query.")
	}
	nameID := "any format but transient; unspecified is fine"
	if f.UserID == "" {
		add("name_id", "NameID", nameID, "It becomes part of the user's id: it must never change, nor pass to another person.")
	} else {
		add("name_id", "NameID", nameID, "")
	}
	add("response", "Responses", "HTTP-POST; the assertion or the whole response signed with RSA and SHA-256", "")
	switch {
	case f.Decrypts:
		add("encryption", "Encryption", "assertions may be encrypted, with AES-GCM", "")
	default:
		add("encryption", "Encryption", "do not encrypt assertions", "")
	}
	requests := "HTTP-Redirect"
	if f.Binding == saml.POST {
		requests = "HTTP-POST"
	}
	if f.Signs == "" {
		add("requests", "Our requests", requests+"; not signed", "")
	} else {
		add("requests", "Our requests", requests+"; signed with "+f.Signs, "")
		if len(f.Hosts) > 0 {
			// Auth0 docs: SAML identity provider configuration settings.
			add("request_certificate", "Certificate of our signatures", "https://"+f.Hosts[0]+"/pem?cert=connection", f.fingerprint())
		}
	}
	if f.SignOut && len(f.Hosts) > 0 {
		add("logout_url", "Single logout URL", "https://"+f.Hosts[0]+"/logout", "Optional. Logout requests to it have to be signed.")
	}
	add("relay_state", "RelayState, start URL", leaveEmpty, "")
	return out
}

// fingerprint identifies the certificate of our signatures.
func (f *Facts) fingerprint() string {
	c := f.RequestCertificate
	if c == nil {
		return ""
	}
	return "SHA-256 " + c.SHA256 + ", valid until " + c.NotAfter.UTC().Format(time.DateOnly) + "."
}

// fill gives the values that fields name.
func (f *Facts) fill() map[string]string {
	out := map[string]string{short: f.Connection, app: f.Application, entity: f.EntityID}
	if urls := f.acsURLs(); len(urls) > 0 {
		out[acs], out[pattern] = urls[0], "^"+regexp.QuoteMeta(urls[0])+"$"
		out[metadata] = schema.ProviderMetadataURL(f.Hosts[0], f.Connection)
	}
	return out
}

func (f *Facts) steps(p product) []Step {
	values := f.fill()
	out := make([]Step, len(p.steps))
	for i, s := range p.steps {
		out[i] = Step{Text: s.text, Attributes: s.attributes}
		for _, fd := range s.fields {
			switch v := values[fd.key]; {
			case fd.key == "":
				out[i].Fields = append(out[i].Fields, Field{Label: fd.label, Text: fd.text})
			case v != "":
				out[i].Fields = append(out[i].Fields, Field{Label: fd.label, Copy: v})
			default:
				out[i].Fields = append(out[i].Fields, Field{Label: fd.label, Text: "not known yet, see what is missing"})
			}
		}
	}
	return out
}

const claims = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"

// usual are the fields that Auth0 reads without a map (Auth0 docs: default
// attribute map of SAML connections).
var usual = []struct{ field, name string }{
	{"email", claims + "emailaddress"}, {"given_name", claims + "givenname"}, {"family_name", claims + "surname"}, {"name", claims + "name"},
}

// attributes are what the connection reads: first what makes the user's id,
// then the usual fields, then others that it maps.
func (f *Facts) attributes(p product) []Attribute {
	out := []Attribute{}
	id := f.UserID
	if names := texts(f.FieldsMap["user_id"]); id == "" && len(names) > 0 {
		id = names[0]
	}
	if id != "" && !isNameID(id) {
		out = append(out, Attribute{Field: "user_id", Name: id, Needed: true})
	}
	done := map[string]bool{"user_id": true}
	for _, u := range usual {
		names := append(texts(f.FieldsMap[u.field]), u.name)
		names = slices.DeleteFunc(names[:1], isNameID)
		done[u.field] = true
		if len(names) > 0 {
			out = append(out, Attribute{Field: u.field, Name: names[0], Or: rest(texts(f.FieldsMap[u.field])), From: p.sources[u.field], Needed: u.field == "email"})
		}
	}
	for _, field := range slices.Sorted(maps.Keys(f.FieldsMap)) {
		names := texts(f.FieldsMap[field])
		if !done[field] && len(names) > 0 && !isNameID(names[0]) {
			out = append(out, Attribute{Field: field, Name: names[0], Or: rest(names)})
		}
	}
	return out
}

func rest(names []string) []string {
	if len(names) < 2 {
		return nil
	}
	return names[1:]
}

// isNameID: connections name the NameID like an attribute, which it is not.
func isNameID(name string) bool { return strings.TrimPrefix(name, claims) == "nameidentifier" }

// texts are the names that a value of fields_map holds.
func texts(v any) []string {
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	var out []string
	for _, e := range list {
		if s, _ := e.(string); s != "" {
			out = append(out, s)
		}
	}
	return out
}
