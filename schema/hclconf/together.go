package hclconf

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/tacit-dev/tacit/schema"
)

// maxOrganizationConnections is Auth0's limit on every plan (entity limit
// policy). How many objects a tenant may hold depends on its subscription, which
// no file tells; package plan notes when a plan passes one of those limits.
const maxOrganizationConnections = 10

// together finds what single blocks cannot show: values that two objects must
// not share, and limits on how many there may be.
func (ev *evaluation) together(objects []*schema.Object) {
	ev.sameKeys(objects)
	ev.sharedDomains(objects)
	ev.sharedRealms(objects)
	ev.domainConnections(objects)
	ev.crowdedOrganizations(objects)
}

// claim is an object's use of a value that only one may use.
type claim struct {
	o   *schema.Object
	src *schema.Range
}

// contested are the claims of one value by several objects, in order.
type contested struct {
	value  string
	claims []claim
}

// contests collects values claimed by more than one object. claims returns
// what an object claims and where.
func contests(objects []*schema.Object, claims func(*schema.Object) ([]string, *schema.Range)) []contested {
	byValue := map[string][]claim{}
	for _, o := range objects {
		values, src := claims(o)
		slices.Sort(values)
		for _, v := range slices.Compact(values) {
			byValue[v] = append(byValue[v], claim{o, cmp.Or(src, o.Src)})
		}
	}
	var out []contested
	for v, list := range byValue {
		if len(list) > 1 {
			out = append(out, contested{v, list})
		}
	}
	slices.SortFunc(out, func(a, b contested) int { return strings.Compare(a.value, b.value) })
	return out
}

// tell reports contested values once per place. The first object stands for
// what was there before, and the places of the others are shown.
func (ev *evaluation) tell(cs []contested, report func(p place, value, other string)) {
	for _, c := range cs {
		first := c.claims[0]
		for _, later := range c.claims[1:] {
			p := place{rng: rangeOf(later.src)}
			if *later.src != *first.src {
				p.also = []hcl.Range{rangeOf(first.src)}
			}
			if later.o.Addr.Each {
				p.instance = later.o.Addr.String()
			}
			report(p, c.value, first.o.Addr.String())
		}
	}
}

// sameKeys refuses two objects whose key has several parts, all of them equal.
func (ev *evaluation) sameKeys(objects []*schema.Object) {
	ev.tell(contests(objects, func(o *schema.Object) ([]string, *schema.Range) {
		if o.Kind.KeyRest == nil {
			return nil, nil
		}
		return objectKeys(o), o.Src
	}), func(p place, _, other string) {
		kind, _, _ := strings.Cut(other, ".")
		ev.c.fail(p, "Declared twice", "%s has the same %s; Auth0 keeps one object for these.", other, finder(kind))
	})
}

// sharedDomains warns of e-mail domains on several connections. Whether Auth0
// takes the second is not documented; that the login page can lead a domain to
// one of them only follows from how it works.
func (ev *evaluation) sharedDomains(objects []*schema.Object) {
	ev.tell(contests(objects, func(o *schema.Object) ([]string, *schema.Range) {
		return texts(o, schema.SAMLConnection, "domain_aliases", strings.ToLower)
	}), func(p place, value, other string) {
		ev.c.warn(p, "Domain on two connections", "%s is among the domain_aliases of %s too. The login page leads an e-mail domain to one connection, and which one is not documented.", value, other)
	})
}

func (ev *evaluation) sharedRealms(objects []*schema.Object) {
	ev.tell(contests(objects, func(o *schema.Object) ([]string, *schema.Range) {
		return texts(o, schema.SAMLConnection, "realms", func(s string) string { return s })
	}), func(p place, value, other string) {
		ev.c.fail(p, "Realm on two connections", "%q is among the realms of %s too, and Auth0 refuses the second.", value, other)
	})
}

func (ev *evaluation) domainConnections(objects []*schema.Object) {
	ev.tell(contests(objects, func(o *schema.Object) ([]string, *schema.Range) {
		if o.Kind != schema.SAMLConnection || o.Want("is_domain_connection").V != true {
			return nil, nil
		}
		return []string{""}, o.Want("is_domain_connection").Src
	}), func(p place, _, other string) {
		ev.c.fail(p, "Second domain connection", "%s has is_domain_connection = true, and Auth0 accepts one SAML connection that has.", other)
	})
}

// texts returns the known texts of a list and where it is written.
func texts(o *schema.Object, k *schema.Kind, row string, form func(string) string) ([]string, *schema.Range) {
	if o.Kind != k {
		return nil, nil
	}
	w := o.Want(row)
	list, _ := w.V.([]any)
	var out []string
	for _, e := range list {
		if s, ok := e.(string); ok && !w.Sensitive {
			out = append(out, form(s))
		}
	}
	return out, w.Src
}

func (ev *evaluation) crowdedOrganizations(objects []*schema.Object) {
	count := map[string]int{}
	for _, o := range objects {
		if o.Kind != schema.OrganizationConnection {
			continue
		}
		w := o.Want("organization")
		key, ok := keyText(w)
		if !ok {
			continue
		}
		if count[key]++; count[key] == maxOrganizationConnections+1 {
			p := place{rng: rangeOf(cmp.Or(w.Src, o.Src))}
			if o.Addr.Each {
				p.instance = o.Addr.String()
			}
			ev.c.fail(p, "Too many connections", "%s", fmt.Sprintf("This is connection %d of the organization; Auth0 accepts %d.", count[key], maxOrganizationConnections))
		}
	}
}
