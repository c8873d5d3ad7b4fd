package apply

import (
	"context"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
)

// Survey reads what an audit judges: the lists of connections, clients and
// APIs, what rules look at beside them, and which connections each distinct
// default client is enabled on.
func Survey(ctx context.Context, t Reader, rules plan.Rules, sc plan.Scope) (*schema.Snapshot, error) {
	fields := map[schema.Collection][]string{}
	needed := []schema.Collection{schema.Connections, schema.Clients, schema.ResourceServers}
	for _, c := range slices.Concat(needed, []schema.Collection{schema.TenantSettings, schema.GuardianPolicies, schema.PostLoginBindings, schema.CustomDomains}) {
		fields[c] = identity(c)
	}
	fields[schema.ResourceServers] = append(fields[schema.ResourceServers], "is_system", "name")
	for _, f := range plan.Reads(rules) {
		top, _, _ := strings.Cut(f.Attr.APIPath(), ".")
		if c := f.Kind.Collection; fields[c] != nil && f.Attr.Via == "" && !slices.Contains(fields[c], top) {
			fields[c] = append(fields[c], top)
		}
	}
	snap := &schema.Snapshot{Objects: map[schema.Collection][]*schema.Observed{}}
	var mu sync.Mutex
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(parallelReads)
	for c, fs := range fields {
		slices.Sort(fs)
		g.Go(func() error {
			list, err := t.List(gctx, c, fs)
			if !slices.Contains(needed, c) && unreadable(err) {
				return nil
			}
			mu.Lock()
			defer mu.Unlock()
			snap.Objects[c] = list
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	if err := surveyGrants(ctx, t, snap, sc); err != nil {
		return nil, err
	}
	return snap, relate(ctx, t, snap, membership{clients: plan.DefaultClients(snap, sc)})
}

// surveyGrants reads the user grants of the APIs that ask for one.
func surveyGrants(ctx context.Context, t Reader, snap *schema.Snapshot, sc plan.Scope) error {
	var audiences []string
	for _, o := range snap.Objects[schema.ResourceServers] {
		if o.String("subject_type_authorization.user.policy") == "require_client_grant" && o.Raw["is_system"] != true && sc.HasAPI(o) {
			audiences = append(audiences, o.String("identifier"))
		}
	}
	return readUserGrants(ctx, t, snap, audiences)
}
