package view

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// JSON writes v indented, with the keys of every object sorted. Characters
// that could act on a terminal are written as JSON escapes, so that a reader
// gets the very same data.
func JSON(w io.Writer, v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	// Through a generic value: maps are written with sorted keys.
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var generic any
	if err := dec.Decode(&generic); err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(generic); err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	_, err = w.Write(escapeJSON(buf.Bytes()))
	return err
}

// escapeJSON replaces what clean would replace. Such characters stand only
// inside strings, where \u escapes are the same data.
func escapeJSON(raw []byte) []byte {
	out := make([]byte, 0, len(raw))
	for len(raw) > 0 {
		plain := bytes.IndexFunc(raw, func(r rune) bool { return r != '\n' && (r > '~' || r < ' ') && !visible(r) })
		if plain < 0 {
			plain = len(raw)
		}
		out, raw = append(out, raw[:plain]...), raw[plain:]
		if len(raw) == 0 {
			break
		}
		r, n := utf8.DecodeRune(raw)
		if r > 0xFFFF {
			hi, lo := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, hi, lo)
		} else {
			out = fmt.Appendf(out, `\u%04x`, r)
		}
		raw = raw[n:]
	}
	if !bytes.Contains(out, []byte("##")) {
		return out
	}
	return []byte(ciCommands(`\u0023`).Replace(string(out)))
}
