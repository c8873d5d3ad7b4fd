package adopt_test

import (
	"context"
	"encoding/json"

	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/apply"
	"github.com/tacit-dev/tacit/apply/mgmt"
	"github.com/tacit-dev/tacit/apply/sandbox"
	"github.com/tacit-dev/tacit/cmd/tacit/internal/adopt"
	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check/rules"
	"github.com/tacit-dev/tacit/schema/hclconf"
)

const domain = "import.eu.auth0.com"

// tb is what both testing.T and rapid.T offer.
type tb interface {
	Helper()
	Errorf(format string, args ...any)
	FailNow()
}

// open returns a tenant over a sandbox that holds seed.
func open(t tb, seed map[string]any) *mgmt.Tenant {
	t.Helper()
	srv, err := sandbox.New(sandbox.Options{Domains: []string{domain}})
	require.NoError(t, err)
	raw, err := json.Marshal(seed)
	require.NoError(t, err)
	require.NoError(t, srv.Load(raw))
	ten, err := mgmt.New(context.Background(), mgmt.Options{Domain: domain, Token: "t", Transport: srv.Transport(), UserAgent: "test"})
	require.NoError(t, err)
	return ten
}

// kinds are those that can be imported.
func kinds() []*schema.Kind {
	return []*schema.Kind{
		schema.SPAClient, schema.API, schema.ClientGrant, schema.SAMLConnection, schema.Organization, schema.OrganizationConnection,
		schema.TenantSettingsKind, schema.SilentUpgrade,
	}
}

// importing imports a tenant into a new directory, in memory.
func importing(t tb, ten *mgmt.Tenant, fold adopt.Fold, of ...*schema.Kind) (*adopt.Result, adopt.Replanner) {
	t.Helper()
	cfg := &schema.Config{Workspace: "default", Connected: domain}
	catalogue := rules.Catalogue()
	snap, err := apply.Inventory(context.Background(), ten, cfg, catalogue, of)
	require.NoError(t, err)
	re := adopt.Replanner{Config: hclconf.Options{Dir: "none"}, Snap: snap, Rules: catalogue, Connected: domain}
	src := adopt.Source{Snap: snap, Workspace: "default", Guard: plan.Guard{Domain: domain}}
	head := []hclconf.Block{{Kind: schema.Tenant, Values: map[string]any{"domain": domain}}}
	out, err := re.Import(src, adopt.Selection{Kinds: of}, adopt.Plan{Fold: fold, Head: head})
	require.NoError(t, err)
	return out, re
}

// applied makes a new tenant of written files.
func applied(t tb, files map[string][]byte) *mgmt.Tenant {
	t.Helper()
	ten := open(t, map[string]any{})
	catalogue := rules.Catalogue()
	loaded, ds := hclconf.Load(hclconf.Options{Dir: "none", Extra: files})
	require.False(t, ds.HasErrors(), "%v", ds)
	cfg, ds := loaded.Evaluate(nil)
	require.False(t, ds.HasErrors(), "%v", ds)
	cfg = plan.Complete(cfg)
	_, b, ds, err := apply.Read(context.Background(), ten, cfg, catalogue)
	require.NoError(t, err)
	require.False(t, ds.HasErrors(), "%v", ds)
	p, ds := apply.Make(cfg, b, catalogue, loaded.Evaluate)
	require.False(t, ds.HasErrors(), "%v", ds)
	_, err = apply.Runner{Tenant: ten}.Run(context.Background(), p, b.IDs())
	require.NoError(t, err)
	return ten
}

// all shows files for a failure.
func all(files map[string][]byte) string {
	out := ""
	for n, text := range files {
		out += "-- " + n + " --\n" + string(text)
	}
	return out
}
