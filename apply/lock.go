package apply

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"time"
)

// lockFile is locked as long as a run lives; what it holds is for people.
var lockFile = path.Join(tacitDir, "lock")

// Holder is the run that holds the lock of a configuration directory.
type Holder struct {
	Run   string    `json:"run"`
	PID   int       `json:"pid"`
	Since time.Time `json:"since"`
}

// LockedError refuses a run while another one of the same configuration
// directory is under way.
type LockedError struct {
	Dir string
	// Holder is the other run, zero while it has not said yet who it is.
	Holder Holder
}

// Error names the other run.
func (e *LockedError) Error() string {
	who := "another run"
	if h := e.Holder; h.Run != "" {
		who = fmt.Sprintf("the run %s (process %d, since %s)", h.Run, h.PID, h.Since.UTC().Format("2006-01-02 15:04:05 MST"))
	}
	return fmt.Sprintf("%s is under way in %s, so nothing was read or written\nWait until it has ended, or stop it, then run again", who, e.Dir)
}

// errLocked is what lock returns while another process has the file locked.
var errLocked = errors.New("locked")

// Lock keeps other runs of a configuration directory away. The system lifts it
// when the process ends, however that comes about, and the file stays.
type Lock struct{ f *os.File }

// Lock takes the lock for a run, or returns a [LockedError] at once.
func (js Journals) Lock(run string, now time.Time) (*Lock, error) {
	f, err := js.open(lockFile, os.O_RDWR|os.O_CREATE)
	if err != nil {
		return nil, fmt.Errorf("the lock of %s: %w", js.dir, err)
	}
	if err := lock(f); err != nil {
		if errors.Is(err, errLocked) {
			err = &LockedError{js.dir, holder(f)}
		} else {
			err = fmt.Errorf("locking %s: %w", filepath.Join(js.dir, lockFile), err)
		}
		return nil, errors.Join(err, f.Close())
	}
	if err := sign(f, Holder{run, os.Getpid(), now}); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &Lock{f}, nil
}

// Release lets others in.
func (l *Lock) Release() error { return l.f.Close() }

func holder(f *os.File) Holder {
	var h Holder
	// A run that has just begun has not written yet.
	if err := json.NewDecoder(f).Decode(&h); err != nil {
		return Holder{}
	}
	return h
}

func sign(f *os.File, h Holder) error {
	raw, err := json.Marshal(h)
	if err != nil {
		return err
	}
	if err := f.Truncate(0); err != nil {
		return err
	}
	_, err = f.WriteAt(append(raw, '\n'), 0)
	return err
}
