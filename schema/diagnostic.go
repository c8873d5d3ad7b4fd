package schema

import (
	"cmp"
	"fmt"
	"slices"
)

// Pos is a place in a source file. Line and Column count from 1, Column in
// characters; Byte counts from 0.
type Pos struct {
	Line   int `json:"line"`
	Column int `json:"column"`
	Byte   int `json:"byte"`
}

// Range is a stretch of a source file.
type Range struct {
	File  string `json:"file"`
	Start Pos    `json:"start"`
	End   Pos    `json:"end"`
}

// String writes file:line:column, the form editors and terminals make a link.
func (r Range) String() string {
	return fmt.Sprintf("%s:%d:%d", r.File, r.Start.Line, r.Start.Column)
}

// Severity grades a diagnostic or finding.
type Severity string

// The severities.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Info    Severity = "info"
)

// Snippet is the source text around a range.
type Snippet struct {
	// Context is the block the text stands in, such as spa_client "portal".
	Context string `json:"context,omitempty"`
	// Code holds whole lines without the final newline.
	Code string `json:"code"`
	// StartLine is the number of the first line of Code.
	StartLine int `json:"start_line"`
	// Start and End are byte offsets into Code of the part to point at.
	Start int `json:"start"`
	End   int `json:"end"`
}

// Diagnostic is a mistake (or a remark) for the person who wrote the
// configuration.
type Diagnostic struct {
	Severity Severity `json:"severity"`
	// Summary names the problem in a few words, without a final stop.
	Summary string `json:"summary"`
	// Detail says what is wrong and what to do.
	Detail  string   `json:"detail,omitempty"`
	Subject *Range   `json:"subject,omitempty"`
	Snippet *Snippet `json:"snippet,omitempty"`
	// Also are further places that matter, such as the first of two
	// definitions.
	Also []Range `json:"also,omitempty"`
	// Instances are the addresses of for_each instances that share this one
	// mistake.
	Instances []string `json:"instances,omitempty"`
}

// Diagnostics are collected, merged and shown together. They are an error when
// one of them is.
type Diagnostics []Diagnostic

// HasErrors reports whether one of them is an error.
func (ds Diagnostics) HasErrors() bool {
	return slices.ContainsFunc(ds, func(d Diagnostic) bool { return d.Severity == Error })
}

// variants is how many different texts about one place are kept when they come
// from the instances of a block.
const variants = 3

// Sorted merges diagnostics that say the same about the same place (one
// mistake under for_each is one diagnostic; of texts that differ from instance
// to instance a few stand for all) and orders them by place.
func (ds Diagnostics) Sorted() Diagnostics {
	var out Diagnostics
	index, count := map[string]int{}, map[string]int{}
	for _, d := range ds {
		place := fmt.Sprintf("%s\x00%s\x00%s", d.Severity, subject(d), d.Summary)
		key := place + "\x00" + d.Detail
		i, ok := index[key]
		if !ok && len(d.Instances) > 0 && d.Subject != nil && count[place] == variants {
			i, ok = index[place], true
		}
		if ok {
			out[i].Instances = append(out[i].Instances, d.Instances...)
			continue
		}
		index[key], index[place] = len(out), len(out)
		count[place]++
		out = append(out, d)
	}
	for i := range out {
		slices.Sort(out[i].Instances)
		out[i].Instances = slices.Compact(out[i].Instances)
	}
	slices.SortStableFunc(out, func(a, b Diagnostic) int {
		return cmp.Or(compareRange(a.Subject, b.Subject), cmp.Compare(a.Summary, b.Summary))
	})
	return out
}

func subject(d Diagnostic) string {
	if d.Subject == nil {
		return ""
	}
	return fmt.Sprintf("%s-%d", d.Subject, d.Subject.End.Byte)
}

func compareRange(a, b *Range) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return -1
	case b == nil:
		return 1
	}
	return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Start.Byte, b.Start.Byte))
}
