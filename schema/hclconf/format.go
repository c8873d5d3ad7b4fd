package hclconf

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"

	"github.com/tacit-dev/tacit/schema"
)

// Format returns the file in canonical layout. Text that does not parse comes
// back unchanged, with what is wrong with it.
func Format(name string, src []byte) ([]byte, schema.Diagnostics) {
	sources := map[string]*source{name: {text: src}}
	c := newCollector(sources)
	if rng, deep := tooDeep(name, src, new(int)); deep {
		c.fail(at(rng), "Nested too deep", "Brackets and operators are nested deeper here than tacit reads.")
		return src, c.sorted()
	}
	file, diags := hclsyntax.ParseConfig(src, name, hcl.InitialPos)
	sources[name].file = file
	c.hclDiags(diags, place{})
	if diags.HasErrors() {
		return src, c.sorted()
	}
	return hclwrite.Format(src), nil
}
