package apply

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
)

// withoutSecrets copies a value without what may be a secret, and tells whether
// there was any. It may take too much: what a plan looks at is then read each
// time. A text that goes is nil.
func withoutSecrets(v any) (bare any, found bool) {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, e := range v {
			kept, in := withoutSecretMember(k, e)
			if found = found || in; !in || kept != nil {
				out[k] = kept
			}
		}
		return out, found
	case []any:
		out := make([]any, 0, len(v))
		for _, e := range v {
			kept, in := withoutSecrets(e)
			if found = found || in; !in || kept != nil {
				out = append(out, kept)
			}
		}
		return out, found
	case string:
		if secretText(v) {
			return nil, true
		}
	}
	return v, false
}

func withoutSecretMember(name string, v any) (bare any, found bool) {
	switch {
	case plan.SecretPath(name), secretMember(name, v):
		return nil, true
	case strings.HasSuffix(name, "metadata"):
		return marksOnly(v)
	default:
		return withoutSecrets(v)
	}
}

// broad are names that may be a secret's, beside those that surely are.
var broad = regexp.MustCompile(`(?i)token|key|bearer|authorization`)

// secretMember: the member is no attribute of a kind, so that nobody knows what
// it holds, and its name is one for secrets.
func secretMember(name string, v any) bool {
	switch v.(type) {
	case string, []any, map[string]any:
		return (plan.SecretName(name) || broad.MatchString(name)) && !attribute(name)
	default:
		return false
	}
}

// attribute: the name is part of the path of some kind's attribute.
func attribute(name string) bool {
	for _, k := range schema.Kinds() {
		for i := range k.Attrs {
			if slices.Contains(strings.Split(k.Attrs[i].APIPath(), "."), name) {
				return true
			}
		}
	}
	return false
}

// marksOnly leaves tacit's marks of an object's metadata: the rest are free texts,
// which may be secrets whatever they are called.
func marksOnly(v any) (bare any, found bool) {
	m, ok := v.(map[string]any)
	if !ok {
		return nil, v != nil
	}
	marks := schema.CanaryMark{}.Metadata()
	marks["tacit"] = ""
	out := map[string]any{}
	for k := range marks {
		if text, ok := m[k].(string); ok && !secretText(text) {
			out[k] = text
		}
	}
	return out, len(out) < len(m)
}

var (
	urls       = regexp.MustCompile(`[A-Za-z][A-Za-z0-9+.-]*://[^\s"'<>]+`)
	parameters = regexp.MustCompile(`([\w.-]+)=`)
	// placeholders of Auth0's in URLs, such as {organization_name}.
	placeholders = strings.NewReplacer("{", "", "}", "")
)

// secretText: the text holds a private key, a parameter whose name is one for
// secrets, or a URL that may hold credentials.
func secretText(s string) bool {
	if strings.Contains(s, "PRIVATE KEY") {
		return true
	}
	for _, p := range parameters.FindAllStringSubmatch(s, -1) {
		if plan.SecretPath(p[1]) || plan.SecretName(p[1]) {
			return true
		}
	}
	return slices.ContainsFunc(urls.FindAllString(s, -1), secretURL)
}

// harmlessParameters are parameters of end points that say whose they are: Google's
// ?idpid= and Entra's ?appid= (their SAML metadata), Azure B2C's ?p=, and Auth0's.
var harmlessParameters = [...]string{"idpid", "appid", "p", "connection", "organization"}

// secretURL: any other parameter may be what lets the one in who knows the URL.
func secretURL(s string) bool {
	u, err := url.Parse(placeholders.Replace(s))
	if err != nil || u.User != nil || strings.ContainsAny(u.Fragment, "=?") {
		return true
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return true
	}
	for name := range query {
		if !slices.Contains(harmlessParameters[:], name) {
			return true
		}
	}
	return false
}
