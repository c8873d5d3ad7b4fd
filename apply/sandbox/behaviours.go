package sandbox

// Grade says how well a modelled behaviour is founded.
type Grade string

// The grades, best first.
const (
	Recorded   Grade = "recorded"            // seen in recorded traffic of real tenants
	Documented Grade = "documented"          // Auth0's documentation or OpenAPI document of 2026-06-25
	OpenSource Grade = "open-source library" // the published libraries of Auth0: z-schema, passport-wsfed-saml2, SDKs
	Assumed    Grade = "assumed"             // a guess, which may be wrong
)

// Behaviour is one fact about Auth0 that this package models, and why it is believed.
type Behaviour struct {
	Area, Fact string
	Grade      Grade
	Source     string
}

// Behaviours is every modelled fact; the README's table is generated from it.
func Behaviours() []Behaviour {
	var all []Behaviour
	for _, part := range [][]Behaviour{
		connectionBehaviours(), clientBehaviours(), apiBehaviours(), organizationBehaviours(), listBehaviours(), limitBehaviours(),
		logBehaviours(), protocolBehaviours(),
	} {
		all = append(all, part...)
	}
	return all
}

func connectionBehaviours() []Behaviour {
	const a = "connections"
	return []Behaviour{
		{a, "PATCH replaces `options` and `metadata` as a whole; other members omitted stay", Recorded, "TF TestAccConnectionSAML, 19 of 19"},
		{a, "options.client_secret is lost like any other option that a PATCH leaves out (sources disagree)", Assumed, "deploy-cli issue 420 and TF pull request 786 say lost, deploy-cli pull request 1436 says kept; not recorded"},
		{a, "an omitted `display_name` stays; Auth0's document says it becomes the name (sources disagree)", Recorded, "11 of 11 PATCHes"},
		{a, "`options` are echoed unvalidated (StrictOptions applies the document's limits instead)", Recorded, "92 bodies"},
		{a, "signingCert as PEM, base64 of PEM, or PEM with spaces gives cert, thumbprints (SHA-1), expires, subject; expired certificates pass", Recorded, "92 of 92"},
		{a, "metadataXml is consumed and gives signingCert, signInEndpoint, signOutEndpoint, bindingMethod; metadataUrl does too and is kept", Recorded, "TF TestAccConnectionSAML"},
		{a, "explicit end points and certificates win over metadata that differs", Assumed, "only equal values recorded"},
		{a, "metadata with several end points: Redirect before POST; the first signing key", Assumed, "one document recorded"},
		{a, "metadataUrl is never fetched: a fixture answers, or 400", Assumed, "the sandbox does not reach the network"},
		{a, "text of the 400 for a certificate or metadata that cannot be read", Assumed, "not recorded"},
		{a, "idpinitiated gets enabled:true when it is omitted and client_id is present", Recorded, "40 of 40; that client_id is the condition is inferred"},
		{a, "assertion_decryption_settings is added on create only (since 2026-05)", Recorded, "TF TestAccConnectionSAML 2026-05"},
		{a, "pingfederate consumes signingCert; signInEndpoint defaults to pingFederateBaseUrl", Recorded, "40 bodies"},
		{a, "defaults on create: realms, is_domain_connection, show_as_button, authentication, connected_accounts, provisioning_ticket_url", Recorded, "management-api.md 1"},
		{a, "`enabled_clients` shows in the POST answer only (since 2026-07; one tenant still showed it everywhere in 2026-08: EnabledClientsInBodies); null clears it", Recorded, "20 bodies; 13 of 13"},
		{a, "PATCH /connections/{id}/clients changes the listed clients only, 1 to 50; GET is sorted by client_id", Recorded, "151 of 151; the limit documented"},
		{a, "enabling an unknown client is a 404 and changes nothing", Assumed, "the 404 is documented"},
		{a, "name clash is 409 connection_conflict", Recorded, "deploy-cli issue 221"},
		{a, "shared realms and a second domain connection per strategy are 409", Documented, "OpenAPI document; whether names clash regardless of case is not known"},
		{a, "first DELETE 202 with deleted_at, then 204", Recorded, "all DELETEs"},
		{a, "DELETE deletes the connection's users, as far as their identities tell", Documented, "DELETE /connections/{id}"},
		{a, "options need read:connections_options to be shown and update:connections_options to be sent", Documented, "OpenAPI document, body descriptions"},
		{a, "defaults of database and okta options; okta's discovery document is kept and fills end points, where Options.Metadata has it", Recorded, "TF TestAccConnectionClients, GO GetEnabledConnections"},
	}
}

func clientBehaviours() []Behaviour {
	const a = "clients"
	return []Behaviour{
		{a, "defaults on create (not oidc_conformant, no alg, grant types by authentication method, refresh_token completed)", Recorded, "management-api.md 2; 19 of 19 replayed"},
		{a, "jwt_configuration, native_social_login, mobile, session_transfer, addons merge on PATCH; the rest is replaced; null removes", Recorded, "management-api.md 4.3"},
		{a, "client_metadata merges, a null member is removed, {} changes nothing", Recorded, "management-api.md 4.3"},
		{a, "oidc_logout and oidc_backchannel_logout mirror each other", Recorded, "TF TestAccClientOIDCLogout"},
		{a, "client_authentication_methods and token_endpoint_auth_method exclude each other; credentials show as ids except in the POST answer", Recorded, "deploy-cli 2026-08"},
		{a, "client_credentials with method none is refused, with two texts", Recorded, "TF issue 266; which text when is assumed"},
		{a, "third_party_security_mode in PATCH is refused; Auth0's document accepts it (sources disagree)", Recorded, "management-api.md 4.3"},
		{a, "names are not unique; aliases are (409)", Recorded, "duplicates recorded; the 409 documented"},
		{a, "DELETE is 204 also when there is none; grants and connections lose the client", Recorded, "the cleaning up is documented"},
		{a, "the global client is in each tenant, listed last, and cannot be deleted", Recorded, "the 400 is documented"},
		{a, "client_secret, signing_keys and encryption_key need read:client_keys", Documented, "GET /clients"},
		{a, "`encrypted` shows in the POST answer only", Recorded, "7 of 7 POSTs, 0 of 107 GETs and PATCHes"},
		{a, "signing_keys hold placeholders, not certificates", Assumed, "nothing reads them"},
		{a, "`q` is accepted and ignored", Assumed, "its search language is not modelled"},
	}
}

func apiBehaviours() []Behaviour {
	const rs, gr, ts = "resource servers", "client grants", "tenant settings"
	return []Behaviour{
		{rs, "defaults on create; signing_alg is RS256 although the document says HS256", Recorded, "management-api.md 3"},
		{rs, "PATCH replaces members and refuses id and identifier; null removes", Recorded, "auth0-java issue 224"},
		{rs, "a path takes the id or the identifier, encoded once or twice", Recorded, "both answered 200"},
		{rs, "system APIs accept six members in PATCH and refuse DELETE", Recorded, "deploy-cli issue 1484; DELETE documented"},
		{rs, "creating the identifier https://TENANT/me/ gives the My Account API, a system API with its own name, scopes and policies, which DELETE takes away", Recorded, "TF TestAccResourceServer_ACR; which of its members can be sent is assumed"},
		{rs, "token_encryption keeps the key's JWK thumbprint instead of its PEM", Recorded, "TF TestAccResourceServer"},
		{rs, "signing_secret shows for HS256 in GET and LIST only", Recorded, "management-api.md 3"},
		{rs, "identifier clash is 409; its errorCode resource_server_conflict", Assumed, "the text is documented"},
		{rs, "lists are in creation order", Assumed, "no order recorded"},
		{gr, "key is client, audience, subject_type; default_for grants have no client", Recorded, "management-api.md section 4"},
		{gr, "allow_all_scopes:true removes scope, false needs one", Recorded, "TF TestAccClientGrant"},
		{gr, "a second grant with the same key is 409 client_grant_conflict", Assumed, "no such body recorded"},
		{gr, "unknown client or API is 404", Documented, "OpenAPI document"},
		{gr, "deleting an API deletes its grants", Assumed, "not recorded"},
		{ts, "top level and flags merge, other objects are replaced, null removes", Recorded, "500 of 500"},
		{ts, "the PATCH answer has two more flags and lacks sandbox_versions_available", Recorded, "TF TestAccTenant_Main"},
		{ts, "identifier_first of universal_login stays when the object is replaced, and shows in PATCH answers only", Recorded, "deploy-cli 2026-08"},
		{ts, "minutes are stored as fractional hours", Recorded, "deploy-cli 2026-08"},
		{ts, "the settings of a fresh tenant are a selection", Assumed, "no untouched tenant recorded"},
	}
}

func listBehaviours() []Behaviour {
	const a = "lists"
	return []Behaviour{
		{a, "include_totals gives {start, limit, total, KEY}, else a bare array; take or from gives {KEY, next} and wins", Recorded, "9 of 9"},
		{a, "the last page has no next; a page past the end is empty with the same total", Recorded, "management-api.md, pagination"},
		{a, "default pages: connections 50 (100 before 2025-03), organizations 50, others 100, take 50", Recorded, "take documented; others from 2023-24"},
		{a, "per_page and take up to 100, members of a connection up to 1000", Recorded, "the 1000 documented"},
		{a, "connections by name regardless of case, clients by creation, grants by id", Recorded, "management-api.md 4.5"},
		{a, "fields keeps id, is_domain_connection, authentication and connected_accounts of connections", Recorded, "GET with fields=strategy,name"},
		{a, "a checkpoint survives changes in between and does not expire", Assumed, "24 h documented"},
		{a, "text of the 400 for a bad checkpoint", Assumed, "not recorded"},
	}
}

func protocolBehaviours() []Behaviour {
	const a = "protocol"
	return []Behaviour{
		{a, "validation messages and their order inside one value", OpenSource, "z-schema 3 templates; seven observed texts match"},
		{a, "which of several mistakes is named, and the wording of query messages", Assumed, "partly inferred"},
		{a, "what a format name tests (client-id, callback-url and others)", Assumed, "lenient on purpose"},
		{a, "400 Bearer, 401, 403 insufficient_scope, 404 bodies", Recorded, "wire/errors.jsonl"},
		{a, "several alternative scopes are listed with commas", Documented, "OpenAPI document"},
		{a, "order: token, scope, query, body, existence", Assumed, "not recorded"},
		{a, "any bearer token is accepted; a JWT is limited to its scope claim", Assumed, "a local tenant protects nothing"},
		{a, "token end point: client_credentials as form, JSON, Basic or assertion; RS256; 86400 s", Documented, "Auth0 token end point"},
		{a, "a client the tenant does not hold gets a token too; a known one must send its secret", Assumed, "convenience"},
		{a, "scopes asked for are intersected with those granted", Assumed, "not recorded"},
		{a, "unknown routes and methods are 404, another host is 404, a body over 1 MB is 413, a body that is not JSON is 400", Assumed, "not recorded"},
		{a, "ids have Auth0's shapes", Recorded, "management-api.md 4.1"},
	}
}
