package mgmt_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/apply"
	"github.com/tacit-dev/tacit/schema"
)

func TestWhatRulesLookAtIsRead(t *testing.T) {
	tenant := onSandbox(t, `{
		"guardian_policies": ["all-applications"],
		"action_bindings": {"post-login": [{"id": "b1", "display_name": "Roles", "action": {"id": "a1", "name": "Roles", "code": "exports.onExecutePostLogin = async () => {}"}}]},
		"resource_servers": [{"id": "api1", "identifier": "https://api/"}, {"id": "api2", "identifier": "https://other/"}],
		"clients": [{"client_id": "spa", "name": "SPA", "app_type": "spa"}],
		"client_grants": [
			{"id": "cgr_1", "client_id": "spa", "audience": "https://api/", "subject_type": "user", "scope": ["read"]},
			{"id": "cgr_2", "client_id": "spa", "audience": "https://api/", "subject_type": "client", "scope": []},
			{"id": "cgr_3", "client_id": "spa", "audience": "https://other/", "subject_type": "user", "scope": []}]}`)

	got, err := tenant.List(t.Context(), schema.GuardianPolicies, nil)
	require.NoError(t, err)
	v, _ := schema.Use[[]string](schema.MFAPolicies, "policies").Get(schema.StateOf(schema.MFAPolicies, schema.Address{}, got[0]))
	assert.Equal(t, []string{"all-applications"}, v)

	got, err = tenant.List(t.Context(), schema.PostLoginBindings, nil)
	require.NoError(t, err)
	bindings, _ := schema.Use[[]map[string]any](schema.PostLoginActions, "bindings").Get(schema.StateOf(schema.PostLoginActions, schema.Address{}, got[0]))
	require.Len(t, bindings, 1)
	code, _ := schema.Lookup(bindings[0], "action.code")
	assert.Contains(t, code, "onExecutePostLogin")

	got, err = tenant.UserGrants(t.Context(), "https://api/")
	require.NoError(t, err)
	require.Len(t, got, 1)
	assert.Equal(t, "cgr_1", got[0].ID)
	assert.Equal(t, 3, tenant.Requests())
}

func TestATenantWithoutActions(t *testing.T) {
	got, err := onSandbox(t, `{}`).List(t.Context(), schema.PostLoginBindings, nil)
	require.NoError(t, err)
	assert.Empty(t, got[0].Raw["bindings"])
}

func TestNoRequestIsSentWithoutItsScope(t *testing.T) {
	tenant := onSandbox(t, `{}`, "read:clients")
	for _, c := range []schema.Collection{schema.GuardianPolicies, schema.PostLoginBindings, schema.TenantSettings, schema.CustomDomains} {
		_, err := tenant.List(t.Context(), c, nil)
		var refused *apply.StatusError
		require.ErrorAs(t, err, &refused, c)
		assert.Equal(t, 403, refused.Status)
	}
	_, err := tenant.UserGrants(t.Context(), "https://api/")
	require.Error(t, err)
	assert.Zero(t, tenant.Requests())
}
