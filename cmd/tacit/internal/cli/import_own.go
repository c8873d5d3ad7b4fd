package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/tacit-dev/tacit/apply"
	"github.com/tacit-dev/tacit/cmd/tacit/internal/adopt"
	"github.com/tacit-dev/tacit/cmd/tacit/internal/view"
)

// ownAll marks what was written as owned: a plan and an apply of nothing but the
// marks.
func (im *importing) ownAll(ctx context.Context, doc *view.Imported, out *adopt.Result) error {
	own, err := im.re.Own(out.IDs())
	if err != nil {
		return im.bug(err)
	}
	p := own.Plan
	for _, c := range p.Changes {
		for _, a := range c.Attributes {
			if mark := c.Object().Kind.Mark(); mark == nil || a.Name != mark.Name {
				return fmt.Errorf("no mark was written: the configuration differs from the tenant in more than marks (%s %s). Apply it first, then run import --own again", c.Address, a.Name)
			}
		}
	}
	if !im.global.json {
		im.out.Line("")
		im.out.Plan(p)
	}
	if len(p.Changes) == 0 {
		return im.ownEnd(doc, "")
	}
	if err := im.confirm(ctx, im.apply, p); err != nil {
		return errors.Join(err, im.jsonDoc(doc))
	}
	cfg := im.cfg
	err = im.alone(cfg.Dir, func() error {
		h := im.app.head(im.tenant, im.importOptions.tenant, cfg)
		runner := apply.Runner{Tenant: im.tenant, Guard: im.guard(im.tenant, false), Parallelism: im.importOptions.tenant.parallelism}
		result, err := im.carry(ctx, runner, p, own.Binding.IDs(), h, cfg.Dir)
		doc.Owned, doc.Run = result.Updated, h.Run
		return err
	})
	if err != nil {
		return errors.Join(fmt.Errorf("after %d marks: %w", doc.Owned, err), im.jsonDoc(doc))
	}
	l, err := im.load(im.config)
	if err == nil {
		err = im.verifyOwned(ctx, l)
	}
	if err != nil {
		return errors.Join(err, im.jsonDoc(doc))
	}
	return im.ownEnd(doc, l.again(im.config, im.importOptions.tenant, "undo", doc.Run))
}

// verifyOwned reads the tenant again: the configuration must match it.
func (im *importing) verifyOwned(ctx context.Context, l *loaded) error {
	l.config.Connected = im.re.Connected
	again, err := im.makePlan(ctx, l, im.tenant, apply.Read)
	if err != nil {
		return fmt.Errorf("verifying: %w", err)
	}
	if n := len(again.plan.Changes); n > 0 && im.there == nil {
		return fmt.Errorf("verifying: after the marks %d objects differ from %s; run tacit plan to see in what", n, l.config.Dir)
	}
	return nil
}

// ownEnd prints the document; back is the command that takes the run back.
func (im *importing) ownEnd(doc *view.Imported, back string) error {
	if im.global.json {
		return im.json(doc)
	}
	im.out.Line("")
	im.out.Line("%d objects were marked as owned by the workspace %s.", doc.Owned, im.cfg.Workspace)
	if back != "" {
		im.out.Line("To take this run back: %s", back)
	}
	return im.out.Err()
}

func (im *importing) jsonDoc(doc *view.Imported) error {
	if !im.global.json {
		return nil
	}
	return im.json(doc)
}
