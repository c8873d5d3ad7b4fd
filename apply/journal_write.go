package apply

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"sync"
	"time"
)

// JournalError is returned when a journal cannot be written: no write goes to
// the tenant that the journal does not announce.
type JournalError struct {
	Path string
	Err  error
}

// Error says what to do.
func (e *JournalError) Error() string {
	return fmt.Sprintf("the journal %s cannot be written, so nothing more is sent to the tenant: %v\nMake its directory writable, with room on the disk, and run again", e.Path, e.Err)
}

// Unwrap returns the cause.
func (e *JournalError) Unwrap() error { return e.Err }

// Journal is the journal of a run under way, which several writes may use at
// once. A nil journal keeps nothing.
type Journal struct {
	head  Head
	path  string
	f     *os.File
	flush func(*os.File) error
	now   func() time.Time

	disk   sync.Mutex // held while the disk takes what was appended; before mu
	synced int        // records that the disk has; disk guards it

	mu      sync.Mutex // guards everything below, and the end of the file
	records int
	n       int
	doubt   int
	err     error
}

// Start begins the journal of a run, before its first write.
func (js Journals) Start(h Head, now func() time.Time) (*Journal, error) {
	h.Format = JournalFormat
	name := path.Join(runsDir, h.Run+suffix)
	shown := filepath.Join(js.dir, filepath.FromSlash(name))
	if !runIDs.MatchString(h.Run) {
		return nil, &JournalError{shown, fmt.Errorf("%q is not the id of a run", h.Run)}
	}
	f, err := js.open(name, os.O_WRONLY|os.O_APPEND|os.O_CREATE|os.O_EXCL)
	if err != nil {
		return nil, &JournalError{shown, err}
	}
	j := &Journal{head: h, path: shown, f: f, flush: js.sync, now: now}
	if err := j.write(Record{Record: recordRun, Run: &h}); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return j, nil
}

// write appends lines and waits until the disk has them.
func (j *Journal) write(records ...Record) error {
	j.mu.Lock()
	for _, r := range records {
		j.append(r)
	}
	j.mu.Unlock()
	return j.sync()
}

// append adds one line; the caller holds mu. After a failure, which err keeps,
// the journal takes no more.
func (j *Journal) append(r Record) {
	if j.err != nil {
		return
	}
	r.Time = j.now().UTC()
	raw, err := json.Marshal(r)
	if err == nil {
		_, err = j.f.Write(append(raw, '\n'))
	}
	if err != nil {
		j.err = &JournalError{j.path, err}
		return
	}
	j.records++
}

// sync waits until the disk has what was appended by now. Those who come while
// the disk is busy wait for it, and then one of them syncs for all.
func (j *Journal) sync() error {
	written, err := j.appended()
	if err != nil {
		return err
	}
	j.disk.Lock()
	defer j.disk.Unlock()
	if j.synced >= written {
		return nil
	}
	if written, err = j.appended(); err != nil {
		return err
	}
	if err := j.flush(j.f); err != nil {
		j.mu.Lock()
		defer j.mu.Unlock()
		j.err = &JournalError{j.path, err}
		return j.err
	}
	j.synced = written
	return nil
}

func (j *Journal) appended() (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.records, j.err
}

// Close closes the file; the journal stays on disk.
func (j *Journal) Close() error {
	if j == nil {
		return nil
	}
	return j.f.Close()
}

// intent announces a write, which may be sent once this returns, and numbers it.
func (j *Journal) intent(i Intent) (n int, err error) {
	if j == nil {
		return 0, nil
	}
	j.mu.Lock()
	j.n++
	n = j.n
	j.append(Record{Record: recordIntent, N: n, Intent: &i})
	j.mu.Unlock()
	return n, j.sync()
}

// done notes success. It does not wait for the disk: after a crash of the
// machine the next run finds out what became of the write. When it cannot be
// noted, no further intent gets through, so that nothing is written that the
// journal does not tell.
func (j *Journal) done(n int, id string, lookedUp bool) {
	if j == nil {
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if lookedUp {
		j.doubt--
	}
	j.append(Record{Record: recordDone, N: n, ID: id, LookedUp: lookedUp})
}

func (j *Journal) failed(n int, cause error) {
	if j == nil {
		return
	}
	doubt := inDoubt(cause)
	j.mu.Lock()
	defer j.mu.Unlock()
	if doubt {
		j.doubt++
	}
	j.append(Record{Record: recordFailed, N: n, Error: class(cause), InDoubt: doubt})
}

// end closes the run's account, once nothing is under way; cause is why it
// stopped.
func (j *Journal) end(r *Result, cause error) error {
	if j == nil || errors.As(cause, new(*JournalError)) {
		return nil
	}
	end := End{OK: cause == nil, Created: r.Created, Updated: r.Updated, Deleted: r.Deleted, InDoubt: j.doubt}
	return j.write(Record{Record: recordEnd, End: &end})
}

func inDoubt(err error) bool {
	return errors.As(err, new(*InDoubtError))
}

// class names a failure without its text.
func class(err error) string {
	var s *StatusError
	switch {
	case inDoubt(err):
		return "no clear answer"
	case errors.As(err, new(*StaleError)):
		return "changed by someone else"
	case errors.As(err, &s):
		return fmt.Sprintf("answer %d", s.Status)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return "interrupted"
	default:
		return "error"
	}
}
