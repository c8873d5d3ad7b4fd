// Package adopt writes configurations that describe what is there already. It
// goes in three steps, each a function over data:
//
//	a tenant's lists --Take--> objects --Write--> files --Replan--> nothing to change
//
// Objects ([Object]) do not say where they came from: whatever can make them,
// from the files of another tool for instance, shares everything behind them.
package adopt

import (
	"github.com/tacit-dev/tacit/schema"
)

// Object is something to write down as a block.
type Object struct {
	Kind *schema.Kind
	// ID is what values of other objects refer to it by.
	ID string
	// Label is what people call it. The name of its block is made from it.
	Label string
	// Addr is where it must be declared, because an ownership mark says so; its
	// Name is empty when it may be declared anywhere.
	Addr schema.Address
	// Existing: only looked up, never written.
	Existing bool
	// Values are what rows are set to, canonical as [schema.Want] has them; rows
	// of the types Ref and Refs hold ids of other objects as plain strings. A
	// [hclconf.Code] is written as it is; such objects do not fold when it
	// stands where customers differ.
	Values map[string]any
	// Resets are rows that have no value although the kind implies one.
	Resets []string
	// Remarks say what is left to the tenant, and why.
	Remarks []string
}

// Skipped is something that is not written down.
type Skipped struct {
	Kind string `json:"kind"`
	Name string `json:"name"`
	Why  string `json:"why"`
}

// text is a value that is a string, "" otherwise.
func (o *Object) text(row string) string {
	s, _ := o.Values[row].(string)
	return s
}
