package cli

import (
	"context"
	"errors"
	"slices"

	"github.com/tacit-dev/tacit/cmd/tacit/internal/adopt"
	"github.com/tacit-dev/tacit/cmd/tacit/internal/adopt/deploycli"
	"github.com/tacit-dev/tacit/cmd/tacit/internal/view"
	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
)

// offline checks the flags of an import that reads files instead of a tenant.
func (o *importOptions) offline() error {
	switch {
	case o.deployCLI == "" && o.deployConfig != "":
		return errors.New("--deploy-cli-config goes with --from-deploy-cli")
	case o.deployCLI == "":
		return nil
	case o.own:
		return errors.New("--own writes to the tenant, and --from-deploy-cli does not connect to one; import the export first, then mark with: tacit import --own DIR")
	case o.tenant.sandbox != "":
		return errors.New("--sandbox stands for a tenant, and --from-deploy-cli does not connect to one; leave one of them out")
	}
	return nil
}

// readExport takes what an export of auth0-deploy-cli holds for the tenant.
func (im *importing) readExport(context.Context) error {
	taken := func(name string) bool { return im.there != nil && im.there.files.Taken(name) }
	export, err := deploycli.Read(im.deployCLI, deploycli.Options{Config: im.deployConfig, Taken: taken})
	var broken deploycli.Broken
	if errors.As(err, &broken) {
		return &badConfig{broken.Diagnostics}
	}
	if err != nil {
		return err
	}
	im.export = export
	if im.cfg.Connected = export.Domain; schema.Tenant.Attr("domain").Check(export.Domain) != nil {
		im.cfg.Connected = ""
	}
	im.re.Connected = im.cfg.Connected
	im.re.Variables = export.Variables
	return im.from(export.Snap, plan.Guard{Domain: im.cfg.Connected})
}

// exported says where a result is from, in the words of the export.
func (im *importing) exported(doc *view.Imported, out *adopt.Result) {
	show := im.export.Variables.Show
	doc.From = im.deployCLI
	for i, o := range doc.Objects {
		doc.Objects[i].ID, doc.Objects[i].Name, doc.Objects[i].Address = "", show(o.Name), show(o.Address)
	}
	for _, s := range im.export.Skipped {
		if s.Kind == "" || im.asked(s.Kind) {
			doc.Skipped = append(doc.Skipped, view.Skipped(s))
		}
	}
	for i, s := range doc.Skipped {
		doc.Skipped[i].Name, doc.Skipped[i].Why = show(s.Name), show(s.Why)
	}
	doc.Variables = []view.ImportedVariable{}
	for _, v := range out.Variables {
		doc.Variables = append(doc.Variables, view.ImportedVariable{Name: v.Name, Keyword: v.Shown, Sensitive: v.Sensitive, Needed: v.Default == nil && !v.Optional})
	}
}

// asked: kinds that nobody asked for are not told of; sections of an export
// that are no kind are.
func (im *importing) asked(kind string) bool {
	return schema.KindByName(kind) == nil || slices.Contains(im.kinds, kind)
}
