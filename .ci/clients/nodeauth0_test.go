package clients

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNodeAuth0(t *testing.T) {
	t.Parallel()
	tn := serve(t)
	needsPackages(t)
	out, code := tn.run(tn.environment(), "node", "node-auth0.mjs")
	require.Zero(t, code, out)
}
