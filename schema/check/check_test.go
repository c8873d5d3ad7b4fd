package check_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

var (
	upgrade = schema.Address{Kind: "silent_upgrade", Name: "orders"}
	portal  = schema.Address{Kind: "spa_client", Name: "portal"}
	orders  = schema.Address{Kind: "api", Name: "orders"}
)

func customer(key string) schema.Address {
	return schema.Address{Kind: "saml_connection", Name: "customer", Key: key, Each: true}
}

func at(n int) *schema.Range {
	return &schema.Range{File: "main.hcl", Start: schema.Pos{Line: n, Column: 1}}
}

func state(k *schema.Kind, a schema.Address) *schema.State {
	return &schema.State{Kind: k, Addr: a, Src: at(1), Cells: make([]schema.Cell, len(k.Attrs)), Writes: true}
}

// path is declared for one customer; all share the client and the API.
func path(key string) *check.Path {
	up := &schema.Object{Kind: schema.SilentUpgrade, Addr: upgrade, Wants: make([]schema.Want, len(schema.SilentUpgrade.Attrs))}
	up.Want("scopes").Src = at(42)
	return &check.Path{
		Addr: upgrade, Src: at(40), Upgrade: up, Via: schema.ViaIframe,
		Connection: state(schema.SAMLConnection, customer(key)), Client: state(schema.SPAClient, portal), API: state(schema.API, orders),
	}
}

func says(code string, v func(*check.Path) check.Verdict) *check.Rule {
	return &check.Rule{Code: code, Name: "rule-" + code, Fix: "fix it", Severity: check.Always(schema.Error), Judge: v}
}

func TestJudgeMergesOneMistakeOfManyInstances(t *testing.T) {
	rule := says("TAC101", func(p *check.Path) check.Verdict { return check.Failed(p.Connection, at(7), "off") })
	rep := check.Judge([]*check.Rule{rule}, []*check.Path{path("a"), path("b"), path("b"), path("c")})
	require.Len(t, rep.Findings, 1)
	f := rep.Findings[0]
	assert.Equal(t, `saml_connection.customer["a"]`, f.Object)
	assert.Equal(t, []string{`saml_connection.customer["a"]`, `saml_connection.customer["b"]`, `saml_connection.customer["c"]`}, f.Instances)
	assert.Len(t, f.Paths, 4)
	assert.Equal(t, `silent_upgrade.orders from saml_connection.customer["a"]`, f.Paths[0])
	for _, o := range []string{"silent_upgrade.orders", "spa_client.portal", "api.orders", `saml_connection.customer["c"]`} {
		assert.Contains(t, f.Objects, o)
	}
	assert.Equal(t, 0, rep.Clean)
}

func TestJudgeKeepsDifferentMistakesApart(t *testing.T) {
	verdicts := map[string]check.Verdict{
		"one":             check.Failed(state(schema.SAMLConnection, customer("x")), at(7), "off"),
		"other line":      check.Failed(state(schema.SAMLConnection, customer("x")), at(8), "off"),
		"other words":     check.Failed(state(schema.SAMLConnection, customer("x")), at(7), "on"),
		"other outcome":   check.Undecided(state(schema.SAMLConnection, customer("x")), at(7), "ask", "off"),
		"other severity":  check.Failed(state(schema.SAMLConnection, customer("x")), at(7), "off").As(schema.Info),
		"other block":     check.Failed(state(schema.SPAClient, portal), at(7), "off"),
		"no line":         check.Failed(state(schema.SAMLConnection, customer("x")), nil, "off"),
		"no line, client": check.Failed(state(schema.SPAClient, portal), nil, "off"),
	}
	var paths []*check.Path
	for name := range verdicts {
		paths = append(paths, path(name))
	}
	rule := says("TAC101", func(p *check.Path) check.Verdict { return verdicts[p.Connection.Addr.Key] })
	assert.Len(t, check.Judge([]*check.Rule{rule}, paths).Findings, len(verdicts))
}

func TestJudgeOrdersFindings(t *testing.T) {
	sev := func(r *check.Rule, s schema.Severity) *check.Rule { r.Severity = check.Always(s); return r }
	fail := func(p *check.Path) check.Verdict { return check.Failed(p.Client, at(1), "m") }
	unknown := func(p *check.Path) check.Verdict { return check.Undecided(p.Client, at(1), "s", "m") }
	rules := []*check.Rule{
		sev(says("TAC101", fail), schema.Info), sev(says("TAC102", unknown), schema.Info),
		sev(says("TAC103", unknown), schema.Warning), sev(says("TAC104", fail), schema.Warning),
		says("TAC105", unknown), says("TAC107", fail), says("TAC106", fail),
		says("TAC108", func(p *check.Path) check.Verdict { return fail(p).As(schema.Warning) }),
	}
	want := []string{"TAC106", "TAC107", "TAC104", "TAC108", "TAC101", "TAC105", "TAC103", "TAC102"}
	for range 3 {
		var got []string
		for _, f := range check.Judge(rules, []*check.Path{path("a")}).Findings {
			got = append(got, f.Code)
		}
		assert.Equal(t, want, got)
		slices.Reverse(rules)
	}
}

func TestJudgeAppliesRulesPerVia(t *testing.T) {
	rule := says("TAC203", func(p *check.Path) check.Verdict { return check.Failed(p.Client, at(1), "m") })
	rule.Severity = check.Severities{schema.ViaIframe: schema.Error}
	p := path("a")
	assert.Len(t, check.Judge([]*check.Rule{rule}, []*check.Path{p}).Findings, 1)
	p.Via = schema.ViaRedirect
	rep := check.Judge([]*check.Rule{rule}, []*check.Path{p})
	assert.Empty(t, rep.Findings)
	assert.Equal(t, 1, rep.Clean)
}

func TestFailedAndClean(t *testing.T) {
	for _, c := range []struct {
		verdict        check.Verdict
		failed, strict bool
		clean          int
	}{
		{check.Passed(), false, false, 1},
		{check.Skipped(), false, false, 1},
		{check.Failed(state(schema.API, orders), at(1), "m"), true, true, 0},
		{check.Failed(state(schema.API, orders), at(1), "m").As(schema.Warning), false, true, 1},
		{check.Failed(state(schema.API, orders), at(1), "m").As(schema.Info), false, false, 1},
		{check.Undecided(state(schema.API, orders), at(1), "s", "m"), false, true, 1},
	} {
		rep := check.Judge([]*check.Rule{says("TAC301", func(*check.Path) check.Verdict { return c.verdict })}, []*check.Path{path("a")})
		assert.Equal(t, c.failed, rep.Failed(false), c.verdict)
		assert.Equal(t, c.strict, rep.Failed(true), c.verdict)
		assert.Equal(t, c.clean, rep.Clean, c.verdict)
	}
}

func TestFixOfAnObjectThatTacitDoesNotWrite(t *testing.T) {
	rule := says("TAC101", func(p *check.Path) check.Verdict { return check.Failed(p.Connection, at(7), "off") })
	p := path("a")
	fix := func() string { return check.Judge([]*check.Rule{rule}, []*check.Path{p}).Findings[0].Fix }
	assert.Equal(t, "fix it", fix())
	p.Connection.Writes = false
	assert.Equal(t, "Change saml_connection.customer where it is managed (or take existing = true out, and tacit does): fix it", fix())
	p.Upgrade = nil
	assert.Equal(t, "fix it", fix(), "an audit has no blocks to speak of")
	rule.Judge = func(p *check.Path) check.Verdict { return check.Failed(p.Client, at(7), "off").Advise("do this") }
	assert.Equal(t, "do this", fix())
}

func TestPathAttr(t *testing.T) {
	p := path("a")
	assert.Equal(t, at(42), p.Attr("scopes"))
	assert.Equal(t, at(40), p.Attr("via"))
	p.Upgrade, p.Src = nil, nil
	assert.Nil(t, p.Attr("scopes"))
}

func TestReadsAreDistinct(t *testing.T) {
	f := schema.Use[bool](schema.API, "allow_offline_access").Field()
	g := schema.Use[string](schema.API, "signing_alg").Field()
	assert.Equal(t, []schema.Field{f, g}, check.Reads([]*check.Rule{{Reads: []schema.Field{f, g}}, {Reads: []schema.Field{g}}, {}}))
}

func TestFindingJSON(t *testing.T) {
	rule := says("TAC101", func(p *check.Path) check.Verdict { return check.Failed(p.Connection, at(7), "off") })
	raw, err := json.Marshal(check.Judge([]*check.Rule{rule}, []*check.Path{path("a")}))
	require.NoError(t, err)
	assert.JSONEq(t, `{"paths": 1, "clean": 0, "findings": [{
		"code": "TAC101", "rule": "rule-TAC101", "severity": "error", "outcome": "fail",
		"object": "saml_connection.customer[\"a\"]", "message": "off", "why": "", "fix": "fix it", "source": "", "evidence": "",
		"subject": {"file": "main.hcl", "start": {"line": 7, "column": 1, "byte": 0}, "end": {"line": 0, "column": 0, "byte": 0}},
		"paths": ["silent_upgrade.orders from saml_connection.customer[\"a\"]"]}]}`, string(raw))
}

var (
	callbacks = schema.Use[[]string](schema.SPAClient, "callbacks").Field()
	consent   = schema.Use[bool](schema.API, "skip_consent_for_verifiable_first_party_clients").Field()
	because   = []schema.Reason{{Code: "TAC202", Text: "r"}}
)

// merging is what a list and a scalar want before and after a rule contributed
// "b" and "a" to the one and true to the other.
type merging struct {
	list, scalar         schema.Want
	wantList, wantScalar schema.Want
	diagnostics          int
}

func mergings() map[string]merging {
	return map[string]merging{
		"unmanaged": {
			wantList:   schema.Want{Mode: schema.AtLeast, V: []any{"b", "a"}, Why: because},
			wantScalar: schema.Want{Mode: schema.Exactly, V: true, Why: because},
		},
		"explicit": {
			list:       schema.Want{Mode: schema.Exactly, V: []any{"a"}, Src: at(3)},
			scalar:     schema.Want{Mode: schema.Exactly, V: true, Src: at(4)},
			wantList:   schema.Want{Mode: schema.Exactly, V: []any{"a", "b"}, Src: at(3), Why: because},
			wantScalar: schema.Want{Mode: schema.Exactly, V: true, Src: at(4)},
		},
		"there already": {
			list:       schema.Want{Mode: schema.Exactly, V: []any{"a", "b"}, Src: at(3)},
			wantList:   schema.Want{Mode: schema.Exactly, V: []any{"a", "b"}, Src: at(3)},
			wantScalar: schema.Want{Mode: schema.Exactly, V: true, Why: because},
		},
		"unknown": {
			list:       schema.Want{Mode: schema.Exactly, Unknown: true},
			scalar:     schema.Want{Mode: schema.Exactly, Unknown: true},
			wantList:   schema.Want{Mode: schema.Exactly, Unknown: true},
			wantScalar: schema.Want{Mode: schema.Exactly, Unknown: true},
		},
		"contradiction": {
			list:        schema.Want{Mode: schema.Exactly, V: nil, Src: at(3)},
			scalar:      schema.Want{Mode: schema.Exactly, V: false, Src: at(4)},
			wantList:    schema.Want{Mode: schema.Exactly, V: []any{"b", "a"}, Src: at(3), Why: because},
			wantScalar:  schema.Want{Mode: schema.Exactly, V: false, Src: at(4)},
			diagnostics: 1,
		},
		"reset": {
			scalar:      schema.Want{Mode: schema.Exactly, V: nil, Src: at(4)},
			wantList:    schema.Want{Mode: schema.AtLeast, V: []any{"b", "a"}, Why: because},
			wantScalar:  schema.Want{Mode: schema.Exactly, V: nil, Src: at(4)},
			diagnostics: 1,
		},
	}
}

func TestContributeMerges(t *testing.T) {
	rule := says("TAC202", nil)
	rule.Contributes = []schema.Field{callbacks, consent}
	rule.Contribute = func(p *check.Path) []check.Contribution {
		return []check.Contribution{check.Add(p.Client, callbacks, "r", "b", "a", "b"), check.Set(p.API, consent, "r", true)}
	}
	for name, c := range mergings() {
		t.Run(name, func(t *testing.T) {
			client := &schema.Object{Kind: schema.SPAClient, Addr: portal, Wants: make([]schema.Want, len(schema.SPAClient.Attrs))}
			api := &schema.Object{Kind: schema.API, Addr: orders, Wants: make([]schema.Want, len(schema.API.Attrs))}
			*client.Want("callbacks"), *api.Want(consent.Attr.Name) = c.list, c.scalar
			ds := check.Contribute(map[schema.Address]*schema.Object{portal: client, orders: api}, []*check.Rule{rule}, []*check.Path{path("a"), path("a")})
			assert.Equal(t, c.wantList, *client.Want("callbacks"))
			assert.Equal(t, c.wantScalar, *api.Want(consent.Attr.Name))
			ds = ds.Sorted()
			require.Len(t, ds, c.diagnostics)
			if c.diagnostics > 0 {
				assert.Equal(t, at(4), ds[0].Subject)
				assert.Equal(t, []schema.Range{*at(40)}, ds[0].Also)
				assert.Equal(t, []string{"api.orders"}, ds[0].Instances)
			}
		})
	}
}

func TestContributeNeverShowsASecretNorTouchesExisting(t *testing.T) {
	field := schema.Use[string](schema.SPAClient, "description").Field()
	rule := says("TAC999", nil)
	rule.Contributes = []schema.Field{field}
	rule.Contribute = func(p *check.Path) []check.Contribution {
		return []check.Contribution{check.Set(p.Client, field, "r", "x")}
	}
	client := &schema.Object{Kind: schema.SPAClient, Addr: portal, Wants: make([]schema.Want, len(schema.SPAClient.Attrs))}
	*client.Want("description") = schema.Want{Mode: schema.Exactly, V: "hunter2", Sensitive: true, Src: at(3)}
	objects := map[schema.Address]*schema.Object{portal: client}
	ds := check.Contribute(objects, []*check.Rule{rule}, []*check.Path{path("a")})
	require.Len(t, ds, 1)
	assert.NotContains(t, fmt.Sprint(ds), "hunter2")

	client.Existing, *client.Want("description") = true, schema.Want{}
	assert.Empty(t, check.Contribute(objects, []*check.Rule{rule}, []*check.Path{path("a")}))
	assert.Equal(t, schema.Want{}, *client.Want("description"))

	client.Existing, rule.Contributes = false, nil
	assert.Panics(t, func() { check.Contribute(objects, []*check.Rule{rule}, []*check.Path{path("a")}) })
}

func TestJudgeNamesTheCause(t *testing.T) {
	broken := true
	cause := says("TAC401", func(p *check.Path) check.Verdict {
		if broken {
			return check.Failed(p.Tenant, nil, "off")
		}
		return check.Passed()
	})
	effect := says("TAC101", func(p *check.Path) check.Verdict { return check.Failed(p.Connection, at(7), "m") })
	effect.Follows = []string{"TAC999", "TAC401"}
	p := path("a")
	p.Tenant = state(schema.TenantSettingsKind, schema.Address{Kind: "tenant_settings"})
	rules := []*check.Rule{effect, cause}
	rep := check.Judge(rules, []*check.Path{p})
	require.Len(t, rep.Findings, 2)
	assert.Equal(t, "TAC401", rep.Findings[0].Code, "the cause leads")
	assert.Equal(t, "TAC401", rep.Findings[1].Follows)
	assert.Contains(t, rep.Findings[0].Objects, "tenant_settings")

	broken = false
	rep = check.Judge(rules, []*check.Path{p})
	require.Len(t, rep.Findings, 1)
	assert.Empty(t, rep.Findings[0].Follows)
}

// What is weighed lighter hides nothing that breaks the path.
func TestAWarningExplainsNoError(t *testing.T) {
	cause := says("TAC401", func(p *check.Path) check.Verdict { return check.Failed(p.Connection, at(7), "m") })
	effect := says("TAC101", func(p *check.Path) check.Verdict { return check.Failed(p.Connection, at(7), "m") })
	effect.Follows = []string{"TAC401"}
	rules, p := []*check.Rule{effect, cause}, path("a")
	cause.Forced = schema.Warning
	assert.Empty(t, check.Judge(rules, []*check.Path{p}).Findings[0].Follows)
	assert.Equal(t, []string{"TAC101"}, check.Causes(rules, p))
	assert.Equal(t, check.Fail, check.Explain(rules, p).Token)
	effect.Forced = schema.Info
	assert.Equal(t, "TAC401", check.Judge(rules, []*check.Path{p}).Findings[1].Follows)
}

func TestJudgeLeavesAdviceOut(t *testing.T) {
	advice := says("TAC601", func(p *check.Path) check.Verdict { return check.Undecided(p.Client, nil, "look", "m") })
	advice.Advice = true
	rep := check.Judge([]*check.Rule{advice}, []*check.Path{path("a")})
	assert.Empty(t, rep.Findings)
}

func TestLabelNamesTheDomainWhereThereAreSeveral(t *testing.T) {
	p := path("a")
	p.At = "login.example.com"
	assert.Equal(t, `silent_upgrade.orders from saml_connection.customer["a"] at login.example.com`, p.Label())
}

// What nobody can know of an application that does not exist is not asked.
func TestAnApplicationThatIsGoneLeavesNoQuestions(t *testing.T) {
	open := says("TAC204", func(p *check.Path) check.Verdict { return check.Undecided(p.Client, nil, "look", "m") })
	fails := says("TAC103", func(p *check.Path) check.Verdict { return check.Failed(p.Connection, nil, "gone") })
	p := path("a")
	p.Client.Gone = true
	rep := check.Judge([]*check.Rule{open, fails}, []*check.Path{p})
	require.Len(t, rep.Findings, 1)
	assert.Equal(t, "TAC103", rep.Findings[0].Code)
	assert.Len(t, check.Explain([]*check.Rule{open, fails}, p).Answers, 1)
}

// TestExplainClaimsNoMoreThanTheRule: a rule whose failure leaves the token in doubt, or comes with one, is no reason to
// say that there is none.
func TestExplainClaimsNoMoreThanTheRule(t *testing.T) {
	fails := func(means check.Outcome) *check.Rule {
		r := says("TAC201", func(p *check.Path) check.Verdict { return check.Failed(p.Client, nil, "off") })
		r.Token = means
		return r
	}
	for _, tt := range []struct{ means, token check.Outcome }{
		{"", check.Fail}, {check.Unknown, check.Unknown}, {check.Pass, check.Pass},
	} {
		e := check.Explain([]*check.Rule{fails(tt.means)}, path("a"))
		assert.Equal(t, tt.token, e.Token)
		assert.Equal(t, check.Fail, e.Answers[0].Outcome)
	}
	doubt, none := fails(check.Unknown), fails("")
	none.Code = "TAC202"
	e := check.Explain([]*check.Rule{doubt, none}, path("a"))
	assert.Equal(t, check.Fail, e.Token)
	assert.Equal(t, []string{"TAC202"}, e.Causes)
}
