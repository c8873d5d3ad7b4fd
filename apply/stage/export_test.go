package stage

import (
	"github.com/tacit-dev/tacit/apply/rehearse"
	"github.com/tacit-dev/tacit/schema"
)

// CanaryBody is what would make a canary for a connection.
func CanaryBody(of *schema.Observed, idp *rehearse.IDP, mark schema.CanaryMark) map[string]any {
	return newCanary(of).body(idp, mark)
}
