package rules

import (
	"fmt"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

// maxURLs is Auth0's documented limit of callbacks, and of web origins.
const maxURLs = 100

// clientSilentCallback: the request with prompt=none names a redirect_uri of
// its own, which has to be on the list like any other.
func clientSilentCallback() *check.Rule {
	return &check.Rule{
		Code:    "TAC202",
		Name:    "client-silent-callback",
		Summary: "The redirect_uri of the SPA's own request is an allowed callback",
		Why: "The request for the token names a redirect_uri although nobody is redirected in an iframe: auth0-spa-js sends window.location.origin, without path and final slash, unless it is told otherwise. " +
			"Auth0 compares it with the callbacks character by character. On a mismatch it shows an error page, which in a hidden iframe nobody sees and which posts no message.",
		Fix: `List the address as the SPA sends it. tacit adds it by itself to applications that it writes; by hand it is:

spa_client "portal" {
  callbacks = ["https://app.example.com/start-login", "https://app.example.com"]
}

If the SPA sends another one, correct redirect_uri in the silent_upgrade block.`,
		Symptom:     `iframe: "timeout" after 60 seconds, and "Callback URL mismatch" (unauthorized_client) in the tenant log as fsa. redirect and interactive: that error page.`,
		Source:      "auth0-spa-js source (redirect_uri of the silent request); Auth0 support article Callback URL Mismatch; auth0-spa-js issue 706",
		Grade:       check.Documented,
		Severity:    check.Always(schema.Error),
		Follows:     []string{"TAC505"},
		Reads:       []schema.Field{callbacks.Field(), domainMetadata.Field()},
		Judge:       judgeClientSilentCallback,
		Contributes: []schema.Field{callbacks.Field()},
		Contribute: func(p *check.Path) []check.Contribution {
			return addCallback(p, p.RedirectURI, fmt.Sprintf("%s: the SPA sends it as redirect_uri", p.Addr))
		},
	}
}

func judgeClientSilentCallback(p *check.Path) check.Verdict {
	f := urlList{read(callbacks, p.Client)}
	if p.RedirectURI == "" {
		return check.Undecided(p.Client, p.Attr("redirect_uri"), settle(p, p.Client, schema.Unknown),
			"The redirect_uri of the silent request is not known yet.")
	}
	if f.undecided() {
		return f.unknown(p)
	}
	if v := f.allowing(p, p.RedirectURI, "an allowed callback"); v.Outcome != check.Pass {
		if p.Assumed && v.Outcome == check.Fail {
			return check.Undecided(p.Client, nil, "Look up which redirect_uri the SPA sends, or declare it in a silent_upgrade block.",
				"%s is not an allowed callback; an SDK sends it unless it is told another redirect_uri.", mention(p.RedirectURI))
		}
		return v
	}
	if len(f.v) > maxURLs {
		return f.fail("There are %d callbacks; Auth0 accepts at most %d. A wildcard such as https://*.app.example.com/start-login stands for many.", len(f.v), maxURLs)
	}
	return check.Passed()
}
