package sandbox

import (
	"fmt"
	"mime"
	"net/http"
)

// Outcome is how a decision of the login flow ended.
type Outcome string

// The outcomes. A step whose real outcome depends on what the sandbox cannot know (an Action's code, say) is Unknown and
// the flow goes on as if it did nothing.
const (
	Passed  Outcome = "passed"
	Refused Outcome = "refused"
	Unknown Outcome = "unknown"
)

// Decision is one thing the login flow decided about a request, with how well the behaviour behind it is founded.
type Decision struct {
	ID      string  `json:"id"` // of a row of LoginBehaviours
	Grade   Grade   `json:"grade"`
	Outcome Outcome `json:"outcome"`
	Detail  string  `json:"detail,omitempty"` // for people; never a credential
}

// DecisionHeader is the response header that carries the decisions about a request, one value each, in the syntax of a
// media type: `authorize-consent; grade=documented; outcome=refused`.
const DecisionHeader = "X-Sandbox-Decision"

// show adds a decision to the header of a response. Details stay out of it: they are written by the people and systems
// that call.
func (d Decision) show(h http.Header) {
	h.Add(DecisionHeader, mime.FormatMediaType(d.ID, map[string]string{"grade": string(d.Grade), "outcome": string(d.Outcome)}))
}

// learn records a decision about the request. The behaviour must be one of LoginBehaviours.
func (v *visit) learn(id string, outcome Outcome, format string, args ...any) {
	b, ok := v.s.loginFacts[id]
	if !ok {
		panic(fmt.Sprintf("sandbox: no behaviour is called %q", id))
	}
	v.decisions = append(v.decisions, Decision{ID: id, Grade: b.Grade, Outcome: outcome, Detail: fmt.Sprintf(format, args...)})
}
