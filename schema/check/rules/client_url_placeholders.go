package rules

import (
	"strings"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// clientURLPlaceholders: an entry with a misplaced wildcard is saved and never
// matches.
func clientURLPlaceholders() *check.Rule {
	return &check.Rule{
		Code:    "TAC214",
		Name:    "client-url-placeholders",
		Summary: "Wildcards and placeholders in URLs stand where Auth0 looks for them",
		Why: "Auth0 evaluates one * per URL, in the left-most label of an http or https host, for one level of names; {organization_name} alone in that label, for callbacks and allowed origins, when the login names an organization; and {custom_domain.metadata.public_NAME} in the host, from the metadata of the custom domain in use. " +
			"Anything else is saved and never matches. Auth0 advises against wildcards in production: whoever gets hold of a name under the domain gets the answers; {organization_name} is the narrower choice.",
		Fix: `Correct the entry, or write the URLs out:

spa_client "portal" {
  callbacks = ["https://*.app.example.com/start-login", "https://{organization_name}.example.com/start-login"]
}`,
		Symptom:  `"Callback URL mismatch", or "does not have a registered origin", for a URL that seems to be covered.`,
		Source:   "Auth0 docs: Subdomain URL Placeholders, Application Settings",
		Grade:    check.Documented,
		Severity: check.Always(schema.Warning),
		Reads:    []schema.Field{callbacks.Field(), webOrigins.Field(), allowedOrigins.Field(), organizationUsage.Field()},
		Judge:    judgeClientURLPlaceholders,
	}
}

const (
	organizationPlaceholder = "{organization_name}"
	metadataPlaceholder     = "{custom_domain.metadata."
)

func judgeClientURLPlaceholders(p *check.Path) check.Verdict {
	lists := [...]fact[[]string]{read(callbacks, p.Client), read(webOrigins, p.Client), read(allowedOrigins, p.Client)}
	byOrganization := ""
	for i, f := range lists {
		for _, url := range f.v {
			if !strings.ContainsAny(url, "*{") {
				continue
			}
			flaw, named := misplaced(url), strings.Contains(url, organizationPlaceholder)
			if named && f.name == "web_origins" {
				flaw = "is never evaluated; Auth0 knows {organization_name} in callbacks and allowed_origins only"
			}
			if flaw != "" {
				return f.fail("%s in %s %s.", mention(url), f.name, flaw)
			}
			if named {
				byOrganization = url
			}
		}
		if i == 0 && onlyByDomain(f.v) && p.LoginDomain != "" && p.LoginDomain == p.CanonicalDomain {
			return f.fail("Every callback depends on the metadata of a custom domain, and users log in at the tenant's own domain, which has none.")
		}
	}
	for _, f := range lists {
		if f.undecided() && !f.unsaid(p) {
			return f.unknown(p)
		}
	}
	if byOrganization == "" {
		return check.Passed()
	}
	return judgeOrganizationURL(p, byOrganization)
}

// judgeOrganizationURL: the placeholder counts where logins name organizations.
func judgeOrganizationURL(p *check.Path, url string) check.Verdict {
	switch usage := read(organizationUsage, p.Client); {
	case usage.unsaid(p) || usage.v == "allow" || usage.v == "require":
		return check.Passed()
	case usage.undecided():
		return usage.unknown(p)
	default:
		return usage.fail("%s is never evaluated, because no login names an organization: %s.", mention(url), usage.found())
	}
}

// onlyByDomain: no URL matches without a custom domain's metadata.
func onlyByDomain(urls []string) bool {
	for _, url := range urls {
		if !strings.Contains(url, metadataPlaceholder) {
			return false
		}
	}
	return len(urls) > 0
}

// misplaced says what keeps a URL with a wildcard or placeholder from ever
// matching, "" when nothing does (Auth0 docs: Subdomain URL Placeholders).
func misplaced(url string) string {
	scheme, rest, _ := strings.Cut(url, "://")
	host, tail := rest, ""
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		host, tail = rest[:i], rest[i:]
	}
	label, parent, _ := strings.Cut(host, ".")
	stars, names := strings.Count(url, "*"), strings.Count(url, organizationPlaceholder)
	switch {
	case scheme != "http" && scheme != "https":
		return "needs http or https to be evaluated"
	case strings.ContainsAny(tail, "*{"):
		return "has its placeholder outside the host"
	case strings.Contains(host, metadataPlaceholder):
		return misplacedMetadata(host)
	case stars+names == 0:
		return "holds braces that are no placeholder of Auth0's"
	case stars+names > 1:
		return "holds more than one placeholder"
	case !strings.ContainsAny(label, "*{"):
		return "has its placeholder in a label that is not the left-most"
	case !strings.Contains(parent, "."):
		return "has its placeholder directly below a top-level domain"
	case names == 1 && label != organizationPlaceholder:
		return "has text beside {organization_name} in its label"
	default:
		return ""
	}
}

func misplacedMetadata(host string) string {
	_, after, _ := strings.Cut(host, metadataPlaceholder)
	name, _, closed := strings.Cut(after, "}")
	switch {
	case !closed:
		return "has a placeholder without its closing brace"
	case !strings.HasPrefix(name, "public_") && !strings.HasPrefix(name, "PUBLIC_"):
		return "names metadata that does not begin with public_"
	case strings.Contains(name, "."):
		return "names metadata inside metadata"
	case strings.Contains(host, "*"):
		return "holds a wildcard beside the metadata"
	default:
		return ""
	}
}
