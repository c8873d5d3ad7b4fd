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
	Err            error
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
	if e.ID == "" {
		head = fmt.Sprintf("THE CANARY MAY BE THERE: look for the SAML connection %s on %s, and delete it", e.Name, e.Domain)
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
	err := l.find(ctx, c)
	if err == nil && c.id == "" {
		return nil // it was never made
	}
	if err == nil {
		err = l.delete(ctx, c)
	}
	if err != nil {
		return &LeftBehind{Domain: l.Domain, Base: l.Base, Name: c.name, ID: c.id, User: c.user, Err: err}
	}
	return nil
}

// find looks by its name for a canary whose creation had no clear answer: a list may lack it for a moment.
func (l *Live) find(ctx context.Context, c *canary) error {
	if c.id != "" {
		return nil
	}
	_, err := l.await(ctx, func() (bool, error) {
		list, err := l.Tenant.List(ctx, schema.Connections, []string{"id", "name", "metadata"})
		for _, o := range list {
			if _, ours := schema.CanaryOf(o); ours && o.String("name") == c.name {
				c.id = o.ID
			}
		}
		return c.id != "", err
	})
	return err
}

// delete takes the canary out of organizations first: that deleting a connection does so is not documented.
func (l *Live) delete(ctx context.Context, c *canary) error {
	var stuck []error
	for _, m := range c.memberships {
		if err := l.Tenant.Delete(ctx, schema.OrganizationConnections, organizationOf(m)+"/"+c.id); err != nil {
			stuck = append(stuck, fmt.Errorf("take it out of the organization %s: %w", organizationOf(m), err))
		}
	}
	if err := l.Tenant.Delete(ctx, schema.Connections, c.id); err != nil {
		return errors.Join(append(stuck, err)...)
	}
	gone, err := l.await(ctx, func() (bool, error) {
		_, err := l.Tenant.Get(ctx, schema.Connections, c.id)
		if missing(err) {
			return true, nil
		}
		return false, err
	})
	if err == nil && !gone {
		err = errors.New("the deletion was accepted, and the connection is still shown")
	}
	return errors.Join(append(stuck, err)...)
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

// refused: the tenant said no, so nothing was made.
func refused(err error) bool {
	var s *apply.StatusError
	return errors.As(err, &s)
}

func missing(err error) bool {
	var s *apply.StatusError
	return errors.As(err, &s) && s.Status == http.StatusNotFound
}

// organizationOf is the id of a membership's organization.
func organizationOf(m *schema.Observed) string {
	id, _, _ := strings.Cut(m.ID, "/")
	return id
}
