package terraform

import (
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/tacit-dev/tacit/cmd/tacit/internal/adopt"
	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/hclconf"
)

const secretStays = "it is a secret, and secrets are not copied; to manage it, set it from a variable with sensitive = true"

// value says a value as tacit's row takes it; nil is Terraform's null, which
// means unmanaged in both.
func (s site) value(row *schema.Attr, r rule, e hclconf.Expr) (any, error) {
	if row.Has(schema.Secret) {
		return nil, errors.New(secretStays)
	}
	if err := s.secret("", e); err != nil {
		return nil, err
	}
	v, literal := e.Literal()
	text, isText := v.(string)
	switch {
	case literal && v == nil:
		return nil, nil //nolint:nilnil // null: nothing to write
	case r.via == jsonText:
		return s.json(e)
	case (r.via == nullText || r.via == boolText) && text == "null":
		return nil, fmt.Errorf("Terraform takes the setting back; write reset = [%q]", row.Name) //nolint:staticcheck // a name
	case r.via == boolText && isText:
		return text == "true", nil
	case row.Type == schema.Ref:
		return s.ref(e)
	case row.Type == schema.Refs:
		return s.refs(e)
	case literal && !strings.Contains(string(e.Source()), "\n"):
		if v, ok := scalar(row, v); ok {
			return v, nil
		}
	}
	return s.code(e)
}

// scalar spells a single value as the row's type does: Terraform takes "true"
// for true, and 5 for "5".
func scalar(row *schema.Attr, v any) (any, bool) {
	switch v := v.(type) {
	case string:
		switch {
		case row.Type == schema.Bool && (v == "true" || v == "false"):
			return v == "true", true
		case row.Type == schema.Number && json.Valid([]byte(v)):
			return json.Number(v), true
		}
		return v, true
	case json.Number:
		if row.Type == schema.String {
			return v.String(), true
		}
		return v, true
	case bool:
		return v, true
	default:
		return nil, false
	}
}

// json takes a text that holds JSON for the value that it says.
func (s site) json(e hclconf.Expr) (any, error) {
	if name, args, ok := e.Call(); ok && name == "jsonencode" && len(args) == 1 {
		return s.code(args[0])
	}
	if text, ok := e.Text(); ok {
		d := json.NewDecoder(strings.NewReader(text))
		d.UseNumber()
		var v any
		if err := d.Decode(&v); err != nil {
			return nil, errors.New("it is no JSON")
		}
		return v, nil
	}
	code, err := s.code(e)
	return "jsondecode(" + code + ")", err
}

// secret refuses expressions that hold what looks like a secret.
func (s site) secret(name string, e hclconf.Expr) error {
	found := false
	e.Texts(func(key, text string) {
		if key == "" {
			key = name
		}
		last := key[strings.LastIndexByte(key, '.')+1:]
		found = found || adopt.LooksSecret(key, text) || adopt.LooksSecret(last, text)
	})
	if found {
		return errors.New("it holds what looks like a secret, and secrets are not copied; set it from a variable with sensitive = true")
	}
	return nil
}

// call takes over calls of functions that Terraform has and tacit has not, and
// notes the files that others read.
func (s site) call(name string, args []hclconf.Expr) (string, error) {
	switch name {
	case "file", "filebase64", "fileexists":
		if len(args) != 1 {
			return "", errors.New(name + " takes one argument")
		}
		if err := s.beside(s.pattern(args[0])); err != nil {
			return "", err
		}
	case "fileset":
		if len(args) != 2 { //nolint:mnd // a directory and a pattern
			return "", errors.New("fileset takes two arguments")
		}
		if text, ok := args[1].Text(); ok {
			return "", s.beside(path.Join(s.pattern(args[0]), text))
		}
	}
	if name == "filebase64" {
		return "base64encode file", nil
	}
	return "", nil
}

// pattern is the name of a file, with * for what is computed.
func (s site) pattern(e hclconf.Expr) string {
	var b strings.Builder
	for _, p := range e.Pieces() {
		text, ok := p.Text()
		m := p.Mention(s.dialect())
		switch {
		case ok:
			b.WriteString(escape.Replace(text))
		case len(m) == 2 && m[0].Name == "path": //nolint:mnd // path.module
			b.WriteString(".")
		default:
			b.WriteString("*")
		}
	}
	return path.Clean(b.String())
}

var escape = strings.NewReplacer(`*`, `\*`, `?`, `\?`, `[`, `\[`, `\`, `\\`)

// beside copies the files that an expression reads.
func (s site) beside(pattern string) error {
	if path.IsAbs(pattern) || pattern == ".." || strings.HasPrefix(pattern, "../") {
		return errors.New("it reads a file outside of the directory, and tacit reads none there; copy the file beside the configuration")
	}
	names, err := s.src.Glob(pattern)
	if err != nil {
		return err
	}
	if len(names) == 0 {
		return errors.New("it reads a file that is not there")
	}
	for _, n := range names {
		if s.files[n] != nil || notForUse(n) {
			continue
		}
		text, err := s.src.Read(n)
		switch {
		case err != nil:
			return fmt.Errorf("%s: %w", n, err)
		case adopt.LooksSecret("", text):
			return errors.New("it reads a private key, and secrets are not copied")
		case s.Present != nil && s.Present(n) != nil && string(s.Present(n)) != text:
			return fmt.Errorf("it reads %s, and the directory holds another file of that name", n)
		}
		s.files[n] = []byte(text)
	}
	return nil
}

// notForUse: Terraform's own files, which may hold secrets.
func notForUse(name string) bool {
	return strings.HasPrefix(name, ".") || slices.ContainsFunc([]string{".tf", ".tfvars", ".tfstate", ".hcl", ".backup"}, func(end string) bool { return strings.HasSuffix(name, end) })
}
