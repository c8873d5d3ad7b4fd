package stage

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"time"

	"github.com/tacit-dev/tacit/apply/rehearse"
	"github.com/tacit-dev/tacit/schema"
)

// canary is the connection that stands for a customer's on the tenant itself.
type canary struct {
	name, user, entityID string
	// id is the tenant's, "" before it is known.
	id string
	// of is the customer's connection, as the tenant has it.
	of *schema.Observed
	// memberships are its organizations on the paths.
	memberships []*schema.Observed
	parts       []*part
	// begun: it may be on the tenant; refused: it certainly is not.
	begun, refused bool
	// known: the login end points have had the time to learn of it.
	known bool
}

// newCanary names a canary.
func newCanary(of *schema.Observed) *canary {
	var b [5]byte
	_, _ = rand.Read(b[:]) // crypto/rand.Read never fails (its documentation)
	random := hex.EncodeToString(b[:])
	return &canary{
		name: schema.CanaryPrefix + random, user: "canary-" + random + "@tacit.invalid", entityID: "urn:tacit:canary:" + random, of: of,
	}
}

// taken are the options that a canary takes over, each with what of its value may pass: an allow-list, for a copy would
// bring along the customer's keys, certificate, e-mail domains and metadata URL, and whatever option comes next.
func taken() map[string]func(any) any {
	return map[string]func(any) any{
		"idpinitiated": idpInitiated, "fieldsMap": fieldsMap, "user_id_attribute": plainText,
		"signatureAlgorithm": plainText, "digestAlgorithm": plainText, "protocolBinding": plainText,
		"set_user_root_attributes": plainText, "non_persistent_attrs": plainTexts,
	}
}

// body is what makes the canary.
func (c *canary) body(idp *rehearse.IDP, mark schema.CanaryMark) object {
	options := object{
		// Its own: an IdP that nobody is (RFC 6761), and an audience that no other connection accepts.
		"entityId": c.entityID, "signInEndpoint": issuer + c.name, "signingCert": armoured(idp),
	}
	live := child(c.of.Raw, "options")
	for key, pass := range taken() {
		if v := pass(live[key]); v != nil {
			options[key] = v
		}
	}
	return object{
		"name": c.name, "strategy": "samlp", "show_as_button": false, "metadata": mark.Metadata(), "options": options,
	}
}

// idpInitiated always says whether it is enabled: Auth0 takes a block with a client and without enabled for enabled
// (recorded 40 of 40).
func idpInitiated(v any) any {
	live, _ := v.(object)
	if live == nil {
		return nil
	}
	out := object{"enabled": live["enabled"] == true}
	for _, key := range []string{"client_id", "client_protocol", "client_authorizequery"} {
		if s := plainText(live[key]); s != nil {
			out[key] = s
		}
	}
	return out
}

// fieldsMap passes attribute names, one or several per field.
func fieldsMap(v any) any {
	live, _ := v.(object)
	out := object{}
	for field, source := range live {
		if one := plainText(source); one != nil {
			out[field] = one
		} else if several := plainTexts(source); several != nil {
			out[field] = several
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// plainText passes a text that says something: connections made in the dashboard hold empty ones for "unset" (recorded).
func plainText(v any) any {
	if s, _ := v.(string); s != "" {
		return s
	}
	return nil
}

func plainTexts(v any) any {
	live, _ := v.([]any)
	var out []any
	for _, e := range live {
		if s := plainText(e); s != nil {
			out = append(out, s)
		}
	}
	if out == nil {
		return nil
	}
	return out
}

// armoured is an IdP's certificate as connections hold certificates: base64 of PEM.
func armoured(idp *rehearse.IDP) string {
	return base64.StdEncoding.EncodeToString(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: idp.Certificate().Raw}))
}

// leftAfter is how old a canary has to be before another run takes it for left over: no run takes that long.
const leftAfter = 15 * time.Minute

// stray is a canary of another run.
type stray struct {
	id, name string
	mark     schema.CanaryMark
}

// strays finds the canaries of other runs: those that were left over, and those that may be in use.
func strays(connections []*schema.Observed, now time.Time) (old, young []stray) {
	for _, o := range connections {
		mark, ok := schema.CanaryOf(o)
		switch s := (stray{o.ID, o.String("name"), mark}); {
		case !ok:
		case now.Sub(mark.Started) >= leftAfter:
			old = append(old, s)
		default:
			young = append(young, s)
		}
	}
	return old, young
}
