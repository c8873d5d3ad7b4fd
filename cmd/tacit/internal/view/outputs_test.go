package view_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/cmd/tacit/internal/view"
)

func TestOutputs(t *testing.T) {
	outputs := []view.Output{
		{Name: "count", Known: true, Value: json.Number("3")},
		{Name: "hostile", Known: true, Value: "\x1b[31mred\n::set-output::x ${a}"},
		{Name: "ids", Known: true, Value: map[string]any{"acme": "con_0000000000000001", "globex": "con_0000000000000002", "initech": []any{"con_0000000000000003", true, nil, "con_0000000000000004 and so on and so on"}}},
		{Name: "none", Known: true},
		{Name: "nothing", Known: true, Value: []any{}},
		{Name: "pending"},
		{Name: "secret", Known: true, Sensitive: true},
		{Name: "short", Known: true, Value: map[string]any{"a": "b"}},
	}
	golden(t, "outputs", func(p *view.Printer) { p.Outputs(outputs) })
	var b bytes.Buffer
	require.NoError(t, view.JSON(&b, outputs[5]))
	assert.JSONEq(t, `{"value": null, "known": false, "sensitive": false}`, b.String())
}

func TestRawIsExact(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, view.Raw(&b, "a\x1b\r\n"))
	assert.Equal(t, "a\x1b\r\n", b.String())
}
