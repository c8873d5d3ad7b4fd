package terraform

import "github.com/tacit-dev/tacit/schema"

// form says what a resource becomes.
type form struct {
	kind *schema.Kind
	// rules are for attributes and blocks that are not called as tacit calls
	// them, by their path in the resource.
	rules map[string]rule
}

// rule is one path of a resource (docs/resources of the provider, v1).
type rule struct {
	// row is what tacit calls it.
	row string
	// via tells how its value is spelled, when not as tacit does.
	via spelling
	// why it has no counterpart.
	why string
}

// spelling is how the provider spells values that tacit spells otherwise.
type spelling int

const (
	same     spelling = iota
	jsonText          // a text that holds JSON
	nullText          // "null" stands for null
	boolText          // "true", "false" or "null"
	manyOf            // blocks that make a list
	omitted           // a value that the provider does not send
)

const (
	madeByAuth0 = "Auth0 makes it"
	unknownPath = "tacit has no such setting"
)

// forms are the resources that become blocks.
func forms() map[string]*form {
	return map[string]*form{
		"auth0_client": {schema.SPAClient, map[string]rule{
			"cross_origin_auth":            {row: "cross_origin_authentication"},
			"oidc_backchannel_logout_urls": {why: "write oidc_logout = { backchannel_logout_urls = [...] }"},
			"addons":                       {why: "the provider has other names for addon settings than the API"},
			"refresh_token.policies":       {row: "refresh_token.policies", via: manyOf},
			"skip_non_verifiable_callback_uri_confirmation_prompt": {row: "skip_non_verifiable_callback_uri_confirmation_prompt", via: boolText},
		}},
		"auth0_resource_server": {schema.API, map[string]rule{
			"consent_policy":              {row: "consent_policy", via: nullText},
			"authorization_details":       {row: "authorization_details", via: manyOf},
			"proof_of_possession.disable": {why: "write reset = [\"proof_of_possession.mechanism\"] to turn it off"},
		}},
		"auth0_client_grant": {schema.ClientGrant, map[string]rule{
			"client_id": {row: "client"}, "scopes": {row: "scope"},
		}},
		"auth0_connection":   {schema.SAMLConnection, connectionRules()},
		"auth0_organization": {schema.Organization, nil},
		"auth0_organization_connection": {schema.OrganizationConnection, map[string]rule{
			"organization_id": {row: "organization"}, "connection_id": {row: "connection"},
		}},
		"auth0_tenant": {schema.TenantSettingsKind, map[string]rule{
			"mtls.disable":                 {why: "write reset = [\"mtls\"] to turn it off"},
			"disable_acr_values_supported": {why: "write reset = [\"acr_values_supported\"] to accept any"},
			"skip_non_verifiable_callback_uri_confirmation_prompt": {row: "skip_non_verifiable_callback_uri_confirmation_prompt", via: boolText},
		}},
	}
}

// connectionRules are those of SAML connections. The rest of options is called
// as tacit calls it.
func connectionRules() map[string]rule {
	return map[string]rule{
		"enabled_clients": {row: "clients"},
		"strategy":        {via: omitted},
		// The provider leaves it out, because Auth0 then does the same (its
		// expandConnectionOptionsSAML).
		"options.set_user_root_attributes":             {row: "set_user_root_attributes", via: omitted},
		"options.disable_sign_out":                     {row: "disable_signout"},
		"options.fields_map":                           {row: "fields_map", via: jsonText},
		"options.upstream_params":                      {row: "upstream_params", via: jsonText},
		"options.idp_initiated.client_id":              {row: "idp_initiated.client"},
		"options.idp_initiated.client_authorize_query": {row: "idp_initiated.query"},
	}
}

// existingClient is for applications that are no single-page applications.
func existingClient() *form { return &form{schema.Client, nil} }

// dataForms are the data sources that become blocks with existing = true.
func dataForms() map[string]*form {
	return map[string]*form{
		"auth0_client":          existingClient(),
		"auth0_resource_server": {schema.API, nil},
		"auth0_connection":      {schema.SAMLConnection, nil},
		"auth0_organization":    {schema.Organization, nil},
	}
}

// finders are what an object that is only looked up is found by; the first that
// is set is enough.
func finders(k *schema.Kind) []string {
	if k.Collection == schema.Clients {
		return []string{"client_id", "name"}
	}
	out := []string{}
	for _, a := range k.Key() {
		out = append(out, a.Name)
	}
	return out
}

// ownBlocks are blocks and attributes that say something to Terraform itself.
func ownBlocks() []string {
	return []string{"lifecycle", "timeouts", "provisioner", "connection", "for_each", "count", "depends_on", "provider"}
}
