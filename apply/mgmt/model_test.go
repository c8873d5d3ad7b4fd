package mgmt_test

import (
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"time"
)

// tank is a token bucket as Auth0 documents one: so many tokens when full, so
// many flowing back per second, evenly or at the top of every second.
type tank struct {
	burst, rate float64
	stepped     bool

	level float64
	at    time.Time
	used  int
}

func (b *tank) fill(now time.Time) {
	if b.at.IsZero() {
		b.level, b.at = b.burst, now
	}
	d := now.Sub(b.at).Seconds()
	if b.stepped {
		d = float64(now.Unix() - b.at.Unix())
	}
	b.level, b.at = min(b.burst, b.level+d*b.rate), now
}

// reset is the unix second that x-ratelimit-reset names: when the bucket is
// full (recorded), or when the next token arrives (documented).
func (b *tank) reset(full bool) int64 {
	missing := b.burst - b.level
	if !full {
		level := b.level + 1e-9 // sums of fractions
		missing = min(missing, 1-(level-math.Floor(level)))
	}
	if b.stepped {
		return b.at.Unix() + int64(math.Ceil(missing/b.rate-1e-9))
	}
	end := b.at.Add(time.Duration(missing / b.rate * float64(time.Second)))
	return int64(math.Ceil(float64(end.UnixNano())/1e9 - 1e-6))
}

// tier is a row of Auth0's rate limit configurations.
type tier struct {
	name        string
	global      tank
	selfService bool // own buckets for Read Connections and Read Clients
	enterprise  bool // own buckets for organizations beside the global one
}

func tiers() []tier {
	return []tier{
		{"Free 2@2/s", tank{burst: 2, rate: 2}, false, false},
		{"Essentials 10@2.5/s", tank{burst: 10, rate: 2.5}, true, false},
		{"Ent. non-prod 10@2/s", tank{burst: 10, rate: 2}, false, true},
		{"Ent. prod 50@16/s", tank{burst: 50, rate: 16}, false, true},
		{"Private Dev 20@20/s", tank{burst: 20, rate: 20}, false, true},
		{"Private Basic 50@50/s", tank{burst: 50, rate: 50}, false, true},
		{"Private 5x 250@250/s", tank{burst: 250, rate: 250}, false, false},
		{"Private 15x 750@750/s", tank{burst: 750, rate: 750}, false, false},
		{"undocumented 30@3/s", tank{burst: 30, rate: 3}, false, false},
		{"undocumented 36@0.3/s", tank{burst: 36, rate: 0.3}, false, false},
	}
}

// ways are what the sources leave open.
type ways struct {
	full    bool // x-ratelimit-reset is when the bucket is full, not the next token
	stepped bool // tokens arrive at the top of the second
	others  bool // GET of one connection and the like counts as "all other endpoints"
	cross   bool // GET /clients/{id}/connections counts as Read Connections
	global  bool // headers are of the global bucket where an end point has its own
}

func (w ways) String() string {
	pick := func(b bool, yes, no string) string {
		if b {
			return yes
		}
		return no
	}
	return pick(w.full, "full", "next") + "/" + pick(w.stepped, "steps", "even") + "/" + pick(w.others, "other", "read")
}

// model is a tenant behind rate limits.
type model struct {
	tier    tier
	ways    ways
	latency time.Duration
	handler http.Handler

	mu      sync.Mutex
	tanks   map[string]*tank
	n       int
	refused int // 429 to us
	others  int // requests of the tenant's own users
	foreign int // 429 to them
}

func newModel(t tier, w ways, handler http.Handler) *model {
	t.global.stepped = w.stepped
	m := &model{tier: t, ways: w, latency: 80 * time.Millisecond, handler: handler, tanks: map[string]*tank{"global": &t.global}}
	if t.selfService {
		m.tanks["read connections"] = &tank{burst: 5, rate: 50.0 / 60, stepped: w.stepped}
		m.tanks["read clients"] = &tank{burst: 5, rate: 100.0 / 60, stepped: w.stepped}
		m.tanks["read organizations"] = &tank{burst: 5, rate: 50.0 / 60, stepped: w.stepped}
		m.tanks["read organization connections"] = &tank{burst: 5, rate: 50.0 / 60, stepped: w.stepped}
		m.tanks["write organization connections"] = &tank{burst: 5, rate: 25.0 / 60, stepped: w.stepped}
	}
	if t.enterprise {
		m.tanks["read organizations"] = &tank{burst: 10, rate: 100.0 / 60, stepped: w.stepped}
		m.tanks["read organization connections"] = &tank{burst: 10, rate: 100.0 / 60, stepped: w.stepped}
		m.tanks["write organization connections"] = &tank{burst: 5, rate: 150.0 / 60, stepped: w.stepped}
	}
	return m
}

// own is the end point's bucket beside the global one, nil without.
func (m *model) own(r *http.Request) *tank {
	p := strings.Split(strings.TrimPrefix(r.URL.Path, "/api/v2/"), "/")
	switch {
	case p[0] != "organizations":
		return nil
	case len(p) == 1:
		return m.tanks["read organizations"]
	case r.Method == http.MethodGet:
		return m.tanks["read organization connections"]
	default:
		return m.tanks["write organization connections"]
	}
}

// tankFor assigns a request by its path.
func (m *model) tankFor(r *http.Request) *tank {
	p := strings.Split(strings.TrimPrefix(r.URL.Path, "/api/v2/"), "/")
	if own := m.own(r); own != nil && m.tier.selfService {
		return own
	}
	if !m.tier.selfService || r.Method != http.MethodGet || (len(p) > 1 && m.ways.others) {
		return m.tanks["global"]
	}
	if m.ways.cross && p[len(p)-1] == "connections" {
		return m.tanks["read connections"]
	}
	if t := m.tanks["read "+p[0]]; t != nil {
		return t
	}
	return m.tanks["global"]
}

// draw takes a token, or says that there is none.
func (b *tank) draw(now time.Time) bool {
	b.fill(now)
	if b.level < 1-1e-9 {
		return false
	}
	b.level--
	b.used++
	return true
}

// RoundTrip implements http.RoundTripper.
func (m *model) RoundTrip(r *http.Request) (*http.Response, error) {
	m.mu.Lock()
	m.n++
	// 40 to 120 ms there and back, the same in every run.
	there, back := m.latency*time.Duration(m.n*7%11)/10, m.latency*time.Duration(m.n*5%11)/10
	m.mu.Unlock()
	time.Sleep(m.latency/4 + there/2)
	rec := httptest.NewRecorder()
	m.serve(rec, r)
	time.Sleep(m.latency/4 + back/2)
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	return rec.Result(), nil
}

func (m *model) serve(w http.ResponseWriter, r *http.Request) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now, b := time.Now(), m.tankFor(r)
	ok := b.draw(now)
	if own := m.own(r); own != nil && own != b && ok {
		if ok = own.draw(now); !m.ways.global {
			b = own
		}
	}
	h := w.Header()
	h.Set("Date", now.UTC().Format(http.TimeFormat))
	h.Set("X-RateLimit-Limit", strconv.Itoa(int(b.burst)))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(int(b.level+1e-9)))
	h.Set("X-RateLimit-Reset", strconv.FormatInt(b.reset(m.ways.full), 10))
	if !ok {
		m.refused++
		refuse(w, http.StatusTooManyRequests, "too_many_requests", "Global limit has been reached")
		return
	}
	m.handler.ServeHTTP(w, r)
}

// count is the number of requests so far.
func (m *model) count() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.n
}

// optimum is how long the requests must take at least: what exceeds a bucket's
// burst waits for it to flow back, and only so many are under way at once.
func (m *model) optimum(parallel int) time.Duration {
	most, all := 0.0, 0
	for _, b := range m.tanks {
		most = max(most, (float64(b.used)-b.burst)/b.rate)
		all += b.used
	}
	most = max(most, float64(all)*m.latency.Seconds()/float64(parallel))
	return time.Duration(most * float64(time.Second))
}

// users are the tenant's own traffic: a share of the global bucket's rate, at
// uneven moments, until done is closed.
func (m *model) users(share float64, done <-chan struct{}) {
	every := time.Duration(float64(time.Second) / (m.tier.global.rate * share))
	for i := 0; ; i++ {
		select {
		case <-done:
			return
		case <-time.After(every * time.Duration(1+i*3%5) / 3):
		}
		m.mu.Lock()
		m.others++
		if !m.tanks["global"].draw(time.Now()) {
			m.foreign++
		}
		m.mu.Unlock()
	}
}

// acme serves a tenant of n SAML connections, all enabled for all of c clients.
func acme(n, c int) http.Handler {
	connection := func(i int) string {
		return fmt.Sprintf(`{"id":"con_%d","name":"c%d","strategy":"samlp","options":{}}`, i, i)
	}
	client := func(i int) string { return fmt.Sprintf(`{"client_id":"app_%d","name":"a"}`, i) }
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/v2/connections", checkpointList("connections", n, connection))
	mux.HandleFunc("GET /api/v2/connections/{id}", func(w http.ResponseWriter, _ *http.Request) { answer(w, 200, connection(1)) })
	mux.HandleFunc("POST /api/v2/connections", func(w http.ResponseWriter, _ *http.Request) { answer(w, 201, connection(1)) })
	mux.HandleFunc("PATCH /api/v2/connections/{id}", func(w http.ResponseWriter, _ *http.Request) { answer(w, 200, connection(1)) })
	mux.HandleFunc("GET /api/v2/connections/{id}/clients", checkpointList("clients", c, client))
	mux.HandleFunc("PATCH /api/v2/connections/{id}/clients", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("GET /api/v2/clients", offsetList("clients", c, client))
	mux.HandleFunc("GET /api/v2/clients/{id}", func(w http.ResponseWriter, _ *http.Request) { answer(w, 200, client(1)) })
	mux.HandleFunc("GET /api/v2/clients/{id}/connections", checkpointList("connections", n, connection))
	mux.HandleFunc("GET /api/v2/resource-servers", offsetList("resource_servers", 3, func(i int) string { return fmt.Sprintf(`{"id":"api_%d"}`, i) }))
	mux.HandleFunc("GET /api/v2/tenants/settings", func(w http.ResponseWriter, _ *http.Request) { answer(w, 200, `{}`) })
	return mux
}
