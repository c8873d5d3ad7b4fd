package schema

import (
	"errors"
	"fmt"
	"strings"
)

// SAMLConnection is an enterprise connection of the strategy samlp. PATCH
// replaces options as a whole (recorded: TestAccConnectionSAML), so updates
// send back everything that was read.
var SAMLConnection = &Kind{
	Name: "saml_connection", Collection: Connections, IDAttr: "id", NaturalKey: "name",
	Meta: []string{"existing", "clients_exact", "prevent_destroy"}, PreventDestroy: true, Takes: "all of its users",
	Fixed: map[string]any{"strategy": "samlp"},
	Attrs: []Attr{
		{Name: "name", Flags: Required | Immutable, Check: connectionName, Doc: "Unique and immutable: it is part of the ACS URL, of the entity ID and of every user ID."},
		{Name: "display_name", Check: maxLen(128), Doc: "Name on login pages, at most 128 characters."},
		{Name: "show_as_button", Type: Bool, Default: false, Doc: "Show a button on the login page."},
		{Name: "sign_in_endpoint", Path: "options.signInEndpoint", Flags: NeededToCreate, Instead: fromMetadata(), Check: endPoint(2048), Doc: "The IdP's single sign-on URL."},
		{Name: "sign_out_endpoint", Path: "options.signOutEndpoint", Flags: EmptyIsAbsent, Check: endPoint(2048), Doc: "The IdP's single log-out URL."},
		{Name: "disable_signout", Path: "options.disableSignout", Type: Bool, Doc: "Do not send logout requests to the IdP."},
		{Name: "signing_cert", Path: "options.signingCert", Type: Cert, Flags: NeededToCreate, Instead: fromMetadata(), Check: certificate, Doc: "The one certificate the IdP signs with, as PEM or base64 of PEM."},
		{Name: "entity_id", Path: "options.entityId", Check: maxLen(128), Doc: "Audience of the assertion; default urn:auth0:TENANT:NAME."},
		{Name: "domain_aliases", Path: "options.domain_aliases", Type: Set, Flags: EmptyIsAbsent, Check: eachLen(50001, 256), Doc: "E-mail domains that lead to this connection on the login page."},
		{Name: "tenant_domain", Path: "options.tenant_domain", Flags: EmptyIsAbsent, Doc: "The customer's primary domain."},
		{Name: "icon_url", Path: "options.icon_url", Flags: EmptyIsAbsent, Check: endPoint(255), Doc: "Icon of the login button."},
		{Name: "protocol_binding", Path: "options.protocolBinding", Flags: EmptyIsAbsent, Enum: []string{"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST", "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"}, Doc: "How requests are sent to the IdP; empty means HTTP-Redirect."},
		{Name: "sign_saml_request", Path: "options.signSAMLRequest", Type: Bool, Doc: "Sign requests to the IdP."},
		{Name: "signature_algorithm", Path: "options.signatureAlgorithm", Flags: EmptyIsAbsent, Enum: []string{"rsa-sha1", "rsa-sha256"}, Doc: "Algorithm of request signatures."},
		{Name: "digest_algorithm", Path: "options.digestAlgorithm", Flags: EmptyIsAbsent, Enum: []string{"sha1", "sha256"}, Doc: "Digest of request signatures."},
		{Name: "user_id_attribute", Path: "options.user_id_attribute", Flags: EmptyIsAbsent, Check: maxLen(2396), Doc: "The assertion attribute that becomes the user ID."},
		{Name: "fields_map", Path: "options.fieldsMap", Type: Map, Flags: EmptyIsAbsent, Check: fieldsMap, Doc: "User profile fields from assertion attributes; each value a string or a list of strings."},
		{Name: "debug", Path: "options.debug", Type: Bool, Doc: "Log assertions; for tests only."},
		{Name: "idp_initiated.enabled", Path: "options.idpinitiated.enabled", Type: Bool, Flags: RequiredInBlock, Doc: "Accept logins that start at the IdP. Always written, because Auth0 treats a block without it in surprising ways."},
		{Name: "idp_initiated.client", Path: "options.idpinitiated.client_id", Type: Ref, Targets: []string{"spa_client", "client"}, Doc: "The application that an IdP-initiated login lands in: one per connection."},
		{Name: "idp_initiated.client_protocol", Path: "options.idpinitiated.client_protocol", Enum: []string{"oauth2", "oidc", "samlp", "wsfed"}, Doc: "How the application is answered. oauth2 and oidc mean the same; sources disagree on the spelling, so tacit keeps what the tenant has."},
		{Name: "idp_initiated.query", Alt: "idp_initiated.client_authorizequery", Path: "options.idpinitiated.client_authorizequery", Type: Query, Check: query, Doc: "The OAuth parameters of the IdP-initiated answer: response_type, scope and redirect_uri count."},
		{Name: "clients", Via: "connection_clients", Type: Refs, Targets: []string{"spa_client", "client"}, Doc: "Applications that may use the connection: at least these, exactly these with clients_exact = true."},
		{Name: "authentication.active", Type: Bool, Default: true, Doc: "Users can log in through the connection."},
		{Name: "connected_accounts.active", Type: Bool, Default: false, Doc: "Users can connect accounts through it."},
		{Name: "connected_accounts.cross_app_access", Type: Bool, Doc: "Connected accounts take part in cross-app access."},
		{Name: "cross_app_access_requesting_app", Type: JSON, Doc: "Cross-app access as requesting application."},
		{Name: "is_domain_connection", Type: Bool, Default: false, Doc: "Usable by every application, third-party ones included; one per strategy."},
		{Name: "realms", Type: List, Check: maxItems(maxRealms), Doc: "Realms that lead to the connection; its name unless set."},
		{Name: "strategy_version", Path: "options.strategy_version", Type: Number, Doc: "Version of the strategy."},
		{Name: "metadata_xml", Flags: Local, Doc: "The IdP's metadata document, usually file(\"idp/NAME.xml\"). tacit reads it and sends sign_in_endpoint, protocol_binding, sign_out_endpoint and signing_cert, never the document."},
		{Name: "metadata_entity_id", Flags: Local, Doc: "Which IdP of metadata_xml, by its entityID, when the document holds several."},
		{Name: "metadata_url", Path: "options.metadataUrl", Flags: EmptyIsAbsent, Check: endPoint(2048), Doc: "Auth0 fetches it on every write of the connection, and derives end points and certificate from it."},
		{Name: "destination_url", Path: "options.destinationUrl", Flags: EmptyIsAbsent, Check: endPoint(255), Doc: "Destination that responses must name, when a proxy changes it."},
		{Name: "recipient_url", Path: "options.recipientUrl", Flags: EmptyIsAbsent, Check: endPoint(255), Doc: "Recipient that assertions must name, when a proxy changes it."},
		{Name: "request_template", Path: "options.requestTemplate", Flags: EmptyIsAbsent, Check: maxLen(10240), Doc: "XML of the request to the IdP."},
		{Name: "deflate", Path: "options.deflate", Type: Bool, Doc: "Compress requests."},
		{Name: "decryption_key", Path: "options.decryptionKey", Type: JSON, Flags: Secret, Doc: "Key and certificate that decrypt assertions: { key = ..., cert = ... }."},
		{Name: "signing_key", Path: "options.signing_key", Type: JSON, Flags: Secret, Doc: "Key and certificate that sign requests: { key = ..., cert = ... }."},
		{Name: "assertion_decryption_settings", Path: "options.assertion_decryption_settings", Type: JSON, Doc: "Accepted encryption algorithms. New connections get AES-GCM only."},
		{Name: "upstream_params", Path: "options.upstream_params", Type: JSON, Doc: "Parameters handed to the IdP."},
		{Name: "set_user_root_attributes", Path: "options.set_user_root_attributes", Enum: []string{"on_first_login", "on_each_login", "never_on_login"}, Doc: "When profile fields are taken over; absent means on each login."},
		{Name: "non_persistent_attrs", Path: "options.non_persistent_attrs", Type: Set, Flags: EmptyIsAbsent, Check: eachLen(96, 255), Doc: "Profile fields that are not stored."},
		{Name: "global_token_revocation_jwt_iss", Path: "options.global_token_revocation_jwt_iss", Doc: "Issuer of universal logout requests."},
		{Name: "global_token_revocation_jwt_sub", Path: "options.global_token_revocation_jwt_sub", Doc: "Subject of universal logout requests."},
		{Name: "metadata", Type: JSON, Check: metadata(maxMetadata), Doc: "Up to 10 texts, the ownership mark included. The key tacit is the ownership mark and not yours."},
		{Name: "metadata.tacit", Flags: Internal, Doc: "The ownership mark."},
		{Name: "cert", Path: "options.cert", Type: Cert, Flags: Internal | Computed, Doc: "The certificate as Auth0 read it, from signing_cert or metadata_url."},
	},
	Whole: []string{"options", "metadata", "authentication", "connected_accounts"},
	Doc:   "An enterprise customer's SAML identity provider.",
}

// fromMetadata names what Auth0 (the URL) or tacit (the document) reads end
// points and certificate from.
func fromMetadata() []string { return []string{"metadata_xml", "metadata_url"} }

// derivedFrom names option keys that Auth0 derives from another one; an update
// that changes the source must not send the stale derivations back (recorded:
// they are made anew from signingCert on every write).
var derivedFrom = map[string][]string{
	"options.signingCert":    {"options.cert", "options.expires", "options.subject", "options.thumbprints"},
	"options.signInEndpoint": {"options.bindingMethod"},
}

// Derived returns the API paths that become stale when the attribute changes.
func (a *Attr) Derived() []string { return derivedFrom[a.APIPath()] }

func certificate(v any) error {
	s, _ := v.(string)
	if strings.Contains(s, "PRIVATE KEY-----") {
		return errors.New("this is a private key; the certificate of the IdP is needed, and the key should never leave the IdP")
	}
	if CertDER(s) == nil {
		return errors.New("this is not a certificate; paste the PEM text that begins with " + certBegin)
	}
	return nil
}

// query checks Auth0's limits (1 to 2048 characters).
func query(v any) error {
	s, _ := v.(string)
	if n := len(s); n < 1 || n > 2048 {
		return fmt.Errorf("it has %d characters; Auth0 accepts 1 to 2048 (to remove the query, leave it out and name it in reset)", n)
	}
	return nil
}
