package deploycli

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// keyword is a placeholder: ##KEY##, replaced by a text wherever it stands, or
// @@KEY@@, replaced by a JSON value (auth0-deploy-cli's documentation, Keyword
// Replacement; its tools/utils.js).
type keyword struct {
	key, shown string
	// mark stands for it in texts before they are parsed: a plain word to YAML
	// and JSON alike.
	mark string
	// mapped is the value that config.json gives it, nil for none.
	mapped any
}

// url is a mark that is a URL.
func (k *keyword) url() string { return "https://" + k.mark + ".example.com" }

// keywords are all that an export uses, in the order of their marks.
type keywords struct {
	all     []*keyword
	pattern *regexp.Regexp
	stem    string
}

// unmapped are placeholders that no mapping names: in capitals, because Auth0's
// own templates hold such as @@password@@.
const unmapped = `[A-Z0-9_]+`

func newKeywords(texts []text, mappings map[string]any) (*keywords, error) {
	names := []string{unmapped}
	for _, k := range slices.Sorted(maps.Keys(mappings)) {
		names = append(names, regexp.QuoteMeta(k))
	}
	slices.Reverse(names) // those that are given first
	name := strings.Join(names, "|")
	pattern, err := regexp.Compile(`##(?:` + name + `)##|'@@(?:` + name + `)@@'|"@@(?:` + name + `)@@"|@@(?:` + name + `)@@`)
	if err != nil {
		return nil, fmt.Errorf("the keywords of config.json: %w", err)
	}
	ks := &keywords{pattern: pattern, stem: "keyword"}
	for slices.ContainsFunc(texts, func(t text) bool { return strings.Contains(string(t.body), ks.stem) }) {
		ks.stem += "w"
	}
	for _, t := range texts {
		for _, found := range pattern.FindAllString(string(t.body), -1) {
			ks.of(strings.Trim(found, `'"`), mappings)
		}
	}
	return ks, nil
}

// of is the keyword that is spelt so.
func (ks *keywords) of(shown string, mappings map[string]any) *keyword {
	for _, k := range ks.all {
		if k.shown == shown {
			return k
		}
	}
	key := shown[2 : len(shown)-2]
	k := &keyword{key: key, shown: shown, mark: fmt.Sprintf("%s%dz", ks.stem, len(ks.all)+1), mapped: mappings[key]}
	ks.all = append(ks.all, k)
	return k
}

// markYAML puts marks in place of keywords.
func (ks *keywords) markYAML(body string) string {
	return ks.pattern.ReplaceAllStringFunc(body, func(found string) string { return ks.of(strings.Trim(found, `'"`), nil).mark })
}

// markJSON does so in JSON, where a word outside of quotes gets some.
func (ks *keywords) markJSON(body string) string {
	var out strings.Builder
	at, quoted := 0, false
	for _, m := range ks.pattern.FindAllStringIndex(body, -1) {
		out.WriteString(body[at:m[0]])
		quoted = insideQuotes(body[at:m[0]], quoted)
		found := body[m[0]:m[1]]
		mark := ks.of(strings.Trim(found, `'"`), nil).mark
		switch {
		case quoted && found[0] == '"': // its quotes end one text and begin another
			mark = `"` + mark + `"`
		case !quoted:
			mark = `"` + mark + `"`
		}
		out.WriteString(mark)
		at = m[1]
	}
	out.WriteString(body[at:])
	return out.String()
}

// insideQuotes follows JSON's quotes through a stretch.
func insideQuotes(s string, inside bool) bool {
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && inside:
			i++
		case s[i] == '"':
			inside = !inside
		}
	}
	return inside
}

// within are the keywords whose marks a text holds.
func (ks *keywords) within(s string) []*keyword {
	if !strings.Contains(s, ks.stem) {
		return nil
	}
	var out []*keyword
	for _, k := range ks.all {
		if strings.Contains(s, k.mark) {
			out = append(out, k)
		}
	}
	return out
}

// exactly is the keyword whose mark a value is, nil when it is something else.
func (ks *keywords) exactly(v any) *keyword {
	s, _ := v.(string)
	for _, k := range ks.all {
		if s == k.mark {
			return k
		}
	}
	return nil
}

// show puts the keywords back into a text.
func (ks *keywords) show(s string) string {
	for _, k := range ks.within(s) {
		s = strings.ReplaceAll(strings.ReplaceAll(s, k.url(), k.shown), k.mark, k.shown)
	}
	return s
}
