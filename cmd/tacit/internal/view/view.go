// Package view prints: plans, findings and diagnostics as text for people, any
// result as JSON for machines.
//
// Text is made of spans (a style and a piece of text), and there is one place
// where spans become bytes: [Printer] cleans every span there, so whatever a
// tenant, a file or a server put into a name cannot reach the terminal as a
// control character, a bidi mark or a command to the CI system.
package view

import (
	"cmp"
	"io"
)

// Options say how to print.
type Options struct {
	// Color allows SGR codes.
	Color bool
	// Width is the number of columns, 0 for 80.
	Width int
	// Full shows what is left out for brevity: each of many similar changes,
	// the explanation of every finding.
	Full bool
}

const (
	defaultWidth = 80
	minWidth     = 40
)

// Printer writes text to one writer.
type Printer struct {
	w    io.Writer
	opts Options
	err  error
}

// New returns a printer.
func New(w io.Writer, o Options) *Printer {
	o.Width = max(cmp.Or(o.Width, defaultWidth), minWidth)
	return &Printer{w: w, opts: o}
}

// Err returns the first error of the underlying writer. Nothing is written
// after it.
func (p *Printer) Err() error { return p.err }
