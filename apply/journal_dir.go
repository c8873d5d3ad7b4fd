package apply

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

const (
	tacitDir = ".tacit"
	runsDir  = ".tacit/runs"
	suffix   = ".jsonl"
)

// Journals are the journals of the runs of one configuration directory.
type Journals struct {
	dir string
	// sync makes the disk take what was written.
	sync func(*os.File) error
}

// JournalsOf returns the journals kept below a configuration directory.
func JournalsOf(dir string) Journals {
	if dir == "" {
		dir = "."
	}
	return Journals{dir, (*os.File).Sync}
}

// runIDs keeps run ids usable as file names.
var runIDs = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]{0,63}$`)

// open opens a file below .tacit.
func (js Journals) open(name string, flags int) (f *os.File, err error) {
	root, err := private(js.dir, runsDir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	return root.OpenFile(name, flags, 0o600)
}

// private opens a configuration's directory and makes one below it, .tacit or
// within, private and kept out of git. What is opened never leaves the
// configuration's directory, whatever links stand there.
func private(dir, below string) (*os.Root, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	if err := makePrivate(root, below); err != nil {
		return nil, errors.Join(err, root.Close())
	}
	return root, nil
}

func makePrivate(root *os.Root, below string) error {
	if err := root.MkdirAll(below, 0o700); err != nil {
		return err
	}
	ignore := path.Join(tacitDir, ".gitignore")
	if _, err := root.Lstat(ignore); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return root.WriteFile(ignore, []byte("*\n"), 0o600)
}

// Read returns one run.
func (js Journals) Read(run string) (past *PastRun, err error) {
	if !runIDs.MatchString(run) {
		return nil, fmt.Errorf("%q is not the id of a run; tacit undo lists them", run)
	}
	root, err := os.OpenRoot(js.dir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	f, err := root.Open(path.Join(runsDir, run+suffix))
	if errors.Is(err, fs.ErrNotExist) {
		gone, err := cleaned(root, run)
		if err != nil {
			return nil, err
		}
		if gone {
			return nil, fmt.Errorf("the journal of the run %s was removed, so it cannot be taken back: of the runs that ended on a tenant, %s keeps the newest %d", run, js.dir, Kept)
		}
		return nil, fmt.Errorf("%s keeps no journal of a run %s; tacit undo lists those it has", js.dir, run)
	}
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	past, err = ReadJournal(f)
	if err == nil && past.Run != run {
		err = refuse("is of run %s", past.Run)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", js.file(run), err)
	}
	return past, nil
}

func (js Journals) file(run string) string {
	return filepath.Join(js.dir, filepath.FromSlash(runsDir), run+suffix)
}

// names lists the runs that have a journal.
func (js Journals) names() ([]string, error) {
	root, err := os.OpenRoot(js.dir)
	if err != nil {
		return nil, err
	}
	entries, err := fs.ReadDir(root.FS(), runsDir)
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	var out []string
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), suffix); ok && runIDs.MatchString(name) {
			out = append(out, name)
		}
	}
	return out, errors.Join(err, root.Close())
}

// Runs returns all runs, the oldest first.
func (js Journals) Runs() ([]*PastRun, error) {
	return js.runs(func(string) bool { return true })
}

// Unfinished returns the runs like h, other than h, of which something is left
// to find out, the oldest first.
func (js Journals) Unfinished(h Head) ([]*PastRun, error) {
	all, err := js.runs(func(run string) bool { return run != h.Run && !js.settled(run) })
	return slices.DeleteFunc(all, func(r *PastRun) bool { return !r.Same(h) || r.Finished() }), err
}

func (js Journals) runs(want func(run string) bool) ([]*PastRun, error) {
	names, err := js.names()
	if err != nil {
		return nil, err
	}
	var out []*PastRun
	for _, n := range names {
		if !want(n) {
			continue
		}
		r, err := js.Read(n)
		if errors.Is(err, ErrNoRun) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("%w\nLook at what that run did, then move the file away", err)
		}
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b *PastRun) int {
		return cmp.Or(a.Started.Compare(b.Started), cmp.Compare(a.Run, b.Run))
	})
	return out, nil
}

// tail is how much of a journal's end is read to see that its run is over.
const tail = 4096

// settled tells by the last line alone that nothing is left to find out, so that
// an apply need not read the journals of all former ones.
func (js Journals) settled(run string) bool {
	root, err := os.OpenRoot(js.dir)
	if err != nil {
		return false
	}
	defer func() { _ = root.Close() }() // nothing was written
	f, err := root.Open(path.Join(runsDir, run+suffix))
	if err != nil {
		return false
	}
	defer func() { _ = f.Close() }() // nothing was written
	if info, err := f.Stat(); err == nil && info.Size() > tail {
		if _, err := f.Seek(-tail, io.SeekEnd); err != nil {
			return false
		}
	}
	raw, err := io.ReadAll(f)
	if err != nil || !bytes.HasSuffix(raw, []byte("\n")) {
		return false
	}
	raw = bytes.TrimSuffix(raw, []byte("\n"))
	rec, err := decodeRecord(raw[bytes.LastIndexByte(raw, '\n')+1:])
	if err != nil {
		return false
	}
	return rec.Record == recordRecovered && rec.By != "" || rec.Record == recordEnd && rec.End != nil && rec.End.InDoubt == 0
}

// amend appends to the journal of a run that was stopped; half a last line
// goes.
func (js Journals) amend(p *PastRun, records []Record, now func() time.Time) (err error) {
	root, err := os.OpenRoot(js.dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	name, shown := path.Join(runsDir, p.Run+suffix), js.file(p.Run)
	open, err := trim(root, name, p.good)
	if err != nil {
		return &JournalError{shown, err}
	}
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return &JournalError{shown, err}
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if open {
		if _, err := f.WriteString("\n"); err != nil {
			return &JournalError{shown, err}
		}
	}
	j := &Journal{path: shown, f: f, flush: js.sync, now: now}
	return j.write(records...)
}

// trim cuts the file to its whole records, and reports whether the last one
// lacks its line feed.
func trim(root *os.Root, name string, good int64) (open bool, err error) {
	f, err := root.OpenFile(name, os.O_RDWR, 0o600)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return false, err
	}
	if info.Size() > good {
		if err := f.Truncate(good); err != nil {
			return false, err
		}
	}
	last := make([]byte, 1)
	_, err = f.ReadAt(last, good-1)
	return last[0] != '\n', err
}
