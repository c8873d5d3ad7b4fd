package apply

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path"
	"slices"
	"time"
)

// Kept is how many journals of runs on a tenant with nothing left to find out are
// kept, the newest; those of other runs are all kept.
const Kept = 20

// cleanedFile lists the runs whose journals were removed, one a line.
var cleanedFile = path.Join(runsDir, "cleaned")

// Clean removes the journals of old runs on the tenant that h names: runs on
// another one, from the same directory, do not drive them out. The caller holds
// the lock.
func (js Journals) Clean(h Head) (err error) {
	old, err := js.old(h)
	if err != nil || len(old) == 0 {
		return err
	}
	list, err := js.open(cleanedFile, os.O_WRONLY|os.O_APPEND|os.O_CREATE)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, list.Close()) }()
	root, err := os.OpenRoot(js.dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	for _, run := range old {
		if _, err := list.WriteString(run + "\n"); err != nil {
			return err
		}
		if err := root.Remove(path.Join(runsDir, run+suffix)); err != nil {
			return err
		}
	}
	return nil
}

// old are the settled runs on a tenant but the newest, by when their journals
// were last written to.
func (js Journals) old(h Head) ([]string, error) {
	names, err := js.names()
	if err != nil || len(names) <= Kept {
		return nil, err
	}
	written := map[string]time.Time{}
	for _, run := range names {
		if !js.settled(run) || !js.of(run, h) {
			continue
		}
		info, err := os.Lstat(js.file(run))
		if err != nil {
			return nil, err
		}
		written[run] = info.ModTime()
	}
	names = slices.DeleteFunc(names, func(run string) bool { return written[run].IsZero() })
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(written[b].Compare(written[a]), cmp.Compare(a, b)) })
	return names[min(Kept, len(names)):], nil
}

// of tells by the first line alone whether a run was on the tenant that h names.
func (js Journals) of(run string, h Head) bool {
	f, err := js.open(path.Join(runsDir, run+suffix), os.O_RDONLY)
	if err != nil {
		return false
	}
	defer func() { _ = f.Close() }() // nothing was written
	var rec Record
	if err := json.NewDecoder(f).Decode(&rec); err != nil {
		return false
	}
	return rec.Run != nil && rec.Run.Same(h)
}

// cleaned reports whether the journal of a run was removed.
func cleaned(root *os.Root, run string) (bool, error) {
	raw, err := root.ReadFile(cleanedFile)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return slices.ContainsFunc(bytes.Split(raw, []byte("\n")), func(line []byte) bool { return string(line) == run }), err
}
