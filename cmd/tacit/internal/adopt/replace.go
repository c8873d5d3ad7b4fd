package adopt

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// Replace changes files of the directory, all or none. was is what each of them
// held when it was read: a file that somebody changed since stays as it is.
func (d Directory) Replace(files map[string][]byte, was func(name string) []byte) (err error) {
	root, err := os.OpenRoot(d.Path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	names := slices.Sorted(maps.Keys(files))
	for _, name := range names {
		if err := untouched(root, name, was(name)); err != nil {
			return fmt.Errorf("nothing was written: %w", err)
		}
	}
	var staged []string
	defer func() {
		for _, s := range staged {
			if gone := root.Remove(s); !errors.Is(gone, fs.ErrNotExist) {
				err = errors.Join(err, gone)
			}
		}
	}()
	for _, name := range names {
		s := beside(name)
		if err := stageBeside(root, name, s, files[name]); err != nil {
			return fmt.Errorf("nothing was written: %w", err)
		}
		staged = append(staged, s)
	}
	for i, name := range names {
		if err := root.Rename(beside(name), filepath.FromSlash(name)); err != nil {
			return errors.Join(fmt.Errorf("%s cannot be replaced: %w", name, err), putBack(root, names[:i], was))
		}
	}
	return nil
}

// beside is where a file is written before it takes the place of another.
func beside(name string) string {
	dir, base := filepath.Split(filepath.FromSlash(name))
	return dir + ".tacit-" + base
}

// untouched: the file is one, and holds what was read.
func untouched(root *os.Root, name string, was []byte) error {
	info, err := root.Lstat(filepath.FromSlash(name))
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s is a link; change the file that it leads to", name)
	}
	text, err := root.ReadFile(filepath.FromSlash(name))
	if err == nil && !bytes.Equal(text, was) {
		err = fmt.Errorf("%s was changed meanwhile; run this again", name)
	}
	return err
}

func stageBeside(root *os.Root, name, staged string, text []byte) error {
	info, err := root.Stat(filepath.FromSlash(name))
	if err != nil {
		return err
	}
	f, err := root.OpenFile(staged, os.O_CREATE|os.O_EXCL|os.O_WRONLY, info.Mode().Perm())
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Sync(), f.Close())
}

// putBack restores what was replaced before one could not be.
func putBack(root *os.Root, names []string, was func(string) []byte) error {
	var err error
	for _, name := range names {
		err = errors.Join(err, root.WriteFile(filepath.FromSlash(name), was(name), 0o600)) // its permissions stay
	}
	return err
}
