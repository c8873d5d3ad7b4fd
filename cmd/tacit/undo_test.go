package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// lastRun implements the verb "lastrun DIR [N]": RUN is the id of the N-th last
// run of a configuration, 1 when N is not given.
func lastRun(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 || len(args) > 2 {
		ts.Fatalf("usage: lastrun DIR [N]")
	}
	n := 1
	if len(args) == 2 {
		var err error
		n, err = strconv.Atoi(args[1])
		ts.Check(err)
	}
	files, err := filepath.Glob(filepath.Join(ts.MkAbs(args[0]), ".tacit", "runs", "*.jsonl"))
	ts.Check(err)
	type run struct {
		id string
		at time.Time
	}
	var runs []run
	for _, f := range files {
		raw, err := os.ReadFile(f)
		ts.Check(err)
		line, _, _ := bytes.Cut(raw, []byte("\n"))
		var head struct{ Time time.Time }
		ts.Check(json.Unmarshal(line, &head))
		runs = append(runs, run{strings.TrimSuffix(filepath.Base(f), ".jsonl"), head.Time})
	}
	slices.SortFunc(runs, func(a, b run) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.id, b.id)) })
	if len(runs) < n {
		ts.Fatalf("only %d runs", len(runs))
	}
	ts.Setenv("RUN", runs[len(runs)-n].id)
}
