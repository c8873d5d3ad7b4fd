// Package deploycli reads what auth0-deploy-cli exports (checked with 8.44.0):
// one YAML file, or a directory with a JSON file for each object. It goes in
// three steps:
//
//	files --texts--> sections, keywords marked --settle--> variables --observe--> a snapshot
//
// The snapshot is the tenant as the export tells it. Objects have their names
// for ids, because that is how an export refers to them.
package deploycli

import (
	"github.com/tacit-dev/tacit/cmd/tacit/internal/adopt"
	"github.com/tacit-dev/tacit/schema"
)

// Export is what a tenant looks like in an export.
type Export struct {
	Snap      *schema.Snapshot
	Variables *adopt.Variables
	// Skipped is what is in the export and not in the snapshot.
	Skipped []adopt.Skipped
	// Domain is that of the tenant, "" when no config.json tells it.
	Domain string
	// CustomDomains are the host names of custom domains. Whether they are
	// ready, an export does not tell.
	CustomDomains []string
}

// Options say what to read besides the export.
type Options struct {
	// Config is the config.json of auth0-deploy-cli; "" for the one beside the
	// export, if there is one.
	Config string
	// Taken are names of variables that are in use.
	Taken func(name string) bool
}

// Read reads an export. A mistake in its files is a [schema.Diagnostics] within
// [Broken].
func Read(path string, o Options) (*Export, error) {
	in, err := open(path)
	if err != nil {
		return nil, err
	}
	defer in.close()
	config, err := in.config(o.Config)
	if err != nil {
		return nil, err
	}
	texts, err := in.texts()
	if err != nil {
		return nil, err
	}
	keywords, err := newKeywords(texts, config.Mappings)
	if err != nil {
		return nil, err
	}
	b := &builder{in: in, keywords: keywords, out: &Export{Domain: config.Domain, Snap: &schema.Snapshot{Objects: map[schema.Collection][]*schema.Observed{}}}}
	if err := b.sections(texts); err != nil {
		return nil, err
	}
	if err := b.loginPages(); err != nil {
		return nil, err
	}
	b.unique()
	b.settle(o.Taken)
	b.observe()
	return b.out, nil
}

// Broken are mistakes in the files of an export.
type Broken struct{ Diagnostics schema.Diagnostics }

// Error names the first one; whoever shows all of them unwraps.
func (b Broken) Error() string { return b.Diagnostics[0].Summary + ": " + b.Diagnostics[0].Detail }
