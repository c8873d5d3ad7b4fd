package cli

import (
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// release is the version of this source tree.
const release = "0.1.0"

func version() string { return release }

// build is what "tacit version" tells.
type build struct {
	Version string `json:"version"`
	Commit  string `json:"commit,omitempty"`
	SDK     string `json:"go_auth0,omitempty"`
	Go      string `json:"go"`
}

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			b := readBuild()
			if a.global.json {
				return a.json(b)
			}
			a.out.Line("tacit %s", b.Version)
			if b.Commit != "" {
				a.out.Line("commit %s", b.Commit)
			}
			a.out.Line("go-auth0 %s, %s", b.SDK, b.Go)
			return nil
		},
	}
}

func readBuild() build {
	b := build{Version: release, Go: runtime.Version(), SDK: "(unknown)"}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			b.Commit = s.Value
		}
	}
	for _, d := range info.Deps {
		if d.Path == "github.com/auth0/go-auth0/v3" {
			b.SDK = d.Version
		}
	}
	return b
}
