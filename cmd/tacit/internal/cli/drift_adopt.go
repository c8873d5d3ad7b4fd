package cli

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/tacit-dev/tacit/cmd/tacit/internal/adopt"
	"github.com/tacit-dev/tacit/cmd/tacit/internal/view"
)

// adopt writes what the tenant has into the files, as far as they say it.
func (a *app) adopt(ctx context.Context, o driftOptions, l *loaded, p *planned, doc *view.Drift) error {
	options, err := a.options(o.config)
	if err != nil {
		return err
	}
	re := adopt.Replanner{Config: options, Snap: p.snap, Rules: l.catalogue, Connected: l.config.Connected}
	found, err := re.Adopt(adopt.Drifted{Files: l.files, Config: l.config, Binding: p.binding, Plan: p.plan, Found: doc.Differences})
	if err != nil {
		return err
	}
	doc.Adopted = adopted(found, l)
	if !a.global.json {
		a.err.Diagnostics(doc.Diagnostics)
		a.out.Drift(doc)
		a.out.Line("")
		a.out.Adopted(doc.Adopted)
	}
	if len(found.Adopted) > 0 {
		if err := a.confirmAdoption(ctx, o); err != nil {
			return errors.Join(a.jsonDrift(doc), err)
		}
		if err := (adopt.Directory{Path: l.config.Dir}).Replace(found.Files, l.files.Text); err != nil {
			return err
		}
		doc.Adopted.Written = true
	}
	return a.endAdoption(doc, found)
}

func (a *app) confirmAdoption(ctx context.Context, o driftOptions) error {
	if o.autoApprove {
		return nil
	}
	if !a.env.StdinTerminal || !a.global.input || a.global.json {
		return errors.New("nothing was written: there is no terminal to ask on; look at the lines, then run again with --auto-approve")
	}
	return a.ask(ctx, "Change these files as shown? Only \"yes\" is accepted:", "yes")
}

func (a *app) jsonDrift(doc *view.Drift) error {
	if !a.global.json {
		return nil
	}
	return a.json(doc)
}

// endAdoption says what is left.
func (a *app) endAdoption(doc *view.Drift, found *adopt.Adoption) error {
	if err := a.jsonDrift(doc); err != nil {
		return err
	}
	if !a.global.json && doc.Adopted.Written {
		a.out.Line("Written. A plan of the files does not change these values any more (%d).", len(found.Adopted))
	}
	if len(found.Left) > 0 {
		return &exit{code: exitChanges}
	}
	return nil
}

// adopted is an adoption in the form that is shown.
func adopted(found *adopt.Adoption, l *loaded) *view.Adopted {
	doc := &view.Adopted{Attributes: []view.AdoptedAttr{}, Left: []view.LeftAttr{}, Files: []view.AdoptedFile{}}
	for _, v := range found.Adopted {
		attr := view.AdoptedAttr{Address: v.Address, Attribute: v.Attribute}
		if v.Gone {
			attr.Note = "the tenant has none, so the line goes; tacit leaves it alone from then on"
		}
		doc.Attributes = append(doc.Attributes, attr)
	}
	for _, left := range found.Left {
		doc.Left = append(doc.Left, view.LeftAttr(left))
	}
	for name, text := range found.Files {
		doc.Files = append(doc.Files, view.AdoptedFile{Name: name, Before: string(l.files.Text(name)), After: string(text)})
	}
	slices.SortFunc(doc.Files, func(a, b view.AdoptedFile) int { return strings.Compare(a.Name, b.Name) })
	return doc
}
