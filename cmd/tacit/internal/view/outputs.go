package view

import (
	"fmt"
	"io"
	"maps"
	"slices"
)

// Output is an output as it is shown. Who makes it leaves Value out where the
// value is sensitive and was not asked for by name.
type Output struct {
	Name        string `json:"-"`
	Description string `json:"description,omitempty"`
	// Value is null while it is not known, and for a sensitive value that is
	// not shown.
	Value     any  `json:"value"`
	Known     bool `json:"known"`
	Sensitive bool `json:"sensitive"`
}

// Outputs writes each output as a line "name = value", collections over several
// lines when one is too short.
func (p *Printer) Outputs(list []Output) {
	for i := range list {
		p.output(list[i].Name+" = ", &list[i])
	}
}

// OutputValue writes the value of one output alone.
func (p *Printer) OutputValue(o *Output) { p.output("", o) }

func (p *Printer) output(head string, o *Output) {
	switch {
	case !o.Known:
		p.put(text(head), styled(faint, afterApply))
	case o.Sensitive:
		p.put(text(head), styled(faint, sensitive))
	default:
		p.value(0, head, o.Value, "")
	}
}

// value writes a value after what names it, indented by at, tail behind it.
func (p *Printer) value(at int, head string, v any, tail string) {
	line := inline(v, false)
	list, isList := v.([]any)
	m, isMap := v.(map[string]any)
	if at+width(head)+width(line)+width(tail) <= p.opts.Width || len(list)+len(m) == 0 {
		p.put(text(pad(at) + head + line + tail))
		return
	}
	if isList {
		p.put(text(pad(at) + head + "["))
		for _, e := range list {
			p.value(at+2, "", e, ",")
		}
		p.put(text(pad(at) + "]" + tail))
	}
	if isMap {
		p.put(text(pad(at) + head + "{"))
		for _, k := range slices.Sorted(maps.Keys(m)) {
			p.value(at+2, quote(k, false)+" = ", m[k], "")
		}
		p.put(text(pad(at) + "}" + tail))
	}
}

// Raw writes a text exactly as it is, for another program to read: nothing is
// cleaned, so it is not for a terminal.
func Raw(w io.Writer, s string) error {
	if _, err := io.WriteString(w, s); err != nil {
		return fmt.Errorf("write output: %w", err)
	}
	return nil
}
