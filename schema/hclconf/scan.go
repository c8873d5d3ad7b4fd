package hclconf

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// Limits of the texts that are decoded.
const (
	maxCSV   = 4 << 20 // bytes
	maxJSON  = 4 << 20
	maxYAML  = 1 << 20
	maxCells = 500_000 // fields of a CSV file, values of a document
	maxRows  = 100_000
)

var cellLimit = fmt.Sprintf("the document has more than %d values; split it.", maxCells)

func tooLong(what string, n, limit int) string {
	if n <= limit {
		return ""
	}
	return fmt.Sprintf("%s of more than %d MB is not decoded; split it.", what, limit>>20)
}

// csvText counts rows and columns.
func csvText(b *budget, r hcl.Range, args []cty.Value, _ weight) string {
	s := argText(args, 0)
	if why := tooLong("CSV", len(s), maxCSV); why != "" {
		return why
	}
	header, _, _ := strings.Cut(s, "\n")
	columns, rows := strings.Count(header, ",")+1, strings.Count(s, "\n")+1
	if rows > maxRows || times(rows, columns) > maxCells {
		return fmt.Sprintf("the table has more than %d rows or %d fields; split it.", maxRows, maxCells)
	}
	b.made(r, rows*columns, 0)
	return ""
}

// jsonText scans a document before anything recurses into it.
func jsonText(b *budget, r hcl.Range, args []cty.Value, _ weight) string {
	s := argText(args, 0)
	if why := tooLong("JSON", len(s), maxJSON); why != "" {
		return why
	}
	depth, values, digits, quoted := 0, 0, 0, false
	for i := 0; i < len(s); i++ {
		c := s[i]
		if quoted {
			switch c {
			case '\\':
				i++
			case '"':
				quoted = false
			}
			continue
		}
		if c >= '0' && c <= '9' {
			digits++
		} else if c != '.' {
			digits = 0
		}
		switch c {
		case '"':
			quoted = true
		case '[', '{':
			depth++
			values++
		case ']', '}':
			depth--
		case ',':
			values++
		}
		if why := documentLimit(depth, values, digits); why != "" {
			return why
		}
	}
	b.made(r, values, 0)
	b.charge(r, values*3000)
	return ""
}

func documentLimit(depth, values, digits int) string {
	switch {
	case depth > maxNesting:
		return fmt.Sprintf("the document is nested deeper than %d levels.", maxNesting)
	case values > maxCells:
		return cellLimit
	case digits > maxDigits:
		return fmt.Sprintf("a number has at most %d digits.", maxDigits)
	default:
		return ""
	}
}

// yamlText scans a document before anything recurses into it. Brackets count
// wherever they stand: what is a text in YAML is hard to say.
func yamlText(b *budget, r hcl.Range, args []cty.Value, _ weight) string {
	s := argText(args, 0)
	if why := tooLong("YAML", len(s), maxYAML); why != "" {
		return why
	}
	depth, values, digits, marks, start := 0, 0, 0, 0, true
	for i := range len(s) {
		c := s[i]
		if c >= '0' && c <= '9' {
			digits++
		} else if c != '.' && c != '_' {
			digits = 0
		}
		switch c {
		case '\n':
			start, marks = true, 0
			values++
		case ',':
			values++
		case '[', '{':
			depth++
			values++
		case ']', '}':
			depth = max(0, depth-1)
		case '-', '?', ':':
			if start {
				marks++
			}
		case ' ', '\t', '\r':
		default:
			start = false
		}
		if why := documentLimit(max(depth, marks), values, digits); why != "" {
			return why
		}
	}
	b.made(r, values, 0)
	return ""
}
