package stage

import (
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/tacit-dev/tacit/apply/rehearse"
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

const (
	// issuer is the throw-away IdP's entity id; .invalid is nobody's (RFC 6761).
	issuer = "https://idp.tacit.invalid/"

	claims         = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"
	nameIdentifier = "nameidentifier"
)

var userPolicy = schema.Use[string](schema.API, "subject_type_authorization.user.policy")

// Label names a path in traces, and in --path: the silent_upgrade block, the connection's name and, where the upgrade has
// several login domains, which one.
func Label(p *check.Path) string {
	label := p.Addr.String() + "/" + p.Connection.Name()
	if p.At != "" {
		label += "@" + p.At
	}
	return label
}

// The people who log in. Their names serve as e-mail address, user id and whatever else a connection reads.
const (
	member       = "rehearsal@tacit.invalid"
	withoutRoles = "without-roles@tacit.invalid"
)

// people log in along a path. Where the API cuts scopes down to permissions, somebody without any does too: a login that
// works and a token that is of no use look alike from outside.
func (sc *scene) people() []string {
	if sc.block != nil {
		return []string{fmt.Sprintf("rehearsal-%d@tacit.invalid", sc.number)}
	}
	if sc.api["enforce_policies"] == true && len(sc.path.Scopes) > 0 {
		return []string{member, withoutRoles}
	}
	return []string{member}
}

// enroll writes into users, by id, what the tenant has to know of the people before they log in.
func (sc *scene) enroll(users map[string]object) {
	for _, name := range sc.people() {
		id := "samlp|" + text(sc.connection, "name") + "|" + name
		u := users[id]
		if u == nil {
			u = object{"user_id": id, "permissions": []any{}, "organizations": []any{}}
			users[id] = u
		}
		if name != withoutRoles {
			u["permissions"] = append(u["permissions"].([]any), sc.permissions()...)
		}
		if sc.org != "" {
			u["organizations"] = append(u["organizations"].([]any), sc.org)
		}
	}
}

// permissions are those that the block names, else all that the path asks for.
func (sc *scene) permissions() []any {
	held := sc.path.Scopes
	if sc.direction != nil && sc.direction.permissions != nil {
		held = sc.direction.permissions
	}
	out := []any{}
	for _, scope := range held {
		out = append(out, object{"permission_name": scope, "resource_server_identifier": text(sc.api, "identifier")})
	}
	return out
}

// parts are the logins of one path.
func (s *Stage) parts(ctx context.Context, c *copied, sc *scene) ([]part, error) {
	p, options := sc.path, child(sc.connection, "options")
	base := "https://" + s.host(p)
	entity := text(options, "entityId")
	if entity == "" {
		var err error
		if entity, err = entityID(ctx, c.server.Transport(), base, text(sc.connection, "name")); err != nil {
			return nil, err
		}
	}
	var out []part
	for _, name := range sc.people() {
		label := Label(p)
		if name == withoutRoles {
			label += ", a user without roles"
		}
		one := part{act: sc.act, scenario: rehearse.Scenario{
			Path: label, Domain: base, ACS: sc.acs, Connection: text(sc.connection, "name"), Organization: sc.org, EntityID: entity, Issuer: issuer,
			Signed: signature(s.Fault), User: user(options, name), Fault: s.Fault,
			ClientID: sc.clientID, Landing: landing(options, sc.client), RedirectURI: p.RedirectURI, Via: rehearse.Via(p.Via), Session: s.Session,
			Audience: text(sc.api, "identifier"), Scopes: p.Scopes, Refresh: p.Refresh, DPoP: p.DPoP, Implicit: s.Implicit, WithoutRoles: name == withoutRoles,
			BlockThirdPartyCookies: !s.ThirdPartyCookies && p.Via == schema.ViaIframe,
		}}
		if sc.direction != nil {
			one.expect = sc.direction.expect
			sc.direction.change(&one.scenario)
		}
		out = append(out, one)
	}
	return out, nil
}

// signature is what the IdP signs: two faults need a signed response.
func signature(f rehearse.Fault) rehearse.Signed {
	if f == rehearse.Wrap1 || f == rehearse.Wrap2 {
		return rehearse.SignedResponse
	}
	return rehearse.SignedAssertion
}

// user is a person as an IdP would describe them to this connection: every attribute that the connection reads is there.
func user(options object, name string) rehearse.User {
	read := []string{text(options, "user_id_attribute"), claims + "emailaddress", claims + "name"}
	for _, v := range child(options, "fieldsMap") {
		switch v := v.(type) {
		case string:
			read = append(read, v)
		case []any:
			for _, e := range v {
				attribute, _ := e.(string)
				read = append(read, attribute)
			}
		}
	}
	slices.Sort(read)
	u := rehearse.User{NameID: name}
	for _, attribute := range slices.Compact(read) {
		// The NameID is no attribute, although connections name it like one.
		if attribute != "" && attribute != nameIdentifier && attribute != claims+nameIdentifier {
			u.Attributes = append(u.Attributes, rehearse.Attribute{Name: attribute, Values: []string{name}})
		}
	}
	return u
}

// landing is where an IdP-initiated login should end: the query's redirect_uri, else the first callback; anywhere when
// neither is a plain URL.
func landing(options, client object) string {
	query := schema.ParseQuery(text(child(options, "idpinitiated"), "client_authorizequery"))
	target, ok := query.Get("redirect_uri")
	if callbacks, _ := client["callbacks"].([]any); !ok && len(callbacks) > 0 {
		target, _ = callbacks[0].(string)
	}
	u, err := url.Parse(target)
	if err != nil || strings.ContainsAny(u.Host+u.Path, "*{}") || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return ""
	}
	return target
}

// maxMetadata bounds a metadata document of the tenant.
const maxMetadata = 1 << 20

// entityID asks the tenant for its entity id at a connection, as an IdP's administrator would.
func entityID(ctx context.Context, t http.RoundTripper, base, connection string) (string, error) {
	at := base + "/samlp/metadata?connection=" + url.QueryEscape(connection)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, at, nil)
	if err != nil {
		return "", fmt.Errorf("read %s: %w", at, err)
	}
	resp, err := t.RoundTrip(req)
	if err != nil {
		return "", fmt.Errorf("read %s: %w", at, err)
	}
	defer func() { _ = resp.Body.Close() }() // nothing is written: a failed close loses nothing
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxMetadata))
	if err != nil {
		return "", fmt.Errorf("read %s: %w", at, err)
	}
	var doc struct {
		XMLName xml.Name `xml:"EntityDescriptor"`
		ID      string   `xml:"entityID,attr"`
	}
	if err := xml.Unmarshal(raw, &doc); err != nil || doc.ID == "" {
		return "", fmt.Errorf("read %s: status %d, and no metadata that names an entity id", at, resp.StatusCode)
	}
	return doc.ID, nil
}
