package plan_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// encryptionKey is a public key made for this test; thumbprint is its JWK
// thumbprint (RFC 7638) by another program.
const (
	encryptionKey = "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAo1XYJ+ICIH3IBaWjE1xi\ntb0ODb/64yjjTymNPCOF+YthgvYuBNUofCshLWovtnTL65M6ZmcOsFeSbfLcCyeR\nsndup31RENKDQaSHJlvLIcd6AiXY4WiseY7dgiZg4WKEt7IP0GMsUZ00DF9uTtKJ\n148WVbLIkP2C9DXogS7aRpxgwpkXlH5KC5XjePS5jwbq5gGd2fxcaA7/5ayIz0a7\nikBTY+zRbc6SYZPgllaSsYN/rMalHWtZcqOofKxO+h7bGmCmUkjuyyodKgkkNx2q\nNBWbnSOQw7vrg+x9AEK1U8lUYGWILEibgP4O5u9yIBBE44ChNaElM+Ce6f6Otdha\nswIDAQAB\n-----END PUBLIC KEY-----\n"
	thumbprint    = "SJJEMIhfph-U-xESX4VI1hWmnyQRW0nxY2uOkg5r-XE"
)

// TestKeysAreComparedByTheirThumbprint: the tenant keeps a key's thumbprint and
// not the key, which is neither a change nor anything to send back.
func TestKeysAreComparedByTheirThumbprint(t *testing.T) {
	want := func(more map[string]any) map[string]any {
		key := map[string]any{"alg": "RSA-OAEP-256", "pem": encryptionKey}
		for k, v := range more {
			key[k] = v
		}
		return map[string]any{"format": "compact-nested-jwe", "encryption_key": key}
	}
	have := func(more map[string]any) map[string]any {
		key := map[string]any{"alg": "RSA-OAEP-256"}
		for k, v := range more {
			key[k] = v
		}
		return map[string]any{"identifier": "https://api/", "signing_alg": "RS256", "token_encryption": map[string]any{"format": "compact-nested-jwe", "encryption_key": key}}
	}
	for name, tt := range map[string]struct {
		want, have map[string]any
		send       any
	}{
		"that key":                  {want(nil), have(map[string]any{"thumbprint_sha256": thumbprint}), nil},
		"another key":               {want(nil), have(map[string]any{"thumbprint_sha256": "other"}), want(nil)},
		"another algorithm":         {want(map[string]any{"alg": "RSA-OAEP-512"}), have(map[string]any{"thumbprint_sha256": thumbprint}), want(map[string]any{"alg": "RSA-OAEP-512"})},
		"named by kid":              {want(map[string]any{"kid": "k1"}), have(map[string]any{"kid": "k1"}), nil},
		"another kid":               {want(map[string]any{"kid": "k2"}), have(map[string]any{"kid": "k1"}), want(map[string]any{"kid": "k2"})},
		"a member nobody knows yet": {want(nil), have(map[string]any{"thumbprint_sha256": "other", "new": "x"}), want(map[string]any{"new": "x"})},
	} {
		t.Run(name, func(t *testing.T) {
			o := block(schema.API, "a", map[string]any{"identifier": "https://api/", "token_encryption": tt.want})
			p, ds := diff(t, o, tt.have)
			require.Empty(t, ds)
			if tt.send == nil {
				require.Empty(t, p.Changes)
				return
			}
			require.Len(t, p.Changes, 1)
			body, err := plan.Body(&p.Changes[0], observed("ID", tt.have), nil)
			require.NoError(t, err)
			assert.Equal(t, map[string]any{"token_encryption": tt.send}, body)
		})
	}
}

// TestMinutesAreComparedWithHours: settings in minutes come back in hours.
func TestMinutesAreComparedWithHours(t *testing.T) {
	for name, tt := range map[string]struct {
		want, hours string
		same        bool
	}{
		"whole":    {"60", "1", true},
		"recorded": {"181", "3.0166666666666666", true},
		"other":    {"180", "3.0166666666666666", false},
		"absent":   {"60", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			o := block(schema.TenantSettingsKind, "", map[string]any{"session_lifetime_in_minutes": json.Number(tt.want)})
			have := map[string]any{}
			if tt.hours != "" {
				have["session_lifetime"] = json.Number(tt.hours)
			}
			p, ds := diff(t, o, have)
			require.Empty(t, ds)
			if tt.same {
				require.Empty(t, p.Changes)
				return
			}
			require.Len(t, p.Changes, 1)
			body, err := plan.Body(&p.Changes[0], observed("", have), nil)
			require.NoError(t, err)
			assert.Equal(t, map[string]any{"session_lifetime_in_minutes": json.Number(tt.want)}, body)
		})
	}
}

// TestRulesSeeHoursAsHours: what the tenant keeps in hours is no statement in
// minutes, or a file that sets hours would be judged by the old value.
func TestRulesSeeHoursAsHours(t *testing.T) {
	minutes := schema.Use[float64](schema.TenantSettingsKind, "session_lifetime_in_minutes")
	tenant := block(schema.TenantSettingsKind, "", map[string]any{"session_lifetime": json.Number("1")})
	app, api, conn := block(schema.SPAClient, "app", map[string]any{"name": "App"}), block(schema.API, "api", map[string]any{"identifier": "https://api/"}), block(schema.SAMLConnection, "c", map[string]any{"name": "c"})
	up := block(schema.SilentUpgrade, "up", map[string]any{
		"connections": []any{schema.RefTo(conn.Addr)}, "client": schema.RefTo(app.Addr), "api": schema.RefTo(api.Addr),
	})
	cfg := config(app, api, conn, up, tenant)
	var seen schema.Presence
	look := &check.Rule{Code: "TAC000", Severity: check.Always(schema.Error), Judge: func(p *check.Path) check.Verdict {
		_, seen = minutes.Get(p.Tenant)
		return check.Passed()
	}}
	b, ds := plan.Bind(cfg, snapshot(schema.TenantSettings, observed("", map[string]any{"session_lifetime": json.Number("168")})))
	require.Empty(t, ds)
	_, _ = plan.Make(cfg, b, plan.Rules{look})
	assert.Equal(t, schema.Absent, seen)
}
