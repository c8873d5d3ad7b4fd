package stage_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tacit-dev/tacit/apply/rehearse"
	"github.com/tacit-dev/tacit/schema"
)

// TestLanguageNamesWhatRehearsalsKnow: the language cannot import the faults, steps and kinds of token; it names the same.
func TestLanguageNamesWhatRehearsalsKnow(t *testing.T) {
	var faults []string
	for _, f := range rehearse.Faults() {
		faults = append(faults, string(f))
	}
	assert.Equal(t, faults, schema.Rehearsal.Attr("fault").Enum)
	assert.Equal(t, []string{string(rehearse.JWT), string(rehearse.Opaque), string(rehearse.None)}, schema.Rehearsal.Attr("expect.token").Enum)
	var steps []string
	for _, s := range rehearse.Steps() {
		steps = append(steps, string(s))
	}
	assert.Equal(t, steps, schema.Rehearsal.Attr("expect.step").Enum)
}
