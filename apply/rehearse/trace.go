package rehearse

import "net/url"

// Outcome is what a rehearsal found out.
type Outcome string

// The outcomes. Unknown is one of them: the tenant could not be reached, or did something that a rehearsal cannot judge.
const (
	Passed  Outcome = "passed"
	Failed  Outcome = "failed"
	Unknown Outcome = "unknown"
)

// Step is a part of the login.
type Step string

// The steps, in their order.
const (
	StepACS       Step = "acs"       // the IdP's response is posted to the tenant
	StepLanding   Step = "landing"   // the browser arrives in the application
	StepAuthorize Step = "authorize" // the application asks for a code
	StepIDP       Step = "idp"       // interactive only: the tenant sends the browser to the IdP
	StepCallback  Step = "callback"  // the answer reaches the application
	StepToken     Step = "token"     // the code is exchanged
	StepKeys      Step = "keys"      // discovery and signing keys are read
	StepVerify    Step = "verify"    // the tokens are verified
	StepUserinfo  Step = "userinfo"  // DPoP only: the token is used with a proof of its key
	StepRefresh   Step = "refresh"   // the refresh token is exchanged
)

// Steps lists the steps.
func Steps() []Step {
	return []Step{StepACS, StepLanding, StepAuthorize, StepIDP, StepCallback, StepToken, StepKeys, StepVerify, StepRefresh}
}

// Frame is where in the browser a request was made.
type Frame string

// The frames.
const (
	Page   Frame = "page"   // top-level navigation
	Iframe Frame = "iframe" // navigation of a hidden iframe
	Fetch  Frame = "fetch"  // request by a script, or by the API that verifies a token
)

// Trace is one rehearsed login as data. It holds no token, code, cookie value or other secret: texts from the server
// have those replaced with an ellipsis.
type Trace struct {
	Path     string    `json:"path"`
	Scenario Summary   `json:"scenario"`
	Outcome  Outcome   `json:"outcome"`
	Stopped  *Stop     `json:"stopped,omitempty"` // where and why, unless passed
	Landing  *Landing  `json:"landing,omitempty"`
	Access   *Token    `json:"access_token,omitempty"`
	ID       *Token    `json:"id_token,omitempty"`
	Renewed  *Token    `json:"renewed_access_token,omitempty"` // what the refresh token was exchanged for
	Scopes   *ScopeSet `json:"scopes,omitempty"`
	Notes    []string  `json:"notes,omitempty"` // what was assumed, or is worth knowing though the login works
	// NotRehearsed are the rules that fail on the path and whose failure no login on a copy shows.
	NotRehearsed []FailingRule `json:"not_rehearsed,omitempty"`
	Hops         []Hop         `json:"hops"`
}

// FailingRule is a rule that fails on a path.
type FailingRule struct {
	Code     string `json:"code"`
	Severity string `json:"severity"`
	Object   string `json:"object"`
	Message  string `json:"message"`
	Why      string `json:"why"` // why no rehearsal shows it
}

// Summary is what of the scenario a reader needs beside the hops.
type Summary struct {
	Domain         string  `json:"domain"`
	Connection     string  `json:"connection"`
	Organization   string  `json:"organization,omitempty"`
	ClientID       string  `json:"client_id"`
	Audience       string  `json:"audience,omitempty"`
	RedirectURI    string  `json:"redirect_uri"`
	Via            Via     `json:"via"`
	Session        Session `json:"session,omitempty"`
	Implicit       bool    `json:"implicit,omitempty"`
	BlockedCookies bool    `json:"third_party_cookies_blocked,omitempty"`
	Fault          Fault   `json:"fault,omitempty"`
}

// Stop says where a login stopped. It travels as an error through the flow.
type Stop struct {
	Step        Step   `json:"step"`
	Hop         int    `json:"hop"` // index into Trace.Hops, -1 when no request was made
	Code        string `json:"error,omitempty"`
	Description string `json:"error_description,omitempty"`
	Message     string `json:"message"`        // what is wrong, in plain words
	Sees        string `json:"sees,omitempty"` // what the user sees

	outcome Outcome
}

// Error is for the flow; people get the fields.
func (s *Stop) Error() string { return string(s.Step) + ": " + s.Message }

// Landing is where the IdP-initiated login brought the browser.
type Landing struct {
	URL    string   `json:"url"`
	Answer string   `json:"answer"`           // fragment, query, form_post or none
	Params []string `json:"params,omitempty"` // names of the answer's parameters
	Access *Token   `json:"access_token,omitempty"`
	ID     *Token   `json:"id_token,omitempty"`

	// at is the URL with nothing cut; it never leaves the package.
	at *url.URL
}

// Kind says what a token looks like from outside.
type Kind string

// The kinds of token.
const (
	JWT       Kind = "jwt"
	Encrypted Kind = "encrypted" // five parts: only the tenant reads it
	Opaque    Kind = "opaque"
)

// Token is what may be told about a token.
type Token struct {
	Kind     Kind           `json:"kind"`
	Verified bool           `json:"verified"`             // signature and claims
	Type     string         `json:"token_type,omitempty"` // as the token end point says: Bearer or DPoP
	Header   map[string]any `json:"header,omitempty"`
	Claims   map[string]any `json:"claims,omitempty"`
}

// ScopeSet compares what was asked with what the token grants.
type ScopeSet struct {
	Asked   []string `json:"asked"`
	Granted []string `json:"granted"`
	Missing []string `json:"missing,omitempty"`
}

// Hop is one request and its answer.
type Hop struct {
	Step      Step       `json:"step"`
	Frame     Frame      `json:"frame"`
	Method    string     `json:"method"`
	URL       string     `json:"url"`
	Form      []string   `json:"form,omitempty"` // names of the fields sent
	Sent      []string   `json:"cookies_sent,omitempty"`
	Withheld  []Withheld `json:"cookies_withheld,omitempty"`
	Proof     []string   `json:"dpop_proof,omitempty"` // claims of the proof sent
	Status    int        `json:"status,omitempty"`     // 0 when no answer came
	Set       []Cookie   `json:"cookies_set,omitempty"`
	Location  string     `json:"location,omitempty"`
	Decisions []Decision `json:"decisions,omitempty"` // of a server that tells them
	Learnt    []string   `json:"learnt,omitempty"`
}

// Decision is what a model of a tenant says about its own behaviour: what it decided, how it ended, and how well it is
// established that a real tenant does the same.
type Decision struct {
	ID      string `json:"id"`
	Grade   string `json:"grade,omitempty"`
	Outcome string `json:"outcome,omitempty"`
}

// Withheld is a cookie that the browser has for the host and did not send.
type Withheld struct {
	Name string `json:"name"`
	Why  string `json:"why"`
}

// Cookie is a Set-Cookie header without its value.
type Cookie struct {
	Name       string `json:"name"`
	Domain     string `json:"domain,omitempty"` // empty: this host only
	Path       string `json:"path"`
	Secure     bool   `json:"secure"`
	HTTPOnly   bool   `json:"http_only"`
	SameSite   string `json:"same_site,omitempty"` // as sent; empty when not sent
	Persistent bool   `json:"persistent"`
	Removed    bool   `json:"removed,omitempty"`
	Refused    string `json:"refused,omitempty"` // why the browser did not keep it
}
