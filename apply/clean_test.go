package apply_test

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/apply"
)

// TestOldJournalsAreCleaned: the newest of the settled runs stay, and every run
// of which something is left to find out.
func TestOldJournalsAreCleaned(t *testing.T) {
	const (
		head      = `{"record":"run","time":"2026-11-22T12:00:00Z","run":{"format":"1.0","run":"%s","tenant":"t","workspace":"w","version":"1"}}` + "\n"
		end       = `{"record":"end","time":"2026-11-22T12:00:00Z","end":{"ok":true,"created":0,"updated":0,"deleted":0,"in_doubt":%d}}` + "\n"
		recovered = `{"record":"recovered","time":"2026-11-22T12:00:00Z","by":"q"}` + "\n"
	)
	d := newDiary(t.TempDir())
	at := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	keep := func(run, rest string) {
		require.NoError(t, os.MkdirAll(d.dir+"/.tacit/runs", 0o700))
		require.NoError(t, os.WriteFile(d.file(run), []byte(fmt.Sprintf(head, run)+rest), 0o600))
		at = at.Add(time.Minute)
		require.NoError(t, os.Chtimes(d.file(run), at, at))
	}
	keep("unfinished", "")
	keep("doubtful", fmt.Sprintf(end, 1))
	keep("killed-again", recovered+`{"record":"end"`)
	keep("oldest", fmt.Sprintf(end, 0))
	keep("looked-after", recovered)
	for i := range apply.Kept {
		keep(fmt.Sprintf("z%02d", apply.Kept-i), fmt.Sprintf(end, 0)) // by time, not by name
	}
	require.NoError(t, d.journals().Clean(apply.Head{Tenant: "other", Workspace: "w"}))
	require.Len(t, runsOf(t, d), apply.Kept+5, "runs on another tenant drive none out")
	require.NoError(t, d.journals().Clean(apply.Head{Tenant: "t", Workspace: "w"}))
	require.NoError(t, d.journals().Clean(apply.Head{Tenant: "t", Workspace: "w"}), "nothing more to do")

	left := map[string]bool{}
	for _, r := range runsOf(t, d) {
		left[r.Run] = true
	}
	assert.Len(t, left, apply.Kept+3)
	for _, run := range []string{"unfinished", "doubtful", "killed-again", "z01"} {
		assert.True(t, left[run], run)
	}
	for _, run := range []string{"oldest", "looked-after"} {
		_, err := d.journals().Read(run)
		require.ErrorContains(t, err, "the journal of the run "+run+" was removed, so it cannot be taken back: of the runs that ended")
	}
	_, err := d.journals().Read("never")
	require.ErrorContains(t, err, "keeps no journal of a run never")
}
