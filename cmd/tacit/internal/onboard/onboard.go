// Package onboard makes a customer's connection out of what the customer sent:
// it reads the document, finds how the existing configuration declares its
// customers, and proposes edits of the files in the same manner. A proposal is
// loaded and evaluated before it counts: it must declare the one new connection
// with the customer's own end point and certificate, and change nothing else.
//
// [Request.Propose] tries the ways of declaring a customer one after the other:
// an element of what an existing block goes over with for_each, then a block of
// its own. [Commit] writes a proposal, all of it or nothing. [Disable] and
// [Delete] are the way back.
package onboard

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/hclconf"
)

// Load reads the configuration as it would be with some files added or changed.
type Load func(extra map[string][]byte) (*hclconf.Files, *schema.Config, schema.Diagnostics)

// Request is what is wanted.
type Request struct {
	Name, DisplayName string
	Domains           []string
	Maker             Maker
	Identity          *Identity
	// Client, API and Organization are addresses of declared objects, or zero
	// for what the configuration has.
	Client, API, Organization schema.Address
	// Again allows a second connection of an identity provider that has one.
	Again bool
	// Set gives further columns or attributes that the configuration's customers
	// have.
	Set map[string]string
	// Ask finds out a value that nobody gave; it fails where nobody can be asked.
	Ask func(s hclconf.Slot) (string, bool)

	Load Load
}

// Proposal is how the files are to change.
type Proposal struct {
	// Address is the new connection's, Added are other objects that are new.
	Address schema.Address
	Added   []schema.Address
	// Paths are the silent_upgrade blocks that lead through it.
	Paths []schema.Address
	Edits []hclconf.Change
	// Notes say why it is done this way, where that is not plain.
	Notes []string
}

// Extra are the files of the proposal as [hclconf.Options] takes them.
func (p *Proposal) Extra() map[string][]byte {
	out := map[string][]byte{}
	for _, e := range p.Edits {
		out[e.Path] = e.After
	}
	return out
}

// Propose finds edits that declare the customer.
func (r *Request) Propose() (*Proposal, error) {
	base, err := r.start()
	if err != nil {
		return nil, err
	}
	if err := r.collides(base); err != nil {
		return nil, err
	}
	var notes []string
	for _, d := range base.files.Declared(schema.SAMLConnection.Name) {
		if !d.ForEach || r.Organization.Kind != "" {
			continue
		}
		p, err := r.element(base, d.Addr)
		var missing *MissingError
		var field *hclconf.FieldError
		var unplaced *UnplacedError
		switch {
		case errors.As(err, &missing), errors.As(err, &field), errors.As(err, &unplaced):
			return nil, err
		case err == nil:
			p.Notes = append(notes, p.Notes...)
			return p, nil
		}
		notes = append(notes, fmt.Sprintf("%s does not take another customer like this: %s. The connection has a block of its own.", d.Addr, strings.TrimSuffix(err.Error(), ".")))
	}
	if err := r.unplaced(nil); err != nil {
		return nil, err
	}
	p, err := r.block(base)
	if err != nil {
		return nil, err
	}
	p.Notes = append(notes, p.Notes...)
	return p, nil
}

// draft is a configuration with edits that nobody wrote yet.
type draft struct {
	request *Request
	edits   []hclconf.Change
	files   *hclconf.Files
	config  *schema.Config
}

// BadConfigError carries the mistakes of the configuration as it is.
type BadConfigError struct{ Diagnostics schema.Diagnostics }

// Error counts them.
func (e *BadConfigError) Error() string {
	return fmt.Sprintf("%d problems in the configuration", len(e.Diagnostics))
}

// MissingError names slots that nobody gave a value for.
type MissingError struct{ Slots []hclconf.Slot }

// Error says what to give.
func (e *MissingError) Error() string {
	var flags []string
	for _, s := range e.Slots {
		if slices.Contains(s.Feeds, "domain_aliases") {
			flags = append(flags, "--domain-alias DOMAIN")
			continue
		}
		flag := fmt.Sprintf("--set %s=VALUE", slotName(s))
		if s.Like != "" {
			flag += fmt.Sprintf(" (the last customer has %.60s)", s.Like)
		}
		flags = append(flags, flag)
	}
	return "the configuration says more of a customer than tacit can know; nothing was written. Give " + strings.Join(flags, ", ")
}

func (r *Request) start() (*draft, error) {
	d := &draft{request: r}
	var ds schema.Diagnostics
	if d.files, d.config, ds = r.Load(nil); ds.HasErrors() {
		return nil, &BadConfigError{ds}
	}
	return d, nil
}

// with is the draft with one more edit, or several of one kind.
func (d *draft) with(edit hclconf.Change) (*draft, error) {
	out := &draft{request: d.request, edits: slices.Clone(d.edits)}
	if i := slices.IndexFunc(out.edits, func(e hclconf.Change) bool { return e.Path == edit.Path }); i >= 0 {
		out.edits[i].After = edit.After
	} else {
		out.edits = append(out.edits, edit)
	}
	for {
		var ds schema.Diagnostics
		extra := (&Proposal{Edits: out.edits}).Extra()
		out.files, out.config, ds = d.request.Load(extra)
		missing := out.files.Missing()
		if !ds.HasErrors() {
			return out, nil
		}
		if len(missing) == 0 {
			return nil, errors.New(reason(ds))
		}
		for _, name := range missing {
			text, err := d.request.Identity.fileFor(name)
			if err != nil {
				return nil, err
			}
			out.edits = append(out.edits, hclconf.Change{Path: name, After: text})
		}
	}
}

// reason is the first mistake in a line.
func reason(ds schema.Diagnostics) string {
	for _, d := range ds {
		if d.Severity == schema.Error {
			return strings.ToLower(d.Summary[:1]) + d.Summary[1:] + ": " + d.Detail
		}
	}
	return ""
}

// fileFor is the content of a file that the configuration asks for: the
// document or the certificate, by the end of its name.
func (id *Identity) fileFor(name string) ([]byte, error) {
	switch ext := name[strings.LastIndexByte(name, '.')+1:]; strings.ToLower(ext) {
	case "xml":
		return id.Document(), nil
	case "pem", "crt", "cer", "cert":
		return []byte(id.Cert.PEM()), nil
	default:
		return nil, fmt.Errorf("it wants a file %s, and tacit does not know what belongs in it", name)
	}
}
