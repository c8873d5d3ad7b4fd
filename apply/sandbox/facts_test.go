package sandbox

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A closed object without rows would refuse every member, which no end point does.
func TestClosedObjectsHaveRows(t *testing.T) {
	tables, err := newSchemas()
	require.NoError(t, err)
	var walk func(table, path string, n *node)
	walk = func(table, path string, n *node) {
		if n == nil {
			return
		}
		assert.False(t, n.closed && len(n.props) == 0 && n.any == nil, "%s: %s", table, path)
		for k, sub := range n.props {
			walk(table, path+"."+k, sub)
		}
		walk(table, path+"[]", n.elem)
		walk(table, path+".*", n.any)
	}
	for table, n := range tables {
		walk(table, "", n)
	}
}

func TestValidationMessages(t *testing.T) {
	root, err := compile([]fact{
		{is: "object"},
		{path: "n", is: "integer", min: 1, max: 9},
		{path: "s", is: "string", min: 2, max: 3},
		{path: "list", is: "array", min: 1, max: 2, unique: true, desc: "A list."},
		{path: "list[]", is: "object", closed: true},
		{path: "list[].v", is: "string", required: true},
		{path: "o", is: "object", min: 1, max: 1},
		{path: "o.*", is: "number|null"},
	})
	require.NoError(t, err)
	sc := schemas{"t": root}
	for body, want := range map[string]string{
		`{"n":0}`:                          `'Value 0 is less than minimum 1' on property n.`,
		`{"n":10}`:                         `'Value 10 is greater than maximum 9' on property n.`,
		`{"n":1.5}`:                        `'Expected type integer but found type number' on property n.`,
		`{"n":2.0}`:                        ``,
		`{"s":"é"}`:                        `'String is too short (1 chars), minimum 2' on property s.`,
		`{"s":"éééé"}`:                     `'String is too long (4 chars), maximum 3' on property s.`,
		`{"list":[]}`:                      `'Array is too short (0), minimum 1' on property list (A list.).`,
		`{"list":[{"v":"a"},{"v":"a"}]}`:   `'Array items are not unique (indexes 0 and 1)' on property list (A list.).`,
		`{"list":[{"v":"a"},{}]}`:          `'Missing required property: v' on property list[1].`,
		`{"list":[{"v":"a","x":1,"w":2}]}`: `'Additional properties not allowed: w,x' on property list[0].`,
		`{"o":{}}`:                         `'Too few properties defined (0), minimum 1' on property o.`,
		`{"o":{"a":null}}`:                 ``,
		`{"o":{"a":true}}`:                 `'Expected type number,null but found type boolean' on property o.a.`,
		`null`:                             `'Expected type object but found type null'.`,
	} {
		v, err := decode([]byte(body))
		require.NoError(t, err)
		err = sc.check("t", v)
		if want == "" {
			require.NoError(t, err, body)
			continue
		}
		require.Error(t, err, body)
		assert.Equal(t, "400 Payload validation error: "+want, err.Error())
	}
	for _, bad := range [][]fact{{{path: "a..b"}}, {{path: "a", pattern: "("}}, {{path: "a", format: "nope"}}} {
		_, err := compile(bad)
		assert.Error(t, err)
	}
}
