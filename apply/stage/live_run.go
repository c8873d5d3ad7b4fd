package stage

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/tacit-dev/tacit/apply/rehearse"
	"github.com/tacit-dev/tacit/schema"
)

// Rehearse removes what other runs left over, and drives the logins. The report tells how far it came, also beside an
// error; a [LeftBehind] among the errors is a canary that has to be deleted by hand.
func (l *Live) Rehearse(ctx context.Context) (*rehearse.Report, error) {
	report := &rehearse.Live{Run: l.Run, Causes: l.Causes(), Canaries: []rehearse.Canary{}}
	for _, s := range l.young {
		report.Younger = append(report.Younger, s.name)
	}
	errs := l.sweep(ctx, report)
	for _, c := range l.canaries {
		err := l.play(ctx, c)
		var left *LeftBehind
		if errors.As(err, &left) {
			report.Left = append(report.Left, left.what())
		}
		if c.begun && !c.refused {
			report.Canaries = append(report.Canaries, rehearse.Canary{Name: c.name, For: l.named(c), Removed: left == nil, Unsure: left != nil && left.Unsure})
		}
		if err != nil {
			errs = append(errs, err)
			break
		}
	}
	return l.report(report), errors.Join(errs...)
}

// sweep removes the canaries that other runs left over. That one stays does not keep logins from being rehearsed.
func (l *Live) sweep(ctx context.Context, report *rehearse.Live) []error {
	var errs []error
	for _, s := range l.old {
		if ctx.Err() != nil {
			break // the next run does it
		}
		if err := l.remove(ctx, &canary{name: s.name, id: s.id}); err != nil {
			errs = append(errs, err)
			report.Left = append(report.Left, s.name+" ("+s.id+")")
			continue
		}
		report.Swept = append(report.Swept, s.name)
		l.Tell("Removed %s, which %s had left over.", s.name, s.mark.Run)
	}
	return errs
}

// play makes a canary, drives its logins and removes it, whatever happens in between.
func (l *Live) play(ctx context.Context, c *canary) (err error) {
	ended := false
	defer func() {
		removal := l.remove(ctx, c)
		if removal != nil && !ended { // a panic passes by: nobody else will tell
			for _, line := range strings.Split(removal.Error(), "\n") {
				l.Tell("%s", line)
			}
		}
		err = errors.Join(removal, err) // what has to be deleted by hand comes first
	}()
	err = l.rehearse(ctx, c)
	ended = true
	return err
}

func (l *Live) rehearse(ctx context.Context, c *canary) error {
	if err := l.create(ctx, c); err != nil {
		return err
	}
	for _, n := range c.parts {
		var err error
		if n.trace, err = l.login(ctx, c, n.scenario); err != nil {
			return err
		}
	}
	return nil
}

// create makes the canary and enables it where the customer's connection is enabled.
func (l *Live) create(ctx context.Context, c *canary) error {
	clients, err := l.enabled(ctx, c)
	if err != nil {
		return err
	}
	c.begun = true
	o, err := l.Tenant.Create(ctx, schema.Connections, c.body(l.idp, schema.CanaryMark{Run: l.Run, Started: l.Now()}))
	if err != nil {
		c.refused = !inDoubt(err)
		return fmt.Errorf("make the canary connection %s: %w", c.name, err)
	}
	c.id = o.ID
	l.Tell("Made %s for %s.", c.name, l.named(c))
	if len(clients) > 0 {
		if err := l.Tenant.SetConnectionClients(ctx, c.id, clients, nil); err != nil {
			return fmt.Errorf("enable applications on %s: %w", c.name, err)
		}
	}
	for _, m := range c.memberships {
		body := object{
			"organization_id": organizationOf(m), "connection_id": c.id, "assign_membership_on_login": true, "show_as_button": false,
		}
		if _, err := l.Tenant.Create(ctx, schema.OrganizationConnections, body); err != nil {
			return fmt.Errorf("enable %s on the organization %s: %w", c.name, organizationOf(m), err)
		}
	}
	return nil
}

// login drives one login. The first of a canary is tried again when the tenant refuses the IdP's response: its login
// pages may not have learnt of the connection, and refuse it in the words for a broken one.
func (l *Live) login(ctx context.Context, c *canary, sc rehearse.Scenario) (*rehearse.Trace, error) {
	pauses := l.Patience
	if c.known {
		pauses = nil
	}
	c.known = true
	var waited time.Duration
	for try := 0; ; try++ {
		t, err := l.client.Run(ctx, sc)
		if err != nil {
			return nil, err
		}
		atDoor := t.Stopped != nil && t.Stopped.Step == rehearse.StepACS
		if !atDoor || try == len(pauses) {
			if waited > 0 {
				t.Notes = append(t.Notes, fmt.Sprintf("tried %d times in %s, because a tenant may need a moment to know a new connection", try+1, waited))
			}
			return t, nil
		}
		if err := l.Sleep(ctx, pauses[try]); err != nil {
			return nil, err
		}
		waited += pauses[try]
	}
}

// report says what the logins showed; those that an end came before are left out.
func (l *Live) report(live *rehearse.Live) *rehearse.Report {
	r := &rehearse.Report{Tenant: l.Domain, Logins: []*rehearse.Trace{}, NotRehearsed: l.notProven(), Live: live}
	var played []part
	paths := 0
	for _, n := range l.parts {
		if paths++; n.trace == nil {
			continue
		}
		played = append(played, *n)
		t := n.trace
		if l.hidden.sensitive(n.path) {
			t = bare(n)
		}
		r.Logins = append(r.Logins, t)
	}
	r.Paths, r.Assumed = len(r.Logins), assumed(played)
	if r.Paths < paths {
		r.OutOf = paths
	}
	r.Conclude()
	return r
}
