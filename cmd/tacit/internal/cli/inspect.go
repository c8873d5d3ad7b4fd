package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tacit-dev/tacit/cmd/tacit/internal/view"
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/saml"
)

type inspectOptions struct {
	file     string
	entityID string
	strict   bool
}

func (a *app) inspectCommand() *cobra.Command {
	var o inspectOptions
	cmd := &cobra.Command{
		Use: "inspect FILE|-", Short: "Show what a SAML metadata document or certificate holds",
		Long: "Reads the metadata document or the certificates that a customer sent (- for standard input), and says whether a\nconnection can be made of it. Nothing that the file names is fetched. Exit code 1, with the reason, when it cannot be used.",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return errors.New("one file is expected, or - for standard input: tacit inspect idp.xml")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			o.file = args[0]
			return a.runInspect(o)
		},
	}
	cmd.Flags().StringVar(&o.entityID, "entity-id", "", "which identity provider, when the document holds several: its entity `ID`")
	cmd.Flags().BoolVar(&o.strict, "strict", false, "exit code 3 when there are warnings")
	return cmd
}

func (a *app) runInspect(o inspectOptions) error {
	text, err := a.readInput(o.file)
	if err != nil {
		return err
	}
	in, err := a.inspect(text, o.entityID)
	if err != nil {
		return o.unusable(saml.AsRefusal(err))
	}
	if a.global.json {
		err = a.json(in)
	} else {
		a.out.Inspection(in)
		err = a.out.Err()
	}
	if err == nil && o.strict && len(in.Warnings) > 0 {
		err = &exit{code: exitCheckFailed}
	}
	return err
}

// inspect finds out what the text is.
func (a *app) inspect(text []byte, entityID string) (*view.Inspection, error) {
	cs, err := saml.ParseCertificates(text)
	if err == nil {
		return view.InspectCertificates(cs, a.env.Now()), nil
	}
	if certificateFile(text) {
		return nil, err
	}
	doc, err := saml.ParseMetadata(text)
	if err != nil {
		return nil, err
	}
	m, err := doc.IDP(entityID)
	if err != nil {
		return nil, err
	}
	if err := m.Usable(); err != nil {
		return nil, err
	}
	return view.InspectMetadata(m, a.env.Now()), nil
}

// certificateFile: a file that is no certificate was meant to be one.
func certificateFile(text []byte) bool {
	const sequence = 0x30 // the first byte of DER
	trimmed := bytes.TrimSpace(text)
	return len(text) > 0 && text[0] == sequence || bytes.HasPrefix(trimmed, []byte("MI")) ||
		bytes.Contains(text, []byte("-----BEGIN ")) && !bytes.HasPrefix(trimmed, []byte("<"))
}

// unusable is the refusal as a diagnostic of the file.
func (o inspectOptions) unusable(r *saml.Refusal) error {
	name := o.file
	if name == "-" {
		name = "standard input"
	}
	d := schema.Diagnostic{Severity: schema.Error, Summary: name + " cannot be used", Detail: r.Text}
	if r.Reason == saml.SeveralIDPs {
		d.Detail += " Give it with --entity-id."
	}
	if r.Line > 0 {
		at := schema.Pos{Line: r.Line, Column: r.Column}
		d.Subject = &schema.Range{File: name, Start: at, End: at}
	}
	return &badConfig{schema.Diagnostics{d}}
}

// readInput reads a file, or standard input for -.
func (a *app) readInput(name string) ([]byte, error) {
	if strings.HasPrefix(name, "https://") || strings.HasPrefix(name, "http://") {
		return nil, errors.New("inspect: tacit fetches nothing that others name; download the document and inspect the file")
	}
	from := a.env.Stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, fmt.Errorf("inspect: %w", err)
		}
		defer func() { _ = f.Close() }()
		from = f
	}
	text, err := io.ReadAll(io.LimitReader(from, saml.MaxSize+1))
	if err != nil {
		return nil, fmt.Errorf("inspect: %w", err)
	}
	return text, nil
}
