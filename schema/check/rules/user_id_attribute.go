package rules

import (
	"strings"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// userIDAttribute: the user ID outlives everything else about a user.
func userIDAttribute() *check.Rule {
	return &check.Rule{
		Code:    "TAC125",
		Name:    "user-id-attribute",
		Summary: "The user ID comes from one attribute that does not change",
		Why: "The user ID, and with it the sub of every token, is samlp|CONNECTION|VALUE, where VALUE is an attribute of the assertion: the one that user_id_attribute or fields_map names, else the first of nameidentifier, upn and name. " +
			"When the value changes, the same person comes back as a new user without history. E-mail addresses change. Which of the two settings wins when both are there is not documented.",
		Fix: `Name one attribute that stays, once and for all (changing it later makes new users of everybody):

saml_connection "customer" {
  user_id_attribute = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier"
}`,
		Symptom:  "The token is fine, its sub is new: the user sees an empty account.",
		Source:   "Auth0 docs: SAML service provider settings (user ID attribute), Metadata fields (user_id)",
		Grade:    check.Documented,
		Severity: check.Always(schema.Warning),
		Reads:    []schema.Field{userIDAttr.Field(), fieldsMap.Field()},
		Judge:    judgeUserIDAttribute,
	}
}

func judgeUserIDAttribute(p *check.Path) check.Verdict {
	f, fields := read(userIDAttr, p.Connection), read(fieldsMap, p.Connection)
	switch {
	case f.undecided() && !p.Offline:
		return f.unknown(p)
	case fields.undecided() && !p.Offline:
		return fields.unknown(p)
	}
	mapped := firstText(fields.v["user_id"])
	switch {
	case f.v != "" && mapped != "" && mapped != f.v:
		return f.fail("user_id_attribute and the user_id of fields_map name different attributes.")
	case isEmail(f.v):
		return f.fail("The user ID is the e-mail address, which may change.").As(schema.Info)
	case f.v == "" && isEmail(mapped):
		return fields.fail("The user ID is the e-mail address, which may change.").As(schema.Info)
	default:
		return check.Passed()
	}
}

// firstText is a value of fields_map: a text, or the first of several.
func firstText(v any) string {
	if list, ok := v.([]any); ok && len(list) > 0 {
		v = list[0]
	}
	s, _ := v.(string)
	return s
}

// isEmail: an attribute of this name holds an e-mail address.
func isEmail(attribute string) bool {
	switch strings.ToLower(attribute[strings.LastIndexByte(attribute, '/')+1:]) {
	case "email", "mail", "emailaddress":
		return true
	default:
		return false
	}
}
