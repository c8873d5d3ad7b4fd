package sandbox

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// limitHeaders are limit, remaining, and the seconds until reset.
func limitHeaders(tt *testTenant, path string) (status int, limit, remaining string, wait int64) {
	tt.t.Helper()
	rec := tt.raw("GET", path, nil)
	reset, err := strconv.ParseInt(rec.Header().Get("X-RateLimit-Reset"), 10, 64)
	require.NoError(tt.t, err)
	return rec.Code, rec.Header().Get("X-RateLimit-Limit"), rec.Header().Get("X-RateLimit-Remaining"), reset - time.Now().Unix()
}

func inBubble(t *testing.T, opts Options, test func(*testTenant)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		opts.Now = time.Now
		test(newTenantFor(t, opts))
	})
}

func TestParseTier(t *testing.T) {
	for _, tier := range Tiers() {
		got, err := ParseTier(string(tier))
		require.NoError(t, err)
		assert.Equal(t, tier, got)
	}
	got, err := ParseTier("")
	require.NoError(t, err)
	assert.Equal(t, TierOff, got)
	_, err = ParseTier("enterprise-prd")
	require.ErrorContains(t, err, `unknown tier "enterprise-prd"; did you mean "enterprise-prod"?`)
	_, err = New(Options{Tier: "gold"})
	require.ErrorContains(t, err, "the tiers are off, free, essentials, enterprise-nonprod")
}

func TestNoTierHasNoLimits(t *testing.T) {
	tt := newTenantFor(t, Options{})
	rec := tt.raw("GET", "/clients", nil)
	assert.Empty(t, rec.Header().Get("X-RateLimit-Limit"))
}

func TestGlobalBuckets(t *testing.T) {
	for tier, want := range map[Tier]struct{ burst, perSecond int }{
		TierFree: {2, 2}, TierEnterpriseNonProd: {10, 2}, TierEnterpriseProd: {50, 16}, TierPrivateDev: {20, 20},
		TierPrivateBasic: {50, 50}, TierPrivate5x: {250, 250}, TierPrivate15x: {750, 750},
	} {
		inBubble(t, Options{Tier: tier}, func(tt *testTenant) {
			t := tt.t
			for i := range want.burst {
				status, limit, remaining, wait := limitHeaders(tt, "/tenants/settings")
				require.Equal(t, 200, status)
				assert.Equal(t, strconv.Itoa(want.burst), limit)
				assert.Equal(t, strconv.Itoa(want.burst-i-1), remaining)
				assert.Equal(t, int64(1), wait, "the second in which the next token comes, rounded up")
			}
			tt.refused(429, "too_many_requests", "Global limit has been reached", "GET", "/tenants/settings", nil)
			time.Sleep(time.Second / time.Duration(want.perSecond))
			if 1000%want.perSecond != 0 { // refilled by the millisecond
				time.Sleep(time.Millisecond)
			}
			tt.want(200, "GET", "/tenants/settings", nil)
			tt.want(429, "GET", "/tenants/settings", nil)
			time.Sleep(time.Hour)
			for range want.burst {
				tt.want(200, "GET", "/tenants/settings", nil)
			}
			tt.want(429, "GET", "/tenants/settings", nil)
		})
	}
}

func TestSustainedRate(t *testing.T) {
	inBubble(t, Options{Tier: TierEnterpriseProd}, func(tt *testTenant) {
		t := tt.t
		done := 0
		for range 10_000 { // ten seconds, one attempt per millisecond
			if status, _ := tt.call("GET", "/tenants/settings", nil); status == 200 {
				done++
			}
			time.Sleep(time.Millisecond)
		}
		assert.Equal(t, 50+10*16-1, done, "the burst, then 16 a second")
	})
}

func TestEssentialsBuckets(t *testing.T) {
	inBubble(t, Options{Tier: TierEssentials}, func(tt *testTenant) {
		t := tt.t
		require.NoError(t, tt.Load([]byte(`{"clients":[{"client_id":"a","name":"A"}],"connections":[{"id":"con_1","name":"c","strategy":"samlp"}],"organizations":[{"id":"org_1","name":"o"}]}`)))
		for path, want := range map[string]struct{ burst, perMinute int }{
			"/connections": {5, 50}, "/clients": {5, 100}, "/clients?q=x": {5, 150}, "/organizations": {5, 50},
			"/organizations/org_1": {20, 200}, "/organizations/org_1/enabled_connections": {5, 50}, "/resource-servers": {10, 150},
		} {
			for range want.burst {
				status, limit, _, _ := limitHeaders(tt, path)
				require.Equal(t, 200, status, path)
				assert.Equal(t, strconv.Itoa(want.burst), limit, path)
			}
			message := "Endpoint limit has been reached"
			if path == "/resource-servers" { // "all other endpoints combined"
				message = "Global limit has been reached"
			}
			tt.refused(429, "too_many_requests", message, "GET", path, nil)
			_, _, _, wait := limitHeaders(tt, path)
			assert.Equal(t, int64((60+want.perMinute-1)/want.perMinute), wait, path)
			time.Sleep(time.Duration(wait) * time.Second)
			tt.want(200, "GET", path, nil)
		}
		time.Sleep(time.Hour)
		for i := range 5 {
			tt.want(404, "POST", "/organizations/org_1/enabled_connections", fmt.Sprintf(`{"connection_id":"con_%d"}`, i+10))
		}
		tt.refused(429, "too_many_requests", "Endpoint limit has been reached", "POST", "/organizations/org_1/enabled_connections", `{}`)
		tt.want(200, "GET", "/organizations/org_1/enabled_connections", nil)
	})
}

func TestItemsOfReadClasses(t *testing.T) {
	paths := []string{"/connections/con_1", "/connections/con_1/clients", "/clients/a", "/clients/a/connections"}
	for _, other := range []bool{false, true} {
		inBubble(t, Options{Tier: TierEssentials, ItemsAreOther: other}, func(tt *testTenant) {
			t := tt.t
			require.NoError(t, tt.Load([]byte(`{"clients":[{"client_id":"a","name":"A"}],"connections":[{"id":"con_1","name":"c"}]}`)))
			for _, path := range paths {
				_, limit, _, _ := limitHeaders(tt, path)
				assert.Equal(t, map[bool]string{false: "5", true: "10"}[other], limit, path)
			}
		})
	}
}

func TestGlobalComesBeforeClass(t *testing.T) {
	inBubble(t, Options{Tier: TierEnterpriseNonProd}, func(tt *testTenant) {
		for range 5 {
			tt.want(200, "GET", "/clients?q=x", nil)
		}
		for range 5 { // each has used up a global token
			tt.refused(429, "too_many_requests", "Endpoint limit has been reached", "GET", "/clients?q=x", nil)
		}
		tt.refused(429, "too_many_requests", "Global limit has been reached", "GET", "/clients?q=x", nil)
		tt.refused(429, "too_many_requests", "Global limit has been reached", "GET", "/tenants/settings", nil)
	})
}

func TestResetWhenFull(t *testing.T) {
	inBubble(t, Options{Tier: TierEnterpriseNonProd, ResetWhenFull: true}, func(tt *testTenant) {
		t := tt.t
		for range 9 {
			tt.want(200, "GET", "/tenants/settings", nil)
		}
		_, _, remaining, wait := limitHeaders(tt, "/tenants/settings")
		assert.Equal(t, "0", remaining)
		assert.Equal(t, int64(5), wait, "ten tokens at two a second")
	})
}

func TestTokensAreNotLimited(t *testing.T) {
	inBubble(t, Options{Tier: TierFree}, func(tt *testTenant) {
		t := tt.t
		for range 5 {
			rec := httptest.NewRecorder()
			tt.ServeHTTP(rec, httptest.NewRequest(http.MethodPost, "https://"+testDomain+"/oauth/token", nil))
			assert.Empty(t, rec.Header().Get("X-RateLimit-Limit"))
			assert.NotEqual(t, 429, rec.Code)
		}
	})
}

func TestClockThatGoesBack(t *testing.T) {
	now := time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC)
	b := newBucket(rateLimit{2, 2, time.Second}, now)
	assert.True(t, b.take(now))
	assert.True(t, b.take(now.Add(-time.Hour)))
	assert.False(t, b.take(now.Add(-time.Hour)))
	assert.True(t, b.take(now.Add(500*time.Millisecond)))
}

func TestEntityLimits(t *testing.T) {
	const full, code = "You reached the limit of entities of this type for this tenant.", "too_many_entities"
	tt := unlimited(t, Options{Tier: TierFree})
	for i := range 10 {
		tt.want(201, "POST", "/clients", fmt.Sprintf(`{"name":"c%d"}`, i))
		tt.want(201, "POST", "/resource-servers", fmt.Sprintf(`{"identifier":"api%d"}`, i))
	}
	tt.refused(403, code, full, "POST", "/clients", `{"name":"one more"}`)
	tt.refused(403, code, full, "POST", "/resource-servers", `{"identifier":"one more"}`)
	for i := range 2 {
		tt.want(201, "POST", "/connections", fmt.Sprintf(`{"name":"social%d","strategy":"github"}`, i))
	}
	tt.refused(403, code, full, "POST", "/connections", `{"name":"social3","strategy":"github"}`)
	for i := range 98 {
		tt.want(201, "POST", "/connections", fmt.Sprintf(`{"name":"saml%d","strategy":"samlp"}`, i))
	}
	tt.refused(403, code, full, "POST", "/connections", `{"name":"saml","strategy":"samlp"}`)
	tt.refused(409, "connection_conflict", "A connection with the same name already exists", "POST", "/connections", `{"name":"saml0","strategy":"samlp"}`)

	tt = unlimited(t, Options{Tier: TierFree, NoEntityLimits: true})
	for i := range 11 {
		tt.want(201, "POST", "/clients", fmt.Sprintf(`{"name":"c%d"}`, i))
	}
}

func TestGrantLimit(t *testing.T) {
	grants := make([]any, 100)
	for i := range grants {
		grants[i] = object{"client_id": fmt.Sprint(i), "audience": "api"}
	}
	data, err := encode(object{"clients": []any{object{"client_id": "a", "name": "A"}}, "resource_servers": []any{object{"identifier": "api"}}, "client_grants": grants})
	require.NoError(t, err)
	tt := unlimited(t, Options{Tier: TierFree})
	require.NoError(t, tt.Load(data))
	tt.want(403, "POST", "/client-grants", `{"client_id":"a","audience":"api","scope":[]}`)
}

// unlimited is a tenant with a tier's entity limits and a clock that runs an hour per look, so that its rate limits are
// never met.
func unlimited(t *testing.T, opts Options) *testTenant {
	t.Helper()
	now := time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC)
	opts.Now = func() time.Time {
		now = now.Add(time.Hour)
		return now
	}
	return newTenantFor(t, opts)
}
