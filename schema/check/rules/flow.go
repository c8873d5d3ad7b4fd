package rules

import (
	"slices"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// idpInitiatedReads are the fields behind answered and landsHere.
func idpInitiatedReads(more ...schema.Field) []schema.Field {
	return append([]schema.Field{idpEnabled.Field(), idpClient.Field(), idpProtocol.Field()}, more...)
}

// idpInitiatedOff: the connection is known to refuse IdP-initiated logins
// (TAC102 fails), so nothing further about them matters yet.
func idpInitiatedOff(p *check.Path) bool {
	f := read(idpEnabled, p.Connection)
	return !f.undecided() && !f.v
}

// otherProtocol: IdP-initiated logins are known to be answered by SAML or
// WS-Federation (TAC104 fails), so the query does not count.
func otherProtocol(p *check.Path) bool {
	f := read(idpProtocol, p.Connection)
	return f.given() && !isOIDC(f.v)
}

// tell is the verdict of advice about the identity provider: no configuration
// shows whether it is followed.
func tell(p *check.Path, format string, args ...any) check.Verdict {
	return check.Undecided(p.Connection, p.Connection.Src, "Look it up at the identity provider, or rehearse with one of its responses.", format, args...)
}

// answered: IdP-initiated logins may be answered as the query says.
func answered(p *check.Path) bool { return !idpInitiatedOff(p) && !otherProtocol(p) }

// landsHere: they may be answered to the path's client (TAC103 does not fail).
func landsHere(p *check.Path) bool {
	f := read(idpClient, p.Connection)
	if f.undecided() {
		return answered(p)
	}
	return answered(p) && schema.SameID(f.v, p.Client.ID, p.Offline) != schema.No
}

// isOIDC: Auth0's docs name oauth2, its API schema oidc, and both are in use
// with the same meaning.
func isOIDC(protocol string) bool { return protocol == "oauth2" || protocol == "oidc" }

// implicitAnswer: the query asks for a token of the implicit grant.
func implicitAnswer(q schema.AuthorizeQuery) bool {
	words := q.Words("response_type")
	return slices.Contains(words, "token") || slices.Contains(words, "id_token")
}

// asked is the query of the path's connection.
type asked struct{ fact[schema.AuthorizeQuery] }

// wrong is the verdict that a parameter of the query is wrong, at its place.
func (f asked) wrong(key, format string, args ...any) check.Verdict {
	v := f.fail(format, args...)
	for _, p := range f.v.Params {
		if p.Key == key {
			v.Src = idpQuery.Within(f.state, p.Start, p.End)
			break
		}
	}
	return v
}

func queryOf(p *check.Path) asked { return asked{read(idpQuery, p.Connection)} }

// landing returns the redirect_uri of the path's query; ok is false when it
// has none, is not known, or does not count.
func landing(p *check.Path) (uri string, ok bool) {
	if !landsHere(p) {
		return "", false
	}
	return read(idpQuery, p.Connection).v.Get("redirect_uri")
}

// addCallback contributes a callback without its query unless a wildcard or
// the full URL stands for it already.
func addCallback(p *check.Path, uri, reason string) []check.Contribution {
	entry := bare(uri)
	if entry == "" || holdsPlaceholder(entry) {
		return nil
	}
	have := read(callbacks, p.Client).v
	if !slices.Contains(have, entry) && allows(have, uri) == schema.Yes {
		return nil
	}
	return []check.Contribution{check.Add(p.Client, callbacks.Field(), reason, entry)}
}

// urlList is a fact that lists URLs: callbacks, web origins.
type urlList struct{ fact[[]string] }

// allowing judges whether the list covers a URL; what says what it then is.
func (f urlList) allowing(p *check.Path, url, what string) check.Verdict {
	covered := allows(f.v, url)
	if covered == schema.Maybe {
		covered = allows(byDomain(p, f.v), url)
	}
	switch covered {
	case schema.Yes:
		return check.Passed()
	case schema.Maybe:
		return check.Undecided(f.state, f.src, "Rehearse with the organization or custom domain that the placeholder stands for.",
			"Whether %s is %s depends on an entry with placeholders.", mention(url), what)
	default:
		if f.partial(p) {
			return f.more(p, "The files do not make %s %s; the tenant may.", mention(url), what)
		}
		if near := almost(f.v, url); near != "" {
			return f.fail("%s is not %s. %s is, and Auth0 does not take one for the other.", mention(url), what, mention(near))
		}
		return f.fail("%s is not %s.", mention(url), what)
	}
}

// addGrant contributes a grant type.
func addGrant(p *check.Path, grant, reason string) []check.Contribution {
	return []check.Contribution{check.Add(p.Client, grantTypes.Field(), reason, grant)}
}

// hasGrant judges whether the application may use a grant.
func hasGrant(p *check.Path, grant, use string) check.Verdict {
	f := read(grantTypes, p.Client)
	switch {
	case f.undecided():
		return f.unknown(p)
	case slices.Contains(f.v, grant):
		return check.Passed()
	case f.partial(p):
		return f.more(p, "The files do not give the application the grant type %s, which %s needs; the tenant may.", grant, use)
	default:
		return f.fail("grant_types lacks %s, which %s needs; it holds %s.", grant, use, listed(f.v))
	}
}

// queryBlock is the query as tacit encodes it, for a Fix.
const queryBlock = `idp_initiated {
  query {
    response_type = ["id_token"]
    scope         = ["openid", "profile", "email"]
    redirect_uri  = "https://app.example.com/start-login?connection=customer"
  }
}`
