package mgmt_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/apply"
	"github.com/tacit-dev/tacit/schema"
)

// odd is a body as no SDK type holds it: unknown keys at every depth, nulls, a
// fractional integer, a number beyond float64, and HTML characters.
const odd = `"new":{"deep":[{"x":null,"y":[]}]},"refresh_token":{"leeway":0,"unknown":{"a":1.50}},` +
	`"jwt_configuration":{"lifetime_in_seconds":86400.0,"other":12345678901234567890},"addons":null,"description":"a<b>&c"`

func client(i int) string { return fmt.Sprintf(`{"client_id":"client%03d",%s}`, i, odd) }
func api(i int) string    { return fmt.Sprintf(`{"id":"api%03d","scopes":[{"value":"a","z":null}]}`, i) }
func connection(i int) string {
	return fmt.Sprintf(`{"id":"con_%03d","options":{"signingCert":null,"unknown":{"a":[1.0]}},"metadata":null}`, i)
}

func TestListCostsNoRequestForTheEnd(t *testing.T) {
	kinds := []struct {
		collection schema.Collection
		serve      func(n int) http.HandlerFunc
		item       func(int) string
	}{
		{schema.Clients, func(n int) http.HandlerFunc { return offsetList("clients", n, client) }, client},
		{schema.ResourceServers, func(n int) http.HandlerFunc { return offsetList("resource_servers", n, api) }, api},
		{schema.Connections, func(n int) http.HandlerFunc { return checkpointList("connections", n, connection) }, connection},
	}
	for _, k := range kinds {
		for n, requests := range map[int]int{0: 1, 1: 1, 99: 1, 100: 1, 101: 2, 200: 2, 250: 3} {
			t.Run(fmt.Sprintf("%s/%d", k.collection, n), func(t *testing.T) {
				tenant, f := to(t, k.serve(n))
				got, err := tenant.List(t.Context(), k.collection, nil)
				require.NoError(t, err)
				require.Len(t, got, n)
				assert.Equal(t, requests, tenant.Requests())
				assert.Len(t, f.requests, requests)
				for i, o := range got {
					assert.JSONEq(t, k.item(i), asJSON(t, o.Raw))
					assert.Nil(t, o.Fields)
				}
			})
		}
	}
}

func TestListKeepsNumbersAsWritten(t *testing.T) {
	tenant, _ := to(t, offsetList("clients", 1, client))
	got, err := tenant.List(t.Context(), schema.Clients, nil)
	require.NoError(t, err)
	raw := asJSON(t, got[0].Raw)
	assert.Contains(t, raw, `"lifetime_in_seconds":86400.0`)
	assert.Contains(t, raw, `12345678901234567890`)
	assert.Contains(t, raw, `"addons":null`)
	assert.Contains(t, raw, `1.50`)
}

func TestListAsksFor(t *testing.T) {
	tests := map[string]struct {
		collection schema.Collection
		fields     []string
		want       url.Values
		seen       []string
	}{
		"clients whole": {schema.Clients, nil, url.Values{"page": {"0"}, "per_page": {"100"}, "include_totals": {"true"}, "is_global": {"false"}}, nil},
		"clients by field": {
			schema.Clients,
			[]string{"name", "callbacks", "name"},
			url.Values{
				"page": {"0"}, "per_page": {"100"}, "include_totals": {"true"}, "is_global": {"false"},
				"fields": {"client_id,name,callbacks"}, "include_fields": {"true"},
			},
			[]string{"client_id", "name", "callbacks"},
		},
		"connections by field": {
			schema.Connections,
			[]string{"options", "id"},
			url.Values{"take": {"100"}, "strategy": {"samlp"}, "fields": {"id,options"}, "include_fields": {"true"}},
			[]string{"id", "options"},
		},
		"connections, only the id": {
			schema.Connections,
			[]string{},
			url.Values{"take": {"100"}, "strategy": {"samlp"}, "fields": {"id"}, "include_fields": {"true"}},
			[]string{"id"},
		},
		// The end point cannot leave fields out, so all of them were read.
		"APIs by field": {schema.ResourceServers, []string{"name"}, url.Values{"page": {"0"}, "per_page": {"100"}, "include_totals": {"true"}}, nil},
	}
	serve := map[schema.Collection]http.HandlerFunc{
		schema.Clients: offsetList("clients", 1, client), schema.Connections: checkpointList("connections", 1, connection),
		schema.ResourceServers: offsetList("resource_servers", 1, api),
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			tenant, f := to(t, serve[test.collection])
			got, err := tenant.List(t.Context(), test.collection, test.fields)
			require.NoError(t, err)
			q, err := url.ParseQuery(f.requests[0].query)
			require.NoError(t, err)
			assert.Equal(t, test.want, q)
			assert.Equal(t, "/api/v2/"+string(test.collection), f.requests[0].path)
			assert.Equal(t, test.seen, got[0].Fields)
		})
	}
}

func TestListFollowsAnOpaqueNext(t *testing.T) {
	tenant, f := to(t, checkpointList("connections", 150, connection))
	_, err := tenant.List(t.Context(), schema.Connections, nil)
	require.NoError(t, err)
	assert.Contains(t, f.requests[1].query, "from=Fe26.2%2A100")
}

func TestShortPageIsNotTheEnd(t *testing.T) {
	pages := []string{
		`{"connections":[` + connection(0) + `],"next":"a"}`, `{"connections":[],"next":"b"}`, `{"connections":[` + connection(1) + `]}`,
	}
	i := 0
	tenant, _ := to(t, func(w http.ResponseWriter, _ *http.Request) { answer(w, 200, pages[i]); i++ })
	got, err := tenant.List(t.Context(), schema.Connections, nil)
	require.NoError(t, err)
	assert.Len(t, got, 2)
}

func TestEmptyNextIsTheEnd(t *testing.T) {
	tenant, _ := to(t, func(w http.ResponseWriter, _ *http.Request) {
		answer(w, 200, `{"connections":[`+connection(0)+`],"next":""}`)
	})
	got, err := tenant.List(t.Context(), schema.Connections, nil)
	require.NoError(t, err)
	assert.Len(t, got, 1)
}

func TestEndlessPagesAreAnError(t *testing.T) {
	for name, next := range map[string]func(int) string{
		"same next":     func(int) string { return "again" },
		"changing next": func(i int) string { return fmt.Sprint("n", i) },
	} {
		t.Run(name, func(t *testing.T) {
			i := 0
			tenant, _ := to(t, func(w http.ResponseWriter, _ *http.Request) {
				i++
				answer(w, 200, fmt.Sprintf(`{"connections":[%s],"next":%q}`, connection(0), next(i)))
			})
			_, err := tenant.List(t.Context(), schema.Connections, nil)
			require.ErrorContains(t, err, "never end")
			assert.LessOrEqual(t, tenant.Requests(), 5)
		})
	}
}

// TestListsHaveAnEnd: a server that always has one object more, or claims to
// hold more than Auth0 can, is not believed.
func TestListsHaveAnEnd(t *testing.T) {
	i := 0
	tenant, _ := to(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/clients") {
			answer(w, 200, `{"start":0,"limit":100,"total":1000000000000,"clients":[{"client_id":"a"}]}`)
			return
		}
		i++
		answer(w, 200, fmt.Sprintf(`{"connections":[%s],"next":"n%d"}`, connection(i), i))
	})
	_, err := tenant.List(t.Context(), schema.Connections, nil)
	require.ErrorContains(t, err, "never end")
	_, err = tenant.List(t.Context(), schema.Clients, nil)
	require.ErrorContains(t, err, "more than it holds")
}

func TestPageSizeFallsBackOnce(t *testing.T) {
	serve := checkpointList("connections", 120, connection)
	tenant, _ := to(t, func(w http.ResponseWriter, r *http.Request) {
		if number(r, "take") > 50 {
			refuse(w, 400, "invalid_query_string", "Query validation error: 'Value 100 is greater than maximum 50' on property take (Number of results per page.).")
			return
		}
		serve(w, r)
	})
	got, err := tenant.List(t.Context(), schema.Connections, nil)
	require.NoError(t, err)
	assert.Len(t, got, 120)
	assert.Equal(t, 1+3, tenant.Requests())
	_, err = tenant.List(t.Context(), schema.Connections, nil)
	require.NoError(t, err)
	assert.Equal(t, 1+3+3, tenant.Requests(), "the smaller size is remembered")
}

func TestOtherRefusalIsNotAboutSize(t *testing.T) {
	tenant, _ := to(t, func(w http.ResponseWriter, _ *http.Request) {
		refuse(w, 400, "invalid_query_string", "fields is wrong")
	})
	_, err := tenant.List(t.Context(), schema.Connections, nil)
	assert.Equal(t, &apply.StatusError{Op: "list connections", Status: 400, Code: "invalid_query_string", Message: "fields is wrong"}, err)
	assert.Equal(t, 1, tenant.Requests())
}

func TestServerMayCapThePage(t *testing.T) {
	serve := offsetList("clients", 120, client)
	tenant, _ := to(t, func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		q.Set("per_page", "50")
		r.URL.RawQuery = q.Encode()
		serve(w, r)
	})
	got, err := tenant.List(t.Context(), schema.Clients, nil)
	require.NoError(t, err)
	assert.Len(t, got, 120)
}

func TestListThatChangesIsReadAgain(t *testing.T) {
	requests := 0
	tenant, _ := to(t, func(w http.ResponseWriter, r *http.Request) {
		requests++
		if requests == 1 { // one of the first page is deleted after this answer
			offsetList("clients", 150, client)(w, r)
			return
		}
		offsetList("clients", 149, func(i int) string { return client(i + 1) })(w, r)
	})
	got, err := tenant.List(t.Context(), schema.Clients, nil)
	require.NoError(t, err)
	require.Len(t, got, 149)
	assert.Equal(t, "client001", got[0].ID)
	assert.Equal(t, 4, requests)
}

func TestListThatKeepsChangingIsAnError(t *testing.T) {
	n := 150
	tenant, _ := to(t, func(w http.ResponseWriter, r *http.Request) {
		n++
		offsetList("clients", n, client)(w, r)
	})
	_, err := tenant.List(t.Context(), schema.Clients, nil)
	require.ErrorContains(t, err, "changed 3 times")
}

func TestBrokenListsAreErrors(t *testing.T) {
	for name, body := range map[string]string{
		"array":        `[]`,
		"null":         `null`,
		"list is null": `{"clients":null,"total":0}`,
		"no total":     `{"clients":[]}`,
		"no id":        `{"clients":[{"name":"x"}],"total":1}`,
		"not objects":  `{"clients":[1],"total":1}`,
		"fewer":        `{"clients":[],"total":1}`,
		"cut":          `{"clients":[`,
		"two values":   `{"clients":[],"total":0}{}`,
		"empty":        ``,
	} {
		t.Run(name, func(t *testing.T) {
			tenant, _ := to(t, func(w http.ResponseWriter, _ *http.Request) { answer(w, 200, body) })
			_, err := tenant.List(t.Context(), schema.Clients, nil)
			require.ErrorContains(t, err, "list clients: ")
		})
	}
}

func TestManyClientsAreReadByCheckpoint(t *testing.T) {
	offsets, checkpoints := offsetList("clients", 1150, client), checkpointList("clients", 1150, client)
	tenant, _ := to(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Query().Has("take"):
			checkpoints(w, r)
		case number(r, "page") == 10:
			refuse(w, 400, "invalid_paging", "You can only page through the first 1000 records.")
		default:
			offsets(w, r)
		}
	})
	got, err := tenant.List(t.Context(), schema.Clients, nil)
	require.NoError(t, err)
	assert.Len(t, got, 1150)
}

func TestOptionsHiddenByScope(t *testing.T) {
	tenant, _ := to(t, checkpointList("connections", 2, func(i int) string { return fmt.Sprintf(`{"id":"con_%d"}`, i) }))
	_, err := tenant.List(t.Context(), schema.Connections, nil)
	require.ErrorContains(t, err, "read:connections_options")
	_, err = tenant.List(t.Context(), schema.Connections, []string{"name", "options"})
	require.ErrorContains(t, err, "read:connections_options")
	got, err := tenant.List(t.Context(), schema.Connections, []string{"name"})
	require.NoError(t, err, "nobody asked for options")
	assert.Len(t, got, 2)

	tenant, _ = to(t, func(w http.ResponseWriter, _ *http.Request) { answer(w, 200, `{"id":"con_1","name":"x"}`) })
	_, err = tenant.Get(t.Context(), schema.Connections, "con_1")
	require.ErrorContains(t, err, "read:connections_options")
}
