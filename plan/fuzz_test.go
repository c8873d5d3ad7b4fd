package plan_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/plan"
)

// FuzzDecode: no file makes Decode panic, and what it accepts comes out again.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"format_version":"1.0","plan":{"format_version":"1.0","changes":[{"kind":"api","address":"api.x","attributes":[{"name":"name","before":{"presence":"absent"},"after":{"presence":"known","value":"X"}}]}],"checks":{"findings":[]}}}`))
	f.Add([]byte(`{"format_version":"2.0"}`))
	f.Add([]byte(`[]`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		file, err := plan.Decode(raw)
		if err != nil {
			return
		}
		again, err := file.Encode()
		require.NoError(t, err)
		second, err := plan.Decode(again)
		require.NoError(t, err)
		third, err := second.Encode()
		require.NoError(t, err)
		require.Equal(t, string(again), string(third))
	})
}
