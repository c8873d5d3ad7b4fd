package adopt_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/cmd/tacit/internal/adopt"
)

// left lists what is in a directory, hidden files included.
func left(t *testing.T, dir string) []string {
	t.Helper()
	out := []string{}
	require.NoError(t, filepath.WalkDir(dir, func(p string, d os.DirEntry, err error) error {
		if !d.IsDir() {
			rel, _ := filepath.Rel(dir, p)
			out = append(out, filepath.ToSlash(rel))
		}
		return err
	}))
	return out
}

func TestCommit(t *testing.T) {
	files := map[string][]byte{"main.hcl": []byte("m"), "idp/a.pem": []byte("a"), "idp/b.pem": []byte("b")}
	commit := func(t *testing.T, path string) error {
		t.Helper()
		dir, err := adopt.Look(path)
		require.NoError(t, err)
		return dir.Commit(files)
	}
	t.Run("a new directory appears whole", func(t *testing.T) {
		parent := t.TempDir()
		require.NoError(t, commit(t, filepath.Join(parent, "deep", "new")))
		assert.Equal(t, []string{"deep/new/idp/a.pem", "deep/new/idp/b.pem", "deep/new/main.hcl"}, left(t, parent))
	})
	t.Run("an empty directory is filled", func(t *testing.T) {
		parent := t.TempDir()
		require.NoError(t, os.Mkdir(filepath.Join(parent, "empty"), 0o700))
		before, err := os.Stat(filepath.Join(parent, "empty"))
		require.NoError(t, err)
		require.NoError(t, commit(t, filepath.Join(parent, "empty")))
		assert.Len(t, left(t, parent), 3)
		after, err := os.Stat(filepath.Join(parent, "empty"))
		require.NoError(t, err)
		assert.True(t, os.SameFile(before, after), "it may be a mount point")
		assert.Equal(t, before.Mode(), after.Mode())
	})
	t.Run("a link to a directory stays a link", func(t *testing.T) {
		parent := t.TempDir()
		require.NoError(t, os.Mkdir(filepath.Join(parent, "real"), 0o750))
		link(t, "real", filepath.Join(parent, "link"))
		require.NoError(t, commit(t, filepath.Join(parent, "link")))
		assert.Len(t, left(t, filepath.Join(parent, "real")), 3)
		to, err := os.Readlink(filepath.Join(parent, "link"))
		require.NoError(t, err)
		assert.Equal(t, "real", to)
	})
	t.Run("a link to nothing is an error", func(t *testing.T) {
		parent := t.TempDir()
		link(t, "gone", filepath.Join(parent, "link"))
		for _, path := range []string{"link", "link/"} {
			_, err := adopt.Look(parent + "/" + path)
			require.ErrorContains(t, err, "is a link to something that is not there", path)
		}
	})
	t.Run("nothing is written over, and nothing stays", func(t *testing.T) {
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, "main.hcl"), []byte("mine"), 0o600))
		require.ErrorContains(t, commit(t, dir), "nothing was written")
		assert.Equal(t, []string{"main.hcl"}, left(t, dir))
		text, err := os.ReadFile(filepath.Join(dir, "main.hcl"))
		require.NoError(t, err)
		assert.Equal(t, "mine", string(text))
	})
	t.Run("what a killed run left is taken up", func(t *testing.T) {
		dir := t.TempDir()
		require.NoError(t, os.MkdirAll(filepath.Join(dir, "idp"), 0o750))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "idp", "a.pem"), []byte("a"), 0o600))
		require.NoError(t, os.MkdirAll(filepath.Join(dir, ".tacit-import-1", "idp"), 0o750))
		require.NoError(t, os.WriteFile(filepath.Join(dir, ".tacit-import-1", "main.hcl"), []byte("m"), 0o600))
		require.NoError(t, commit(t, dir))
		assert.Len(t, left(t, dir), 3)
		assert.NoDirExists(t, filepath.Join(dir, ".tacit-import-1"))
	})
	t.Run("what a killed run left beside a new directory goes", func(t *testing.T) {
		parent := t.TempDir()
		for _, name := range []string{".new.tacit-import-1", ".other.tacit-import-1"} {
			require.NoError(t, os.Mkdir(filepath.Join(parent, name), 0o700))
		}
		require.NoError(t, commit(t, filepath.Join(parent, "new")))
		assert.NoDirExists(t, filepath.Join(parent, ".new.tacit-import-1"))
		assert.DirExists(t, filepath.Join(parent, ".other.tacit-import-1"), "another import may be at work")
	})
	t.Run("a link out of the directory is not followed", func(t *testing.T) {
		dir, outside := t.TempDir(), t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, "x.hcl"), nil, 0o600))
		link(t, outside, filepath.Join(dir, "idp"))
		require.ErrorContains(t, commit(t, dir), filepath.Join(dir, "idp")+" leads out of the directory")
		assert.Empty(t, left(t, outside))
		assert.Equal(t, []string{"idp", "x.hcl"}, left(t, dir))
	})
	t.Run("where a directory should be there is something else", func(t *testing.T) {
		for name, make := range map[string]func(idp string){
			"is not a directory":                       func(idp string) { require.NoError(t, os.WriteFile(idp, nil, 0o600)) },
			"is a link to something that is not there": func(idp string) { link(t, "gone", idp) },
		} {
			dir := t.TempDir()
			make(filepath.Join(dir, "idp"))
			require.ErrorContains(t, commit(t, dir), filepath.Join(dir, "idp")+" "+name)
			assert.Equal(t, []string{"idp"}, left(t, dir))
		}
	})
}

// TestPresent: a search for a free name ends, since only what is there is present.
func TestPresent(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "plain"), []byte("p"), 0o600))
	require.NoError(t, os.Mkdir(filepath.Join(dir, "a.pem"), 0o700))
	link(t, outside, filepath.Join(dir, "out"))
	link(t, filepath.Join(outside, "x"), filepath.Join(dir, "b.pem"))
	there, err := adopt.Look(dir)
	require.NoError(t, err)
	for name, want := range map[string][]byte{
		"plain": []byte("p"), "a.pem": {0}, "b.pem": {0}, "c.pem": nil, "plain/c.pem": nil, "out/c.pem": nil, "no/c.pem": nil,
	} {
		assert.Equal(t, want, there.Present(name), name)
	}
}

func link(t *testing.T, to, name string) {
	t.Helper()
	if err := os.Symlink(to, name); err != nil {
		t.Skip("no symbolic links here")
	}
}

func TestIdentifier(t *testing.T) {
	for text, want := range map[string]string{
		"Customer portal": "customer_portal", "  Über-Größe & Söhne ": "uber_gro_e_sohne", "株式会社": "", "../../etc/passwd": "etc_passwd",
		"${env(\"X\")}": "env_x", "O'Neill's": "oneills", "a__b": "a_b", "\u202eevil": "evil",
	} {
		assert.Equal(t, want, adopt.Identifier(text), text)
	}
}
