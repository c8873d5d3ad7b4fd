package deploycli

import (
	"encoding/json"
	"encoding/pem"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/tacit-dev/tacit/cmd/tacit/internal/adopt"
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/hclconf"
)

// clientIDs look like those that Auth0 makes.
var clientIDs = regexp.MustCompile(`^[A-Za-z0-9]{32}$`)

// use is a row of an object that holds keywords.
type use struct {
	*item
	row *schema.Attr
	v   any
	// whole: the row is the keyword and nothing else.
	whole bool
}

// settler makes variables of keywords.
type settler struct {
	*builder
	vars  *adopt.Variables
	names map[string]bool
	taken func(string) bool
}

// settle makes variables of keywords and of secrets. What a keyword stands for
// is not known, or not the same everywhere; a witness takes its place in the
// snapshot, so that everything behind works with values, and the one in the
// snapshot and the one in the plan are the same.
func (b *builder) settle(taken func(string) bool) {
	b.whole = map[*item]map[string]*adopt.Variable{}
	s := &settler{b, &adopt.Variables{Whole: map[adopt.Place]*adopt.Variable{}}, map[string]bool{}, taken}
	b.out.Variables = s.vars
	var secrets []*adopt.Variable
	for _, it := range b.items {
		secrets = append(secrets, s.secrets(it)...)
	}
	uses := map[*keyword][]use{}
	for _, it := range b.items {
		for _, u := range s.usesOf(it) {
			for _, k := range b.keywords.within(dump(u.v)) {
				uses[k] = append(uses[k], u)
			}
		}
	}
	for _, k := range b.keywords.all {
		s.keyword(k, uses[k])
	}
	s.vars.List = append(s.vars.List, secrets...)
	slices.SortFunc(s.vars.List, func(a, b *adopt.Variable) int { return strings.Compare(a.Name, b.Name) })
}

// usesOf are the rows of an object that hold keywords, less those in which an
// expression has no place.
func (s *settler) usesOf(it *item) []use {
	var out []use
	for i := range it.kind.Attrs {
		row := &it.kind.Attrs[i]
		if row.Via != "" || row.Has(schema.Internal) || row.Has(schema.Local) || it.existing() && row.Name != "name" {
			continue
		}
		v, p := it.obs.At(row.APIPath())
		if p != schema.Known || len(s.keywords.within(dump(v))) == 0 {
			continue
		}
		if row.Type == schema.Objects && s.keywords.exactly(v) != nil || s.inKeys(row, v) {
			s.drop(it, row, "a variable has no place there in HCL")
			continue
		}
		out = append(out, use{it, row, v, s.keywords.exactly(v) != nil})
	}
	return out
}

// drop leaves a row to the tenant.
func (s *settler) drop(it *item, row *schema.Attr, why string) {
	v, _ := it.obs.Get(row)
	var shown []string
	for _, k := range s.keywords.within(dump(v)) {
		shown = append(shown, k.shown)
	}
	s.skip(it.kind.Name, it.name(), "%s stays as it is on the tenant: it holds %s, and %s", row.Name, strings.Join(shown, " and "), why)
	it.obs.Raw = without(it.obs.Raw, row.APIPath())
}

// inKeys reports keywords in names of members, or in labels of blocks.
func (s *settler) inKeys(row *schema.Attr, v any) bool {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			if s.inKeys(row, e) {
				return true
			}
		}
	case map[string]any:
		for k, e := range v {
			label, _ := e.(string)
			if len(s.keywords.within(k)) > 0 || s.inKeys(row, e) || row.Type == schema.Objects && k == row.Key && len(s.keywords.within(label)) > 0 {
				return true
			}
		}
	}
	return false
}

// candidate is what may stand for a keyword.
type candidate struct {
	typ   string
	value any
}

// candidates are tried in turn, texts that can stand within others first.
func candidates(k *keyword, whole bool, row *schema.Attr) []candidate {
	url := k.url()
	if !whole {
		return []candidate{{"string", k.mark}, {"string", url}}
	}
	cert := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte(k.mark)}))
	if row.Type == schema.JSON {
		return []candidate{{"any", k.mark}, {"map(string)", map[string]any{k.mark: k.mark}}}
	}
	out := []candidate{{"string", k.mark}, {"string", url}, {"string", cert}, {"bool", true}}
	for _, e := range row.Enum {
		out = append(out, candidate{"string", e})
	}
	for _, n := range []string{"3601", "61", "11", "1"} {
		out = append(out, candidate{"number", json.Number(n)})
	}
	return append(out, candidate{"list(string)", []any{k.mark}}, candidate{"list(string)", []any{url}}, candidate{"map(string)", map[string]any{k.mark: k.mark}})
}

// keyword finds a witness that all uses of a keyword take, and puts it there.
func (s *settler) keyword(k *keyword, uses []use) {
	chosen := candidate{"string", k.mark}
	named := func(it *item) bool {
		list, ok := it.obs.Raw["enabled_clients"].([]any)
		return ok && strings.Contains(dump(list), k.mark)
	}
	switch {
	case len(uses) > 0:
		chosen = s.choose(k, uses)
	case !slices.ContainsFunc(s.items, named):
		return
	}
	v := &adopt.Variable{
		Name: s.name(k.key), Type: chosen.typ, Shown: k.shown, Witness: literal(chosen.value), Sensitive: adopt.SecretName(k.key),
		Note: k.shown + " in the export of auth0-deploy-cli.", Verbatim: verbatim(k.mapped),
	}
	if !v.Sensitive {
		v.Default = defaultOf(k.mapped, chosen.typ)
	}
	s.vars.List = append(s.vars.List, v)
	if text, ok := chosen.value.(string); ok && strings.Contains(text, k.mark) && !strings.Contains(text, "\n") {
		v.Mark = text
		for _, it := range s.items {
			it.obs.Raw, _ = put(k, text, it.obs.Raw).(map[string]any)
		}
	}
	for _, u := range uses {
		now, _ := u.obs.Get(u.row)
		if v.Mark == "" {
			now = put(k, chosen.value, now)
		}
		if hclconf.Writable(u.row, now) != nil {
			s.drop(u.item, u.row, "what may stand there is not what stands for it elsewhere")
			continue
		}
		u.obs.Raw = schema.Put(u.obs.Raw, u.row.APIPath(), now)
		if v.Mark == "" {
			s.stands(u.item, u.row, v)
		}
	}
}

// choose takes the first candidate that suits all uses, and the first of all
// when none does.
func (s *settler) choose(k *keyword, uses []use) candidate {
	whole, free := true, true
	for _, u := range uses {
		whole, free = whole && u.whole, free && u.row.Type == schema.JSON
	}
	tries := candidates(k, whole, uses[0].row)
	for _, c := range tries {
		suits := true
		for _, u := range uses {
			suits = suits && hclconf.Writable(u.row, put(k, c.value, u.v)) == nil
		}
		if suits {
			if free && c.typ == "string" {
				c.typ = "any"
			}
			return c
		}
	}
	return tries[0]
}

// put replaces a keyword in a value: all of it, or the texts in it.
func put(k *keyword, by, v any) any {
	if v == k.mark {
		return by
	}
	text, isText := by.(string)
	switch v := v.(type) {
	case string:
		if isText {
			return strings.ReplaceAll(v, k.mark, text)
		}
		return v
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = put(k, by, v[i])
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for n := range v {
			out[n] = put(k, by, v[n])
		}
		return out
	default:
		return v
	}
}

// stands notes that a row is a variable.
func (s *settler) stands(it *item, row *schema.Attr, v *adopt.Variable) {
	if s.whole[it] == nil {
		s.whole[it] = map[string]*adopt.Variable{}
	}
	s.whole[it][row.Name] = v
}

// secrets takes secrets out of an object and makes variables of them, which
// leave the tenant as it is until they are set.
func (s *settler) secrets(it *item) []*adopt.Variable {
	var out []*adopt.Variable
	if it.existing() {
		return nil
	}
	for i := range it.kind.Attrs {
		row := &it.kind.Attrs[i]
		v, p := it.obs.Get(row)
		if !row.Has(schema.Secret) || p == schema.Absent {
			continue
		}
		it.obs.Raw = without(it.obs.Raw, row.APIPath())
		if p != schema.Known || v == "" {
			continue
		}
		name, from := it.name()+" "+row.Name, "The export of auth0-deploy-cli holds it."
		if k := s.keywords.exactly(v); k != nil {
			name, from = k.key, k.shown+" in the export of auth0-deploy-cli."
		}
		typ := "string"
		if row.Type == schema.JSON {
			typ = "any"
		}
		secret := &adopt.Variable{
			Name: s.name(s.keywords.show(name)), Type: typ, Optional: true, Sensitive: true,
			Note: fmt.Sprintf("%s of %s: a secret. %s Unset, the tenant keeps its own.", row.Name, s.keywords.show(it.name()), from),
		}
		out = append(out, secret)
		s.stands(it, row, secret)
	}
	return out
}

// name makes the name of a variable that nothing else has.
func (s *settler) name(text string) string {
	base := adopt.Identifier(text)
	if base == "" || base[0] >= '0' && base[0] <= '9' {
		base = strings.TrimSuffix("v_"+base, "_")
	}
	for i, name := 2, base; ; i++ {
		if !s.names[name] && (s.taken == nil || !s.taken(name)) {
			s.names[name] = true
			return name
		}
		name = fmt.Sprintf("%s_%d", base, i)
	}
}

// literal writes a value as a variable in the environment has it.
func literal(v any) string {
	switch v := v.(type) {
	case []any:
		return string(hclconf.List(v))
	case map[string]any:
		for k, e := range v {
			return fmt.Sprintf("{ %q = %q }", k, e)
		}
	case bool:
		return fmt.Sprint(v)
	case json.Number:
		return v.String()
	case string:
		return v
	}
	return ""
}

// verbatim: a query block would encode what is in the query as it is. A text
// that is not known may be encoded already.
func verbatim(mapped any) bool {
	s, ok := mapped.(string)
	return !ok || strings.ContainsAny(s, "%&+# ")
}

// defaultOf is what config.json says, when it is of the type and no secret.
func defaultOf(mapped any, typ string) any {
	if mapped == nil || adopt.SecretValue(mapped) {
		return nil
	}
	text := fmt.Sprint(mapped)
	switch typ {
	case "any":
		return mapped
	case "bool":
		if text == "true" || text == "false" {
			return text == "true"
		}
	case "number":
		if number.MatchString(text) {
			return json.Number(text)
		}
	case "list(string)":
		if list, ok := mapped.([]any); ok && hclconf.Writable(&schema.Attr{Type: schema.List}, list) == nil {
			return list
		}
	case "string":
		switch mapped.(type) {
		case string, json.Number, bool:
			return text
		}
	}
	return nil
}

// dump is a value as one text, to look for marks in.
func dump(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	raw, err := json.Marshal(v)
	if err != nil {
		panic("deploycli: not a JSON value: " + err.Error())
	}
	return string(raw)
}

// without is a copy of an object that lacks what a dotted path leads to.
func without(m map[string]any, path string) map[string]any {
	head, rest, nested := strings.Cut(path, ".")
	out := maps.Clone(m)
	if sub, ok := out[head].(map[string]any); nested && ok {
		out[head] = without(sub, rest)
	} else if !nested {
		delete(out, head)
	}
	return out
}
