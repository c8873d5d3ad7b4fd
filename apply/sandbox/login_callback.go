package sandbox

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// arrival is a login that an identity provider posted.
type arrival struct {
	*visit
	connection object
	options    object
	profile    profile
	waiting    *pending // the request that sent the browser to the provider; nil when it began there
	client     object
	asks       url.Values // of idpinitiated.client_authorizequery
	org        object
	user       object
}

// consumeAssertion is POST /login/callback?connection=NAME[&organization=]: the assertion consumer service.
func consumeAssertion(v *visit) *page {
	a := &arrival{visit: v}
	for _, step := range []func() *page{a.findConnection, a.validate, a.once, a.whence, a.policy, a.organization, a.landing, a.admit} {
		if refused := step(); refused != nil {
			return refused
		}
	}
	return a.answer()
}

// findConnection reads the connection from the URL.
func (a *arrival) findConnection() *page {
	name := a.query.Get("connection")
	a.connection = a.s.tenant.connections.named(name)
	if a.connection == nil || !slices.Contains([]string{"samlp", "pingfederate"}, text(a.connection, "strategy")) {
		a.learn("acs-connection", Refused, "no SAML connection is called %q", name)
		return errorPage(http.StatusBadRequest, "invalid_request", "the connection was not found")
	}
	a.learn("acs-connection", Passed, "%s", name)
	a.options = child(a.connection, "options")
	return nil
}

// entityID is the connection's own name towards its identity provider.
func (s *Server) entityID(connection object) string {
	if id := text(child(connection, "options"), "entityId"); id != "" {
		return id
	}
	tenant, _, _ := strings.Cut(s.domain(), ".")
	return "urn:auth0:" + tenant + ":" + text(connection, "name")
}

// validate goes through the checks of the response.
func (a *arrival) validate() *page {
	raw, err := decodeBase64(a.form.Get("SAMLResponse"))
	if err != nil {
		raw = nil // refused as not being XML
	}
	own := a.origin() + a.r.URL.RequestURI()
	check := &samlCheck{raw: raw, expectations: expectations{
		realm: a.s.entityID(a.connection), recipient: own, destination: own, trust: trustOf(a.options).and(a.s.opts.Login.StandIn),
		decryption: decryptionOf(a.options), now: a.now, notBefore: !a.s.opts.Login.IgnoreNotBefore,
	}}
	if u := text(a.options, "recipientUrl"); u != "" {
		check.recipient = u
	}
	if u := text(a.options, "destinationUrl"); u != "" {
		check.destination = u
	}
	for _, step := range samlSteps() {
		if err := step.check(check); err != nil {
			a.learn(step.id, Refused, "%v", err)
			return errorPage(http.StatusBadRequest, "invalid_request", err.Error())
		}
		a.learn(step.id, Passed, "")
	}
	if check.decrypted {
		a.learn("saml-encrypted", Passed, "")
	}
	a.profile = check.profile
	return nil
}

// replayMemory is how long an assertion is remembered; its own end is at most minutes away in practice.
const replayMemory = 24 * time.Hour

// once refuses an assertion that was used before.
func (a *arrival) once() *page {
	key := text(a.connection, "id") + "\x00" + a.profile.id
	_, again := a.s.logins.seen.get(key, a.now)
	a.s.logins.seen.put(key, true, a.now, a.now.Add(replayMemory))
	if !again {
		return nil
	}
	if a.s.opts.Login.AcceptReplay {
		a.learn("acs-replay", Passed, "the assertion was used before")
		return nil
	}
	a.learn("acs-replay", Refused, "the assertion was used before")
	return errorPage(http.StatusBadRequest, "invalid_request", "The assertion was used before")
}

// whence decides whether a request of ours led here: a live transaction in RelayState. Anything else counts as begun at
// the identity provider (documented; InResponseTo is not compared).
func (a *arrival) whence() *page {
	state := a.form.Get("RelayState")
	found, ok := a.s.logins.pending.get(state, a.now)
	if !ok || found.kind != atProvider || found.host != bareHost(a.host()) || found.connection != text(a.connection, "id") {
		a.learn("acs-idp-initiated", Passed, "RelayState names no transaction of this host and connection")
		return nil
	}
	a.learn("acs-sp-initiated", Passed, "")
	a.s.logins.pending.drop(state)
	a.waiting = found
	a.client = a.s.tenant.clients.get(found.query.Get("client_id"))
	return nil
}

// policy is what the connection's idpinitiated settings allow.
func (a *arrival) policy() *page {
	name := text(a.connection, "name")
	if a.waiting == nil {
		settings := child(a.options, "idpinitiated")
		if !flag(settings, "enabled") {
			description := "IdP-Initiated login is not enabled for connection '" + name + "'."
			a.learn("idp-enabled", Refused, "%s", description)
			return jsonPage(http.StatusBadRequest, object{"invalid_request": description})
		}
		a.learn("idp-enabled", Passed, "")
		a.client = a.s.tenant.clients.get(text(settings, "client_id"))
		if a.client == nil {
			a.learn("idp-client", Refused, "idpinitiated.client_id %q is no client", text(settings, "client_id"))
			return errorPage(http.StatusBadRequest, "invalid_request", "IdP-Initiated Default App Not Configured")
		}
		a.learn("idp-client", Passed, "%s", text(a.client, "client_id"))
	}
	if !a.s.tenant.isEnabled(text(a.connection, "id"), text(a.client, "client_id")) {
		a.learn("idp-connection-enabled", Refused, "%s is not enabled for the client", name)
		return errorPage(http.StatusBadRequest, "invalid_request", "Invalid request - connection disabled")
	}
	a.learn("idp-connection-enabled", Passed, "")
	return nil
}

// organization reads the organization of the URL, or of the request that led here, and checks that the login may be for
// it.
func (a *arrival) organization() *page {
	asked := a.query.Get("organization")
	if a.waiting != nil {
		asked = a.waiting.query.Get("organization")
	}
	org, refused := a.s.chooseOrganization(a.client, asked)
	if refused == nil && org != nil {
		refused = a.s.organizationAllows(org, text(a.connection, "id"))
	}
	if refused != nil && (a.waiting == nil || asked != "") {
		a.learn(refused.id, Refused, "%s", refused.description)
		return errorPage(http.StatusBadRequest, refused.code, refused.description)
	}
	a.org = org
	return nil
}

// landing works out where an IdP-initiated login goes and what it carries there, before anybody is logged in (that this
// comes first is assumed).
func (a *arrival) landing() *page {
	if a.waiting != nil {
		return nil
	}
	query, err := url.ParseQuery(text(child(a.options, "idpinitiated"), "client_authorizequery"))
	if err != nil {
		a.learn("idp-query", Refused, "%v", err)
		return errorPage(http.StatusBadRequest, "invalid_request", "client_authorizequery cannot be read: "+err.Error())
	}
	a.asks = query
	for key := range query {
		if !slices.Contains([]string{"redirect_uri", "scope", "response_type"}, key) {
			a.learn("idp-query-other", Unknown, "%s has no documented meaning in client_authorizequery", key)
		}
	}
	callbacks := list(a.client, "callbacks")
	target := query.Get("redirect_uri")
	if target == "" {
		if len(callbacks) == 0 || parseTarget(callbacks[0]) == nil {
			a.learn("idp-first-callback", Refused, "the client has no callback")
			return errorPage(http.StatusBadRequest, "invalid_request", "the client has no callback URL")
		}
		a.learn("idp-first-callback", Passed, "%s", callbacks[0])
		query.Set("redirect_uri", callbacks[0])
		return nil
	}
	if !a.allowsURL(callbacks, target, a.org) {
		a.learn("callback-listed", Refused, "%s is not among the client's callbacks", target)
		return errorPage(http.StatusForbidden, "unauthorized_client", callbackMismatch(target))
	}
	a.learn("callback-listed", Passed, "%s", target)
	return nil
}

func callbackMismatch(target string) string {
	return fmt.Sprintf("Callback URL mismatch. %s is not in the list of allowed callback URLs", target)
}

// admit makes the user and the session.
func (a *arrival) admit() *page {
	own, attribute := a.profile.identify(a.options)
	if own == "" {
		a.learn("user-id", Refused, "the assertion has none of %s", strings.Join(userAttributes(a.options), ", "))
		return errorPage(http.StatusBadRequest, "invalid_request", "missing user identifier: expected one of "+strings.Join(userAttributes(a.options), ", "))
	}
	name := text(a.connection, "name")
	id := text(a.connection, "strategy") + "|" + name + "|" + own
	if attribute == nameIdentifier && a.profile.transient {
		a.learn("user-transient", Passed, "the NameID is transient: every login makes another user")
	}
	a.learn("user-id", Passed, "%s", id)
	if a.org != nil {
		user := a.s.tenant.users.get(id)
		if refused := a.s.memberOrJoins(user, a.org, text(a.connection, "id")); refused != nil {
			a.learn(refused.id, Refused, "%s", refused.description)
			return errorPage(http.StatusForbidden, refused.code, refused.description)
		}
	}
	a.user = a.upsert(id, name, a.profile.user(a.options))
	if a.org != nil && !isMember(a.user, text(a.org, "id")) {
		a.user = a.join(a.user, text(a.org, "id"))
		a.learn("org-membership", Passed, "the connection makes its users members")
	}
	signed, err := a.signIn(id, text(a.connection, "id"), text(a.org, "id"))
	if err != nil {
		return failedPage(err)
	}
	a.learn("session-created", Passed, "at %s alone", signed.host)
	return nil
}
