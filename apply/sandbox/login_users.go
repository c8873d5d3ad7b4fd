package sandbox

import (
	"slices"
	"strings"
)

// userAttributes is where a connection says users' ids come from, in the order they are tried (documented for
// user_id_attribute and for the default nameidentifier, upn, name).
func userAttributes(options object) []string {
	if a := text(options, "user_id_attribute"); a != "" {
		return []string{a}
	}
	if a := mapped(options, "user_id"); len(a) > 0 {
		return a
	}
	return []string{nameIdentifier, claims2005 + "upn", claims2005 + "name"}
}

// mapped are the SAML attributes that fieldsMap names for a profile attribute.
func mapped(options object, attribute string) []string {
	fields := child(options, "fieldsMap")
	if one := text(fields, attribute); one != "" {
		return []string{one}
	}
	return list(fields, attribute)
}

// identify is the user's id at the identity provider, and the attribute it came from. "nameidentifier" alone means the
// claim of that name.
func (p profile) identify(options object) (id, attribute string) {
	for _, a := range userAttributes(options) {
		for _, name := range []string{a, claims2005 + a} {
			if v := p.first(name); v != "" {
				return v, name
			}
		}
	}
	return "", ""
}

// user makes the attributes of a user of an assertion: the fields map, then the usual claims (documented default map).
func (p profile) user(options object) object {
	out := object{}
	for attribute, defaults := range map[string][]string{
		"email":       {claims2005 + "emailaddress", "email"},
		"given_name":  {claims2005 + "givenname", "given_name"},
		"family_name": {claims2005 + "surname", "family_name"},
		"name":        {claims2005 + "name", "name"},
		"nickname":    {"nickname"},
		"picture":     {"picture"},
	} {
		for _, source := range append(mapped(options, attribute), defaults...) {
			if v := p.first(source); v != "" {
				out[attribute] = v
				break
			}
		}
	}
	if text(out, "name") == "" && text(out, "email") != "" {
		out["name"] = out["email"]
	}
	return out
}

// upsert makes or refreshes the user of a login. What the tenant holds beside the profile (roles, permissions,
// app_metadata) stays.
func (v *visit) upsert(id, connection string, attributes object) object {
	old := v.s.tenant.users.get(id)
	next := clone(old)
	for key, value := range attributes {
		next[key] = value
	}
	next["user_id"] = id
	strategy, _, _ := strings.Cut(id, "|")
	next["identities"] = []any{object{"provider": strategy, "connection": connection, "isSocial": false, "user_id": strings.TrimPrefix(id, strategy+"|")}}
	setDefault(next, "created_at", v.now.UTC().Format(timestamp))
	next["last_login"] = v.now.UTC().Format(timestamp)
	logins, _ := integer(next["logins_count"])
	next["logins_count"] = number(logins + 1)
	v.s.tenant.users.put(next)
	v.wrote = true
	return next
}

// removeUsersOf deletes the users whose only identity is at a connection.
func (t *tenant) removeUsersOf(connection string) {
	for _, it := range t.users.created() {
		identities, _ := it.body["identities"].([]any)
		if len(identities) != 1 {
			continue
		}
		if identity, ok := identities[0].(object); ok && text(identity, "connection") == connection {
			t.users.remove(it.id)
		}
	}
}

// permissions are what a user may do at an API, directly and through roles, in the shape of GET
// /users/{id}/permissions.
func permissions(user object, identifier string) []string {
	grants, _ := user["permissions"].([]any)
	roles, _ := user["roles"].([]any)
	for _, r := range roles {
		role, _ := r.(object)
		more, _ := role["permissions"].([]any)
		grants = append(slices.Clone(grants), more...)
	}
	var out []string
	for _, g := range grants {
		grant, _ := g.(object)
		if name := text(grant, "permission_name"); name != "" && text(grant, "resource_server_identifier") == identifier {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// isMember says whether a user belongs to an organization; the seed lists the ids under "organizations".
func isMember(user object, organization string) bool {
	return slices.Contains(list(user, "organizations"), organization)
}

// join makes a user a member.
func (v *visit) join(user object, organization string) object {
	next := clone(user)
	ids, _ := user["organizations"].([]any)
	next["organizations"] = append(slices.Clone(ids), organization)
	v.s.tenant.users.put(next)
	v.wrote = true
	return next
}
