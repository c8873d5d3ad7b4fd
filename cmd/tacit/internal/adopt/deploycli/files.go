package deploycli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Bounds of what is read: thousands of connections need a few MB.
const (
	maxFile  = 32 << 20
	maxFiles = 50_000
	maxTotal = 256 << 20
)

// input is an export on disk.
type input struct {
	root *os.Root
	// yaml is the name of the one file, "" for a directory of JSON files.
	yaml  string
	total int64
}

// text is a file of an export.
type text struct {
	// section is what auth0-deploy-cli calls the objects in it, "" when the
	// file has all of them.
	section, name string
	body          []byte
}

// folders are those of the directory layout, by section.
func folders() map[string]string {
	return map[string]string{
		"clients": "clients", "connections": "connections", "resourceServers": "resource-servers", "clientGrants": "grants", "organizations": "organizations",
	}
}

// Files of the directory layout that are not one of many.
const (
	tenantFile  = "tenant.json"
	domainsFile = "custom-domains/custom-domains.json"
)

// open finds out which of the two layouts an export has.
func open(name string) (*input, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, fmt.Errorf("the export: %w", err)
	}
	in := &input{}
	dir := name
	if !info.IsDir() {
		dir, in.yaml = filepath.Dir(name), filepath.Base(name)
	}
	if in.root, err = os.OpenRoot(dir); err != nil {
		return nil, fmt.Errorf("the export: %w", err)
	}
	if in.yaml != "" {
		return in, nil
	}
	there := func(name string) bool { _, err := in.root.Stat(name); return err == nil }
	// A YAML export has folders, too: for pages and code.
	for _, yaml := range []string{"tenant.yaml", "tenant.yml"} {
		if there(yaml) {
			in.yaml = yaml
			return in, nil
		}
	}
	for _, name := range append(slices.Collect(maps.Values(folders())), tenantFile) {
		if there(name) {
			return in, nil
		}
	}
	in.close()
	return nil, fmt.Errorf("%s is no export of auth0-deploy-cli: it holds neither tenant.yaml nor folders such as clients and connections", name)
}

func (in *input) close() { _ = in.root.Close() }

// read reads a file inside of the export, whatever links say.
func (in *input) read(name string) ([]byte, error) {
	info, err := in.root.Stat(name)
	if err != nil {
		return nil, plain(name, err)
	}
	if !info.Mode().IsRegular() { // opening a pipe would wait for ever
		return nil, fmt.Errorf("%s is not a regular file", name)
	}
	f, err := in.root.Open(name)
	if err != nil {
		return nil, plain(name, err)
	}
	defer func() { _ = f.Close() }()
	body, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, plain(name, err)
	}
	in.total += int64(len(body))
	if len(body) > maxFile || in.total > maxTotal {
		return nil, fmt.Errorf("%s: an export of more than %d MB in one file or %d MB in all is not read", name, maxFile>>20, maxTotal>>20)
	}
	return body, nil
}

func plain(name string, err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	if strings.Contains(err.Error(), "escapes") {
		return fmt.Errorf("%s lies outside of the export, and only files inside are read; copy it there: %w", name, err)
	}
	return fmt.Errorf("%s: %w", name, err)
}

// texts reads all files that may hold objects of ours.
func (in *input) texts() ([]text, error) {
	if in.yaml != "" {
		body, err := in.read(in.yaml)
		return []text{{"", in.yaml, body}}, err
	}
	var out []text
	for section, folder := range folders() {
		names, err := in.list(folder)
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			if path.Ext(name) != ".json" {
				continue
			}
			body, err := in.read(name)
			if err != nil {
				return nil, err
			}
			if out = append(out, text{section, name, body}); len(out) > maxFiles {
				return nil, fmt.Errorf("the export holds more than %d files", maxFiles)
			}
		}
	}
	for name, section := range map[string]string{tenantFile: "tenant", domainsFile: customDomains} {
		body, err := in.read(name)
		switch {
		case err == nil:
			out = append(out, text{section, name, body})
		case !errors.Is(err, fs.ErrNotExist):
			return nil, err
		}
	}
	slices.SortFunc(out, func(a, b text) int { return strings.Compare(a.name, b.name) })
	return out, nil
}

// list names the files of a folder, none when there is no such folder.
func (in *input) list(folder string) ([]string, error) {
	entries, err := fs.ReadDir(in.root.FS(), folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, plain(folder, err)
	}
	var out []string
	for _, e := range entries {
		out = append(out, path.Join(folder, e.Name()))
	}
	return out, nil
}

// config is what is taken of a config.json: nothing of the credentials.
type config struct {
	Domain   string
	Mappings map[string]any
}

// config reads the file that the person named, or the one beside the objects.
func (in *input) config(name string) (config, error) {
	var c config
	var body []byte
	var err error
	if name != "" {
		body, err = os.ReadFile(name) // #nosec G304 -- the person named it
	} else {
		name = "config.json"
		body, err = in.read(name)
		if errors.Is(err, fs.ErrNotExist) {
			return c, nil
		}
	}
	if err != nil {
		return c, err
	}
	v, err := parseJSON(body)
	if err != nil {
		return c, Broken{one(name, err)}
	}
	m, _ := v.(map[string]any)
	c.Domain, _ = m["AUTH0_DOMAIN"].(string)
	switch mappings := m["AUTH0_KEYWORD_REPLACE_MAPPINGS"].(type) {
	case nil:
	case map[string]any:
		c.Mappings = mappings
	case string: // as in the environment
		if err := json.Unmarshal([]byte(mappings), &c.Mappings); err != nil {
			return c, fmt.Errorf("%s: AUTH0_KEYWORD_REPLACE_MAPPINGS holds no JSON object", name)
		}
	default:
		return c, fmt.Errorf("%s: AUTH0_KEYWORD_REPLACE_MAPPINGS is no object", name)
	}
	return c, nil
}
