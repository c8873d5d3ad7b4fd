package deploycli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/tacit-dev/tacit/schema"
)

// Bounds of a document: what real exports hold, many times over. Aliases count
// where they are used.
const (
	maxDepth  = 100
	maxValues = 5_000_000
)

// mistake is what is wrong with a document, and where; line 0 is unknown.
type mistake struct {
	line int
	text string
}

func (m mistake) Error() string { return m.text }

// one makes a diagnostic of what is wrong with a file. It shows no line of it,
// for exports may hold secrets.
func one(name string, err error) schema.Diagnostics {
	d := schema.Diagnostic{Severity: schema.Error, Summary: "The export cannot be read", Detail: name + ": " + err.Error()}
	var m mistake
	if errors.As(err, &m) && m.line > 0 {
		at := schema.Pos{Line: m.line, Column: 1}
		d.Subject, d.Detail = &schema.Range{File: name, Start: at, End: at}, m.text
	}
	return schema.Diagnostics{d}
}

// parseJSON reads one JSON value. Numbers are json.Number.
func parseJSON(body []byte) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	var v any
	err := dec.Decode(&v)
	if err == nil {
		if _, more := dec.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("more follows after the end of the JSON value")
		}
	}
	if err != nil {
		at := dec.InputOffset()
		if syntax := (*json.SyntaxError)(nil); errors.As(err, &syntax) {
			at = syntax.Offset
		}
		return nil, mistake{1 + bytes.Count(body[:min(at, int64(len(body)))], []byte("\n")), "this is not JSON: " + err.Error()}
	}
	if deep(v, 0) {
		return nil, mistake{0, fmt.Sprintf("it is nested more than %d levels deep", maxDepth)}
	}
	return v, nil
}

func deep(v any, depth int) bool {
	if depth > maxDepth {
		return true
	}
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			if deep(e, depth+1) {
				return true
			}
		}
	case map[string]any:
		for _, e := range v {
			if deep(e, depth+1) {
				return true
			}
		}
	}
	return false
}

// yamlLine is where the parser says a mistake is.
var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)$`)

// parseYAML reads a YAML document as auth0-deploy-cli does (js-yaml: YAML 1.2,
// with merge keys; a key twice is a mistake). Numbers are json.Number.
func parseYAML(body []byte) (any, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(body, &doc); err != nil {
		m := mistake{text: err.Error()}
		if at := yamlLine.FindStringSubmatch(err.Error()); at != nil {
			m.line, _ = strconv.Atoi(at[1])
			m.text = "this is not YAML: " + at[2]
		}
		return nil, m
	}
	if doc.Kind == 0 {
		return map[string]any{}, nil
	}
	r := reader{}
	return r.value(doc.Content[0], 0)
}

// reader turns nodes into values.
type reader struct{ values int }

func (r *reader) value(n *yaml.Node, depth int) (any, error) {
	if r.values++; r.values > maxValues || depth > maxDepth {
		return nil, mistake{n.Line, fmt.Sprintf("the document has more than %d values or %d levels, aliases included; it is not read", maxValues, maxDepth)}
	}
	switch n.Kind {
	case yaml.AliasNode:
		return r.value(n.Alias, depth+1)
	case yaml.SequenceNode:
		out := make([]any, len(n.Content))
		for i, e := range n.Content {
			v, err := r.value(e, depth+1)
			if err != nil {
				return nil, err
			}
			out[i] = v
		}
		return out, nil
	case yaml.MappingNode:
		return r.mapping(n, depth)
	default:
		return scalar(n)
	}
}

func (r *reader) mapping(n *yaml.Node, depth int) (any, error) {
	out, merged := map[string]any{}, map[string]any{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		v, err := r.value(n.Content[i+1], depth+1)
		if err != nil {
			return nil, err
		}
		if key.Kind == yaml.ScalarNode && key.ShortTag() == "!!merge" {
			if err := merge(merged, v, key.Line); err != nil {
				return nil, err
			}
			continue
		}
		if key.Kind != yaml.ScalarNode {
			return nil, mistake{key.Line, "a key is a text; write it out"}
		}
		if _, twice := out[key.Value]; twice {
			return nil, mistake{key.Line, fmt.Sprintf("the key %q stands here twice; remove one", key.Value)}
		}
		out[key.Value] = v
	}
	for k, v := range merged {
		if _, own := out[k]; !own {
			out[k] = v
		}
	}
	return out, nil
}

// merge adds what a merge key (<<) names; what comes first wins.
func merge(into map[string]any, v any, line int) error {
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	for _, e := range list {
		m, ok := e.(map[string]any)
		if !ok {
			return mistake{line, "<< takes an object, or a list of objects"}
		}
		for k, v := range m {
			if _, first := into[k]; !first {
				into[k] = v
			}
		}
	}
	return nil
}

// number is what JSON calls one. YAML has further spellings.
var number = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$`)

func scalar(n *yaml.Node) (any, error) {
	switch n.ShortTag() {
	case "!!null":
		return nil, nil
	case "!!bool":
		return strings.EqualFold(n.Value, "true"), nil
	case "!!int", "!!float":
		if !number.MatchString(n.Value) {
			return nil, mistake{n.Line, "this could be a number or a text; write the number in decimals, or the text in quotes"}
		}
		return json.Number(n.Value), nil
	case "!!str", "!!timestamp", "!!merge":
		return n.Value, nil
	default:
		return nil, mistake{n.Line, fmt.Sprintf("the tag %s is not known; auth0-deploy-cli does not read it either", n.Tag)}
	}
}
