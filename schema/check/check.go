// Package check is the framework for tacit's rules: what a rule is, what it is
// judged on and what comes out. The rules themselves are in schema/check/rules.
//
// A rule judges one [Path]: a connection whose users land in a client and are
// silently upgraded to a token for an API. It says pass, fail, not applicable
// or unknown, never "probably". Some rules also contribute what they ask for
// ([Contribution]), from a closed list that only adds access.
package check

import (
	"fmt"
	"slices"
	"time"

	"github.com/tacit-dev/tacit/schema"
)

// Path is one way from an IdP-initiated login to an API token. Its objects are
// as declared (offline), as planned or as found on the tenant.
type Path struct {
	// Addr is the silent_upgrade block, Src its header.
	Addr schema.Address
	Src  *schema.Range
	// Upgrade is the block itself, for the ranges of its attributes.
	Upgrade *schema.Object

	Connection, Client, API *schema.State

	// Tenant, MFA and Actions are the tenant's settings, its MFA policies and
	// the Actions at login; never nil, unread where nobody read them.
	Tenant, MFA, Actions *schema.State
	// UserGrant is the client grant that lets the client ask for tokens of the
	// API for its users, Domain the custom domain LoginDomain, Organization and
	// Membership the organization and its connection. Each is nil when there is
	// none, and then Read says whether that is known.
	UserGrant, Domain, Organization, Membership *schema.State
	Read                                        Read

	// Via is schema.ViaIframe, ViaRedirect or ViaInteractive.
	Via string
	// RedirectURI is what the SPA sends with prompt=none. Assumed: nothing
	// declares it, so it is what SDKs send by themselves.
	RedirectURI string
	Assumed     bool
	Scopes      []string
	// LoginDomain is the host of /authorize, "" when nothing names it;
	// CanonicalDomain is the tenant's own host, "" when it is not known.
	LoginDomain, CanonicalDomain string
	// At is LoginDomain where the upgrade has several, for its label.
	At string
	// Refresh: the SPA asks for a refresh token, too. DPoP: it binds tokens to
	// a key.
	Refresh, DPoP bool
	// Sensitive: the redirect URI, the scopes or the query came from a
	// sensitive value, so what is derived from them is one too.
	Sensitive bool
	// Now is the moment at which certificates are judged; the zero time judges
	// none of their dates.
	Now time.Time
	// Offline: nothing was looked up on a tenant, so what the files do not
	// say is not known.
	Offline bool
}

// Attr returns where the silent_upgrade block sets an attribute, or the block;
// nil when no configuration declares the path.
func (p *Path) Attr(name string) *schema.Range {
	if p.Upgrade == nil {
		return p.Src
	}
	if w := p.Upgrade.Want(name); w.Src != nil {
		return w.Src
	}
	return p.Src
}

// state returns the path's object with that address, or nil.
func (p *Path) state(a schema.Address) *schema.State {
	for _, s := range p.States() {
		if s.Addr == a {
			return s
		}
	}
	return nil
}

// States are all objects that the path has.
func (p *Path) States() []*schema.State {
	all := []*schema.State{
		p.Connection, p.Client, p.API, p.Tenant, p.MFA, p.Actions, p.UserGrant, p.Domain, p.Organization, p.Membership,
	}
	return slices.DeleteFunc(all, func(s *schema.State) bool { return s == nil })
}

// Read says which lists were read whole, so that what is not in them does not
// exist.
type Read struct{ Grants, Domains, Memberships bool }

// Grade says how well a rule's claim about Auth0 is established.
type Grade string

// The grades, best first.
const (
	Recorded   Grade = "recorded"            // seen in real API traffic
	Documented Grade = "documented"          // Auth0's documentation says so
	Library    Grade = "open-source library" // read in Auth0's or an SDK's code
	Assumed    Grade = "assumed"             // inferred; verify on a tenant
)

// Severities are a rule's severity per Path.Via; a missing entry means that
// the rule does not apply to that way.
type Severities map[string]schema.Severity

// Always is the same severity whatever the way.
func Always(s schema.Severity) Severities {
	return Severities{schema.ViaIframe: s, schema.ViaRedirect: s, schema.ViaInteractive: s}
}

// Rule is one prerequisite of the silent upgrade.
type Rule struct {
	// Code is TAC and three digits: 1xx connection, 2xx client, 3xx API and
	// grants, 4xx tenant, 5xx domain, session and organization, 6xx the SPA.
	Code string
	// Name is short and stable, such as connection-client-enabled.
	Name string
	// Summary is the prerequisite as a sentence that should hold.
	Summary string
	// Why, Fix and Symptom are for the person whose login fails: the
	// mechanism, what to write, and the OAuth error and what the user sees.
	Why, Fix, Symptom string
	// Source names where the claim comes from; Grade how good that is.
	Source string
	Grade  Grade

	Severity Severities
	// Follows are the codes of rules whose failure makes this one fail, too:
	// the report names the cause.
	Follows []string
	// Forced replaces every severity of the rule, "" for none: how a person
	// weighs it.
	Forced schema.Severity
	// Advice: no configuration shows whether it holds (the SPA's code, the IdP).
	// Reports leave it out; explaining a path tells it.
	Advice bool
	// NotRehearsed says why no login on a copy of the tenant shows that the
	// rule fails, "" when one does.
	NotRehearsed string
	// Token is what an error of the rule means for the API's token: Fail (none
	// comes) unless it says Unknown (one may come) or Pass (one comes).
	Token Outcome
	// Reads are the fields that must be fetched to judge the rule.
	Reads []schema.Field
	Judge func(*Path) Verdict
	// Contributes lists the fields that Contribute may add to.
	Contributes []schema.Field
	// Contribute returns what the declared path needs; nil for rules that
	// only judge.
	Contribute func(*Path) []Contribution
}

// Outcome is what a rule says of a path.
type Outcome string

// The outcomes.
const (
	Pass          Outcome = "pass"
	Fail          Outcome = "fail"
	NotApplicable Outcome = "not applicable"
	Unknown       Outcome = "unknown"
)

// Verdict is a rule's answer for one path.
type Verdict struct {
	Outcome Outcome
	// Object is what the verdict is about.
	Object schema.Address
	// Src is the line to look at, nil when only the tenant holds the value.
	Src *schema.Range
	// Message is what was found, with names and values. It leaves out the name
	// of the object itself, which the finding shows beside it: verdicts on
	// many instances of one block that say the same become one finding.
	Message string
	// Fix replaces the rule's own when the case calls for another.
	Fix string
	// Settle says what would turn unknown into an answer.
	Settle string
	// Severity replaces the rule's own when the case is graver or milder.
	Severity schema.Severity
}

// As is the verdict with a severity of its own.
func (v Verdict) As(s schema.Severity) Verdict {
	v.Severity = s
	return v
}

// Advise is the verdict with a fix of its own.
func (v Verdict) Advise(fix string) Verdict {
	v.Fix = fix
	return v
}

// Passed is the verdict of a rule that holds.
func Passed() Verdict { return Verdict{Outcome: Pass} }

// Skipped is the verdict of a rule that has nothing to say of this path.
func Skipped() Verdict { return Verdict{Outcome: NotApplicable} }

// Failed is the verdict of a broken rule: the object at fault, the line and
// what was found there.
func Failed(s *schema.State, src *schema.Range, format string, args ...any) Verdict {
	return Verdict{Outcome: Fail, Object: s.Addr, Src: src, Message: fmt.Sprintf(format, args...)}
}

// Undecided is the verdict of a rule that lacks a fact, with what would settle
// it.
func Undecided(s *schema.State, src *schema.Range, settle string, format string, args ...any) Verdict {
	return Verdict{Outcome: Unknown, Object: s.Addr, Src: src, Settle: settle, Message: fmt.Sprintf(format, args...)}
}

// Reads collects what a set of rules needs fetched.
func Reads(rules []*Rule) []schema.Field {
	var fs []schema.Field
	for _, r := range rules {
		fs = append(fs, r.Reads...)
	}
	return schema.Fields(fs...)
}
