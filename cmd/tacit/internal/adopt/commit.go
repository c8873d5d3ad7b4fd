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
	"strings"
)

// Directory is where a configuration is to stand.
type Directory struct {
	Path string
	// New: it can appear as a whole. It is not there, or it is empty and not the
	// working directory, which must stay the one it is.
	New bool
	// Config: it holds *.hcl files.
	Config bool
}

// Look tells what a directory holds.
func Look(path string) (Directory, error) {
	entries, err := os.ReadDir(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Directory{Path: path, New: true}, nil
	}
	if err != nil {
		return Directory{}, err
	}
	config := slices.ContainsFunc(entries, func(e fs.DirEntry) bool {
		return strings.HasSuffix(e.Name(), ".hcl") && !strings.HasPrefix(e.Name(), ".")
	})
	return Directory{Path: path, New: len(entries) == 0 && !working(path), Config: config}, nil
}

// working: the directory is the process's own.
func working(path string) bool {
	here, err1 := os.Stat(".")
	there, err2 := os.Stat(path)
	return err1 == nil && err2 == nil && os.SameFile(here, there)
}

// Present is the content of a file below the directory, nil when there is none.
// What cannot be read counts as something else than any text.
func (d Directory) Present(name string) []byte {
	root, err := os.OpenRoot(d.Path)
	if err != nil {
		return nil
	}
	defer func() { _ = root.Close() }()
	switch text, err := root.ReadFile(filepath.FromSlash(name)); {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return []byte{0}
	default:
		return append([]byte{}, text...)
	}
}

// Commit writes all files or none, and over none. A new directory appears whole,
// by one rename. In a directory that is there, files that HCL files refer to come
// first and the one HCL file last, so that the configuration changes at once; a
// run that is killed before leaves files that nothing refers to and that the
// next run takes up.
func (d Directory) Commit(files map[string][]byte) (err error) {
	parent := filepath.Dir(filepath.Clean(d.Path))
	if !d.New {
		parent = d.Path
	}
	if err := os.MkdirAll(parent, 0o750); err != nil {
		return fmt.Errorf("import: %w", err)
	}
	stage, err := os.MkdirTemp(parent, ".tacit-import-")
	if err != nil {
		return fmt.Errorf("import: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(stage)) }()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := stageFile(filepath.Join(stage, filepath.FromSlash(name)), files[name]); err != nil {
			return fmt.Errorf("import: %w", err)
		}
	}
	if d.New {
		return d.appear(stage)
	}
	return d.join(stage, files)
}

func stageFile(path string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil { //nolint:gosec // G301: as readable as the files
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644) //nolint:gosec // G302: a configuration holds no secret and is meant to be committed
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Close())
}

// appear gives the staged directory its name.
func (d Directory) appear(stage string) error {
	if err := os.Chmod(stage, 0o755); err != nil { //nolint:gosec // G302: as init makes it
		return fmt.Errorf("import: %w", err)
	}
	if err := os.Remove(d.Path); err != nil && !errors.Is(err, fs.ErrNotExist) { // an empty directory
		return fmt.Errorf("import: %w", err)
	}
	if err := os.Rename(stage, d.Path); err != nil {
		return fmt.Errorf("import: %w", err)
	}
	return nil
}

// join moves staged files into the directory; after a failure none of them
// stays. Links that lead out of the directory are not followed.
func (d Directory) join(stage string, files map[string][]byte) error {
	root, err := os.OpenRoot(d.Path)
	if err != nil {
		return fmt.Errorf("import: %w", err)
	}
	defer func() { _ = root.Close() }()
	var put []string
	for _, name := range slices.SortedFunc(maps.Keys(files), configLast) {
		if there := d.Present(name); there != nil && bytes.Equal(there, files[name]) {
			continue // left by a run that was killed, or the same certificate
		}
		to := filepath.FromSlash(name)
		err := root.MkdirAll(filepath.Dir(to), 0o755)
		if err == nil {
			err = place(root, filepath.Join(filepath.Base(stage), to), to)
		}
		if err != nil {
			for _, p := range put {
				err = errors.Join(err, root.Remove(p))
			}
			return fmt.Errorf("import: nothing was written: %w", err)
		}
		put = append(put, to)
	}
	return nil
}

// configLast orders names so that what refers to others comes after them.
func configLast(a, b string) int {
	x, y := strings.HasSuffix(a, ".hcl"), strings.HasSuffix(b, ".hcl")
	switch {
	case x == y:
		return strings.Compare(a, b)
	case x:
		return 1
	default:
		return -1
	}
}

// place gives a staged file its name. A link, unlike a rename, never replaces
// what is there; some file systems have none.
func place(root *os.Root, from, to string) error {
	err := root.Link(from, to)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	if _, there := root.Lstat(to); !errors.Is(there, fs.ErrNotExist) {
		return err
	}
	return root.Rename(from, to)
}
