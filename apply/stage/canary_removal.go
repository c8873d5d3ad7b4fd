package stage

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/tacit-dev/tacit/apply"
	"github.com/tacit-dev/tacit/schema"
)

// removalTime bounds the removal of a canary, which goes on when everything else was told to stop.
const removalTime = time.Minute

// LeftBehind is a canary that could not be removed, or of which that is not known.
type LeftBehind struct {
	// Domain and Base say where, as in [LiveOptions].
	Domain, Base   string
	Name, ID, User string
	// Unsure: it may be gone, or never have been made.
	Unsure bool
	Err    error
}

// what names it as the dashboard and the Management API do.
func (e *LeftBehind) what() string {
	if e.ID == "" {
		return e.Name
	}
	return e.Name + " (" + e.ID + ")"
}

// Error says what to delete, and where.
func (e *LeftBehind) Error() string {
	head := fmt.Sprintf("THE CANARY IS STILL THERE: delete the SAML connection %s on %s", e.what(), e.Domain)
	if e.Unsure {
		head = fmt.Sprintf("THE CANARY MAY BE THERE: look for the SAML connection %s on %s, and delete it", e.what(), e.Domain)
	}
	lines := []string{head, "In the dashboard: Authentication > Enterprise > SAML > " + e.Name + " > Delete."}
	if e.ID != "" {
		lines = append(lines, fmt.Sprintf("By the Management API: DELETE %s/api/v2/connections/%s", e.Base, e.ID))
	}
	if e.User != "" {
		lines = append(lines, "Its user "+e.User+" goes with it.")
	}
	lines = append(lines, fmt.Sprintf("The next tacit rehearse --live removes it too, once it is %.0f minutes old.", leftAfter.Minutes()),
		"Why it is there: "+strings.ReplaceAll(e.Err.Error(), "\n", "; "))
	return strings.Join(lines, "\n")
}

// Unwrap returns the cause.
func (e *LeftBehind) Unwrap() error { return e.Err }

// remove deletes a canary, with its users, and looks that it is gone. It does so also when ctx has ended.
func (l *Live) remove(ctx context.Context, c *canary) error {
	if c.id == "" && (!c.begun || c.refused) {
		return nil
	}
	if ctx.Err() != nil {
		l.Tell("Interrupted: removing %s.", c.name)
	}
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), removalTime)
	defer stop()
	unsure, err := true, l.find(ctx, c)
	if err == nil {
		unsure, err = l.delete(ctx, c)
	}
	if err != nil {
		return &LeftBehind{Domain: l.Domain, Base: l.Base, Name: c.name, ID: c.id, User: c.user, Unsure: unsure, Err: err}
	}
	return nil
}

// find looks by its name for a canary whose creation had no clear answer. A list may lack it for a moment, and how long
// that can be is not documented: one that is not found may exist.
func (l *Live) find(ctx context.Context, c *canary) error {
	if c.id != "" {
		return nil
	}
	found, err := l.await(ctx, func() (bool, error) {
		list, err := l.Tenant.List(ctx, schema.Connections, []string{"id", "name", "metadata"})
		for _, o := range list {
			if _, ours := schema.CanaryOf(o); ours && o.String("name") == c.name {
				c.id = o.ID
			}
		}
		return c.id != "", err
	})
	if err == nil && !found {
		err = errors.New("the request that makes it had no clear answer, and the list of connections does not show it, which can be late")
	}
	return err
}

// delete takes the canary out of organizations first: that deleting a connection does so is not documented. Beside an
// error it tells whether the canary may be gone all the same.
func (l *Live) delete(ctx context.Context, c *canary) (unsure bool, err error) {
	var stuck []error
	for _, m := range c.memberships {
		if err := l.insist(ctx, schema.OrganizationConnections, organizationOf(m)+"/"+c.id); err != nil {
			stuck = append(stuck, fmt.Errorf("take it out of the organization %s: %w", organizationOf(m), err))
		}
	}
	deletion := l.insist(ctx, schema.Connections, c.id)
	if deletion != nil && !inDoubt(deletion) {
		return false, errors.Join(append(stuck, deletion)...)
	}
	gone, look := l.gone(ctx, c)
	switch {
	case gone:
		return true, errors.Join(stuck...)
	case look != nil:
		return true, errors.Join(append(stuck, deletion, look)...)
	case deletion == nil:
		deletion = errors.New("the deletion was accepted, and the connection is still shown")
	}
	return false, errors.Join(append(stuck, deletion)...)
}

// insist deletes, again and again while there is no clear answer.
func (l *Live) insist(ctx context.Context, of schema.Collection, id string) error {
	var doubt error
	for _, pause := range append([]time.Duration{0}, Patience()...) {
		if pause > 0 && l.Sleep(ctx, pause) != nil {
			break
		}
		err := l.Tenant.Delete(ctx, of, id)
		if err == nil || missing(err) {
			return nil
		}
		if !inDoubt(err) {
			return errors.Join(doubt, err)
		}
		doubt = err
	}
	return doubt
}

// gone looks whether the canary is no longer there.
func (l *Live) gone(ctx context.Context, c *canary) (bool, error) {
	return l.await(ctx, func() (bool, error) {
		_, err := l.Tenant.Get(ctx, schema.Connections, c.id)
		if missing(err) {
			return true, nil
		}
		return false, err
	})
}

// await asks until the answer is yes: deletions are accepted before they are done (recorded: 202), and lists lag.
func (l *Live) await(ctx context.Context, ask func() (bool, error)) (bool, error) {
	for _, pause := range append([]time.Duration{0}, Patience()[:3]...) {
		if pause > 0 {
			if err := l.Sleep(ctx, pause); err != nil {
				return false, err
			}
		}
		if yes, err := ask(); yes || err != nil {
			return yes, err
		}
	}
	return false, nil
}

// inDoubt: what was asked may have been done. That is so of every answer but success and the 4xx that refuse, also of 5xx.
func inDoubt(err error) bool { return errors.As(err, new(*apply.InDoubtError)) }

func missing(err error) bool {
	var s *apply.StatusError
	return errors.As(err, &s) && s.Status == http.StatusNotFound
}

// organizationOf is the id of a membership's organization.
func organizationOf(m *schema.Observed) string {
	id, _, _ := strings.Cut(m.ID, "/")
	return id
}
