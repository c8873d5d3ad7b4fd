package onboard

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/google/renameio/v2/maybe"

	"github.com/tacit-dev/tacit/schema/hclconf"
)

// Commit writes all edits or none. A file that is new must not be there, and
// one that is changed must hold what it held when the edit was made. New files
// come first, so that nothing refers to a file that is not there yet.
func Commit(dir string, edits []hclconf.Change) (err error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	for _, e := range edits {
		if err := unchanged(root, e); err != nil {
			return fmt.Errorf("nothing was written: %w", err)
		}
	}
	var undo []func() error
	for _, fresh := range []bool{true, false} {
		for _, e := range edits {
			if (e.Before == nil) != fresh {
				continue
			}
			back, err := write(root, dir, e)
			if err == nil {
				undo = append(undo, back)
				continue
			}
			err = fmt.Errorf("nothing was written: %s: %w", e.Path, err)
			for _, back := range undo {
				err = errors.Join(err, back())
			}
			return err
		}
	}
	return nil
}

// unchanged compares a file with what it held.
func unchanged(root *os.Root, e hclconf.Change) error {
	name := filepath.FromSlash(e.Path)
	info, err := root.Lstat(name)
	switch {
	case e.Before == nil && errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case e.Before == nil:
		return fmt.Errorf("%s is there already, and tacit overwrites nothing; move it away", e.Path)
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is not a regular file; write the change by hand (--dry-run shows it)", e.Path)
	}
	now, err := root.ReadFile(name)
	if err == nil && !bytes.Equal(now, e.Before) {
		err = fmt.Errorf("%s was changed meanwhile; run the command again", e.Path)
	}
	return err
}

// write writes one file and returns what takes it back.
func write(root *os.Root, dir string, e hclconf.Change) (back func() error, err error) {
	name := filepath.FromSlash(e.Path)
	if e.Before != nil {
		info, err := root.Stat(name)
		if err != nil {
			return nil, err
		}
		at := filepath.Join(dir, name)
		put := func(text []byte) error { return maybe.WriteFile(at, text, info.Mode().Perm()) }
		return func() error { return put(e.Before) }, put(e.After)
	}
	if err := root.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return nil, err
	}
	f, err := root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	back = func() error { return root.Remove(name) }
	_, err = f.Write(e.After)
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, errors.Join(err, back())
	}
	return back, nil
}
