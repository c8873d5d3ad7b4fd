package view_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/rogpeppe/go-internal/diff"

	"github.com/tacit-dev/tacit/cmd/tacit/internal/view"
	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/check"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares what show prints with testdata, at two widths with and
// without color.
func golden(t *testing.T, name string, show func(*view.Printer)) {
	t.Helper()
	for _, v := range []struct {
		suffix string
		opts   view.Options
	}{
		{"80", view.Options{Width: 80}},
		{"140", view.Options{Width: 140}},
		{"80.color", view.Options{Width: 80, Color: true}},
		{"140.color", view.Options{Width: 140, Color: true}},
	} {
		t.Run(v.suffix, func(t *testing.T) {
			compare(t, name+"."+v.suffix, render(t, v.opts, show))
		})
	}
}

func render(t *testing.T, o view.Options, show func(*view.Printer)) string {
	t.Helper()
	var buf bytes.Buffer
	p := view.New(&buf, o)
	show(p)
	require.NoError(t, p.Err())
	assertHarmless(t, buf.String(), o.Color)
	return buf.String()
}

func compare(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".golden")
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
		return
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	if d := diff.Diff(file, want, "got", []byte(got)); len(d) > 0 {
		t.Errorf("%s", d)
	}
}

// world is a small configuration and the tenant it is compared with.
type world struct {
	t    *testing.T
	cfg  *schema.Config
	snap *schema.Snapshot
}

func newWorld(t *testing.T) *world {
	t.Helper()
	tenant := &schema.Object{Kind: schema.Tenant, Wants: make([]schema.Want, len(schema.Tenant.Attrs))}
	*tenant.Want("domain") = schema.Want{Mode: schema.Exactly, V: "example-prod.eu.auth0.com"}
	return &world{
		t:   t,
		cfg: &schema.Config{Workspace: "production", Tenant: tenant},
		snap: &schema.Snapshot{Requests: 4, Objects: map[schema.Collection][]*schema.Observed{
			schema.Clients: {}, schema.Connections: {}, schema.ResourceServers: {},
		}},
	}
}

// declare adds a block; values are canonical.
func (w *world) declare(addr string, values map[string]any) *schema.Object {
	w.t.Helper()
	a, err := schema.ParseAddress(addr)
	require.NoError(w.t, err)
	k := schema.KindByName(a.Kind)
	o := &schema.Object{Kind: k, Addr: a, Wants: make([]schema.Want, len(k.Attrs))}
	for name, v := range values {
		mode := schema.Exactly
		if name == "clients" || name == "scope" {
			mode = schema.AtLeast
		}
		*o.Want(name) = schema.Want{Mode: mode, V: v}
	}
	w.cfg.Objects = append(w.cfg.Objects, o)
	return o
}

// observe puts an object on the tenant.
func (w *world) observe(c schema.Collection, id, body string, clients ...string) {
	w.t.Helper()
	dec := json.NewDecoder(strings.NewReader(body))
	dec.UseNumber()
	o := &schema.Observed{ID: id}
	require.NoError(w.t, dec.Decode(&o.Raw))
	if c == schema.Connections {
		o.Relations = map[string]schema.Relation{"connection_clients": {Members: clients, Complete: true}}
	}
	w.snap.Objects[c] = append(w.snap.Objects[c], o)
}

func (w *world) plan(rules ...*check.Rule) *plan.Plan {
	w.t.Helper()
	b, ds := plan.Bind(w.cfg, w.snap)
	require.Empty(w.t, ds)
	p, ds := plan.Make(w.cfg, b, rules)
	require.Empty(w.t, ds)
	p.Budget.Read = w.snap.Requests
	return p
}

func list(ss ...string) []any {
	out := make([]any, len(ss))
	for i, s := range ss {
		out[i] = s
	}
	return out
}

// assertHarmless: nothing in the output but visible characters, line breaks
// and the color codes that Printer knows.
func assertHarmless(t *testing.T, out string, color bool) {
	t.Helper()
	rest := out
	if color {
		for _, code := range []string{"0", "1", "31", "32", "33", "36", "90", "1;31", "1;32", "1;33", "1;36", "1;90"} {
			rest = strings.ReplaceAll(rest, "\x1b["+code+"m", "")
		}
	}
	for i, r := range rest {
		if r == '\n' {
			continue
		}
		if r < ' ' || r == 0x7F || (r >= 0x80 && r < 0xA0) || isFormat(r) || r == '\uFFFD' && !strings.HasPrefix(rest[i:], "\uFFFD") {
			t.Fatalf("%U at byte %d of %q", r, i, out)
		}
	}
	for _, l := range strings.Split(rest, "\n") {
		assert.False(t, strings.HasPrefix(strings.TrimLeft(l, " \u3000"), "::"), "a command to GitHub: %q", l)
		assert.NotContains(t, l, "##[")
		assert.NotContains(t, l, "##vso[")
		assert.Equal(t, strings.TrimRight(l, " "), l, "trailing space")
	}
}

// isFormat is written out here, independent of the code under test.
func isFormat(r rune) bool {
	switch {
	case r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x206F, r >= 0x200B && r <= 0x200F,
		r == 0x061C, r == 0x2028, r == 0x2029, r == 0xFEFF, r == 0x00AD, r >= 0x2060 && r <= 0x2064,
		r >= 0xE0000 && r <= 0xE01EF, r >= 0xD800 && r <= 0xDFFF, r >= 0xFFF9 && r <= 0xFFFB:
		return true
	default:
		return false
	}
}
