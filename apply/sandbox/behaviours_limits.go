package sandbox

func organizationBehaviours() []Behaviour {
	const o, c, d, m = "organizations", "organization connections", "custom domains", "MFA and Actions"
	const g, n = "organization client grants", "not held"
	return []Behaviour{
		{o, "nothing is defaulted on create but third_party_client_access and is_app_entitlement_active (since 2026-08)", Recorded, "TF TestAccOrganizationConnection, deploy-cli 2026-08; the month between 2026-04 and 2026-08 is assumed"},
		{o, "PATCH replaces members, metadata as a whole; {} is absent afterwards; omitted ones stay", Recorded, "management-api.md 4.3"},
		{o, "DELETE of a missing one is 404; the 404s have no errorCode", Recorded, "TF TestAccDataSourceOrganization"},
		{o, "name clash is 409; without errorCode", Assumed, "the text is documented"},
		{o, "name: lower case, digits, - and _, 1 to 50, no sign first", Documented, "OpenAPI document; the exact format is assumed"},
		{o, "lists are in creation order; `sort` is accepted and ignored", Recorded, "deploy-cli 2026-08, GO ListCheckpointPagination; ignoring it is assumed"},
		{o, "offset paging reaches 1000, then 400 invalid_paging", Documented, "GET /organizations; the text is assumed"},
		{o, "read:organizations_summary alone shows id, name and display_name", Assumed, "which members is not documented"},
		{o, "enabled_connections in POST needs create:organization_connections and shows in that answer only", Assumed, "the scope is documented"},
		{c, "defaults assign_membership_on_login false, show_as_button true, is_signup_enabled false on databases only", Recorded, "TF TestAccOrganizationConnection, both spellings"},
		{c, "`limit` of enabled_connections is the number returned, of connections per_page", Recorded, "394 of 394"},
		{c, "connections (2026) adds is_enabled and organization_access_level \"none\"; both spellings show one list", Recorded, "TF TestAccOrganizationConnection 2026-04; that the list is one, and that is_enabled defaults to true, is assumed"},
		{c, "is_signup_enabled needs a database and assign_membership_on_login", Recorded, "errors, management-api.md 6; false elsewhere is dropped (assumed)"},
		{c, "DELETE is 204 again", Recorded, "TF TestAccOrganizationConnection"},
		{c, "lists are by connection id regardless of case", Assumed, "four recorded lists of two fit"},
		{c, "ten per organization", Documented, "entity-limit-policy; that the refusal is the 403 of other limits is assumed"},
		{c, "a second one with the same connection is 409, unknown connections are 404", Documented, "POST /organizations/{id}/connections; the 404 text is recorded"},
		{c, "deleting a connection takes it from organizations", Assumed, "not recorded"},
		{g, "a grant is added once (409), at most 100; an unknown one is 404", Documented, "POST /organizations/{id}/client-grants"},
		{g, "lists show six members, in the order they were added; a deleted grant leaves; DELETE is 204 again", Assumed, "the members and the 204 are documented"},
		{g, "a grant whose organization_usage is deny is not refused", Assumed, "sources silent"},
		{n, "GET /connections/{id}/scim-configuration is 404: no connection has one", Documented, "OpenAPI document; without errorCode is assumed"},
		{n, "organizations/{id}/clients, organizations/{id}/discovery-domains and connections-directory-provisionings are empty lists", Documented, "node-auth0 6.4.0: {clients}, {domains}, {directory_provisionings}; there is nothing to fill them with"},
		{d, "lists are by domain", Recorded, "GO TestCustomDomainManager_ListWithPagination"},
		{d, "404 inexistent_custom_domain names the id", Recorded, "management-api.md 4.6"},
		{m, "/guardian/policies is a bare array; PUT replaces it", Documented, "OpenAPI document"},
		{m, "bindings: total is missing from an empty page, page when it is 0; 20 per page", Recorded, "28 of 28; the 20 documented"},
		{m, "an unknown trigger is 400 invalid_uri", Assumed, "not recorded"},
	}
}

func limitBehaviours() []Behaviour {
	const r, e, f = "rate limits", "entity limits", "consistency"
	return []Behaviour{
		{r, "token buckets per tier and end point class; the global one is charged first", Documented, "rate-limit-configurations, 2026-08-20"},
		{r, "on Essentials the global bucket holds \"all other endpoints\" only", Documented, "rate-limit-configurations"},
		{r, "limits per second refill every millisecond, limits per minute every second", Documented, "rate-limit-configurations; per millisecond is one of two documented ways"},
		{r, "429 bodies \"Global limit has been reached\" and \"Endpoint limit has been reached\"; no Retry-After", Recorded, "281 bodies; which of them \"all other endpoints\" gives is assumed"},
		{r, "X-RateLimit-Reset is the second of the next token (ResetWhenFull: of the full bucket)", Documented, "2018-22 traffic says full, the documentation next (sources disagree); rounding up is assumed"},
		{r, "GET of single connections, clients and of their relation counts as the list's class (ItemsAreOther: as other)", Assumed, "sources silent"},
		{r, "GET /organizations/name/{name} counts as the list; on Enterprise GET by id is global only", Assumed, "sources silent"},
		{r, "headers tell the class's bucket where there is one; refused and failed requests are charged too", Assumed, "no headers of a 429 survive"},
		{r, "the token end point is not limited", Assumed, "limits of the Authentication API are not modelled"},
		{e, "numbers per tier; 403 too_many_entities", Documented, "entity-limit-policy; the errorCode from public reports"},
		{e, "the global client and system APIs do not count; name clashes are told first", Assumed, "not recorded"},
		{e, "private clouds have Enterprise's", Assumed, "not documented"},
		{e, "100 URLs per list of a client, 1000 scopes per API, 10 realms", Documented, "auth0/docs pull request 6558, entity-limit-policy; that the refusal is a validation error is assumed"},
		{f, "lists may lack an object that was just created, a GET by id finds it (ConsistencyDelay, stale-list; default none)", Recorded, "deploy-cli waits 2.5 s; which reads lag is assumed"},
	}
}
