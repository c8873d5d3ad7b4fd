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
		require.NoError(t, os.Mkdir(filepath.Join(parent, "empty"), 0o750))
		require.NoError(t, commit(t, filepath.Join(parent, "empty")))
		assert.Len(t, left(t, parent), 3)
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
		require.NoError(t, commit(t, dir))
		assert.Len(t, left(t, dir), 3)
	})
	t.Run("a link out of the directory is not followed", func(t *testing.T) {
		dir, outside := t.TempDir(), t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, "x.hcl"), nil, 0o600))
		if err := os.Symlink(outside, filepath.Join(dir, "idp")); err != nil {
			t.Skip("no symbolic links here")
		}
		require.Error(t, commit(t, dir))
		assert.Empty(t, left(t, outside))
	})
}

func TestIdentifier(t *testing.T) {
	for text, want := range map[string]string{
		"Customer portal": "customer_portal", "  Über-Größe & Söhne ": "uber_gro_e_sohne", "株式会社": "", "../../etc/passwd": "etc_passwd",
		"${env(\"X\")}": "env_x", "O'Neill's": "oneills", "a__b": "a_b", "\u202eevil": "evil",
	} {
		assert.Equal(t, want, adopt.Identifier(text), text)
	}
}
