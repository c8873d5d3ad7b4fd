package apply_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/apply"
)

// TestOneRunAtATime: the second is refused and told of the first; what a killed
// process leaves is a file that nobody has locked.
func TestOneRunAtATime(t *testing.T) {
	js, now := apply.JournalsOf(t.TempDir()), time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	first, err := js.Lock("run-with-a-long-name", now)
	require.NoError(t, err)
	_, err = js.Lock("second", now)
	var locked *apply.LockedError
	require.ErrorAs(t, err, &locked)
	assert.Equal(t, apply.Holder{Run: "run-with-a-long-name", PID: os.Getpid(), Since: now}, locked.Holder)

	require.NoError(t, first.Release())
	third, err := js.Lock("third", now)
	require.NoError(t, err)
	_, err = js.Lock("fourth", now)
	require.ErrorContains(t, err, "the run third (process ")
	require.NoError(t, third.Release())
}

func TestLockOfARunThatSaysNothing(t *testing.T) {
	dir := t.TempDir()
	js := apply.JournalsOf(dir)
	first, err := js.Lock("first", time.Now())
	require.NoError(t, err)
	require.NoError(t, os.Truncate(filepath.Join(dir, ".tacit", "lock"), 0))
	_, err = js.Lock("second", time.Now())
	require.ErrorContains(t, err, "another run is under way in "+dir)
	require.NoError(t, first.Release())
}
