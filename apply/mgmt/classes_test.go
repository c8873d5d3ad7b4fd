package mgmt

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestClassify(t *testing.T) {
	for request, want := range map[string]class{
		"GET /connections?take=100":                                readConnections,
		"GET /connections/con_1":                                   connectionByID,
		"GET /connections/con_1/clients?take=100":                  connectionClients,
		"GET /connections/con_1/status":                            connectionStatus,
		"GET /connections/con_1/keys":                              rest,
		"PATCH /connections/con_1":                                 rest,
		"PATCH /connections/con_1/clients":                         rest,
		"POST /connections":                                        rest,
		"GET /clients?page=0":                                      readClients,
		"GET /clients?q=client_grant.organization_id%3Aorg":        searchClients,
		"GET /clients/abc":                                         clientByID,
		"GET /clients/abc/connections?take=100":                    clientConnections,
		"GET /clients/abc/credentials":                             rest,
		"DELETE /clients/abc":                                      rest,
		"GET /organizations":                                       readOrganizations,
		"GET /organizations/org_1":                                 organizationByID,
		"GET /organizations/org_1/enabled_connections":             readOrganizationConnections,
		"GET /organizations/org_1/connections/con_1":               readOrganizationConnections,
		"PATCH /organizations/org_1/enabled_connections/con_1":     writeOrganizationConnections,
		"GET /organizations/org_1/client-grants":                   rest,
		"POST /organizations":                                      rest,
		"GET /resource-servers/https%3A%2F%2Fapi%2Fconnections%2F": rest,
		"GET /tenants/settings":                                    rest,
	} {
		method, path, _ := strings.Cut(request, " ")
		u, err := url.Parse("https://t.example.com/api/v2" + path)
		require.NoError(t, err)
		assert.Equal(t, want, classify(method, u), request)
	}
	u, err := url.Parse("https://t.example.com/oauth/token")
	require.NoError(t, err)
	assert.Equal(t, rest, classify("POST", u))
}

// TestDocumented: where tiers share a burst the slower one counts.
func TestDocumented(t *testing.T) {
	for name, test := range map[string]struct {
		class            class
		reported, tenant float64
		burst, rate      float64
		guessed          bool
	}{
		"Free":                               {readConnections, 2, 2, 2, 2, false},
		"Essentials, connections":            {readConnections, 5, 0, 5, 50.0 / 60, false},
		"Essentials, clients":                {readClients, 5, 10, 5, 100.0 / 60, false},
		"Essentials or non-production":       {rest, 10, 10, 10, 2, false},
		"production or Basic":                {readClients, 50, 50, 50, 16, false},
		"private cloud":                      {rest, 250, 250, 250, 250, false},
		"organizations, Essentials":          {readOrganizations, 5, 10, 5, 50.0 / 60, false},
		"organizations, Enterprise":          {readOrganizations, 10, 50, 10, 100.0 / 60, false},
		"organizations, global shown":        {readOrganizations, 50, 50, 10, 100.0 / 60, false},
		"organizations, 5x":                  {readOrganizations, 250, 250, 50, 500.0 / 60, false},
		"writing organizations, tier unsure": {writeOrganizationConnections, 5, 0, 5, 25.0 / 60, false},
		"writing organizations, Enterprise":  {writeOrganizationConnections, 5, 50, 5, 150.0 / 60, false},
		"connection status":                  {connectionStatus, 100, 2, 100, 15, false},
		"never seen":                         {rest, 36, 36, 36, 3, true},
	} {
		t.Run(name, func(t *testing.T) {
			l := documented(test.class, test.reported, test.tenant)
			assert.InDelta(t, test.burst, l.burst, 1e-9)
			assert.InDelta(t, test.rate, l.rate, 1e-9)
			assert.Equal(t, test.guessed, l.guessed)
		})
	}
}
