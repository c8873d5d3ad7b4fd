package rehearse

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// jwt is a login that worked.
func jwt(t *testing.T) *Trace {
	t.Helper()
	at, err := url.Parse("https://app.example.com/start?connection=acme&code=secret")
	require.NoError(t, err)
	return &Trace{
		Outcome: Passed, Hops: []Hop{{}}, Landing: &Landing{URL: "https://app.example.com/start?connection=acme", at: at},
		Access: &Token{Kind: JWT, Claims: map[string]any{"aud": []any{"https://api", "https://t/userinfo"}, "scope": "openid read:x"}},
	}
}

// broken is a login that stopped.
func broken(step Step, code string, token *Token) *Trace {
	return &Trace{Outcome: Failed, Hops: []Hop{{}}, Access: token, Stopped: &Stop{Step: step, Code: code, Message: "it broke"}}
}

func TestJudge(t *testing.T) {
	refused := broken(StepAuthorize, "login_required", nil)
	opaque := broken(StepVerify, "opaque_token", &Token{Kind: Encrypted})
	elsewhere := broken(StepLanding, "", nil)
	for name, tt := range map[string]struct {
		expect Expectation
		login  *Trace
		unmet  []string // names of what does not hold
	}{
		"jwt":                          {Expectation{Token: JWT}, jwt(t), nil},
		"no jwt":                       {Expectation{Token: JWT}, refused, []string{"login", "token"}},
		"opaque":                       {Expectation{Token: Opaque}, opaque, nil},
		"opaque, and a jwt came":       {Expectation{Token: Opaque}, jwt(t), []string{"token"}},
		"none":                         {Expectation{Token: None}, refused, nil},
		"none, and one came":           {Expectation{Token: None}, opaque, []string{"token"}},
		"audience":                     {Expectation{Audience: "https://api"}, jwt(t), nil},
		"another audience":             {Expectation{Audience: "https://api/"}, jwt(t), []string{"audience"}},
		"audience of an opaque token":  {Expectation{Audience: "https://api"}, opaque, []string{"login", "audience"}},
		"scopes":                       {Expectation{Contain: []string{"read:x"}, Lack: []string{"write:x"}}, jwt(t), nil},
		"a scope too few":              {Expectation{Contain: []string{"read:x", "write:x"}}, jwt(t), []string{"scopes_contain"}},
		"a scope too many":             {Expectation{Lack: []string{"read:x"}}, jwt(t), []string{"scopes_lack"}},
		"what no token shows":          {Expectation{Lack: []string{"write:x"}}, refused, []string{"login", "scopes_lack"}},
		"landing":                      {Expectation{Landing: "https://app.example.com/start"}, jwt(t), nil},
		"landing with a parameter":     {Expectation{Landing: "https://app.example.com/start?connection=acme"}, jwt(t), nil},
		"landing with another":         {Expectation{Landing: "https://app.example.com/start?connection=globex"}, jwt(t), []string{"landing"}},
		"landing, and it breaks later": {Expectation{Landing: "https://app.example.com/start"}, elsewhere, []string{"login", "landing"}},
		"error":                        {Expectation{Error: "login_required"}, refused, nil},
		"error and step":               {Expectation{Error: "login_required", Step: StepAuthorize}, refused, nil},
		"another error":                {Expectation{Error: "consent_required"}, refused, []string{"error"}},
		"another step":                 {Expectation{Step: StepACS}, refused, []string{"step"}},
		"error, and it works":          {Expectation{Error: "login_required", Step: StepACS}, jwt(t), []string{"error", "step"}},
	} {
		t.Run(name, func(t *testing.T) {
			outcome, unmet := tt.expect.Judge(tt.login)
			var names []string
			for _, u := range unmet {
				names = append(names, u.What)
				assert.NotEmpty(t, u.Expected)
				assert.NotEmpty(t, u.Found)
				assert.NotContains(t, u.Found, "secret")
			}
			assert.Equal(t, tt.unmet, names)
			assert.Equal(t, map[bool]Outcome{true: Passed, false: Failed}[tt.unmet == nil], outcome)
		})
	}
}

// TestJudgeTellsNothing: a login that nobody drove, or could judge, proves neither that it works nor that it fails.
func TestJudgeTellsNothing(t *testing.T) {
	unsettled := broken(StepACS, "", nil)
	unsettled.Outcome = Unknown
	missing := broken(StepACS, "", nil)
	missing.Hops = nil
	for _, e := range []Expectation{{Token: None}, {Step: StepACS}, {Token: JWT}} {
		outcome, unmet := e.Judge(unsettled)
		assert.Equal(t, Unknown, outcome)
		assert.Empty(t, unmet)
		outcome, unmet = e.Judge(missing)
		assert.Equal(t, Failed, outcome)
		assert.Len(t, unmet, 1)
	}
}

func TestStrict(t *testing.T) {
	green := func() *Report {
		r := &Report{Logins: []*Trace{jwt(t)}, Assumed: []Assumption{{ID: "x"}}}
		r.Conclude()
		return r
	}
	assert.False(t, green().Failing(true), "what the model assumes is no failure of the tenant")
	for name, worsen := range map[string]func(*Report){
		"unknown":      func(r *Report) { r.Logins = append(r.Logins, &Trace{Outcome: Unknown}) },
		"not read":     func(r *Report) { r.NotRead = []string{"tenant settings"} },
		"failing rule": func(r *Report) { r.Logins[0].NotRehearsed = []FailingRule{{Code: "TAC115"}} },
		"rehearsal":    func(r *Report) { r.Rehearsals = []*Rehearsed{{Outcome: Unknown, Login: &Trace{}}} },
	} {
		r := green()
		worsen(r)
		r.Conclude()
		assert.False(t, r.Failing(false), name)
		assert.True(t, r.Failing(true), name)
	}
	r := green()
	r.Rehearsals = []*Rehearsed{{Outcome: Failed, Login: &Trace{}}}
	r.Conclude()
	assert.True(t, r.Failing(false))
	assert.Equal(t, "1 of 1 rehearsal not as expected", r.Verdict)
}
