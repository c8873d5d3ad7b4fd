package sandbox

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// answer sends the browser on after the login: to the request that was waiting, or to the landing page.
func (a *arrival) answer() *page {
	if a.waiting != nil {
		return a.resume(a.waiting)
	}
	return a.land(map[string]bool{})
}

// land is the answer of an IdP-initiated login: what client_protocol says, at the landing page. answered are prompts
// the user has dealt with on the way.
func (a *arrival) land(answered map[string]bool) *page {
	z := a.request()
	z.answered = answered
	for _, r := range idpRules() {
		if refused := z.apply(r); refused != nil {
			return z.refuse(refused)
		}
	}
	switch protocol := text(child(a.options, "idpinitiated"), "client_protocol"); protocol {
	case "samlp":
		a.learn("idp-protocol", Passed, "samlp")
		return formPage(z.redirect, []string{"SAMLResponse", "UmVzcG9uc2U="}, []string{"RelayState", ""})
	case "wsfed":
		a.learn("idp-protocol", Passed, "wsfed")
		return formPage(z.redirect, []string{"wa", "wsignin1.0"}, []string{"wresult", ""})
	default:
		a.learn("idp-protocol", Passed, "%s", protocol)
		return z.grant()
	}
}

// request is the authorization request that client_authorizequery amounts to. No audience: this login authorizes no API
// (the answer of the community thread); state and nonce have no meaning in it.
func (a *arrival) request() *authorization {
	z := newAuthorization(a.visit, url.Values{
		"redirect_uri":  {a.asks.Get("redirect_uri")},
		"response_mode": {a.asks.Get("response_mode")},
		"response_type": {a.asks.Get("response_type")},
		"scope":         {a.asks.Get("scope")},
		"client_id":     {text(a.client, "client_id")},
	})
	z.client, z.org, z.user = a.client, a.org, a.user
	z.session, _ = a.liveSession()
	z.fromProvider = true
	z.parseTarget()
	if a.asks.Get("response_type") == "" {
		a.learn("idp-response-type", Unknown, "client_authorizequery has no response_type: id_token is assumed")
		z.query.Set("response_type", "id_token")
	}
	if !a.asks.Has("scope") {
		a.learn("idp-scope", Unknown, "client_authorizequery has no scope: openid is assumed")
		z.query.Set("scope", "openid")
	}
	if isLocal(z.redirect) {
		a.learn("idp-localhost", Passed, "scopes are stripped for %s", z.redirect.Host)
		z.stripped = true
	}
	return z
}

// idpRules are the rules of an authorization request that an IdP-initiated login meets too.
func idpRules() []authorizeRule {
	keep := []string{"response-type", "grant-type", "default-audience-idp", "action-deny", "action-redirect", "action-mfa", "tenant-mfa"}
	return slices.DeleteFunc(append(authorizeRules(), authorizeRule{"default-audience-idp", (*authorization).defaultAudienceAtProvider}),
		func(r authorizeRule) bool { return !slices.Contains(keep, r.id) })
}

// defaultAudienceAtProvider is the tenant's default audience in an IdP-initiated login: what Auth0 does is not known, so
// a switch decides.
func (z *authorization) defaultAudienceAtProvider() *refusal {
	audience := text(z.s.tenant.settings, "default_audience")
	if audience == "" {
		return nil
	}
	if z.s.opts.Login.DefaultAudienceAtProvider {
		z.api = z.s.tenant.resourceServers.named(audience)
	}
	z.learn("default-audience-idp", Unknown, "default_audience %s; the access token is a JWT: %t", audience, z.api != nil)
	return nil
}

// serviceProviderMetadata is GET /samlp/metadata?connection=NAME, what an identity provider imports.
func serviceProviderMetadata(v *visit) *page {
	connection := v.s.tenant.connections.named(v.query.Get("connection"))
	if connection == nil || text(connection, "strategy") != "samlp" {
		return errorPage(http.StatusNotFound, "invalid_request", "the connection was not found")
	}
	acs := v.origin() + callbackPath + "?connection=" + url.QueryEscape(text(connection, "name"))
	body := fmt.Sprintf(metadataFormat, escapeXML(v.s.entityID(connection)), escapeXML(v.origin()+"/logout"), escapeXML(acs))
	return &page{status: http.StatusOK, body: []byte(body), header: http.Header{"Content-Type": {"application/xml; charset=utf-8"}}}
}

// metadataFormat takes entity ID, logout URL and assertion consumer service.
const metadataFormat = `<EntityDescriptor entityID="%s" xmlns="urn:oasis:names:tc:SAML:2.0:metadata">` +
	`<SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">` +
	`<SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="%s"/>` +
	`<NameIDFormat>urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress</NameIDFormat>` +
	`<NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:persistent</NameIDFormat>` +
	`<NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:transient</NameIDFormat>` +
	`<AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="%s" index="0" isDefault="true"/>` +
	"</SPSSODescriptor></EntityDescriptor>\n"

// escapeXML makes text safe in an attribute.
func escapeXML(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a builder never fails
	return b.String()
}
