package onboard

import (
	"bytes"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/tacit-dev/tacit/schema"
)

// collides refuses a customer of whom something is declared already.
func (r *Request) collides(d *draft) error {
	for _, o := range d.config.Objects {
		if o.Kind != schema.SAMLConnection {
			continue
		}
		if strings.EqualFold(o.NaturalKey(), r.Name) {
			return fmt.Errorf("the connection %s is declared already, as %s (%s); nothing was written. Choose another name, or change that one", o.NaturalKey(), o.Addr, o.Src)
		}
		aliases, _ := o.Want("domain_aliases").V.([]any)
		for _, a := range aliases {
			if s, _ := a.(string); slices.ContainsFunc(r.Domains, func(domain string) bool { return strings.EqualFold(domain, s) }) {
				return fmt.Errorf("the domain alias %s belongs to %s (%s); nothing was written. An e-mail domain leads to one connection", s, o.Addr, o.Src)
			}
		}
		if at, _ := o.Want("sign_in_endpoint").V.(string); !r.Again && r.Identity.signsIn(at) {
			return fmt.Errorf("%s (%s) has the sign-on URL %s already; nothing was written. One application at the identity provider is one connection: ask the customer for an application of its own. Where one URL serves several, as with AD FS, say --again", o.Addr, o.Src, at)
		}
	}
	if id := r.Identity.EntityID; id != "" && !r.Again && !r.Identity.several && slices.Contains(d.files.IdentityProviders(), id) && r.Maker.perApplication() {
		return fmt.Errorf("a declared connection has the identity provider %+q already; nothing was written. Ask the customer for an application of its own, or take the one that is declared", id)
	}
	return nil
}

// perApplication: an entity ID stands for one application, as with Okta,
// Google and OneLogin. Elsewhere it stands for a server or a directory, which
// may serve several connections.
func (p *Maker) perApplication() bool {
	return slices.Contains([]string{"okta", "google", "onelogin"}, p.Name)
}

// verify finds the one new connection and sees that it is the customer's, and
// that what was declared stays as it is.
func (r *Request) verify(before, after *draft) (schema.Address, error) {
	var found *schema.Object
	for _, o := range after.config.Objects {
		old := before.config.Object(o.Addr)
		if old == nil && o.Kind == schema.SAMLConnection {
			if found != nil {
				return schema.Address{}, fmt.Errorf("it would declare %s as well", found.Addr)
			}
			found = o
		}
		if old != nil && o.Kind != schema.SilentUpgrade && !sameWants(old, o) {
			return schema.Address{}, fmt.Errorf("it would change %s", o.Addr)
		}
	}
	for _, o := range before.config.Objects {
		if after.config.Object(o.Addr) == nil {
			return schema.Address{}, fmt.Errorf("it would take %s away", o.Addr)
		}
	}
	if found == nil {
		return schema.Address{}, fmt.Errorf("it would declare no connection %s", r.Name)
	}
	return found.Addr, r.matches(found)
}

// sameWants compares what two versions of an object ask for.
func sameWants(a, b *schema.Object) bool {
	for i := range a.Wants {
		x, y := &a.Wants[i], &b.Wants[i]
		if x.Mode != y.Mode || x.Unknown != y.Unknown || !reflect.DeepEqual(x.V, y.V) {
			return false
		}
	}
	return a.Existing == b.Existing && a.PreventDestroy == b.PreventDestroy && slices.Equal(a.Exact, b.Exact)
}

// matches sees that a connection is what was asked for.
func (r *Request) matches(o *schema.Object) error {
	text := func(row string) string { s, _ := o.Want(row).V.(string); return s }
	aliases, _ := o.Want("domain_aliases").V.([]any)
	domains := map[any]bool{}
	for _, d := range aliases {
		domains[d] = true
	}
	asked := map[any]bool{}
	for _, d := range r.Domains {
		asked[d] = true
	}
	lands := reference(o.Want("idp_initiated.client").V)
	switch {
	case o.NaturalKey() != r.Name:
		return fmt.Errorf("its connection would be called %q", o.NaturalKey())
	case !r.Identity.signsIn(text("sign_in_endpoint")):
		return fmt.Errorf("its sign_in_endpoint would be %q, which is not the customer's", text("sign_in_endpoint"))
	case !bytes.Equal(schema.CertDER(text("signing_cert")), r.Identity.Cert.Raw):
		return fmt.Errorf("its signing_cert would not be the customer's")
	case !maps.Equal(domains, asked):
		return fmt.Errorf("its domain_aliases would not be those that were given")
	case o.Want("idp_initiated.enabled").V != true:
		return fmt.Errorf("idp_initiated would not be enabled")
	case r.Client.Kind != "" && lands != r.Client:
		return fmt.Errorf("its logins would land in %s and not in %s", lands, r.Client)
	}
	return nil
}

// reference is the object that a value names.
func reference(v any) schema.Address {
	if t, ok := v.(*schema.Template); ok {
		if a, bare := t.Ref(); bare {
			return a
		}
	}
	return schema.Address{}
}

// through are the silent_upgrade objects with paths through a connection.
func through(cfg *schema.Config, conn schema.Address) []*schema.Object {
	var out []*schema.Object
	for _, o := range cfg.Objects {
		if o.Kind != schema.SilentUpgrade {
			continue
		}
		list, _ := o.Want("connections").V.([]any)
		if slices.ContainsFunc(list, func(v any) bool { return reference(v) == conn }) {
			out = append(out, o)
		}
	}
	return out
}
