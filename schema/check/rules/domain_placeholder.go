package rules

import (
	"strings"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// domainPlaceholder: a callback may be written with metadata of the custom
// domain at which the user logs in.
func domainPlaceholder() *check.Rule {
	return &check.Rule{
		Code:    "TAC505",
		Name:    "domain-placeholder",
		Summary: "Callbacks made of the custom domain's metadata lead to the SPA",
		Why: "{custom_domain.metadata.KEY} in the host of a callback stands for metadata of the custom domain that the user logs in at. A callback whose key that domain lacks is ignored, and so are all of them at the tenant's own host. " +
			"A list that holds nothing else has then no callback for the SPA.",
		Fix: `Set the key at the custom domain (Management API: domain_metadata), or list the SPA's URL as it is:

spa_client "portal" {
  callbacks = ["https://app.example.com"]
}`,
		Symptom:  `"Callback URL mismatch" at some login domains and not at others; in an iframe "timeout".`,
		Source:   "Auth0 docs: Application Settings, Subdomain URL Placeholders (custom domain metadata)",
		Grade:    check.Documented,
		Severity: check.Always(schema.Error),
		Reads:    []schema.Field{callbacks.Field(), domainMetadata.Field()},
		Judge:    judgeDomainPlaceholder,
	}
}

// domainMark opens a placeholder for metadata of the custom domain.
const domainMark = "{custom_domain.metadata."

func judgeDomainPlaceholder(p *check.Path) check.Verdict {
	f := read(callbacks, p.Client)
	entry, key := placeholderFor(f.v, p.RedirectURI)
	switch {
	case entry == "":
		return check.Skipped() // TAC202 judges the list
	case p.LoginDomain != "" && canonicalLogin(p):
		return f.fail("%s counts at custom domains only, and users log in at the tenant's own host.", quote(entry))
	case p.Domain == nil && p.Read.Domains:
		return check.Skipped() // TAC503
	case p.Domain == nil:
		return check.Undecided(p.Client, f.src, settle(p, &schema.State{Kind: schema.CustomDomain}, schema.NotRead),
			"What %s stands for was not read from the tenant.", quote(entry))
	}
	m := read(domainMetadata, p.Domain)
	if m.undecided() {
		return m.unknown(p)
	}
	value, ok := m.v[key].(string)
	switch {
	case !ok:
		return m.fail("domain_metadata has no %s, so the callback %s is ignored.", quote(key), quote(entry))
	case covers(strings.ReplaceAll(entry, domainMark+key+"}", value), p.RedirectURI) == schema.No:
		return m.fail("%s is %s in domain_metadata, so the callback %s does not lead to %s.", quote(key), quote(value), quote(entry), mention(p.RedirectURI))
	default:
		return check.Passed()
	}
}

// byDomain are the URLs as they count at the path's login domain: with its
// metadata, and without those that it has no value for. What is not known
// stays as it is.
func byDomain(p *check.Path, urls []string) []string {
	own := p.LoginDomain != "" && canonicalLogin(p)
	var known map[string]any
	if p.Domain != nil {
		m := read(domainMetadata, p.Domain)
		if m.undecided() && !own {
			return urls
		}
		known = m.v
	} else if !own {
		return urls // TAC503, or it was not read
	}
	var out []string
	for _, url := range urls {
		head, rest, marked := strings.Cut(url, domainMark)
		key, tail, _ := strings.Cut(rest, "}")
		value, there := known[key].(string)
		switch {
		case !marked:
			out = append(out, url)
		case there && !own:
			out = append(out, head+value+tail)
		}
	}
	return out
}

// placeholderFor is the entry that may stand for the URL by the custom domain's
// metadata, "" when an entry does without.
func placeholderFor(list []string, url string) (entry, key string) {
	for _, e := range list {
		_, rest, marked := strings.Cut(e, domainMark)
		if !marked {
			continue
		}
		if allows(list, url) != schema.Maybe || covers(e, url) != schema.Maybe {
			continue
		}
		key, _, _ = strings.Cut(rest, "}")
		return e, key
	}
	return "", ""
}
