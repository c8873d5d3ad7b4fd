package mgmt_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tacit-dev/tacit/schema"
)

// traffic runs a test on made-up traffic, and on that of real tenants where it
// lies beside the repository (../shared/wire); a fresh clone has none.
func traffic(t *testing.T, test func(t *testing.T, dir string)) {
	t.Helper()
	for name, dir := range map[string]string{
		"synthetic": filepath.Join("..", "sandbox", "testdata", "wire"),
		"recorded":  filepath.Join("..", "..", "..", "shared", "wire"),
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := os.Stat(dir); err != nil {
				t.Skipf("not here, so not tested: %v", err)
			}
			test(t, dir)
		})
	}
}

// recorded says whether traffic of real tenants is here.
func recorded() bool {
	_, err := os.Stat(filepath.Join("..", "..", "..", "shared", "wire"))
	return err == nil
}

// parse reads JSON as the tenant's answers are read, numbers as they stand.
func parse(t *testing.T, text []byte) map[string]any {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var out map[string]any
	require.NoError(t, d.Decode(&out))
	return out
}

// records reads a file of one JSON object per line.
func records(t *testing.T, path string) []map[string]any {
	t.Helper()
	raw, err := os.ReadFile(path)
	require.NoError(t, err)
	var out []map[string]any
	sc := bufio.NewScanner(bytes.NewReader(raw))
	sc.Buffer(nil, 8<<20)
	for sc.Scan() {
		out = append(out, parse(t, sc.Bytes()))
	}
	require.NoError(t, sc.Err())
	require.NotEmpty(t, out, path)
	return out
}

// object returns a member that is an object, nil otherwise.
func object(m map[string]any, key string) map[string]any {
	o, _ := m[key].(map[string]any)
	return o
}

func text(m map[string]any, key string) string {
	s, _ := m[key].(string)
	return s
}

// declared is a block with wants that no file says.
func declared(k *schema.Kind) *schema.Object {
	return &schema.Object{
		Kind: k, Addr: schema.Address{Kind: k.Name, Name: "it"}, Src: &schema.Range{File: "it.hcl", Start: schema.Pos{Line: 1}},
		Wants: make([]schema.Want, len(k.Attrs)),
	}
}

// asItIs wants of the rows that say what a kind means what the object has
// already: recorded clients are of every type.
func asItIs(o *schema.Object, have *schema.Observed) {
	for i := range o.Kind.Attrs {
		if a := &o.Kind.Attrs[i]; a.Implied != nil && o.Wants[i].Mode == schema.Unmanaged {
			v, _ := have.Get(a)
			o.Wants[i] = schema.Want{Mode: schema.Exactly, V: v, Src: o.Src}
		}
	}
}

// settable are the rows that a file can set and a PATCH can change.
func settable(k *schema.Kind) []*schema.Attr {
	var out []*schema.Attr
	for i := range k.Attrs {
		a := &k.Attrs[i]
		if a.Via == "" && !a.Has(schema.Identity) && !a.Has(schema.Immutable) && !a.Has(schema.Internal) && !a.Has(schema.Local) {
			out = append(out, a)
		}
	}
	return out
}

func covers(path, of string) bool {
	return path == of || strings.HasPrefix(path, of+".") || strings.HasPrefix(of, path+".")
}
