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
	// New: it is not there, and can appear as a whole. One that is there stays the
	// one it is, with its mode: it may be a link, a mount point, or somebody's
	// working directory.
	New bool
	// Config: it holds *.hcl files.
	Config bool
}

// Look tells what a directory holds.
func Look(path string) (Directory, error) {
	entries, err := os.ReadDir(path)
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Lstat(filepath.Clean(path)); err == nil {
			return Directory{}, fmt.Errorf("%s is a link to something that is not there", path)
		}
		return Directory{Path: path, New: true}, nil
	}
	if err != nil {
		return Directory{}, err
	}
	config := slices.ContainsFunc(entries, func(e fs.DirEntry) bool {
		return strings.HasSuffix(e.Name(), ".hcl") && !strings.HasPrefix(e.Name(), ".")
	})
	return Directory{Path: path, Config: config}, nil
}

// Present is the content of a file below the directory, nil when there is none.
// What is there and cannot be read counts as something else than any text. Where
// no file can be reached there is none; Commit says why.
func (d Directory) Present(name string) []byte {
	root, err := os.OpenRoot(d.Path)
	if err != nil {
		return nil
	}
	defer func() { _ = root.Close() }()
	name = filepath.FromSlash(name)
	text, err := root.ReadFile(name)
	if err == nil {
		return append([]byte{}, text...)
	}
	if _, err := root.Lstat(name); err != nil {
		return nil
	}
	return []byte{0}
}

// Commit writes all files or none, and over none. A new directory appears whole,
// by one rename. In a directory that is there, files that HCL files refer to come
// first and the HCL files last, so that the configuration changes at once where
// there is one; a run that is killed before leaves files that nothing refers to
// and that the next run takes up.
func (d Directory) Commit(files map[string][]byte) (err error) {
	if err := d.reach(files); err != nil {
		return fmt.Errorf("import: nothing was written: %w", err)
	}
	parent, prefix := d.Path, stagePrefix
	if d.New {
		path := filepath.Clean(d.Path)
		parent, prefix = filepath.Dir(path), "."+filepath.Base(path)+stagePrefix
		if err := os.MkdirAll(parent, 0o750); err != nil {
			return fmt.Errorf("import: %w", err)
		}
	}
	stage, err := newStage(parent, prefix)
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

// reach checks that the directories of files are directories, or will be, and
// that no link leads out of the one that is filled.
func (d Directory) reach(files map[string][]byte) error {
	if d.New {
		return nil
	}
	root, err := os.OpenRoot(d.Path)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		for i, r := range name {
			if r != '/' {
				continue
			}
			if err := passable(root, filepath.FromSlash(name[:i])); err != nil {
				return err
			}
		}
	}
	return nil
}

// passable: files can be made below a name, whose parent is passable.
func passable(root *os.Root, name string) error {
	shown := filepath.Join(root.Name(), name)
	entry, err := root.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	info, err := root.Stat(name)
	link := entry.Mode()&fs.ModeSymlink != 0
	switch {
	case err == nil && info.IsDir():
		return nil
	case err == nil:
		return fmt.Errorf("%s is not a directory", shown)
	case link && errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s is a link to something that is not there", shown)
	case link:
		return fmt.Errorf("%s leads out of the directory (%w)", shown, err)
	default:
		return err
	}
}

// stagePrefix begins the names of directories in which files are made ready.
const stagePrefix = ".tacit-import-"

// newStage makes such a directory. Those of killed runs go.
func newStage(parent, prefix string) (string, error) {
	entries, err := os.ReadDir(parent)
	if err != nil {
		return "", err
	}
	for _, e := range entries {
		if e.IsDir() && strings.HasPrefix(e.Name(), prefix) {
			if err := os.RemoveAll(filepath.Join(parent, e.Name())); err != nil {
				return "", err
			}
		}
	}
	return os.MkdirTemp(parent, prefix)
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
