package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Fault is a misbehaviour on request: of every matching request, or of the Nth one alone.
type Fault struct {
	Method string      `json:"method,omitempty"` // empty or * matches any
	Path   string      `json:"path,omitempty"`   // with or without /api/v2; * is any text without a slash, ** any text; empty matches all
	Nth    int         `json:"nth,omitempty"`    // counted from 1 among the requests that match; 0 is every one
	Action FaultAction `json:"action"`
	Status int         `json:"status,omitempty"` // of status, html and commit-then-fail
	Millis int         `json:"ms,omitempty"`     // of delay and stale-list
}

// FaultAction says what goes wrong.
type FaultAction string

// The actions. Delays and stale lists add to what other faults do; of the rest the first that is due acts.
const (
	FaultStatus         FaultAction = "status"           // answers with Status (503) and Auth0's error body; nothing is done
	FaultDelay          FaultAction = "delay"            // waits Millis, then goes on
	FaultCut            FaultAction = "cut"              // closes the connection before an answer; nothing is done
	FaultTruncate       FaultAction = "truncate"         // sends half of the answer's body, then closes the connection
	FaultHTML           FaultAction = "html"             // answers with Status (502) and a proxy's HTML page; nothing is done
	FaultCommitThenFail FaultAction = "commit-then-fail" // does what was asked, then answers with Status (502)
	FaultCommitThenCut  FaultAction = "commit-then-cut"  // does what was asked, then closes the connection
	FaultEndlessNext    FaultAction = "endless-next"     // a checkpoint list whose next never ends: its last page leads to the first
	FaultStaleList      FaultAction = "stale-list"       // a list without the objects created less than Millis ago
)

func faultActions() []string {
	return []string{
		string(FaultStatus), string(FaultDelay), string(FaultCut), string(FaultTruncate), string(FaultHTML),
		string(FaultCommitThenFail), string(FaultCommitThenCut), string(FaultEndlessNext), string(FaultStaleList),
	}
}

// ParseFaults reads a JSON list of faults. Unknown keys and values that an action has no use for are errors, all told at
// once.
func ParseFaults(data []byte) ([]Fault, error) {
	v, err := decode(data)
	if err != nil {
		return nil, fmt.Errorf("faults: %w", err)
	}
	list, ok := v.([]any)
	if !ok {
		return nil, fmt.Errorf(`faults: expected a list such as [{"method": "POST", "path": "/connections", "nth": 1, "action": "cut"}], found %s`, jsonType(v))
	}
	var errs []error
	out := make([]Fault, 0, len(list))
	for i, e := range list {
		f, err := parseFault(e)
		if err != nil {
			errs = append(errs, fmt.Errorf("faults[%d]: %w", i, err))
			continue
		}
		out = append(out, f)
	}
	if err := errors.Join(append(errs, checkFaults(out))...); err != nil {
		return nil, err
	}
	return out, nil
}

// parseFault reads one element of the list.
func parseFault(v any) (Fault, error) {
	o, ok := v.(object)
	if !ok {
		return Fault{}, fmt.Errorf("expected an object, found %s", jsonType(v))
	}
	known := []string{"method", "path", "nth", "action", "status", "ms"}
	for _, key := range slices.Sorted(maps.Keys(o)) {
		if slices.Contains(known, key) {
			continue
		}
		if near := nearest(key, known); near != "" {
			return Fault{}, fmt.Errorf("unknown key %q; did you mean %q?", key, near)
		}
		return Fault{}, fmt.Errorf("unknown key %q; a fault has %s", key, strings.Join(known, ", "))
	}
	data, err := encode(o)
	if err != nil {
		return Fault{}, err
	}
	var f Fault
	if err := json.Unmarshal(data, &f); err != nil {
		var wrong *json.UnmarshalTypeError
		if errors.As(err, &wrong) {
			return Fault{}, fmt.Errorf("%s: expected %s, found %s", wrong.Field, wrong.Type, wrong.Value)
		}
		return Fault{}, err
	}
	return f, nil
}

// checkFaults refuses faults that could not mean anything.
func checkFaults(list []Fault) error {
	var errs []error
	for i, f := range list {
		if err := f.check(); err != nil {
			errs = append(errs, fmt.Errorf("faults[%d]: %w", i, err))
		}
	}
	return errors.Join(errs...)
}

func (f Fault) check() error {
	takesStatus := f.Action == FaultStatus || f.Action == FaultHTML || f.Action == FaultCommitThenFail
	takesMillis := f.Action == FaultDelay || f.Action == FaultStaleList
	switch {
	case f.Action == "":
		return fmt.Errorf("action is missing; the actions are %s", strings.Join(faultActions(), ", "))
	case !slices.Contains(faultActions(), string(f.Action)):
		if near := nearest(string(f.Action), faultActions()); near != "" {
			return fmt.Errorf("unknown action %q; did you mean %q?", f.Action, near)
		}
		return fmt.Errorf("unknown action %q; the actions are %s", f.Action, strings.Join(faultActions(), ", "))
	case f.Nth < 0:
		return fmt.Errorf("nth: %d is less than 0", f.Nth)
	case f.Path != "" && !strings.HasPrefix(f.Path, "/") && !strings.HasPrefix(f.Path, "*"):
		return fmt.Errorf("path: %q starts with neither / nor *", f.Path)
	case !takesStatus && f.Status != 0:
		return fmt.Errorf("status has no meaning for %s", f.Action)
	case f.Status != 0 && (f.Status < 200 || f.Status > 599):
		return fmt.Errorf("status: %d is not between 200 and 599", f.Status)
	case !takesMillis && f.Millis != 0:
		return fmt.Errorf("ms has no meaning for %s", f.Action)
	case takesMillis && f.Millis <= 0:
		return fmt.Errorf("ms: %s needs a number of milliseconds above 0", f.Action)
	}
	return nil
}

// faults are the faults of a tenant and how often each has matched.
type faults struct {
	mu   sync.Mutex
	list []*armedFault
}

type armedFault struct {
	Fault
	path *regexp.Regexp
	seen int
}

func newFaults(list []Fault) (*faults, error) {
	if err := checkFaults(list); err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	out := &faults{}
	for _, f := range list {
		re, err := regexp.Compile(globPattern(f.Path))
		if err != nil {
			return nil, fmt.Errorf("sandbox: faults: path %q: %w", f.Path, err)
		}
		out.list = append(out.list, &armedFault{Fault: f, path: re})
	}
	return out, nil
}

// globPattern turns a path with stars into a regular expression over the escaped path.
func globPattern(glob string) string {
	if glob == "" {
		return ""
	}
	var b strings.Builder
	b.WriteString("^(?:" + apiPrefix + ")?")
	for i, part := range strings.Split(glob, "**") {
		if i > 0 {
			b.WriteString(".*")
		}
		for j, plain := range strings.Split(part, "*") {
			if j > 0 {
				b.WriteString("[^/]*")
			}
			b.WriteString(regexp.QuoteMeta(plain))
		}
	}
	return b.String() + "$"
}

// due counts a request and gives the faults that it meets, in their order.
func (fs *faults) due(r *http.Request) []Fault {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	var out []Fault
	for _, f := range fs.list {
		if f.Method != "" && f.Method != "*" && !strings.EqualFold(f.Method, r.Method) || !f.path.MatchString(r.URL.EscapedPath()) {
			continue
		}
		f.seen++
		if f.Nth == 0 || f.Nth == f.seen {
			out = append(out, f.Fault)
		}
	}
	return out
}
