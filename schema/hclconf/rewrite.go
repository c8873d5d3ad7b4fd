package hclconf

import (
	"errors"
	"strings"

	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"

	"github.com/tacit-dev/tacit/schema"
)

// Rewrite replaces the literal text at a range of a file ([Origin.Literal]) by
// another one. A heredoc keeps its marker and its indentation, unless that
// would strip spaces of the text; everything around the text stays as it is.
func Rewrite(src []byte, at schema.Range, text string) ([]byte, error) {
	from, to := at.Start.Byte, at.End.Byte
	if from < 0 || to < from || to > len(src) {
		return nil, errors.New("the file was changed meanwhile; run it again")
	}
	old := string(src[from:to])
	written := string(hclwrite.TokensForValue(cty.StringVal(text)).Bytes())
	if strings.HasPrefix(old, "<<") {
		var err error
		if written, err = heredoc(old, text); err != nil {
			return nil, err
		}
	}
	return []byte(string(src[:from]) + written + string(src[to:])), nil
}

// heredoc puts a text between the first and the last line of a heredoc.
func heredoc(old, text string) (string, error) {
	head, body, _ := strings.Cut(old, "\n")
	last := strings.LastIndexByte(strings.TrimSuffix(body, "\n"), '\n') + 1
	body, tail := body[:last], body[last:]
	indent := ""
	switch {
	case strings.HasPrefix(head, "<<-") && allIndented(text):
		head = "<<" + head[len("<<-"):]
	case strings.HasPrefix(head, "<<-"):
		indent = body[:len(body)-len(strings.TrimLeft(body, " \t"))]
	}
	var b strings.Builder
	b.WriteString(head + "\n")
	for line := range strings.Lines(strings.TrimSuffix(text, "\n") + "\n") {
		if strings.TrimSpace(line) == strings.TrimSpace(tail) {
			return "", errors.New("the text holds the line that ends the heredoc; keep it in a file of its own")
		}
		if strings.TrimSpace(line) != "" {
			b.WriteString(indent)
		}
		b.WriteString(strings.NewReplacer("${", "$${", "%{", "%%{").Replace(line))
	}
	return b.String() + tail, nil
}

// allIndented: all lines that show something begin with a space, which <<- strips.
func allIndented(text string) bool {
	for line := range strings.Lines(text) {
		if strings.TrimSpace(line) != "" && line[0] != ' ' && line[0] != '\t' {
			return false
		}
	}
	return true
}
