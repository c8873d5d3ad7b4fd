package sandbox

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// authorization is one request to /authorize, or what an IdP-initiated login amounts to, on its way through the rules.
type authorization struct {
	*visit
	query        url.Values
	client       object
	redirect     *url.URL
	types        []string // of response_type, sorted
	mode         string   // response_mode
	scopes       []string // asked for
	api          object   // nil: an access token for /userinfo alone
	org          object
	session      *session
	user         object
	effects      actionEffects
	silent       bool // prompt=none
	fromProvider bool // an IdP-initiated answer, not a request
	stripped     bool // scopes are removed from the answer

	answered map[string]bool // prompts that the user has dealt with in this transaction
}

// refusal is why an authorization request ends.
type refusal struct {
	id          string // of the behaviour
	status      int    // 0: told to the client at its redirect_uri; else an error page that is never redirected
	code        string
	description string
	prompt      string // what an interactive request shows instead
	target      string // of a redirecting Action
}

// authorizeRule is one decision as a row; its id names the behaviour, and with it the grade.
type authorizeRule struct {
	id    string
	check func(*authorization) *refusal
}

// authorizeRules is every decision about an authorization request in the documented order, reconstructed where the
// documentation is silent (Q14): who asks, where the answer goes, what is asked, for which API, for whom, on which
// terms.
func authorizeRules() []authorizeRule {
	return slices.Concat(clientRules(), requestRules(), accessRules(), sessionRules(), consentRules())
}

// newAuthorization starts with a request's parameters.
func newAuthorization(v *visit, query url.Values) *authorization {
	return &authorization{
		visit: v, query: query, mode: query.Get("response_mode"), silent: query.Get("prompt") == "none", answered: map[string]bool{},
	}
}

// parseTarget reads redirect_uri, which its caller has checked.
func (z *authorization) parseTarget() { z.redirect = parseTarget(z.query.Get("redirect_uri")) }

// authorize is /authorize, as a GET or a form.
func authorize(v *visit) *page {
	query := v.query
	if v.r.Method == http.MethodPost {
		query = v.form
	}
	return newAuthorization(v, query).decide()
}

// decide goes through the rules and answers.
func (z *authorization) decide() *page {
	for _, rule := range authorizeRules() {
		if refused := z.apply(rule); refused != nil {
			return z.refuse(refused)
		}
	}
	if z.session != nil {
		z.session.active = z.now
	}
	return z.grant()
}

// apply runs one rule and records what came of it.
func (z *authorization) apply(rule authorizeRule) *refusal {
	before := len(z.decisions)
	refused := rule.check(z)
	if refused == nil {
		if len(z.decisions) == before { // else the rule told more itself
			z.learn(rule.id, Passed, "")
		}
		return nil
	}
	refused.id = orElse(refused.id, rule.id)
	z.learn(refused.id, Refused, "%s: %s", refused.code, refused.description)
	return refused
}

// refuse answers a refused request: with a page, a prompt, or an error at the redirect_uri.
func (z *authorization) refuse(r *refusal) *page {
	switch {
	case r.status != 0:
		return errorPage(r.status, r.code, r.description)
	case r.prompt != "" && !z.silent:
		return z.ask(r)
	}
	return z.respond([]pair{{"error", r.code}, {"error_description", r.description}})
}

// pair is one parameter of an answer; the order is Auth0's.
type pair struct{ name, value string }

// respond sends parameters to the client the way it asked for.
func (z *authorization) respond(params []pair) *page {
	if state := z.query.Get("state"); state != "" {
		params = append(params, pair{"state", state})
	}
	switch z.mode {
	case "web_message":
		return messagePage(originOf(z.redirect), params)
	case "form_post":
		fields := make([][]string, len(params))
		for i, p := range params {
			fields[i] = []string{p.name, p.value}
		}
		return formPage(z.redirect, fields...)
	}
	target := *z.redirect
	if z.inFragment() {
		target.Fragment, target.RawFragment = "", ""
		return redirectTo(target.String() + "#" + encodePairs(params))
	}
	if target.RawQuery != "" {
		target.RawQuery += "&"
	}
	target.RawQuery += encodePairs(params)
	return redirectTo(target.String())
}

// inFragment says whether an answer goes into the fragment: as asked, else for everything but a code (documented
// default).
func (z *authorization) inFragment() bool {
	if z.mode != "" {
		return z.mode == "fragment"
	}
	return slices.Contains(z.types, "token") || slices.Contains(z.types, "id_token")
}

// encodePairs writes parameters in their order, spaces as %20.
func encodePairs(params []pair) string {
	parts := make([]string, len(params))
	for i, p := range params {
		parts[i] = p.name + "=" + strings.ReplaceAll(url.QueryEscape(p.value), "+", "%20")
	}
	return strings.Join(parts, "&")
}

// ask shows the user what an interactive request needs, and remembers the request until it is answered.
func (z *authorization) ask(r *refusal) *page {
	state, err := z.s.newID(idShape{chars: 32})
	if err != nil {
		return failedPage(err)
	}
	kind := r.prompt
	z.s.logins.pending.put(state, &pending{
		kind: kind, host: bareHost(z.host()), query: z.query, answered: z.answered, reason: r.description, fromProvider: z.fromProvider,
	}, z.now, z.now.Add(transactionLifetime))
	if kind == promptAction {
		target := *parseTarget(r.target)
		q := target.Query()
		q.Set("state", state)
		target.RawQuery = q.Encode()
		return redirectTo(target.String())
	}
	connection := z.s.tenant.connections.named(z.query.Get("connection"))
	if kind == promptLogin && text(connection, "strategy") == "samlp" {
		return z.toProvider(state, text(connection, "name"))
	}
	return redirectTo(promptPath + kind + "?state=" + state)
}

// grant is the answer of a request that passed.
func (z *authorization) grant() *page {
	params, err := z.tokens()
	if err != nil {
		return failedPage(err)
	}
	return z.respond(params)
}
