package sandbox

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// What a request may wait for. All but the last two are pages of the tenant at /u/NAME.
const (
	promptLogin        = "login"
	promptMFA          = "mfa"
	promptConsent      = "consent"
	promptConfirm      = "confirm"
	promptOrganization = "organization"
	promptAction       = "action"      // an Action sent the user away; /continue brings them back
	atProvider         = "at-provider" // an identity provider will post to /login/callback
)

// transactionLifetime is how long a request waits (assumed).
const transactionLifetime = time.Hour

// pending is a request that waits.
type pending struct {
	kind         string
	host         string
	connection   string // id, at a provider
	query        url.Values
	answered     map[string]bool
	reason       string
	fromProvider bool
}

// waiting finds the request that a prompt is about.
func (v *visit) waiting(kind string) (*pending, *page) {
	found, ok := v.s.logins.pending.get(v.param("state"), v.now)
	if !ok || found.kind != kind || found.host != bareHost(v.host()) {
		return nil, errNoLogin()
	}
	return found, nil
}

// errNoLogin is what a browser sees whose request is not waiting any more.
func errNoLogin() *page {
	return errorPage(http.StatusBadRequest, "invalid_request", "the login has expired; start again")
}

// waitingPage is the prompt that a URL names, when it is one of the tenant's pages, and the request it is about.
func (v *visit) waitingPage() (string, *pending, *page) {
	kind := strings.TrimPrefix(v.r.URL.Path, promptPath)
	if kind == promptAction || kind == atProvider {
		return kind, nil, errNoLogin()
	}
	p, refused := v.waiting(kind)
	return kind, p, refused
}

// showPrompt is GET /u/NAME?state=...
func showPrompt(v *visit) *page {
	kind, p, refused := v.waitingPage()
	if refused != nil {
		return refused
	}
	client := v.s.tenant.clients.get(p.query.Get("client_id"))
	data := promptData{Kind: kind, State: v.param("state"), Client: text(client, "name"), Reason: p.reason}
	if kind == promptLogin {
		for _, it := range v.s.tenant.connections.sorted {
			if v.s.tenant.isEnabled(it.id, text(client, "client_id")) {
				data.Connections = append(data.Connections, text(it.body, "name"))
			}
		}
	}
	return promptPage(data)
}

// answerPrompt is the form of a prompt.
func answerPrompt(v *visit) *page {
	kind, p, refused := v.waitingPage()
	if refused != nil {
		return refused
	}
	state := v.param("state")
	if kind == promptLogin {
		return v.answerLogin(state, p)
	}
	v.s.logins.pending.drop(state)
	z := v.again(p)
	if v.form.Get("action") == "deny" {
		z.client = v.s.tenant.clients.get(p.query.Get("client_id"))
		z.parseTarget()
		z.types = strings.Fields(p.query.Get("response_type"))
		v.learn("prompt-denied", Refused, "%s", kind)
		return z.respond([]pair{{"error", "access_denied"}, {"error_description", "User did not authorize the request"}})
	}
	switch kind {
	case promptMFA:
		found, _ := v.liveSession()
		if found == nil {
			return errNoLogin()
		}
		found.mfa = true
	case promptOrganization:
		z.query.Set("organization", v.form.Get("organization"))
	}
	z.answered[kind] = true
	v.learn("prompt-answered", Passed, "%s", kind)
	return z.proceed()
}

// again is a request taken up where it waited.
func (v *visit) again(p *pending) *authorization {
	z := newAuthorization(v, cloneValues(p.query))
	for kind := range p.answered {
		z.answered[kind] = true
	}
	z.fromProvider = p.fromProvider
	return z
}

func cloneValues(in url.Values) url.Values {
	out := url.Values{}
	for k, v := range in {
		out[k] = slices.Clone(v)
	}
	return out
}

// proceed goes through the rules again.
func (z *authorization) proceed() *page {
	if z.fromProvider {
		return z.finishProvider()
	}
	return z.decide()
}

// finishProvider ends an IdP-initiated login that had to wait.
func (z *authorization) finishProvider() *page {
	found, _ := z.liveSession()
	if found == nil {
		return errNoLogin()
	}
	connection := z.s.tenant.connections.get(found.connection)
	a := &arrival{
		visit: z.visit, connection: connection, options: child(connection, "options"), asks: z.query,
		client: z.s.tenant.clients.get(z.query.Get("client_id")), org: z.s.tenant.organizations.get(found.org),
		user: z.s.tenant.users.get(found.user),
	}
	return a.land(z.answered)
}

// answerLogin logs a user in: at a SAML connection by sending the browser to its provider, at any other at once.
func (v *visit) answerLogin(state string, p *pending) *page {
	name := v.form.Get("connection")
	connection := v.s.tenant.connections.named(name)
	if connection == nil || !v.s.tenant.isEnabled(text(connection, "id"), p.query.Get("client_id")) {
		return errorPage(http.StatusBadRequest, "invalid_request", "Invalid request - connection disabled")
	}
	z := v.again(p)
	if text(connection, "strategy") == "samlp" {
		return z.toProvider(state, name)
	}
	user := strings.TrimSpace(v.form.Get("user"))
	if user == "" || strings.ContainsFunc(user, func(r rune) bool { return r < ' ' }) {
		return errorPage(http.StatusBadRequest, "invalid_request", "a user is needed")
	}
	v.s.logins.pending.drop(state)
	id := text(connection, "strategy") + "|" + user
	v.upsert(id, name, object{"name": user, "email": user})
	if _, err := v.signIn(id, text(connection, "id"), ""); err != nil {
		return failedPage(err)
	}
	v.learn("login-page", Passed, "%s", id)
	z.answered[promptLogin] = true
	return z.proceed()
}

// resume takes up the request that sent the browser to its provider.
func (v *visit) resume(p *pending) *page {
	z := v.again(p)
	z.answered[promptLogin] = true
	return z.proceed()
}

// toProvider sends the browser to a connection's identity provider with a SAML request, and remembers the request under
// its state, which travels as RelayState.
func (z *authorization) toProvider(state, name string) *page {
	connection := z.s.tenant.connections.named(name)
	endpoint := parseTarget(text(child(connection, "options"), "signInEndpoint"))
	if connection == nil || endpoint == nil || !z.s.tenant.isEnabled(text(connection, "id"), z.query.Get("client_id")) {
		z.learn("sp-initiated", Refused, "%s cannot be used", name)
		return errorPage(http.StatusBadRequest, "invalid_request", "Invalid request - connection disabled")
	}
	z.s.logins.pending.put(state, &pending{
		kind: atProvider, host: bareHost(z.host()), connection: text(connection, "id"), query: z.query, answered: z.answered,
	}, z.now, z.now.Add(transactionLifetime))
	z.learn("sp-initiated", Passed, "%s; the request is not signed", name)
	acs := z.origin() + callbackPath + "?connection=" + url.QueryEscape(name)
	request := fmt.Sprintf(authnRequest, state, z.now.UTC().Format(time.RFC3339), escapeXML(endpoint.String()), escapeXML(acs), escapeXML(z.s.entityID(connection)))
	if strings.HasSuffix(text(child(connection, "options"), "protocolBinding"), "HTTP-POST") {
		return formPage(endpoint, []string{"SAMLRequest", base64.StdEncoding.EncodeToString([]byte(request))}, []string{"RelayState", state})
	}
	var deflated bytes.Buffer
	w, err := flate.NewWriter(&deflated, flate.DefaultCompression)
	if err != nil {
		return failedPage(err)
	}
	_, _ = w.Write([]byte(request)) // a buffer never fails
	_ = w.Close()
	q := endpoint.Query()
	q.Set("SAMLRequest", base64.StdEncoding.EncodeToString(deflated.Bytes()))
	q.Set("RelayState", state)
	endpoint.RawQuery = q.Encode()
	return redirectTo(endpoint.String())
}

// authnRequest takes id, time, destination, assertion consumer service and issuer.
const authnRequest = `<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_%s" Version="2.0" IssueInstant="%s"` +
	` Destination="%s" ProtocolBinding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" AssertionConsumerServiceURL="%s">` +
	`<saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">%s</saml:Issuer></samlp:AuthnRequest>`

// continueLogin is GET /continue?state=..., where a redirecting Action sends the user back.
func continueLogin(v *visit) *page {
	p, refused := v.waiting(promptAction)
	if refused != nil {
		return refused
	}
	v.s.logins.pending.drop(v.param("state"))
	z := v.again(p)
	z.answered[promptAction] = true
	v.learn("prompt-answered", Passed, "%s", promptAction)
	return z.proceed()
}
