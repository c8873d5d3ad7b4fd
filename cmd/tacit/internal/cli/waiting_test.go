package cli

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestWaitingIsToldOnTerminalsOnly(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	var out bytes.Buffer
	env := map[string]string{}
	a := &app{env: Env{
		Stderr: &out, Stdout: &out, StderrTerminal: true, Now: func() time.Time { return now },
		LookupEnv: func(name string) (string, bool) { v, ok := env[name]; return v, ok },
	}}
	a.printers()
	tell := a.waiting(tenantFlags{})
	tell(11500 * time.Millisecond)
	tell(12 * time.Second) // another request, for the same
	now = now.Add(12 * time.Second)
	tell(3 * time.Second)
	a.waiting(tenantFlags{maxRPS: 0.1})(10 * time.Second)
	assert.Equal(t, "waiting 12s for the tenant's rate limit\nwaiting 3s for the tenant's rate limit\nwaiting 10s for the rate limit\n", out.String())

	env["CI"] = "true"
	assert.Nil(t, a.waiting(tenantFlags{}))
	env["CI"], a.env.StderrTerminal = "", false
	assert.Nil(t, a.waiting(tenantFlags{}))
}
