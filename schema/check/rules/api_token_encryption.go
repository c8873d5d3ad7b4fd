package rules

import (
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// apiTokenEncryption: an encrypted token is no JWT to whoever reads it as one.
func apiTokenEncryption() *check.Rule {
	return &check.Rule{
		Code:    "TAC311",
		Name:    "api-token-encryption",
		Summary: "Access tokens are signed and not encrypted",
		Why: "With token_encryption the API gets a JWE: five parts in place of three, which only the holder of the private key can open. The SPA passes it on without noticing; the API has to decrypt it before it verifies the JWT inside. " +
			"tacit does not take the encryption away unasked.",
		Fix: `If the API expects a plain JWT, remove the encryption:

api "orders" {
  reset = ["token_encryption"]
}

If it decrypts, accept the finding with that reason.`,
		Symptom:  "The API answers 401 (malformed token); a debugger for JWTs cannot read it.",
		Source:   "Auth0 docs: JSON Web Encryption",
		Grade:    check.Documented,
		Severity: check.Always(schema.Error),
		Reads:    []schema.Field{tokenEncryption.Field()},
		Judge: func(p *check.Path) check.Verdict {
			f := read(tokenEncryption, p.API)
			switch {
			case f.undecided():
				return f.unread(p)
			case f.given():
				return f.fail("token_encryption is set, so the token is a JWE and not a signed JWT.")
			default:
				return check.Passed()
			}
		},
	}
}
