package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"strconv"
)

// object is a raw API body. Stored bodies are never changed in place: a write stores a new object, so readers may
// encode what they hold without a lock.
type object = map[string]any

// decode reads one JSON value, keeping numbers as they were written (json.Number), and refuses trailing text.
func decode(data []byte) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, errors.New("the document is empty")
		}
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("text after the end of the JSON document")
	}
	return v, nil
}

// encode renders a body as Auth0 sends it: compact, with <, > and & as they are.
func encode(v any) ([]byte, error) { return encodeIndent(v, "") }

// encodeIndent is encode with an indent per level.
func encodeIndent(v any, indent string) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", indent)
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("encode JSON: %w", err)
	}
	return bytes.TrimRight(buf.Bytes(), "\n"), nil
}

// clone copies the top level of a body, which is all a write changes in place.
func clone(o object) object {
	if o == nil {
		return object{}
	}
	return maps.Clone(o)
}

// text is the string at key, or "".
func text(o object, key string) string {
	v, _ := o[key].(string)
	return v
}

// flag is the boolean at key, or false.
func flag(o object, key string) bool {
	v, _ := o[key].(bool)
	return v
}

// child is the object at key, or nil.
func child(o object, key string) object {
	v, _ := o[key].(object)
	return v
}

// number is an integer in the form that decoded bodies hold.
func number(n int64) json.Number { return json.Number(strconv.FormatInt(n, 10)) }

// setDefault adds key unless the body has it.
func setDefault(o object, key string, v any) {
	if _, ok := o[key]; !ok {
		o[key] = v
	}
}
