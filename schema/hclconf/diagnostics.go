package hclconf

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/tacit-dev/tacit/schema"
)

// collector gathers diagnostics. The same mistake in many for_each instances
// is kept once from the start, so that memory does not grow with instances.
type collector struct {
	sources map[string]*source
	list    schema.Diagnostics
	index   map[string]int
}

func newCollector(sources map[string]*source) *collector {
	return &collector{sources: sources, index: map[string]int{}}
}

// place is where a mistake is and which instance showed it.
type place struct {
	rng hcl.Range
	// instance is the address under for_each, "" otherwise.
	instance string
	also     []hcl.Range
	// hidden: the source text may hold a secret, show no snippet.
	hidden bool
}

func at(rng hcl.Range) place { return place{rng: rng} }

func (p place) and(rs ...hcl.Range) place {
	p.also = append(p.also, rs...)
	return p
}

// fail records an error. The detail says what is wrong and what to do.
func (c *collector) fail(p place, summary, format string, args ...any) {
	detail := format
	if len(args) > 0 {
		detail = fmt.Sprintf(format, args...)
	}
	c.record(schema.Diagnostic{Severity: schema.Error, Summary: summary, Detail: detail}, p)
}

// warn records something that is probably not what the person wants.
func (c *collector) warn(p place, summary, format string, args ...any) {
	c.record(schema.Diagnostic{Severity: schema.Warning, Summary: summary, Detail: fmt.Sprintf(format, args...)}, p)
}

func (c *collector) record(d schema.Diagnostic, p place) {
	if p.rng.Filename != "" {
		d.Subject = convertRange(p.rng)
	}
	key := fmt.Sprintf("%s-%d %s %s", p.rng, p.rng.End.Byte, d.Summary, d.Detail)
	if i, ok := c.index[key]; ok {
		if p.instance != "" {
			c.list[i].Instances = append(c.list[i].Instances, p.instance)
		}
		return
	}
	if d.Subject != nil && !p.hidden {
		d.Snippet = c.snippet(p.rng)
	}
	for _, r := range p.also {
		d.Also = append(d.Also, *convertRange(r))
	}
	if p.instance != "" {
		d.Instances = []string{p.instance}
	}
	c.index[key] = len(c.list)
	c.list = append(c.list, d)
}

func (c *collector) sorted() schema.Diagnostics { return c.list.Sorted() }

// maxSnippetLines bounds what is shown of a long expression.
const maxSnippetLines = 8

func (c *collector) snippet(r hcl.Range) *schema.Snippet {
	src := c.sources[r.Filename]
	if src == nil || r.Start.Byte > len(src.text) || r.End.Byte > len(src.text) {
		return nil
	}
	start := bytes.LastIndexByte(src.text[:r.Start.Byte], '\n') + 1
	end := start
	for range maxSnippetLines {
		i := bytes.IndexByte(src.text[end:], '\n')
		if i < 0 {
			end = len(src.text) + 1
			break
		}
		end += i + 1
		if end > r.End.Byte || end == r.End.Byte && !r.Empty() { // of a next line nothing would be marked
			break
		}
	}
	code := hideKey(src.text[:start], strings.TrimSuffix(string(src.text[start:min(end-1, len(src.text))]), "\r"))
	s := &schema.Snippet{
		Code: code, StartLine: r.Start.Line,
		Start: min(r.Start.Byte-start, len(code)), End: min(r.End.Byte-start, len(code)),
	}
	s.End = max(s.Start, s.End) // the parser's end of an unclosed call may stand at 0
	if src.file != nil {
		if nav, ok := src.file.Nav.(interface{ ContextString(int) string }); ok {
			s.Context = nav.ContextString(r.Start.Byte)
		}
	}
	return s
}

// hideKey takes a private key out of the lines of a snippet, also when they
// begin within one: before is the text up to them.
func hideKey(before []byte, code string) string {
	const begin, end, kind, instead = "-----BEGIN", "-----END", "PRIVATE KEY", "(private key)"
	if i := bytes.LastIndex(before, []byte(begin)); i >= 0 {
		label, _, _ := strings.Cut(string(before[i:]), "\n")
		if strings.Contains(label, kind) && !bytes.Contains(before[i:], []byte(end)) {
			return instead
		}
	}
	for i := 0; ; i += len(begin) {
		at := strings.Index(code[i:], begin)
		if at < 0 {
			return code
		}
		i += at
		if label, _, _ := strings.Cut(code[i:], "\n"); strings.Contains(label, kind) {
			return code[:i] + instead
		}
	}
}

func convertRange(r hcl.Range) *schema.Range {
	return &schema.Range{File: r.Filename, Start: convertPos(r.Start), End: convertPos(r.End)}
}

func convertPos(p hcl.Pos) schema.Pos {
	return schema.Pos{Line: p.Line, Column: p.Column, Byte: p.Byte}
}

// hclDiags takes over what hcl itself found. Text that may quote a sensitive
// value is replaced.
func (c *collector) hclDiags(ds hcl.Diagnostics, where place) {
	for _, d := range ds {
		if d.Severity != hcl.DiagError {
			continue
		}
		p := where
		if d.Subject != nil {
			p.rng = *d.Subject
		}
		summary, detail := reword(d)
		if touchesSensitive(d) {
			detail = "The expression uses a sensitive value, so the reason is not shown."
		}
		c.fail(p, summary, "%s", detail)
	}
}

// WithSnippets adds the source text to diagnostics that point at a file of the
// configuration and were made elsewhere, such as by a comparison with the
// tenant.
func (f *Files) WithSnippets(ds schema.Diagnostics) schema.Diagnostics {
	out := slices.Clone(ds)
	c := newCollector(f.sources)
	for i := range out {
		if r := out[i].Subject; r != nil && out[i].Snippet == nil {
			out[i].Snippet = c.snippet(hcl.Range{
				Filename: r.File, Start: hcl.Pos{Line: r.Start.Line, Column: r.Start.Column, Byte: r.Start.Byte},
				End: hcl.Pos{Line: r.End.Line, Column: r.End.Column, Byte: r.End.Byte},
			})
		}
	}
	return out
}
