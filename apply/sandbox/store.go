package sandbox

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/google/renameio/v2/maybe"
)

// Store keeps a tenant in a file of the seed's shape. The file is replaced as a whole, so a killed process leaves the
// old or the new tenant, never half of one. (Windows cannot replace a file like that; a damaged one is told by
// OpenStore.) It belongs to one process at a time: the last writer wins.
type Store struct {
	path    string
	initial []byte

	mu    sync.Mutex
	saved uint64 // version of the tenant in the file
}

// maxStore is far beyond the largest tenant that fits into memory comfortably.
const maxStore = 512 << 20

// OpenStore opens the store at path, or prepares one that the first write makes (directory 0700, file 0600: the
// tenant holds secrets). A file that is not a JSON object is an error and stays as it is; New checks the rest.
func OpenStore(path string) (*Store, error) {
	if info, err := os.Lstat(path); err == nil && (!info.Mode().IsRegular() || info.Size() > maxStore) {
		return nil, fmt.Errorf("sandbox store %s is not a regular file of at most %d MB", path, maxStore>>20)
	}
	data, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &Store{path: path}, nil
	case err != nil:
		return nil, fmt.Errorf("sandbox store: %w", err)
	}
	v, err := decode(data)
	if err != nil {
		return nil, fmt.Errorf("sandbox store %s is damaged: %w; repair it, or delete it to start with an empty tenant", path, err)
	}
	if _, ok := v.(object); !ok {
		return nil, fmt.Errorf("sandbox store %s is damaged: it is not a JSON object; repair it, or delete it to start with an empty tenant", path)
	}
	return &Store{path: path, initial: data}, nil
}

// Path is the file of the store.
func (st *Store) Path() string { return st.path }

// save makes the file at least as new as version. Writers that waited for one another share one save.
func (st *Store) save(version uint64, snapshot func() ([]byte, uint64, error)) error {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.saved >= version {
		return nil
	}
	data, current, err := snapshot()
	if err != nil {
		return err
	}
	if err := errors.Join(makeDir(filepath.Dir(st.path)), maybe.WriteFile(st.path, data, 0o600)); err != nil {
		return fmt.Errorf("sandbox store: the change was made but not saved: %w", err)
	}
	st.saved = current
	return nil
}

// makeDir makes the store's directory when it is missing, private and kept out of git by a .gitignore of its own.
func makeDir(dir string) error {
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, ".gitignore"), []byte("*\n"), 0o600)
}
