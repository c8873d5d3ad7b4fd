package hclconf

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
)

// addRow adds a row to the CSV file that a block goes over.
func (w *parsed) addRow(c *collection, key string, slot func(string) Slot, fill func(Slot) (any, error)) (Change, error) {
	s, err := w.files.dir.read(c.csv)
	if err != nil {
		return Change{}, fmt.Errorf("%s: %w", c.csv, err)
	}
	text := []byte(s)
	columns, rows, err := readCSV(text)
	if err != nil {
		return Change{}, fmt.Errorf("%s: %w", c.csv, err)
	}
	at := slices.Index(columns, c.key)
	if at < 0 {
		return Change{}, fmt.Errorf("%s has no column %s, which holds the keys", c.csv, c.key)
	}
	row := make([]string, len(columns))
	for i, name := range columns {
		if i == at {
			row[i] = key
			continue
		}
		s := slot(name)
		if len(rows) > 0 {
			s.Like = rows[len(rows)-1][i]
		}
		v, err := fill(s)
		if err != nil {
			return Change{}, err
		}
		row[i], _ = plainValue(v, s).(string)
	}
	after, err := AddCSVRow(text, row)
	if err != nil {
		return Change{}, fmt.Errorf("%s: %w", c.csv, err)
	}
	return Change{Path: path.Clean(c.csv), Before: text, After: after}, nil
}

// readCSV reads a file as csvdecode does: the first row names the columns, all
// rows have as many fields.
func readCSV(text []byte) (columns []string, rows [][]string, err error) {
	all, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		return nil, nil, err
	}
	if len(all) == 0 {
		return nil, nil, errors.New("it has no row with the names of the columns")
	}
	return all[0], all[1:], nil
}

// AddCSVRow adds a row at the end of a CSV file, in the file's manner: its line
// ends, and quotes around every field where the last row has them. What is
// there stays as it is, byte for byte. Fields that spreadsheets take for
// formulas are refused.
func AddCSVRow(text []byte, row []string) ([]byte, error) {
	columns, rows, err := readCSV(text)
	if err != nil {
		return nil, err
	}
	if len(row) != len(columns) {
		return nil, fmt.Errorf("it has %d columns and not %d", len(columns), len(row))
	}
	for i, v := range row {
		if why := badField(v); why != "" {
			return nil, &FieldError{columns[i], v, why}
		}
	}
	end := "\n"
	if bytes.Contains(text, []byte("\r\n")) {
		end = "\r\n"
	}
	quote := allQuoted(lastLine(text), len(columns))
	fields := make([]string, len(row))
	for i, v := range row {
		// A row of one empty field is an empty line, which readers pass over.
		if quote || strings.ContainsAny(v, "\",") || v != strings.TrimSpace(v) || v == "" && len(row) == 1 {
			v = `"` + strings.ReplaceAll(v, `"`, `""`) + `"`
		}
		fields[i] = v
	}
	out := slices.Clone(text)
	if !bytes.HasSuffix(out, []byte("\n")) {
		out = append(out, end...)
	}
	out = append(out, strings.Join(fields, ",")+end...)
	// What was written is read again: nothing that is there may change.
	if c, again, err := readCSV(out); err != nil || !slices.Equal(c, columns) || !slices.EqualFunc(again, append(rows, row), slices.Equal) {
		return nil, errors.New("a row cannot be added to it as it is laid out")
	}
	return out, nil
}

// FieldError is a value that does not belong into a CSV file.
type FieldError struct{ Column, Value, Why string }

// Error quotes the value.
func (e *FieldError) Error() string {
	return fmt.Sprintf("the value %.100q for the column %s %s", e.Value, e.Column, e.Why)
}

func badField(v string) string {
	switch {
	case strings.ContainsAny(v, "\r\n\x00"):
		return "holds a line break or a control character"
	case v != "" && strings.ContainsRune("=+-@\t", rune(v[0])):
		return "begins like a formula, which a spreadsheet would carry out"
	default:
		return ""
	}
}

func lastLine(text []byte) string {
	s := strings.TrimRight(string(text), "\r\n")
	return s[strings.LastIndexByte(s, '\n')+1:]
}

// allQuoted: every field of the line stands in quotes.
func allQuoted(line string, fields int) bool {
	return strings.HasPrefix(line, `"`) && strings.HasSuffix(line, `"`) && strings.Count(line, `","`) == fields-1
}
