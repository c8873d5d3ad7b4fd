package sandbox

// Names of the connection tables.
const (
	createConnectionBody = "create connection"
	updateConnectionBody = "update connection"
	updateMembersBody    = "update connection clients"
	samlOptionsBody      = "samlp options"
)

// strategies are the documented strategies of a connection.
func strategies() []string {
	return []string{"ad", "adfs", "amazon", "apple", "dropbox", "bitbucket", "auth0-oidc", "auth0", "baidu", "bitly", "box", "custom", "daccount", "dwolla", "email", "evernote-sandbox", "evernote", "exact", "facebook", "fitbit", "github", "google-apps", "google-oauth2", "instagram", "ip", "line", "linkedin", "oauth1", "oauth2", "office365", "oidc", "okta", "paypal", "paypal-sandbox", "pingfederate", "planningcenter", "salesforce-community", "salesforce-sandbox", "salesforce", "samlp", "sharepoint", "shopify", "shop", "sms", "soundcloud", "thirtysevensignals", "twitter", "untappd", "vkontakte", "waad", "weibo", "windowslive", "wordpress", "yahoo", "yandex"}
}

// createConnectionFacts is what POST /connections accepts (OpenAPI document of 2026-06-25). options stays open: recorded
// tenants echo whatever they are sent.
func createConnectionFacts() []fact {
	return []fact{
		{is: "object", closed: true},
		{path: "name", is: "string", required: true, max: 128, pattern: `^[a-zA-Z0-9](-[a-zA-Z0-9]|[a-zA-Z0-9])*$`},
		{path: "display_name", is: "string", max: 128},
		{path: "strategy", is: "string", required: true, enum: strategies()},
		{path: "options", is: "object"},
		{path: "enabled_clients", is: "array"},
		{path: "enabled_clients[]", is: "string", format: "client-id"},
		{path: "is_domain_connection", is: "boolean"},
		{path: "show_as_button", is: "boolean"},
		{path: "realms", is: "array", max: 10},
		{path: "realms[]", is: "string", format: "connection-realm"},
		{path: "metadata", is: "object", max: 10},
		{path: "metadata.*", is: "string|null", max: 255},
		{path: "authentication", is: "object", closed: true},
		{path: "authentication.active", is: "boolean", required: true},
		{path: "connected_accounts", is: "object", closed: true},
		{path: "connected_accounts.active", is: "boolean", required: true},
		{path: "connected_accounts.cross_app_access", is: "boolean"},
		{path: "cross_app_access_requesting_app", is: "object", closed: true},
		{path: "cross_app_access_requesting_app.active", is: "boolean", required: true},
	}
}

// updateConnectionFacts is what PATCH /connections/{id} accepts: name and strategy are immutable.
func updateConnectionFacts() []fact {
	return append(without(createConnectionFacts(), "name", "strategy"), []fact{
		{is: "object", closed: true, min: 1},
		{path: "options", is: "object|null"},
		{path: "enabled_clients", is: "array|null"},
	}...)
}

// updateMembersFacts is what PATCH /connections/{id}/clients accepts: 1 to 50 items (documented; larger bodies are
// refused, TF issue 1321).
func updateMembersFacts() []fact {
	return []fact{
		{is: "array", min: 1, max: 50},
		{path: "[]", is: "object", closed: true},
		{path: "[].client_id", is: "string", required: true, format: "client-id"},
		{path: "[].status", is: "boolean", required: true},
	}
}

// samlOptionsFacts are the limits of the document's ConnectionOptionsSAML, which no path of it refers to. They apply only
// with Options.StrictOptions.
func samlOptionsFacts() []fact {
	return []fact{
		{path: "assertion_decryption_settings", is: "object", closed: true},
		{path: "assertion_decryption_settings.algorithm_profile", is: "string", required: true, enum: []string{"v2026-1"}},
		{path: "assertion_decryption_settings.algorithm_exceptions", is: "array"},
		{path: "assertion_decryption_settings.algorithm_exceptions[]", is: "string", min: 1, max: 100},
		{path: "cert", is: "string", min: 1, max: 10240},
		{path: "decryptionKey", is: "string|object", min: 1, max: 10240, closed: true},
		{path: "decryptionKey.cert", is: "string", min: 1, max: 10240},
		{path: "decryptionKey.key", is: "string", min: 1, max: 10240},
		{path: "digestAlgorithm", is: "string", enum: []string{"sha1", "sha256"}},
		{path: "domain_aliases", is: "array", max: 50001},
		{path: "domain_aliases[]", is: "string", max: 256},
		{path: "entityId", is: "string", min: 1, max: 128},
		{path: "icon_url", is: "string", min: 8, max: 255, pattern: `^https://.*`},
		{path: "idpinitiated", is: "object", max: 6, closed: true},
		{path: "idpinitiated.client_authorizequery", is: "string", min: 1, max: 2048},
		{path: "idpinitiated.client_id", is: "string", min: 1, max: 256},
		{path: "idpinitiated.client_protocol", is: "string", enum: []string{"oidc", "oauth2", "samlp", "wsfed"}},
		{path: "idpinitiated.enabled", is: "boolean"},
		{path: "protocolBinding", is: "string", enum: []string{"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST", "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"}},
		{path: "set_user_root_attributes", is: "string", enum: []string{"on_each_login", "on_first_login", "never_on_login"}},
		{path: "signInEndpoint", is: "string", min: 8, max: 2048, pattern: `^https://.*`},
		{path: "signSAMLRequest", is: "boolean"},
		{path: "signatureAlgorithm", is: "string", enum: []string{"rsa-sha1", "rsa-sha256"}},
		{path: "tenant_domain", is: "string", min: 1, max: 255},
		{path: "thumbprints", is: "array", max: 1},
		{path: "thumbprints[]", is: "string", min: 40, max: 40},
		{path: "upstream_params", is: "object|null"},
		{path: "upstream_params.*", is: "object"},
		{path: "non_persistent_attrs", is: "array", max: 96},
		{path: "non_persistent_attrs[]", is: "string", max: 255},
		{path: "debug", is: "boolean"},
		{path: "deflate", is: "boolean"},
		{path: "destinationUrl", is: "string", min: 8, max: 255, pattern: `^https://.*`},
		{path: "disableSignout", is: "boolean"},
		{path: "fieldsMap", is: "object", max: 44},
		{path: "fieldsMap.*", is: "string|array", max: 2048},
		{path: "fieldsMap.*[]", is: "string", max: 2048},
		{path: "global_token_revocation_jwt_iss", is: "string", min: 1, max: 1024},
		{path: "global_token_revocation_jwt_sub", is: "string", min: 1, max: 1024},
		{path: "metadataUrl", is: "string", min: 8, max: 2048, pattern: `^https://.*`},
		{path: "metadataXml", is: "string", min: 1, max: 102400},
		{path: "recipientUrl", is: "string", min: 8, max: 255, pattern: `^https://.*`},
		{path: "requestTemplate", is: "string", min: 1, max: 10240},
		{path: "signingCert", is: "string", min: 1, max: 10240},
		{path: "signing_key", is: "object", max: 6},
		{path: "signing_key.cert", is: "string", min: 1, max: 10240},
		{path: "signing_key.key", is: "string", min: 1, max: 10240},
		{path: "signing_key.*", is: "string", max: 9216},
		{path: "signOutEndpoint", is: "string", min: 8, max: 2048, pattern: `^https://.*`},
		{path: "user_id_attribute", is: "string", min: 1, max: 2396},
	}
}
