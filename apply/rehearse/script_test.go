package rehearse

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestPostedMessage(t *testing.T) {
	ok := &message{data: map[string]any{"type": "authorization_response", "response": map[string]any{"code": "c", "state": "s"}}, target: "https://a.test"}
	for name, c := range map[string]struct {
		script string
		want   *message
		posts  bool
	}{
		"inline":             {`parent.postMessage({type:"authorization_response",response:{"code":"c","state":"s"}},"https://a.test")`, ok, true},
		"single quotes":      {`parent.postMessage({'type':'authorization_response','response':{'code':'c','state':'s'}},'https://a.test')`, ok, true},
		"variables":          {`var r={code:"c",state:"s"}, o = "https://a.test"; var m={type:"authorization_response",response:r}; parent.postMessage(m,o)`, ok, true},
		"escapes":            {`parent.postMessage({type:"authorization\u005fresponse",response:{code:"\x63",state:"s"}},"https:\/\/a.test")`, ok, true},
		"comments":           {"/* postMessage( */ // postMessage(\nparent.postMessage(/*m*/{type:'authorization_response',response:{code:'c',state:'s'}},'https://a.test')", ok, true},
		"after another":      {`w.postMessage({type:"relay_request"},"*");w.postMessage({type:"authorization_response",response:{code:"c",state:"s"}},"https://a.test")`, ok, true},
		"trailing comma":     {`w.postMessage({type:"authorization_response",response:{code:"c",state:"s",},},"https://a.test",)`, ok, true},
		"nothing":            {`console.log("postMessage")`, nil, false},
		"other type":         {`w.postMessage({type:"x"},"*")`, nil, true},
		"computed":           {`w.postMessage({type:"authorization_response",response:JSON.parse(x)},o)`, nil, true},
		"origin of location": {`var o = window.location.origin; w.postMessage({type:"authorization_response",response:{}}, o)`, nil, true},
		"a property":         {`var o = "https://a.test"; x.o = "https://b.test"; w.postMessage({type:"authorization_response",response:{code:"c",state:"s"}}, o)`, ok, true},
		"cut":                {`w.postMessage({type:"authorization_response",response:{code:"c`, nil, true},
	} {
		t.Run(name, func(t *testing.T) {
			got, posts := postedMessage(c.script)
			assert.Equal(t, c.want, got)
			assert.Equal(t, c.posts, posts)
		})
	}
}

func TestScriptsAreBounded(t *testing.T) {
	got, _ := postedMessage(`w.postMessage(` + strings.Repeat(`{a:`, 1<<18))
	assert.Nil(t, got)
}

func FuzzPostedMessage(f *testing.F) {
	f.Add(`var a={type:"authorization_response",response:{"code":"c"}};parent.postMessage(a,"*")`)
	f.Add("`${x}`/**/'\\u12")
	f.Fuzz(func(t *testing.T, script string) {
		m, posts := postedMessage(script)
		if m != nil && !posts {
			t.Fatal("a message without a call")
		}
		if !strings.Contains(script, "postMessage") && posts {
			t.Fatal("a call out of nothing")
		}
	})
}

func FuzzPage(f *testing.F) {
	f.Add([]byte(`<title>Error</title><b>invalid_request</b>: <p>no`))
	f.Add([]byte(`{"error":"access_denied","error_description":"no"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		p := &page{url: mustParse("https://a.test/x"), body: body}
		_, text := complaint(p)
		assert.LessOrEqual(t, len([]rune(text)), maxText+1)
		if action, _, ok := selfSubmitting(p); ok {
			assert.NotEmpty(t, action.Host)
		}
		_, _ = readRequest(string(body), false)
		_, _ = readRequest(string(body), true)
	})
}
