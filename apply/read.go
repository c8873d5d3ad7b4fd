package apply

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
)

// parallelReads is how many independent lists are read at a time. Auth0's
// smallest bursts are 2 to 5 requests (rate limit policy), so more would only
// wait.
const parallelReads = 4

// identity lists the top-level fields that binding needs of each collection,
// whatever the configuration manages.
func identity(c schema.Collection) []string {
	switch c {
	case schema.Clients:
		return []string{"client_id", "name", "app_type", "client_metadata"}
	case schema.Connections:
		return []string{"id", "name", "strategy", "metadata"}
	case schema.ResourceServers:
		return []string{"id", "identifier"}
	case schema.ClientGrants:
		return []string{"id", "client_id", "audience", "subject_type"}
	case schema.Organizations:
		return []string{"id", "name", "metadata"}
	case schema.CustomDomains:
		return []string{"custom_domain_id", "domain"}
	default:
		return []string{}
	}
}

// Read fetches from the tenant what the configuration and the rules need, and
// binds the declared objects. It lists; it never asks object by object.
func Read(ctx context.Context, t Reader, cfg *schema.Config, rules plan.Rules) (*schema.Snapshot, *plan.Binding, schema.Diagnostics, error) {
	return read(ctx, t, cfg, rules, false)
}

func read(ctx context.Context, t Reader, cfg *schema.Config, rules plan.Rules, whole bool) (*schema.Snapshot, *plan.Binding, schema.Diagnostics, error) {
	snap, err := readLists(ctx, t, cfg, plan.Needs(cfg, rules), whole)
	if err != nil {
		return nil, nil, nil, err
	}
	b, ds := plan.Bind(cfg, snap)
	if read, err := readOrganizations(ctx, t, cfg, b, snap); err != nil {
		return nil, nil, nil, err
	} else if read {
		b, ds = plan.Bind(cfg, snap)
	}
	if ds.HasErrors() { // without every object there are no members to ask for
		return snap, b, ds, nil
	}
	if err := readGrants(ctx, t, cfg, b, snap, rules); err != nil {
		return nil, nil, nil, err
	}
	if err := readMembers(ctx, t, cfg, b, snap); err != nil {
		return nil, nil, nil, err
	}
	return snap, b, ds, nil
}

// objects are those that the configuration declares and those that it removes.
func objects(cfg *schema.Config) []*schema.Object {
	out := slices.Clip(cfg.Objects)
	for _, r := range cfg.Removed {
		out = append(out, r.Object)
	}
	return out
}

func readLists(ctx context.Context, t Reader, cfg *schema.Config, needs []schema.Field, whole bool) (*schema.Snapshot, error) {
	fields, optional := wanted(cfg, needs)
	snap := &schema.Snapshot{Objects: map[schema.Collection][]*schema.Observed{}}
	if whole {
		snap.Whole = map[schema.Collection][]*schema.Observed{}
	}
	var mu sync.Mutex
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(parallelReads)
	for c, fs := range fields {
		slices.Sort(fs)
		ask := fs
		if whole {
			ask = nil
		}
		g.Go(func() error {
			list, err := t.List(ctx, c, ask)
			if optional[c] && unreadable(err) {
				return nil // what was not read is unknown, and its rules say so
			}
			mu.Lock()
			defer mu.Unlock()
			snap.Objects[c] = cut(c, list, fs)
			if whole {
				snap.Whole[c] = list
			}
			return err
		})
	}
	return snap, g.Wait()
}

// wanted are the fields to list of each collection. Optional collections are
// those that only rules look at.
func wanted(cfg *schema.Config, needs []schema.Field) (fields map[schema.Collection][]string, optional map[schema.Collection]bool) {
	fields, optional = map[schema.Collection][]string{}, map[schema.Collection]bool{}
	for _, o := range objects(cfg) {
		if c := o.Kind.Collection; c != "" && c != schema.OrganizationConnections && fields[c] == nil {
			fields[c] = identity(c)
		}
	}
	if cfg.Prune {
		for _, k := range plan.Marked() {
			fields[k.Collection] = identity(k.Collection)
		}
		fields[schema.Connections] = append(fields[schema.Connections], "options") // whose login a client serves
	}
	for _, f := range needs {
		c := f.Kind.Collection
		if fields[c] == nil && around(cfg, c) {
			fields[c], optional[c] = identity(c), true
		}
		if fields[c] == nil || f.Attr.Via != "" {
			continue
		}
		for _, path := range []string{f.Attr.APIPath(), f.Attr.ShownAt} {
			if top, _, _ := strings.Cut(path, "."); top != "" && !slices.Contains(fields[c], top) {
				fields[c] = append(fields[c], top)
			}
		}
	}
	return fields, optional
}

// around tells whether rules look at a collection although no block declares
// anything in it: settings of the tenant, and custom domains where users log in
// at one.
func around(cfg *schema.Config, c schema.Collection) bool {
	switch c {
	case schema.TenantSettings, schema.GuardianPolicies, schema.PostLoginBindings:
		return true
	case schema.CustomDomains:
		return plan.CustomLogin(cfg)
	default:
		return false
	}
}

// unreadable: the token may not read it, or this tenant does not have it.
func unreadable(err error) bool {
	var e *StatusError
	return errors.As(err, &e) && (e.Status == http.StatusForbidden || e.Status == http.StatusNotFound)
}

// readOrganizations reads the connections of the organizations that declared
// ones belong to, once per organization that exists.
func readOrganizations(ctx context.Context, t Reader, cfg *schema.Config, b *plan.Binding, snap *schema.Snapshot) (read bool, err error) {
	organizations, read := organizationsOf(cfg, b)
	if read {
		err = listOrganizationConnections(ctx, t, slices.Collect(maps.Keys(organizations)), snap)
	}
	return read, err
}

// listOrganizationConnections reads the connections of organizations into the
// snapshot, at a request each.
func listOrganizationConnections(ctx context.Context, t Reader, organizations []string, snap *schema.Snapshot) error {
	var mu sync.Mutex
	var all []*schema.Observed
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(parallelReads)
	for _, id := range organizations {
		g.Go(func() error {
			list, err := t.OrganizationConnections(ctx, id)
			mu.Lock()
			defer mu.Unlock()
			all = append(all, list...)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	snap.Objects[schema.OrganizationConnections] = all
	return nil
}

// organizationsOf are the ids of the organizations, of those that exist, whose
// connections matter; matter tells whether any do.
func organizationsOf(cfg *schema.Config, b *plan.Binding) (ids map[string]bool, matter bool) {
	ids = map[string]bool{}
	for _, o := range objects(cfg) {
		if o.Kind != schema.OrganizationConnection && (o.Kind != schema.SilentUpgrade || o.Want("organization").Mode == schema.Unmanaged) {
			continue
		}
		matter = true
		v, _ := schema.Resolve(o.Want("organization").V, b.IDs())
		if id, ok := v.(string); ok {
			ids[id] = true
		}
	}
	return ids, matter
}

// readGrants reads the user grants of the APIs that ask for one, where no
// client_grant block had all of them read.
func readGrants(ctx context.Context, t Reader, cfg *schema.Config, b *plan.Binding, snap *schema.Snapshot, rules plan.Rules) error {
	if snap.Objects[schema.ClientGrants] != nil {
		return nil
	}
	return readUserGrants(ctx, t, snap, plan.GrantedAudiences(cfg, b, rules))
}

func readUserGrants(ctx context.Context, t Reader, snap *schema.Snapshot, audiences []string) error {
	for _, audience := range audiences {
		list, err := t.UserGrants(ctx, audience)
		if unreadable(err) {
			return nil
		}
		if err != nil {
			return err
		}
		snap.Objects[schema.ClientGrants] = append(append([]*schema.Observed{}, snap.Objects[schema.ClientGrants]...), list...)
	}
	return nil
}

// Make plans against what was read, as plan.Make does, after evaluating again
// what depends on ids in ways no template expresses. evaluate is the
// configuration's own.
func Make(cfg *schema.Config, b *plan.Binding, rules plan.Rules, evaluate func(schema.IDs) (*schema.Config, schema.Diagnostics)) (*plan.Plan, schema.Diagnostics) {
	if hasUnknown(cfg) && evaluate != nil {
		again, ds := evaluate(b.IDs())
		if ds.HasErrors() {
			return nil, ds
		}
		cfg = settle(cfg, again)
	}
	return plan.Make(cfg, b, rules)
}

// settle takes from a second evaluation, in which ids were known, only what the
// first could not say; references stay references.
func settle(cfg, again *schema.Config) *schema.Config {
	known := make(map[schema.Address]*schema.Object, len(again.Objects))
	for _, o := range again.Objects {
		known[o.Addr] = o
	}
	out := *cfg
	out.Objects = slices.Clone(cfg.Objects)
	for i, o := range out.Objects {
		k := known[o.Addr]
		if k == nil || !slices.ContainsFunc(o.Wants, func(w schema.Want) bool { return w.Unknown }) {
			continue
		}
		c := *o
		c.Wants = slices.Clone(o.Wants)
		for j := range c.Wants {
			if c.Wants[j].Unknown {
				c.Wants[j] = k.Wants[j]
			}
		}
		out.Objects[i] = &c
	}
	return &out
}

func hasUnknown(cfg *schema.Config) bool {
	return slices.ContainsFunc(cfg.Objects, func(o *schema.Object) bool {
		return slices.ContainsFunc(o.Wants, func(w schema.Want) bool { return w.Unknown })
	})
}

// op names what is done to an object, for errors.
func op(verb string, c *plan.Change) string { return fmt.Sprintf("%s %s", verb, c.Address) }
