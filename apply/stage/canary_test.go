package stage_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/tacit-dev/tacit/apply/rehearse"
	"github.com/tacit-dev/tacit/apply/stage"
	"github.com/tacit-dev/tacit/schema"
)

// allowed is what a canary may hold, below options.
var allowed = []string{
	"entityId", "signInEndpoint", "signingCert", "idpinitiated", "fieldsMap", "user_id_attribute", "signatureAlgorithm", "digestAlgorithm",
	"protocolBinding", "set_user_root_attributes", "non_persistent_attrs",
}

// foreign marks every value that no canary may take over.
const foreign = "FOREIGN"

// jsonValue is any JSON value; all texts in it are foreign.
func jsonValue(depth int) *rapid.Generator[any] {
	scalar := rapid.OneOf(
		rapid.Map(rapid.String(), func(s string) any { return foreign + s }), rapid.Map(rapid.Bool(), func(b bool) any { return b }),
		rapid.Just(any(json.Number("7"))), rapid.Just(any(nil)),
	)
	if depth == 0 {
		return scalar
	}
	inner := jsonValue(depth - 1)
	return rapid.OneOf(scalar,
		rapid.Map(rapid.SliceOfN(inner, 0, 3), func(l []any) any { return l }),
		rapid.Map(rapid.MapOfN(rapid.StringMatching(`[a-z_]{1,8}`), inner, 0, 3), func(m map[string]any) any { return m }),
	)
}

// liveConnection is a connection with any options: foreign values at every key that is not allowed, and at the allowed ones
// values of the right shape or of any other.
func liveConnection(t *rapid.T) *schema.Observed {
	raw := rapid.MapOf(rapid.SampledFrom([]string{
		"display_name", "realms", "is_domain_connection", "metadata", "authentication", "connected_accounts", "show_as_button",
		"provisioning_ticket_url", "enabled_clients", "name", "id", "anything",
	}), jsonValue(2)).Draw(t, "connection")
	keys := []string{
		"signingCert", "cert", "thumbprints", "expires", "subject", "signInEndpoint", "signOutEndpoint", "metadataUrl", "metadataXml", "domain_aliases",
		"tenant_domain", "icon_url", "decryptionKey", "signing_key", "entityId", "entityID", "destinationUrl", "recipientUrl", "requestTemplate",
		"upstream_params", "debug", "assertion_decryption_settings", "global_token_revocation_jwt_iss", "idpinitiated ", "new_option",
	}
	options := rapid.MapOf(rapid.SampledFrom(keys), jsonValue(3)).Draw(t, "options")
	for _, key := range allowed[3:] {
		if v := jsonValue(0).Draw(t, key); v != nil {
			if s, ok := v.(string); ok {
				v = "own" + s[len(foreign):]
			}
			options[key] = v
		}
	}
	idp := rapid.MapOf(rapid.SampledFrom([]string{"secret", "audience", "idp"}), jsonValue(2)).Draw(t, "idpinitiated")
	if rapid.Bool().Draw(t, "object") {
		idp["client_id"], idp["client_authorizequery"] = "spa", map[string]any{"a": foreign}
		options["idpinitiated"] = idp
	}
	if rapid.Bool().Draw(t, "map") {
		options["fieldsMap"] = map[string]any{"email": "mail", "user_id": []any{"uid", map[string]any{"k": foreign}}, "x": map[string]any{"y": foreign}}
	}
	raw["options"] = options
	return &schema.Observed{ID: "con_1", Raw: raw}
}

// TestACanaryIsNoClone: for any connection, nothing outside the list reaches the canary.
func TestACanaryIsNoClone(t *testing.T) {
	idp, err := rehearse.NewIDP(noon())
	require.NoError(t, err)
	rapid.Check(t, func(t *rapid.T) {
		body := stage.CanaryBody(liveConnection(t), idp, schema.CanaryMark{Run: "tacit-1", Started: noon()})
		if got := slices.Sorted(maps.Keys(body)); !slices.Equal(got, []string{"metadata", "name", "options", "show_as_button", "strategy"}) {
			t.Fatalf("keys %v", got)
		}
		options := body["options"].(object)
		for key := range options {
			if !slices.Contains(allowed, key) {
				t.Fatalf("option %s", key)
			}
		}
		initiated, _ := options["idpinitiated"].(object)
		for key := range initiated {
			if !slices.Contains([]string{"enabled", "client_id", "client_protocol", "client_authorizequery"}, key) {
				t.Fatalf("idpinitiated.%s", key)
			}
		}
		raw, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		if s := string(raw); strings.Contains(s, foreign) {
			t.Fatalf("a foreign value in %s", s)
		}
		if body["show_as_button"] != false || !strings.HasPrefix(options["signInEndpoint"].(string), "https://idp.tacit.invalid/") {
			t.Fatalf("not its own: %v", body)
		}
	})
}

// TestCanaryMark: name and mark together make a canary, neither alone does.
func TestCanaryMark(t *testing.T) {
	mark := schema.CanaryMark{Run: "tacit-1", Started: noon()}
	o := func(name string, metadata map[string]any) *schema.Observed {
		return &schema.Observed{Raw: map[string]any{"name": name, "metadata": metadata}}
	}
	got, ok := schema.CanaryOf(o("tacit-canary-1", mark.Metadata()))
	assert.True(t, ok)
	assert.Equal(t, fmt.Sprint(mark), fmt.Sprint(got))
	for name, other := range map[string]*schema.Observed{
		"a customer's name":  o("acme", mark.Metadata()),
		"no mark":            o("tacit-canary-1", nil),
		"half a mark":        o("tacit-canary-1", map[string]any{"tacit_canary_run": "tacit-1"}),
		"a mark of no time":  o("tacit-canary-1", map[string]any{"tacit_canary_run": "tacit-1", "tacit_canary_started": "yesterday"}),
		"an ownership mark":  o("tacit-canary-1", map[string]any{"tacit": "prod/saml_connection.x"}),
		"nothing was read":   {},
		"metadata not asked": {Raw: map[string]any{"name": "tacit-canary-1"}, Fields: []string{"name"}},
	} {
		_, ok := schema.CanaryOf(other)
		assert.False(t, ok, name)
	}
}
