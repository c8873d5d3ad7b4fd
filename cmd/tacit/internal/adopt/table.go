package adopt

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/hclconf"
)

// table collects the columns of a group.
type table struct {
	*group
	keys    []string
	columns []column
}

type column struct {
	name  string
	cells []string
}

// folded is the block of a group; its locals and its CSV file come with it.
func (w *writer) folded(g *group) hclconf.Block {
	t, key := &table{group: g}, "name"
	for _, o := range g.members {
		t.keys = append(t.keys, w.out.Addresses[o].Key)
	}
	if !slices.Equal(t.keys, t.texts("name")) {
		key = "key" // its marks say so
	}
	t.columns = []column{{key, t.keys}}
	first := g.members[0]
	b := w.block(&Object{Kind: first.Kind, Values: common(first), Remarks: t.remarks(), Resets: first.Resets}, g.name)
	b.Args = append([]hclconf.Arg{{Name: "for_each", Value: hclconf.Code("local." + g.local)}}, b.Args...)
	t.facts(w, b.Values)
	for n, v := range b.Values {
		b.Values[n] = w.express(first.Kind.Attr(n), v)
	}
	if key == "name" {
		b.Values["name"] = hclconf.Code("each.key")
	} else {
		b.Values["name"] = t.value("name", t.texts("name"), true)
	}
	file := w.claim(fileStem(g.local), ".csv", t.csv())
	w.add(first.Kind, hclconf.Block{Type: "locals", Args: []hclconf.Arg{{
		Name: g.local, Value: hclconf.Code(fmt.Sprintf("{ for c in csvdecode(%s) : c.%s => c }", fileCall(file), key)),
	}}})
	return b
}

// named is how many instances a remark names.
const named = 3

// remarks are those of the members; what is not said of all names some.
func (t *table) remarks() []string {
	var out []string
	of := map[string][]string{}
	for i, o := range t.members {
		for _, r := range o.Remarks {
			if of[r] == nil {
				out = append(out, r)
			}
			of[r] = append(of[r], t.keys[i])
		}
	}
	for i, r := range out {
		switch keys := of[r]; {
		case len(keys) == len(t.members):
		case len(keys) > named:
			out[i] = fmt.Sprintf("Of %s and %d more: %s", strings.Join(keys[:named], ", "), len(keys)-named, r)
		default:
			out[i] = fmt.Sprintf("Of %s: %s", strings.Join(keys, ", "), r)
		}
	}
	return out
}

// common are the values that all members share because they may not differ.
func common(o *Object) map[string]any {
	out := map[string]any{}
	for n, v := range o.Values {
		if !slices.Contains(facts[:], n) {
			out[n] = v
		}
	}
	return out
}

// facts sets the rows in which members may differ, the name aside.
func (t *table) facts(w *writer, values map[string]any) {
	for _, n := range facts[1:] {
		row := schema.SAMLConnection.Attr(n)
		if !slices.ContainsFunc(t.members, func(o *Object) bool { return o.Values[n] != nil }) {
			continue
		}
		switch row.Type {
		case schema.Cert:
			values[n] = t.certificates(w)
		case schema.JSON:
			values[n] = t.metadata()
		case schema.Query:
			values[n] = t.query(w)
		case schema.Set:
			cells := t.lists(n)
			values[n] = optional(t.words(n, cells), cells)
		default:
			cells := t.texts(n)
			values[n] = optional(t.value(n, cells, n == "entity_id"), cells)
		}
	}
}

func (t *table) texts(row string) []string {
	out := make([]string, len(t.members))
	for i, o := range t.members {
		out[i] = o.text(row)
	}
	return out
}

func (t *table) lists(row string) []string {
	out := make([]string, len(t.members))
	for i, o := range t.members {
		out[i] = strings.Join(words(o.Values[row]), " ")
	}
	return out
}

func words(v any) []string {
	var out []string
	list, _ := v.([]any)
	for _, e := range list {
		s, _ := e.(string)
		out = append(out, s)
	}
	return out
}

// value is what is the same for all, or made of the key, or in a column.
func (t *table) value(name string, cells []string, ofKey bool) any {
	if same(cells) {
		return cells[0]
	}
	if c, ok := t.template(cells); ok && ofKey {
		return c
	}
	return t.column(name, cells)
}

// words is a list, written as words where a cell holds it.
func (t *table) words(name string, cells []string) any {
	if !same(cells) {
		return `split(" ", ` + t.column(name, cells) + `)`
	}
	out := []any{}
	for _, s := range strings.Fields(cells[0]) {
		out = append(out, s)
	}
	return out
}

// cell finds how an expression reads a cell.
var cell = regexp.MustCompile(`each\.value\.[a-z0-9_]+`)

// optional leaves the row out where its cell is empty.
func optional(v any, cells []string) any {
	c, ok := v.(hclconf.Code)
	if !ok || !slices.Contains(cells, "") {
		return v
	}
	return hclconf.Code(cell.FindString(string(c))+` == "" ? null : `) + c
}

func same(cells []string) bool {
	return !slices.ContainsFunc(cells, func(s string) bool { return s != cells[0] })
}

// template writes texts that differ in the key only.
func (t *table) template(cells []string) (hclconf.Code, bool) {
	parts := strings.Split(cells[0], t.keys[0])
	for i, s := range cells {
		if len(parts) == 1 || strings.Join(parts, t.keys[i]) != s {
			return "", false
		}
	}
	if strings.Join(parts, "") == "" {
		return "each.key", len(parts) == 2 //nolint:mnd // the key, with nothing before and behind it
	}
	for i, p := range parts {
		q := string(hclconf.Quoted(p))
		parts[i] = q[1 : len(q)-1]
	}
	return hclconf.Code(`"` + strings.Join(parts, "${each.key}") + `"`), true
}

// column adds a column and says how to read its cell.
func (t *table) column(name string, cells []string) hclconf.Code {
	base := Identifier(name[strings.LastIndexByte(name, '.')+1:])
	if base == "" || base[0] >= '0' && base[0] <= '9' {
		base = "c_" + base
	}
	free := base
	for i := 2; slices.ContainsFunc(t.columns, func(c column) bool { return c.name == free }); i++ {
		free = fmt.Sprintf("%s_%d", base, i)
	}
	t.columns = append(t.columns, column{free, cells})
	return hclconf.Code("each.value." + free)
}

// plainKey can name a file as it is.
var plainKey = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// certificates writes them into files called after the key, or as a column says.
func (t *table) certificates(w *writer) any {
	files, byKey := make([]string, len(t.members)), true
	for i, o := range t.members {
		stem := t.keys[i]
		if !plainKey.MatchString(stem) {
			stem = w.blockName(o)
		}
		files[i] = w.claim("idp/"+fileStem(stem), ".pem", certificate(o.text("signing_cert")))
		byKey = byKey && files[i] == "idp/"+t.keys[i]+".pem"
	}
	if byKey {
		return hclconf.Code(`file("idp/${each.key}.pem")`)
	}
	return "file(" + t.column("certificate", files) + ")"
}

// metadata folds member by member: all members of the group have the same.
func (t *table) metadata() any {
	out := map[string]any{}
	first, _ := t.members[0].Values["metadata"].(map[string]any)
	for _, k := range slices.Sorted(maps.Keys(first)) {
		cells := make([]string, len(t.members))
		for i, o := range t.members {
			m, _ := o.Values["metadata"].(map[string]any)
			cells[i], _ = m[k].(string)
		}
		out[k] = t.value("metadata_"+k, cells, false)
	}
	return out
}

// query folds queries parameter by parameter: all members of the group have the
// same parameters, or none can be taken apart.
func (t *table) query(w *writer) any {
	const row = "idp_initiated.query"
	first, block := w.queryBlock(t.members[0].text(row))
	if !block {
		cells := t.texts(row)
		return optional(t.value("query", cells, true), cells)
	}
	var out hclconf.QueryBlock
	for i := range first {
		cells, list := make([]string, len(t.members)), false
		for j, o := range t.members {
			q, _ := w.queryBlock(o.text(row))
			if s, ok := q[i].Value.(string); ok {
				cells[j] = s
			} else {
				cells[j], list = strings.Join(words(q[i].Value), " "), true
			}
		}
		v := t.value(first[i].Name, cells, true)
		if _, column := v.(hclconf.Code); list && !column {
			v = t.words(first[i].Name, cells)
		}
		out = append(out, hclconf.Arg{Name: first[i].Name, Value: v})
	}
	return out
}

// csv writes the table, a line for each connection.
func (t *table) csv() []byte {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	line := make([]string, len(t.columns))
	for i := -1; i < len(t.keys); i++ {
		for j, c := range t.columns {
			if line[j] = c.name; i >= 0 {
				line[j] = c.cells[i]
			}
		}
		_ = w.Write(line) // a buffer takes everything
	}
	w.Flush()
	return out.Bytes()
}
