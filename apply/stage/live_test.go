package stage_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/apply/mgmt"
	"github.com/tacit-dev/tacit/apply/rehearse"
	"github.com/tacit-dev/tacit/apply/stage"
	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
)

// wire stands between a live rehearsal and its tenant.
type wire struct {
	base http.RoundTripper
	// seen are method and path of every request, sent the bodies of those that create connections.
	seen []string
	sent []object
	// meddle may answer in the tenant's place, when it returns anything.
	meddle func(*http.Request) (*http.Response, error)
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	w.seen = append(w.seen, r.Method+" "+r.URL.Path)
	if r.Method == http.MethodPost && r.URL.Path == "/api/v2/connections" {
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		var body object
		if err := json.Unmarshal(raw, &body); err != nil {
			return nil, err
		}
		w.sent = append(w.sent, body)
		r.Body = io.NopCloser(bytes.NewReader(raw))
	}
	if w.meddle != nil {
		if resp, err := w.meddle(r); resp != nil || err != nil {
			return resp, err
		}
	}
	return w.base.RoundTrip(r)
}

func (w *wire) count(prefix string) int {
	n := 0
	for _, s := range w.seen {
		if strings.HasPrefix(s, prefix) {
			n++
		}
	}
	return n
}

func answer(status int, body string) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {"application/json"}}, ContentLength: int64(len(body)), Body: io.NopCloser(strings.NewReader(body))}
}

const arrives = "/login/callback"

// actor is a live rehearsal with the tenant that it is about.
type actor struct {
	*tenant
	*wire
	live   *stage.Live
	waited []time.Duration
	told   []string
	before string
}

// act prepares the rehearsal of all declared paths.
func act(t *testing.T, seed object, hcl string) *actor {
	t.Helper()
	a := &actor{tenant: read(t, seed, hcl)}
	a.wire = &wire{base: a.server.Transport()}
	ten, err := mgmt.New(t.Context(), mgmt.Options{
		Domain: canonical, Token: "t", Transport: a.wire, UserAgent: "test", Now: noon,
		Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	})
	require.NoError(t, err)
	there, lacking := plan.Present(a.cfg, a.binding)
	a.live, err = stage.NewLive(stage.LiveOptions{
		Tenant: ten, Transport: a.wire, Config: a.cfg, Snapshot: a.binding.Snapshot, Domain: canonical, Base: "https://" + canonical,
		Run: "tacit-test", Now: noon, Patience: stage.Patience(),
		Sleep: func(ctx context.Context, d time.Duration) error { a.waited = append(a.waited, d); return ctx.Err() },
		Tell:  func(format string, _ ...any) { a.told = append(a.told, format) },
	}, there, lacking)
	require.NoError(t, err)
	a.before = a.state(t)
	return a
}

func (a *actor) state(t *testing.T) string {
	t.Helper()
	raw, err := a.server.Snapshot()
	require.NoError(t, err)
	return string(raw)
}

// unchanged: the tenant is as it was, connections, users and organizations included.
func (a *actor) unchanged(t *testing.T) {
	t.Helper()
	assert.JSONEq(t, a.before, a.state(t))
}

// TestLive: a login through a canary, which leaves nothing, and what it costs.
func TestLive(t *testing.T) {
	a := act(t, ready(), declared(""))
	assert.Equal(t, []string{"acme"}, a.live.Connections())
	assert.Empty(t, a.seen, "preparing sends nothing")
	r, err := a.live.Rehearse(t.Context())
	require.NoError(t, err)
	require.Equal(t, rehearse.Counts{Passed: 1}, r.Counts, explain(r))
	a.unchanged(t)
	assert.Empty(t, a.waited)
	assert.Equal(t, 5, a.count("GET /api/v2/")+a.count("POST /api/v2/")+a.count("PATCH /api/v2/")+a.count("DELETE /api/v2/"),
		"its clients are read, it is made, enabled and deleted, and looked for: %v", a.seen)

	login := r.Logins[0]
	assert.Equal(t, "silent_upgrade.orders/acme", login.Path)
	assert.Equal(t, "https://login.example.com", login.Scenario.Domain)
	assert.True(t, login.Access.Verified)
	assert.True(t, strings.HasPrefix(login.Access.Claims["sub"].(string), "samlp|tacit-canary-"))
	raw, err := json.Marshal(r)
	require.NoError(t, err)
	assert.NotContains(t, string(raw), "eyJ", "no token")
	assert.NotContains(t, string(raw), "PRIVATE KEY")
	assert.Equal(t, []rehearse.Canary{{Name: a.sent[0]["name"].(string), For: "acme", Removed: true}}, r.Live.Canaries)

	assert.Equal(t, object{"tacit_canary_run": "tacit-test", "tacit_canary_started": "2026-11-22T12:00:00Z"}, a.sent[0]["metadata"])
	idp := a.sent[0]["options"].(object)["idpinitiated"].(object)
	assert.Contains(t, idp["client_authorizequery"], "start-login%3Fconnection%3Dacme", "the customer's query")
}

// TestLiveDPoP: an application that proves a key does so on the tenant itself.
func TestLiveDPoP(t *testing.T) {
	a := act(t, ready(), declared("dpop = true"))
	r, err := a.live.Rehearse(t.Context())
	require.NoError(t, err)
	require.Equal(t, rehearse.Counts{Passed: 1}, r.Counts, explain(r))
	assert.Positive(t, a.count("OPTIONS /oauth/token"), "the browser asks before a script sends a proof")
	a.unchanged(t)
}

// TestLiveOrganization: the canary is enabled on the organization while it lives.
func TestLiveOrganization(t *testing.T) {
	a := act(t, ready(), declared("organization = organization.acme"))
	r, err := a.live.Rehearse(t.Context())
	require.NoError(t, err)
	require.Equal(t, rehearse.Counts{Passed: 1}, r.Counts, explain(r))
	assert.Equal(t, "org_0000000000000001", r.Logins[0].Access.Claims["org_id"])
	assert.Contains(t, strings.Join(r.Live.Causes, "\n"), "enabled on 1 organization")
	assert.Equal(t, 1, a.count("DELETE /api/v2/organizations/"))
	a.unchanged(t)
}

// TestLiveFailures: what is wrong on the tenant is found, and nothing stays.
func TestLiveFailures(t *testing.T) {
	for name, test := range map[string]struct {
		bend    func(object)
		hcl     string
		outcome rehearse.Outcome
		want    string
		made    int
		// tries: the tenant might not know the canary yet.
		tries int
	}{
		"consent":          {bend: api("skip_consent_for_verifiable_first_party_clients", false), outcome: rehearse.Failed, want: "consent_required", made: 1, tries: 1},
		"not enabled":      {bend: func(s object) { s["connection_clients"] = object{} }, outcome: rehearse.Failed, want: "connection disabled", made: 1, tries: 5},
		"not IdP-initated": {bend: idp("enabled", false), outcome: rehearse.Failed, want: "IdP-Initiated login is not enabled", made: 1, tries: 5},
		"no such API":      {bend: func(s object) { s["resource_servers"] = []any{} }, hcl: strings.Replace(declared(""), "existing   = true", "", 1), outcome: rehearse.Failed, want: "does not have api.orders"},
		"members by hand": {bend: func(s object) {
			s["organization_enabled_connections"].(object)["org_0000000000000001"].([]any)[0].(object)["assign_membership_on_login"] = false
		}, hcl: declared("organization = organization.acme"), outcome: rehearse.Unknown, want: "made by hand"},
		"closed": {bend: func(s object) { only(s, "connections")["authentication"] = object{"active": false} }, outcome: rehearse.Unknown, want: "authentication.active"},
	} {
		t.Run(name, func(t *testing.T) {
			seed := ready()
			if test.bend != nil {
				test.bend(seed)
			}
			if test.hcl == "" {
				test.hcl = declared("")
			}
			a := act(t, seed, test.hcl)
			r, err := a.live.Rehearse(t.Context())
			require.NoError(t, err)
			require.Len(t, r.Logins, 1)
			assert.Equal(t, test.outcome, r.Logins[0].Outcome, explain(r))
			assert.Contains(t, explain(r.Logins[0].Stopped), test.want)
			assert.Len(t, a.sent, test.made)
			assert.Equal(t, test.tries, a.count("POST "+arrives))
			a.unchanged(t)
		})
	}
}

// TestLivePatience: a tenant whose login pages learn of the canary late is waited for, and the trace says so.
func TestLivePatience(t *testing.T) {
	a := act(t, ready(), declared(""))
	a.meddle = func(r *http.Request) (*http.Response, error) {
		if r.URL.Path == arrives && a.count("POST "+arrives) <= 2 {
			return answer(http.StatusBadRequest, `{"invalid_request":"the connection was not found"}`), nil
		}
		return nil, nil
	}
	r, err := a.live.Rehearse(t.Context())
	require.NoError(t, err)
	require.Equal(t, rehearse.Passed, r.Logins[0].Outcome, explain(r))
	assert.Equal(t, []time.Duration{time.Second, 2 * time.Second}, a.waited)
	assert.Contains(t, strings.Join(r.Logins[0].Notes, ""), "tried 3 times in 3s")
	a.unchanged(t)
}

// TestLiveEndsEarly: whatever ends a rehearsal, the canary goes.
func TestLiveEndsEarly(t *testing.T) {
	t.Run("interrupted", func(t *testing.T) {
		a := act(t, ready(), declared(""))
		ctx, stop := context.WithCancel(t.Context())
		a.meddle = func(r *http.Request) (*http.Response, error) {
			if r.URL.Path == arrives {
				stop()
				return nil, context.Canceled
			}
			return nil, nil
		}
		r, err := a.live.Rehearse(ctx)
		require.ErrorIs(t, err, context.Canceled)
		assert.True(t, r.Live.Canaries[0].Removed)
		a.unchanged(t)
	})
	t.Run("panic", func(t *testing.T) {
		a := act(t, ready(), declared(""))
		a.meddle = func(r *http.Request) (*http.Response, error) {
			if r.URL.Path == arrives {
				panic("a bug")
			}
			return nil, nil
		}
		assert.PanicsWithValue(t, "a bug", func() { _, _ = a.live.Rehearse(t.Context()) })
		a.unchanged(t)
	})
	t.Run("enabling refused", func(t *testing.T) {
		a := act(t, ready(), declared(""))
		a.meddle = func(r *http.Request) (*http.Response, error) {
			if r.Method == http.MethodPatch {
				return answer(http.StatusForbidden, `{"statusCode":403,"message":"Insufficient scope"}`), nil
			}
			return nil, nil
		}
		_, err := a.live.Rehearse(t.Context())
		require.ErrorContains(t, err, "enable applications on tacit-canary-")
		a.unchanged(t)
	})
	t.Run("creation refused", func(t *testing.T) {
		a := act(t, ready(), declared(""))
		a.meddle = func(r *http.Request) (*http.Response, error) {
			if r.Method == http.MethodPost && r.URL.Path == "/api/v2/connections" {
				return answer(http.StatusForbidden, `{"statusCode":403,"message":"You reached the limit"}`), nil
			}
			return nil, nil
		}
		r, err := a.live.Rehearse(t.Context())
		require.ErrorContains(t, err, "You reached the limit")
		assert.Empty(t, r.Live.Canaries)
		assert.Zero(t, a.count("DELETE"))
		a.unchanged(t)
	})
}

// TestLeftBehind: a canary that cannot be removed is told with all that it takes to do it by hand.
func TestLeftBehind(t *testing.T) {
	for name, test := range map[string]struct {
		method string
		status int
		body   string
		why    string
		unsure bool
	}{
		"refused":          {http.MethodDelete, 403, `{"statusCode":403,"message":"Insufficient scope"}`, "Insufficient scope", false},
		"not deleted":      {http.MethodDelete, 202, `{"deleted_at":"2026-11-22T12:00:00.000Z"}`, "still shown", false},
		"failing for good": {http.MethodDelete, 500, `{"statusCode":500,"message":"Internal error"}`, "Internal error", false},
		"not visible":      {http.MethodGet, 403, `{"statusCode":403,"message":"Insufficient scope"}`, "Insufficient scope", true},
	} {
		t.Run(name, func(t *testing.T) {
			a := act(t, ready(), declared(""))
			a.meddle = func(r *http.Request) (*http.Response, error) {
				if r.Method == test.method && strings.HasPrefix(r.URL.Path, "/api/v2/connections/") && !strings.HasSuffix(r.URL.Path, "/clients") {
					return answer(test.status, test.body), nil
				}
				return nil, nil
			}
			r, err := a.live.Rehearse(t.Context())
			var left *stage.LeftBehind
			require.ErrorAs(t, err, &left)
			canary := a.sent[0]["name"].(string)
			head := "THE CANARY IS STILL THERE: delete the SAML connection "
			if test.unsure {
				head = "THE CANARY MAY BE THERE: look for the SAML connection "
			}
			assert.Contains(t, err.Error(), head+canary+" ("+left.ID+") on "+canonical)
			assert.Contains(t, err.Error(), "DELETE https://"+canonical+"/api/v2/connections/"+left.ID)
			assert.Contains(t, err.Error(), test.why)
			assert.Equal(t, []string{canary + " (" + left.ID + ")"}, r.Live.Left)
			assert.False(t, r.Live.Canaries[0].Removed)
			assert.Equal(t, test.unsure, r.Live.Canaries[0].Unsure)
			assert.Equal(t, 1, r.Counts.Passed, "the login itself was well")
		})
	}
}

// TestLeftovers: canaries of other runs go once they are old, and nothing else that looks like one.
func TestLeftovers(t *testing.T) {
	seed := ready()
	add := func(id, name string, metadata object) {
		seed["connections"] = append(seed["connections"].([]any), object{"id": id, "name": name, "strategy": "samlp", "metadata": metadata,
			"options": object{"signInEndpoint": "https://idp.tacit.invalid/", "signingCert": certificate()}})
	}
	at := func(d time.Duration) object {
		return object{"tacit_canary_run": "tacit-other", "tacit_canary_started": noon().Add(d).Format(time.RFC3339)}
	}
	add("con_old", "tacit-canary-old", at(-15*time.Minute))
	add("con_young", "tacit-canary-young", at(-15*time.Minute+time.Second))
	add("con_future", "tacit-canary-future", at(time.Hour))
	add("con_named", "tacit-canary-mine", nil)
	add("con_marked", "customer", at(-time.Hour))
	a := act(t, seed, declared(""))
	assert.Contains(t, strings.Join(a.live.Causes(), "\n"), "tacit-canary-old deleted, which tacit-other left over at 2026-11-22 11:45 UTC")
	r, err := a.live.Rehearse(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []string{"tacit-canary-old"}, r.Live.Swept)
	assert.ElementsMatch(t, []string{"tacit-canary-young", "tacit-canary-future"}, r.Live.Younger)
	assert.Equal(t, 2, a.count("DELETE /api/v2/connections/"), "the old one and its own")
	after := a.state(t)
	assert.NotContains(t, after, "con_old")
	for _, id := range []string{"con_young", "con_future", "con_named", "con_marked", "con_acme"} {
		assert.Contains(t, after, id)
	}
}

// TestCauses: the Actions that will run are named, or said to be unknown.
func TestCauses(t *testing.T) {
	seed := ready()
	seed["action_bindings"] = []any{object{"id": "1", "trigger_id": "post-login", "display_name": "x", "action": object{"id": "2", "name": "enrich"}}}
	a := act(t, seed, declared(""))
	assert.Contains(t, strings.Join(a.live.Causes(), "\n"), `run for real, with all they do elsewhere: "enrich"`)
	assert.Contains(t, strings.Join(act(t, ready(), declared("")).live.Causes(), "\n"), "no post-login Action")
	delete(a.binding.Snapshot.Whole, schema.PostLoginBindings)
	assert.Contains(t, strings.Join(a.live.Causes(), "\n"), "may not read them (read:actions)")
}

// TestLiveSensitive: the names of a sensitive path stay out of everything.
func TestLiveSensitive(t *testing.T) {
	hcl := strings.Replace(declared(""), `name     = "acme"
}
organization`, `name     = var.hidden
}
organization`, 1)
	a := act(t, ready(), "variable \"hidden\" {\n  default   = \"acme\"\n  sensitive = true\n}\n"+hcl)
	r, err := a.live.Rehearse(t.Context())
	require.NoError(t, err)
	require.Equal(t, rehearse.Counts{Passed: 1}, r.Counts, explain(r))
	assert.NotContains(t, strings.ReplaceAll(explain(r), "saml_connection.acme", ""), "acme")
	ctx, stop := context.WithCancel(t.Context())
	a.meddle = func(r *http.Request) (*http.Response, error) {
		if r.URL.Path == arrives {
			stop()
		}
		return nil, ctx.Err()
	}
	_, err = a.live.Rehearse(ctx)
	require.ErrorIs(t, err, context.Canceled)
	assert.NotContains(t, strings.ReplaceAll(err.Error(), "saml_connection.acme", ""), "acme")
}

// TestOneCanaryPerConnection: however many paths it has.
func TestOneCanaryPerConnection(t *testing.T) {
	more := strings.Replace(declared(""), `silent_upgrade "orders" {`, `silent_upgrade "more" {
  connections  = saml_connection.acme
  client       = client.portal
  api          = api.orders
  via          = "redirect"
  redirect_uri = "`+app+`"
}
silent_upgrade "orders" {`, 1)
	a := act(t, ready(), more)
	r, err := a.live.Rehearse(t.Context())
	require.NoError(t, err)
	assert.Equal(t, rehearse.Counts{Passed: 2}, r.Counts, explain(r))
	assert.Len(t, a.sent, 1)
	assert.Equal(t, 5, a.count("GET /api/v2/")+a.count("POST /api/v2/")+a.count("PATCH /api/v2/")+a.count("DELETE /api/v2/"))
	a.unchanged(t)
}
