package sandbox

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// param is one query parameter an operation knows, as a row. Limits are the documented ones.
type param struct {
	name     string
	is       paramKind
	min, max int64 // of an integer, or of a text's length; max 0 means none
	enum     []string
	desc     string // Auth0's description, repeated in its messages
}

type paramKind int

const (
	paramText paramKind = iota
	paramInteger
	paramBoolean
	paramList // may be repeated
)

// perPageMax is the largest page accepted (recorded: 100; the documentation says 50 for some end points).
const perPageMax = 100

func fieldsQuery() []param {
	return []param{
		{name: "fields", desc: "Comma-separated list of fields to include or exclude (based on value provided for include_fields) in the result. Leave empty to retrieve all fields."},
		{name: "include_fields", is: paramBoolean, desc: "Whether specified fields are to be included (true) or excluded (false)."},
	}
}

func offsetQuery(least int64) []param {
	return []param{
		{name: "page", is: paramInteger, desc: "Page index of the results to return. First page is 0."},
		{name: "per_page", is: paramInteger, min: least, max: perPageMax, desc: "Number of results per page."},
		{name: "include_totals", is: paramBoolean, desc: "Return results inside an object that contains the total result count (true) or as a direct array of results (false, default)."},
	}
}

func checkpointQuery(most int64) []param {
	return []param{
		{name: "from", max: 1000, desc: "Optional Id from which to start selection."},
		{name: "take", is: paramInteger, min: 1, max: most, desc: "Number of results per page. Defaults to 50."},
	}
}

func clientListQuery() []param {
	return slices.Concat(fieldsQuery(), offsetQuery(0), checkpointQuery(perPageMax), []param{
		{name: "is_global", is: paramBoolean, desc: "Optional filter on the global client parameter."},
		{name: "is_first_party", is: paramBoolean, desc: "Optional filter on whether or not a client is a first-party client."},
		{name: "app_type", desc: "Optional filter by a comma-separated list of application types."},
		{name: "external_client_id", min: 1, max: 120},
		{name: "q"},
	})
}

func clientConnectionsQuery() []param {
	return slices.Concat(fieldsQuery(), checkpointQuery(perPageMax), []param{{name: "strategy", is: paramList, enum: strategies()}})
}

func connectionListQuery() []param {
	return slices.Concat(fieldsQuery(), offsetQuery(1), checkpointQuery(perPageMax), []param{
		{name: "strategy", is: paramList, enum: strategies(), desc: "Provide strategies to only retrieve connections with such strategies"},
		{name: "name", desc: "Provide the name of the connection to retrieve"},
	})
}

func membersQuery() []param { return checkpointQuery(1000) }

// resourceServerListQuery also accepts fields, which the document leaves out though it has include_fields (assumed).
func resourceServerListQuery() []param {
	return slices.Concat(fieldsQuery(), offsetQuery(1), []param{{name: "identifiers", is: paramList, min: 1}})
}

func grantListQuery() []param {
	return slices.Concat(offsetQuery(1), checkpointQuery(perPageMax), []param{
		{name: "audience"}, {name: "client_id"}, {name: "allow_any_organization", is: paramBoolean},
		{name: "subject_type", enum: []string{"client", "user"}}, {name: "default_for", enum: []string{"third_party_clients"}},
	})
}

func customDomainQuery() []param {
	return slices.Concat(fieldsQuery(), checkpointQuery(perPageMax), []param{{name: "q", max: 1000}, {name: "sort", max: 15}})
}

func organizationListQuery() []param {
	out := slices.Concat(offsetQuery(1), checkpointQuery(perPageMax), []param{{name: "sort", max: 15}})
	out[0].max = 1000 // of page (documented)
	return out
}

func orgConnectionQuery() []param {
	return append(offsetQuery(1), param{name: "is_enabled", is: paramBoolean, desc: "Filter connections by enabled status."})
}

func orgGrantQuery() []param {
	return append(offsetQuery(1), param{name: "audience", max: 600}, param{name: "client_id"}, param{name: "grant_ids", is: paramList})
}

func bindingQuery() []param {
	return []param{
		{name: "page", is: paramInteger, desc: "Use this field to request a specific page of the list results."},
		{name: "per_page", is: paramInteger, min: 1, max: perPageMax, desc: "The maximum number of results to be returned in a single request. 20 by default"},
	}
}

// checkQuery parses and validates a query string. Text of the refusals: z-schema's templates with the prefix "Query
// validation error" (partly inferred, management-api.md 4.6).
func checkQuery(known []param, raw string) (url.Values, error) {
	q, err := url.ParseQuery(raw)
	if err != nil {
		return nil, errQuery("'%v'.", err)
	}
	var unknown []string
	for name := range q {
		if at := slices.IndexFunc(known, func(p param) bool { return p.name == listName(name) }); at < 0 || (name != listName(name) && known[at].is != paramList) {
			unknown = append(unknown, name)
		}
	}
	if len(unknown) > 0 {
		slices.Sort(unknown)
		return nil, errQuery("'Additional properties not allowed: %s'.", strings.Join(unknown, ","))
	}
	for _, p := range known {
		if vs, ok := q[p.name+"[]"]; ok { // qs spelling of a repeated parameter
			q[p.name] = append(q[p.name], vs...)
		}
		for i, v := range q[p.name] {
			if msg := p.check(v); msg != "" {
				return nil, errQuery("'%s' on property %s%s.", msg, p.label(i), described(p.desc))
			}
		}
	}
	return q, nil
}

func listName(name string) string { return strings.TrimSuffix(name, "[]") }

func (p param) label(i int) string {
	if p.is == paramList {
		return p.name + "[" + strconv.Itoa(i) + "]"
	}
	return p.name
}

// check is the z-schema message about one value, or "".
func (p param) check(v string) string {
	switch p.is {
	case paramInteger:
		n, err := strconv.ParseInt(v, 10, 64)
		switch {
		case err != nil:
			return msgType("integer", "string")
		case n < p.min:
			return msgBelow(v, number(p.min).String())
		case p.max > 0 && n > p.max:
			return msgAbove(v, number(p.max).String())
		}
	case paramBoolean:
		if v != "true" && v != "false" {
			return msgType("boolean", "string")
		}
	case paramText, paramList:
		n := int64(utf8.RuneCountInString(v))
		switch {
		case p.enum != nil && !slices.Contains(p.enum, v):
			return msgEnum(v)
		case n < p.min:
			return msgShort(n, p.min)
		case p.max > 0 && n > p.max:
			return msgLong(n, p.max)
		}
	}
	return ""
}
