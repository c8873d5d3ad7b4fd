package rehearse

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// header parses Set-Cookie headers as a client does.
func header(set ...string) []*http.Cookie {
	return (&http.Response{Header: http.Header{"Set-Cookie": set}}).Cookies()
}

func at(raw string) *cookieContext {
	u := mustParse(raw)
	return &cookieContext{url: u, top: u, topLevel: true, method: http.MethodGet}
}

func (c *cookieContext) from(initiator string) *cookieContext {
	c.initiator = mustParse(initiator)
	return c
}

func (c *cookieContext) post() *cookieContext {
	c.method = http.MethodPost
	return c
}

func (c *cookieContext) in(top string) *cookieContext {
	c.top, c.topLevel, c.initiator = mustParse(top), false, mustParse(top)
	return c
}

func TestCookies(t *testing.T) {
	const host = "https://login.example.com/"
	for name, c := range map[string]struct {
		set  string
		from string // the URL that sets it; host when empty
		send *cookieContext
		held string // why it stays; "absent" when it is for others
	}{
		"same host":                     {set: "a=1", send: at(host)},
		"subdomain of the host":         {set: "a=1", send: at("https://x.login.example.com/"), held: "absent"},
		"the canonical domain":          {set: "a=1", send: at("https://example.eu.auth0.com/"), held: "absent"},
		"Domain widens":                 {set: "a=1; Domain=example.com", send: at("https://x.example.com/")},
		"another port is the same host": {set: "a=1", send: at("https://login.example.com:8443/")},
		"path below":                    {set: "a=1; Path=/u", send: at(host + "u/login")},
		"path beside":                   {set: "a=1; Path=/u", send: at(host + "user"), held: "absent"},
		"default path":                  {set: "a=1", from: host + "login/callback", send: at(host + "authorize"), held: "absent"},
		"Secure, http":                  {set: "a=1; Secure", send: at("http://login.example.com/"), held: whyInsecure},
		"Secure, loopback":              {set: "a=1; Secure", from: "http://127.0.0.1:3000/", send: at("http://127.0.0.1:3000/")},
		"Strict from another site":      {set: "a=1; SameSite=Strict", send: at(host).from("https://shop.test"), held: "SameSite=Strict"},
		"Strict from the same site":     {set: "a=1; SameSite=Strict", send: at(host).from("https://app.example.com")},
		"Lax link":                      {set: "a=1; SameSite=Lax", send: at(host).from("https://shop.test")},
		"Lax form":                      {set: "a=1; SameSite=Lax", send: at(host).from("https://shop.test").post(), held: "SameSite=Lax"},
		"default is Lax":                {set: "a=1", send: at(host).from("https://shop.test").post(), held: "SameSite=Lax"},
		"None form":                     {set: "a=1; SameSite=None; Secure", send: at(host).from("https://shop.test").post()},
		"Lax in a foreign frame":        {set: "a=1", send: at(host).in("https://shop.test"), held: "SameSite=Lax"},
		"Lax in a frame of the site":    {set: "a=1", send: at(host).in("https://app.example.com")},
		"sites are schemeful":           {set: "a=1", send: at(host).in("http://app.example.com"), held: "SameSite=Lax"},
		"None in a foreign frame":       {set: "a=1; SameSite=None; Secure", send: at(host).in("https://shop.test")},
		"hosts of a public suffix":      {set: "a=1", from: "https://a.github.io/", send: at("https://a.github.io/").in("https://b.github.io"), held: "SameSite=Lax"},
		"localhost has sites":           {set: "a=1", from: "https://login.example.localhost/", send: at("https://login.example.localhost/").in("https://app.example.localhost")},
		"addresses are sites":           {set: "a=1", from: "https://10.0.0.1/", send: at("https://10.0.0.1/").in("https://20.0.0.1"), held: "SameSite=Lax"},
		"Max-Age wins":                  {set: "a=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT", send: at(host)},
		"expired":                       {set: "a=1; Max-Age=0", send: at(host), held: "absent"},
	} {
		t.Run(name, func(t *testing.T) {
			j := jar{now: noon}
			from := host
			if c.from != "" {
				from = c.from
			}
			seen := j.receive(at(from), header(c.set))
			require.Len(t, seen, 1)
			require.Empty(t, seen[0].Refused)
			sent, held := j.send(c.send)
			switch c.held {
			case "":
				assert.Len(t, sent, 1)
				assert.Empty(t, held)
			case "absent":
				assert.Empty(t, sent)
				assert.Empty(t, held)
			default:
				assert.Empty(t, sent)
				assert.Equal(t, []Withheld{{"a", c.held}}, held)
			}
		})
	}
}

func TestCookiesThatABrowserRefuses(t *testing.T) {
	top := at("https://login.example.com/")
	for set, why := range map[string]string{
		"a=1; SameSite=None":                  "SameSite=None without Secure",
		"a=1; Domain=shop.test":               "Domain is not of this host",
		"a=1; Domain=com":                     "Domain is a public suffix",
		"__Host-a=1; Secure; Path=/x":         "__Host- without Secure and Path=/, or with Domain",
		"__Secure-a=1":                        "__Secure- without Secure",
		"__Host-a=1; Secure; Path=/":          "",
		"a=1; Secure; HttpOnly; SameSite=Lax": "",
	} {
		j := jar{now: noon}
		assert.Equal(t, why, j.receive(top, header(set))[0].Refused, set)
		assert.Equal(t, why == "", len(j.cookies) == 1, set)
	}
	frame := at("https://login.example.com/").in("https://shop.test")
	j := jar{now: noon}
	assert.Contains(t, j.receive(frame, header("a=1"))[0].Refused, "cross-site frame")
	j.blockThird = true
	assert.Equal(t, whyThirdParty, j.receive(frame, header("a=1; SameSite=None; Secure"))[0].Refused)
}

func TestCookiesAreReplacedAndRemoved(t *testing.T) {
	now := noon()
	j := jar{now: func() time.Time { return now }}
	here := at("https://login.example.com/")
	j.receive(here, header("a=1; Path=/", "a=2; Path=/; Max-Age=60"))
	sent, _ := j.send(here)
	require.Len(t, sent, 1)
	assert.Equal(t, "2", sent[0].Value)
	now = now.Add(time.Minute)
	sent, _ = j.send(here)
	assert.Empty(t, sent)
	j.receive(here, header("a=3; Path=/"))
	assert.True(t, j.receive(here, header("a=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT"))[0].Removed)
	assert.Empty(t, j.cookies)
}

func FuzzCutURL(f *testing.F) {
	f.Add("https://a.test/cb?code=SECRETSECRET&state=x#id_token=SECRETSECRET", "SECRETSECRET")
	f.Add("https://a.test/?redirect_uri=https%3A%2F%2Fb.test%2F%3Fcode%3DSECRETSECRET", "SECRETSECRET")
	f.Fuzz(func(t *testing.T, base, secret string) {
		u, err := url.Parse(base)
		if err != nil || len(secret) < minSecret || strings.Contains(u.Path+u.Host+u.Scheme+u.Opaque, secret) {
			t.Skip("no URL, or one that holds the secret in its address")
		}
		q := u.Query()
		q.Set("code", "4242"+secret)
		q.Set("redirect_uri", "https://b.test/?ticket=4242"+secret)
		u.RawQuery = q.Encode()
		u.Fragment = "access_token=4242" + secret
		assert.NotContains(t, cutURL(u), "4242"+secret)
	})
}
