package hclconf

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// directory reads files below the configuration directory and nowhere else,
// whatever symbolic links say.
type directory struct {
	name string
	// extra are files that are not written yet.
	extra map[string][]byte
	mu    sync.Mutex
	cache map[string]cached
	// buffer is what files are read into, one after the other.
	buffer bytes.Buffer
	// lists are the files below directories that fileset looked at.
	lists map[string]listing
}

type listing struct {
	names []string
	err   error
}

// cached is a string, so that values of file() share the text.
type cached struct {
	text string
	err  error
	// absent: there is no such file.
	absent bool
}

func newDirectory(name string, extra map[string][]byte) *directory {
	if name == "" {
		name = "."
	}
	return &directory{name: name, extra: extra, cache: map[string]cached{}, lists: map[string]listing{}}
}

// read returns a regular file's content; it is read once.
func (d *directory) read(name string) (string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	name = filepath.Clean(filepath.FromSlash(name))
	if c, ok := d.cache[name]; ok {
		return c.text, c.err
	}
	text, err := d.readNow(name)
	d.cache[name] = cached{text, err, errors.Is(err, errAbsent)}
	return text, err
}

var errAbsent = errors.New("there is no such file in the configuration directory")

// missing are the files that were asked for in vain, by name below the
// directory, with slashes.
func (d *directory) missing() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []string
	for name, c := range d.cache {
		if c.absent {
			out = append(out, filepath.ToSlash(name))
		}
	}
	slices.Sort(out)
	return out
}

func (d *directory) readNow(name string) (string, error) {
	if text, ok := d.extra[filepath.ToSlash(name)]; ok {
		return string(text), nil
	}
	root, err := os.OpenRoot(d.name)
	if err != nil {
		return "", err
	}
	defer func() { _ = root.Close() }()
	info, err := root.Stat(name)
	if err != nil {
		return "", plainError(err)
	}
	// Opening a pipe or a device would wait for ever.
	if !info.Mode().IsRegular() {
		return "", errors.New("this is not a regular file; name a file")
	}
	f, err := root.Open(name)
	if err != nil {
		return "", plainError(err)
	}
	defer func() { _ = f.Close() }()
	d.buffer.Reset()
	if err := readLimited(&d.buffer, f, maxRead); err != nil {
		return "", err
	}
	return d.buffer.String(), nil
}

func readLimited(to *bytes.Buffer, f io.Reader, limit int64) error {
	_, err := to.ReadFrom(io.LimitReader(f, limit+1))
	if err == nil && int64(to.Len()) > limit {
		return fmt.Errorf("the file is larger than %d MB", limit>>20)
	}
	return err
}

// readWhole reads a file that the command line names; it may lie anywhere.
func readWhole(name string, limit int64) ([]byte, error) {
	f, err := os.Open(name) // #nosec G304 -- the person named it
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	var text bytes.Buffer
	err = readLimited(&text, f, limit)
	return text.Bytes(), err
}

// plainError drops the path and explains an escape.
func plainError(err error) error {
	var pe *fs.PathError
	if !errors.As(err, &pe) {
		return err
	}
	if strings.Contains(pe.Err.Error(), "escapes") {
		return errors.New("it lies outside of the configuration directory, and file functions stay inside; copy the file there")
	}
	if errors.Is(err, fs.ErrNotExist) {
		return errAbsent
	}
	return pe.Err
}

// forget drops the configuration files themselves, which are kept elsewhere.
func (d *directory) forget() {
	d.mu.Lock()
	defer d.mu.Unlock()
	clear(d.cache)
}

// reads returns the files read by file functions, by name below the directory.
func (d *directory) reads() map[string]string {
	d.mu.Lock()
	defer d.mu.Unlock()
	out := map[string]string{}
	for name, c := range d.cache {
		if c.err == nil {
			out[filepath.Join(d.name, name)] = c.text
		}
	}
	return out
}

// holding finds the file that a text was read from, "" when none holds it.
func (d *directory) holding(text string) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	found := ""
	for name, c := range d.cache {
		if c.text == text && (found == "" || name < found) {
			found = name
		}
	}
	if found == "" {
		return ""
	}
	return filepath.Join(d.name, found)
}

// exists reports whether a regular file is there.
func (d *directory) exists(name string) (bool, error) {
	if _, ok := d.extra[path.Clean(filepath.ToSlash(name))]; ok {
		return true, nil
	}
	root, err := os.OpenRoot(d.name)
	if err != nil {
		return false, err
	}
	defer func() { _ = root.Close() }()
	info, err := root.Stat(filepath.Clean(filepath.FromSlash(name)))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, plainError(err)
	}
	return info.Mode().IsRegular(), nil
}

// maxEntries bounds how much of a directory tree fileset looks at.
const maxEntries = 200_000

// maxPath bounds patterns and names.
const maxPath = 4096

// glob lists files below base that match the pattern; ** stands for any number
// of directories.
func (d *directory) glob(base, pattern string) ([]string, error) {
	base = path.Clean(filepath.ToSlash(base))
	if !fs.ValidPath(base) {
		return nil, errors.New("the directory must lie inside of the configuration directory")
	}
	if _, err := path.Match(pattern, ""); err != nil || len(pattern) > maxPath {
		return nil, errors.New("the second argument is not a pattern such as idp/*.xml")
	}
	names, err := d.list(base)
	if err != nil {
		return nil, err
	}
	var out []string
	parts := strings.Split(pattern, "/")
	for _, name := range names {
		if matches(parts, strings.Split(name, "/")) {
			out = append(out, name)
		}
	}
	return out, nil
}

// list returns the files below base. The tree is walked once.
func (d *directory) list(base string) ([]string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if l, ok := d.lists[base]; ok {
		return l.names, l.err
	}
	names, err := d.walk(base)
	d.lists[base] = listing{names, err}
	return names, err
}

func (d *directory) walk(base string) ([]string, error) {
	root, err := os.OpenRoot(d.name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = root.Close() }()
	var out []string
	seen := 0
	err = fs.WalkDir(root.FS(), base, func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return plainError(err)
		}
		if seen++; seen > maxEntries {
			return fmt.Errorf("the directory holds more than %d files", maxEntries)
		}
		if name != base && strings.HasPrefix(e.Name(), ".") && e.IsDir() {
			return fs.SkipDir
		}
		if e.IsDir() {
			return nil
		}
		if base != "." {
			name = strings.TrimPrefix(strings.TrimPrefix(name, base), "/")
		}
		out = append(out, name)
		return nil
	})
	return out, err
}

// matches compares the parts of a pattern with those of a name. It goes
// through both once: trying every length of every ** could take for ever.
func matches(pattern, name []string) bool {
	// reach[j]: the pattern so far matches the first j parts of the name.
	reach := make([]bool, len(name)+1)
	reach[0] = true
	for i, p := range pattern {
		next := make([]bool, len(name)+1)
		for j := range reach {
			switch {
			case p == "**" && i < len(pattern)-1:
				next[j] = reach[j] || j > 0 && next[j-1]
			case p == "**": // at the end it stands for the file, too
				next[j] = j > 0 && (reach[j-1] || next[j-1])
			case j > 0 && reach[j-1]:
				ok, err := path.Match(p, name[j-1])
				next[j] = err == nil && ok
			}
		}
		reach = next
	}
	return reach[len(name)]
}
