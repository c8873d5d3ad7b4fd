package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/cmd/tacit/internal/cli"
)

// sent is a labelled document: what a customer may send.
type sent struct {
	File        string
	RejectClass string `json:"reject_class"`
}

// TestOnboardLabelledDocuments: every document that can be used becomes a
// connection whose login works, with a throw-away key for the customer's; every
// other one is refused in words, and nothing is written.
func TestOnboardLabelledDocuments(t *testing.T) {
	shared := filepath.Join("..", "..", "..", "shared", "idp-metadata")
	index, err := os.Open(filepath.Join(shared, "index.jsonl"))
	if err != nil {
		t.Skip("no labelled metadata at ../shared/idp-metadata")
	}
	defer func() { _ = index.Close() }()
	lines := bufio.NewScanner(index)
	lines.Buffer(nil, 4<<20)
	b := &batch{root: t.TempDir()}
	documents := 0
	for lines.Scan() {
		var doc sent
		require.NoError(t, json.Unmarshal(lines.Bytes(), &doc))
		documents++
		t.Run(strings.TrimSuffix(filepath.Base(doc.File), ".xml"), func(t *testing.T) {
			file := filepath.Join(shared, filepath.FromSlash(doc.File))
			if doc.RejectClass == "" {
				b.accepts(t, file)
			} else {
				refuses(t, file)
			}
		})
	}
	require.NoError(t, lines.Err())
	assert.Equal(t, 131, documents)
	b.rehearse(t)
}

// commandLine runs a command line in this process.
func commandLine(args ...string) (code int, stdout []byte) {
	var out bytes.Buffer
	code = cli.Main(context.Background(), cli.Env{
		Args: args, Stdin: strings.NewReader(""), Stdout: &out, Stderr: io.Discard, Now: time.Now,
		LookupEnv: func(string) (string, bool) { return "", false },
	})
	return code, out.Bytes()
}

// batch onboards into as few copies of the example as there are documents of
// one application: a second connection of it is refused. Rehearsing together
// makes keys once.
type batch struct {
	root string
	dirs []string
	// paths counts the customers of each.
	paths []int
}

func (b *batch) accepts(t *testing.T, document string) {
	t.Helper()
	for i := range len(b.dirs) + 1 {
		if i == len(b.dirs) {
			dir := filepath.Join(b.root, strconv.Itoa(i))
			require.NoError(t, copyExamples(dir, filepath.Join("..", "..", "examples", "onboarding")))
			b.dirs, b.paths = append(b.dirs, dir), append(b.paths, 1)
		}
		name := fmt.Sprintf("kelp%d", b.paths[i])
		code, out := commandLine("onboard", name, b.dirs[i], "--metadata", document, "--domain-alias", name+".example", "--offline", "--json")
		if bytes.Contains(out, []byte("already")) && code == 1 {
			continue
		}
		require.Zero(t, code, string(out))
		b.paths[i]++
		csv, err := os.ReadFile(filepath.Join(b.dirs[i], "customers.csv"))
		require.NoError(t, err)
		assert.Contains(t, string(csv), "\n"+name+",")
		return
	}
}

// rehearse logs in along every path that was made.
func (b *batch) rehearse(t *testing.T) {
	t.Helper()
	for i, dir := range b.dirs {
		code, out := commandLine("rehearse", dir, "--sandbox", "--json")
		assert.Zero(t, code)
		var report struct {
			Counts struct{ Passed, Failed, Unknown int }
		}
		require.NoError(t, json.Unmarshal(out, &report))
		assert.Equal(t, b.paths[i], report.Counts.Passed)
	}
}

// refuses: in words that can be sent on, and without a trace.
func refuses(t *testing.T, document string) {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "main.hcl"), nil, 0o600))
	code, out := commandLine("onboard", "kelp", dir, "--metadata", document, "--json")
	assert.Equal(t, 1, code)
	var said struct {
		Diagnostics []struct{ Summary, Detail string }
	}
	require.NoError(t, json.Unmarshal(out, &said), string(out))
	require.Len(t, said.Diagnostics, 1)
	t.Log(said.Diagnostics[0].Detail)
	assert.Contains(t, said.Diagnostics[0].Summary, "cannot be used")
	assert.Greater(t, len(strings.Fields(said.Diagnostics[0].Detail)), 5, "the refusal says what is wrong in words")
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Len(t, left, 1)
}
