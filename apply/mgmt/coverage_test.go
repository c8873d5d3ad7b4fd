package mgmt_test

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/auth0/go-auth0/v3/management"
	"github.com/stretchr/testify/assert"

	"github.com/tacit-dev/tacit/schema"
)

// next marks fields that get their row with the issue "complete kinds".
const next = "next: complete kinds"

// fieldsOf is what the SDK lets a request send for a kind, and what tacit does
// not manage of it.
var fieldsOf = []struct {
	kind *schema.Kind
	// types are request types by the path of the body where they stand.
	types []at
	// unmanaged are fields without a row, each with the reason.
	unmanaged map[string]string
	// beyond are rows that the SDK's types cannot express, each with the
	// reason why the row is right.
	beyond map[string]string
}{
	{
		kind:  schema.SPAClient,
		types: []at{{"", management.CreateClientRequestContent{}}, {"", management.UpdateClientRequestContent{}}},
		unmanaged: map[string]string{
			"addons": next, "allowed_clients": next, "async_approval_notification_channels": next,
			"client_aliases": next, "client_authentication_methods": next, "client_secret": next, "compliance_level": next,
			"cross_origin_loc": next, "custom_login_page": next, "custom_login_page_on": next, "custom_login_page_preview": next,
			"default_organization": next, "encryption_key": next, "express_configuration": next, "fedcm_login": next,
			"form_template": next, "is_token_endpoint_ip_header_trusted": next, "jwt_configuration.scopes": next,
			"jwt_configuration.secret_encoded": next, "mobile": next, "my_organization_configuration": next,
			"native_social_login": next, "oidc_backchannel_logout": next, "oidc_logout": next,
			"organization_discovery_methods": next, "organization_require_behavior": next, "par_request_expiry": next,
			"redirection_policy": next, "refresh_token": next, "resource_server_identifier": next, "session_transfer": next,
			"signed_request_object": next, "sso": next, "third_party_security_mode": next, "token_exchange": next,
			"token_quota": next, "token_vault_privileged_access": next,
		},
		beyond: map[string]string{"client_id": "finds the client and is never sent"},
	},
	{
		kind:  schema.API,
		types: []at{{"", management.CreateResourceServerRequestContent{}}, {"", management.UpdateResourceServerRequestContent{}}},
		unmanaged: map[string]string{
			"allow_online_access": next, "allow_online_access_with_ephemeral_sessions": next, "authorization_details": next,
			"authorization_policy": next, "proof_of_possession": next, "signing_secret": next, "token_encryption": next,
		},
		beyond: map[string]string{"token_lifetime_for_web": "accepted and returned by the API (recorded), missing from go-auth0 v3.0.0"},
	},
	{
		kind: schema.SAMLConnection,
		types: []at{
			{"", management.CreateConnectionRequestContent{}},
			{"", management.UpdateConnectionRequestContent{}},
			{"options", management.ConnectionOptionsSAML{}},
		},
		unmanaged: map[string]string{
			"enabled_clients":         "never sent: the dedicated end points change the clients of a connection (DESIGN section 3)",
			"options.cert":            "derived by Auth0 from signingCert (recorded)",
			"options.thumbprints":     "derived by Auth0 from signingCert (recorded)",
			"options.metadataXml":     "never sent: parsed here and sent as explicit fields (DESIGN section 3)",
			"authentication":          next,
			"connected_accounts":      next,
			"is_domain_connection":    next,
			"realms":                  next,
			"options.decryptionKey":   next,
			"options.deflate":         next,
			"options.destinationUrl":  next,
			"options.metadataUrl":     next,
			"options.recipientUrl":    next,
			"options.requestTemplate": next,
			"options.signing_key":     next,
			"options.upstream_params": next,

			"cross_app_access_requesting_app":         next,
			"options.assertion_decryption_settings":   next,
			"options.global_token_revocation_jwt_iss": next,
			"options.global_token_revocation_jwt_sub": next,
			"options.non_persistent_attrs":            next,
			"options.set_user_root_attributes":        next,
		},
	},
}

// at is a request type and where in the body it stands.
type at struct {
	path string
	v    any
}

// TestEveryFieldOfTheAPIIsARowOrHasAReason is DESIGN 2, principle 1: a field
// that a new version of the SDK brings must be decided on, not overlooked.
func TestEveryFieldOfTheAPIIsARowOrHasAReason(t *testing.T) {
	for _, test := range fieldsOf {
		t.Run(test.kind.Name, func(t *testing.T) {
			w := walk{rows: rowPaths(test.kind), leaves: map[string]bool{}, opaque: map[string]bool{}}
			for _, r := range test.types {
				w.walk(reflect.TypeOf(r.v), r.path)
			}
			delete(w.leaves, "options") // its type is walked by itself
			for _, path := range slices.Sorted(maps.Keys(w.leaves)) {
				_, fixed := test.kind.Fixed[path]
				managed, listed := w.managed(path) || fixed, test.unmanaged[path] != ""
				if !managed && !listed {
					t.Errorf("%s can be sent, but has neither a row in schema.%s nor a reason here", path, test.kind.Name)
				}
				if managed && listed {
					t.Errorf("%s is a row now; take it off the list", path)
				}
			}
			for path, reason := range test.unmanaged {
				assert.NotEmpty(t, reason, path)
				assert.True(t, w.leaves[path], "%s is listed, but the SDK does not have it", path)
			}
			for path := range test.beyond {
				assert.Contains(t, w.rows, path, "listed as a row beyond the SDK")
				assert.False(t, w.knows(path), "the SDK has %s by now; take it off the list", path)
			}
			for _, row := range w.rows {
				if test.beyond[row] == "" && !w.knows(row) {
					t.Errorf("the row %s of schema.%s is nothing that the SDK can send; is its path right?", row, test.kind.Name)
				}
			}
		})
	}
}

// rowPaths are the API paths of a kind's rows that stand in the body.
func rowPaths(k *schema.Kind) []string {
	var out []string
	for i := range k.Attrs {
		if a := &k.Attrs[i]; a.Via == "" && !a.Has(schema.Local) {
			out = append(out, a.APIPath())
		}
	}
	return out
}

// walk collects the paths that request types can send. It goes into an object
// only where rows do; elsewhere the object as a whole is one path.
type walk struct {
	rows           []string
	leaves, opaque map[string]bool
}

func (w walk) walk(t reflect.Type, path string) {
	for f := range fieldsOfType(t) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "-" || name == "" || !f.IsExported() {
			continue
		}
		if path != "" {
			name = path + "." + name
		}
		sub := f.Type
		for sub.Kind() == reflect.Pointer {
			sub = sub.Elem()
		}
		switch {
		case sub.Kind() == reflect.Struct && w.below(name) && name != "options":
			w.walk(sub, name)
		default:
			w.leaves[name] = true
			w.opaque[name] = sub.Kind() == reflect.Map
		}
	}
}

func fieldsOfType(t reflect.Type) func(func(reflect.StructField) bool) {
	return func(yield func(reflect.StructField) bool) {
		for i := range t.NumField() {
			if !yield(t.Field(i)) {
				return
			}
		}
	}
}

func (w walk) below(path string) bool {
	return slices.ContainsFunc(w.rows, func(r string) bool { return strings.HasPrefix(r, path+".") })
}

// managed reports whether rows hold the path or parts of it.
func (w walk) managed(path string) bool { return slices.Contains(w.rows, path) || w.below(path) }

// knows reports whether the SDK can send the path; a map takes any key.
func (w walk) knows(path string) bool {
	parent := path[:max(0, strings.LastIndexByte(path, '.'))]
	return w.leaves[path] || w.opaque[parent]
}
