package adopt

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/hclconf"
)

// valuesOf lays an object of the tenant out over the rows of its kind: only what
// differs from what tacit would create or imply. The error says why the object
// cannot be declared.
func valuesOf(k *schema.Kind, obs *schema.Observed) (*Object, error) {
	o := &Object{Kind: k, ID: obs.ID, Label: obs.String(k.NaturalKey), Values: map[string]any{}}
	for i := range k.Attrs {
		row := &k.Attrs[i]
		if row.Has(schema.Internal) || row.Has(schema.Identity) || row.Has(schema.Local) {
			continue
		}
		if _, own := obs.At(row.APIPath()); row.ShownAt != "" && own != schema.Known {
			continue // another row says the same
		}
		v, p := obs.Get(row)
		switch {
		case p != schema.Known && row.Has(schema.Required):
			return nil, fmt.Errorf("it has no %s", row.Name)
		case p != schema.Known:
			if row.Implied != nil && (p == schema.Absent || p == schema.Null) {
				o.Resets = append(o.Resets, row.Name)
			}
		case row.Has(schema.Secret):
			o.remark("%s is set on the tenant and stays as it is: secrets are not written into files. To manage it, set it from a variable with sensitive = true.", row.Name)
		default:
			if err := o.take(row, v); err != nil {
				return nil, err
			}
		}
	}
	o.blocks()
	if k == schema.SAMLConnection {
		o.connection()
	}
	return o, nil
}

func (o *Object) remark(format string, args ...any) {
	o.Remarks = append(o.Remarks, fmt.Sprintf(format, args...))
}

// take sets a row to a value, unless a new object would have it anyway.
func (o *Object) take(row *schema.Attr, v any) error {
	if row == o.Kind.Mark() || ordinary(o.Kind, row, v) {
		return nil
	}
	if mark := o.Kind.Mark(); mark != nil && strings.HasPrefix(mark.APIPath(), row.APIPath()+".") {
		v = without(v, strings.TrimPrefix(mark.APIPath(), row.APIPath()+"."))
	}
	kept, secrets := disclose(v)
	for _, s := range secrets {
		o.remark("%s%s looks like a secret and stays as it is on the tenant.", row.Name, s)
	}
	if len(secrets) > 0 && kept == nil {
		return o.mustHave(row, "it holds a secret")
	}
	v = kept
	if row.Type == schema.Set || row.Type == schema.Refs {
		if list, ok := v.([]any); ok {
			v = append([]any{}, schema.Missing(list, nil)...)
		}
	}
	if row.Implied == nil && empty(v) {
		return nil
	}
	if err := hclconf.Writable(row, v); err != nil {
		o.remark("%s stays as it is on the tenant: %s.", row.Name, err)
		return o.mustHave(row, err.Error())
	}
	o.Values[row.Name] = v
	return nil
}

// mustHave: a block without a required row, or one whose kind would imply
// another value, cannot be written.
func (o *Object) mustHave(row *schema.Attr, why string) error {
	if row.Has(schema.Required) || row.Implied != nil {
		return fmt.Errorf("its %s cannot be written down: %s", row.Name, why)
	}
	return nil
}

// ordinary: an object that tacit creates without a word about the row has the
// same, or what Auth0 takes for the same.
func ordinary(k *schema.Kind, row *schema.Attr, v any) bool {
	switch {
	case row.Implied != nil:
		return row.Equal(row.Implied, v)
	case row.Default != nil:
		return row.Equal(row.Default, v)
	case k == schema.SAMLConnection:
		usual, ok := usualConnection()[row.Name]
		return ok && schema.Same(usual, v)
	default:
		return false
	}
}

// usualConnection are values that mean what leaving them out means (Auth0's API
// schema: signSAMLRequest and disableSignout default to false, an empty
// protocolBinding is HTTP-Redirect), and what new connections get (recorded
// since 2026-05: assertion_decryption_settings).
func usualConnection() map[string]any {
	return map[string]any{
		"sign_saml_request": false, "disable_signout": false, "debug": false,
		"protocol_binding":              "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect",
		"assertion_decryption_settings": map[string]any{"algorithm_profile": "v2026-1", "algorithm_exceptions": []any{}},
	}
}

func empty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	default:
		return false
	}
}

// blocks takes nested blocks out that lack a row without which they cannot be
// written.
func (o *Object) blocks() {
	for i := range o.Kind.Attrs {
		row := &o.Kind.Attrs[i]
		group, _, nested := strings.Cut(row.Name, ".")
		if !nested || !row.Has(schema.RequiredInBlock) {
			continue
		}
		others := slices.DeleteFunc(o.below(group), func(n string) bool { return n == row.Name })
		v, set := o.Values[row.Name]
		switch {
		case !set && len(others) > 0:
			for _, n := range others {
				delete(o.Values, n)
			}
			o.remark("%s stays as it is on the tenant, because %s is missing there: it counts as off. Write the block, with %s, to decide.", group, row.Name, row.Name)
		case v == false && len(others) == 0:
			delete(o.Values, row.Name)
		}
	}
}

// below are the rows of a nested block that have a value.
func (o *Object) below(group string) []string {
	var out []string
	for name := range o.Values {
		if strings.HasPrefix(name, group+".") {
			out = append(out, name)
		}
	}
	return out
}

// connection leaves out what Auth0 derives by itself.
func (o *Object) connection() {
	if o.Values["metadata_url"] != nil {
		// Auth0 reads these from the document on every write, and which side wins
		// when both are given is not established.
		for _, n := range []string{"sign_in_endpoint", "sign_out_endpoint", "signing_cert"} {
			delete(o.Values, n)
		}
	}
	if realms, ok := o.Values["realms"].([]any); ok && len(realms) == 1 && realms[0] == o.Values["name"] {
		delete(o.Values, "realms") // its name, unless set (recorded)
	}
}

// without returns an object less one member.
func without(v any, member string) any {
	m, ok := v.(map[string]any)
	if !ok || m[member] == nil {
		return v
	}
	out := make(map[string]any, len(m))
	for k, e := range m {
		if k != member {
			out[k] = e
		}
	}
	return out
}
