//go:build unix

package hclconf

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestConfigurationFilesThatAreNone: opening a pipe or a device would wait.
func TestConfigurationFilesThatAreNone(t *testing.T) {
	outside := write(t, map[string]string{"secret.hcl": `locals { a = "hunter2" }`})
	for name, plant := range map[string]func(path string) error{
		"pipe":                func(p string) error { return syscall.Mkfifo(p, 0o600) },
		"link to a device":    func(p string) error { return os.Symlink("/dev/zero", p) },
		"link to terminal":    func(p string) error { return os.Symlink("/dev/stdin", p) },
		"link out":            func(p string) error { return os.Symlink(filepath.Join(outside, "secret.hcl"), p) },
		"relative link out":   func(p string) error { return os.Symlink("../../../../../../etc/passwd", p) },
		"link to itself":      func(p string) error { return os.Symlink(filepath.Base(p), p) },
		"link to directory":   func(p string) error { return os.Symlink(".", p) },
		"link to a pipe":      linkToPipe,
		"link without an end": func(p string) error { return os.Symlink("nowhere", p) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := write(t, map[string]string{"main.hcl": "locals { a = 1 }\n"})
			require.NoError(t, plant(filepath.Join(dir, "x.hcl")))
			_, ds := Load(Options{Dir: dir})
			require.Len(t, ds, 1)
			assert.Equal(t, "Cannot read a configuration file", ds[0].Summary)
			assert.NotContains(t, ds[0].Detail, "hunter2")
			f, _ := Load(Options{Dir: write(t, map[string]string{"main.hcl": "locals { a = 1 }\n"})})
			require.NoError(t, plant(filepath.Join(f.opts.Dir, "x.txt")))
			_, err := f.dir.read("x.txt")
			require.Error(t, err)
		})
	}
}

func linkToPipe(path string) error {
	if err := syscall.Mkfifo(path+".pipe", 0o600); err != nil {
		return err
	}
	return os.Symlink(filepath.Base(path)+".pipe", path)
}
