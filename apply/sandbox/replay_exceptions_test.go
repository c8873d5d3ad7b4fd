package sandbox

import (
	"net/http"
	"strings"

	"github.com/stretchr/testify/require"
)

// exception is a recorded answer that the sandbox does not reproduce, and why.
type exception struct {
	recording, request, reason string
}

// exceptions are all of them; every other recorded answer of a replayed class must come out the same.
func exceptions() []exception {
	const policy = "password_options appear on a database that sends the older password settings; one recording does not tell from which"
	return []exception{
		{"should-deploy-without-deleting", "POST connections boo-baz", policy},
	}
}

// excused is why a recorded answer is not reproduced, nil when it must be.
func excused(recording, method string, in object) *exception {
	request := method + " " + text(in, "k") + " "
	if method == http.MethodPost {
		request += text(child(in, "req"), "name")
	}
	for _, e := range exceptions() {
		if strings.Contains(recording, e.recording) && strings.HasPrefix(request, e.request) {
			return &e
		}
	}
	return nil
}

// refusals repeats the recorded refusals of end points that exist here.
func (ta *tally) refusals(path string) {
	ta.t.Helper()
	for _, e := range lines(ta.t, path) {
		class := text(e, "k")
		status, err := integer64(e["status"])
		require.NoError(ta.t, err)
		switch {
		case class == "" || strings.HasSuffix(class, "/client-grants"):
			ta.skip("refusals by end points that do not exist here")
			continue
		case strings.Contains(jsonOf(ta.t, e["resp"]), "feature_not_enabled"):
			ta.skip("refusals of features that a subscription lacks: not modelled")
			continue
		}
		tt := tenantAt(ta.t, text(e, "date"), text(e, "source"), Options{})
		if status == http.StatusTooManyRequests {
			tt.limits = newLimiter(planOf(TierFree), tt.opts.Now())
			tt.handler = tt.chain(http.HandlerFunc(tt.serve))
			for range planOf(TierFree).global.burst {
				tt.call(http.MethodGet, "/clients", nil)
			}
		}
		target := strings.TrimPrefix(text(e, "path"), "/api/v2")
		if q := text(e, "query"); q != "" {
			target += "?" + q
		}
		got, body := tt.call(text(e, "method"), target, e["req"])
		ta.add(figureOf(kindOf(class), "refusals", text(e, "date"), e), target, nil, diffOf(int(status), got, child(e, "resp"), body, e))
	}
}
