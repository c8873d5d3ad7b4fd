package apply

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
)

// Outcome is what is known of a write.
type Outcome string

// The outcomes.
const (
	// Open: announced, and then the journal ends.
	Open Outcome = "open"
	// Done: answered with success, or found by the same run.
	Done Outcome = "done"
	// Failed: certainly not made.
	Failed Outcome = "failed"
	// Doubt: sent, and the answer was lost.
	Doubt Outcome = "in doubt"
	// Found and Lost: a later run looked.
	Found Outcome = "found"
	Lost  Outcome = "lost"
)

// Step is one write of a past run.
type Step struct {
	Intent
	Time    time.Time
	Outcome Outcome
	// Made is the id the object got or has, "" while unknown.
	Made     string
	LookedUp bool
}

// unknown: nobody knows whether the write was made.
func (s *Step) unknown() bool { return s.Outcome == Open || s.Outcome == Doubt }

// nameless: the journal may not say what the object is found by.
func (s *Step) nameless() bool { return s.Mark == "" && s.Key == "" }

// PastRun is a run as its journal tells it.
type PastRun struct {
	Head
	Started time.Time
	Steps   []Step
	// End is nil when the run was stopped.
	End *End
	// RecoveredBy is the later run that is done with this one.
	RecoveredBy string
	// good is where the last whole record ends; what follows is half a line.
	good int64
}

// Finished reports whether nothing is left to find out about the run.
func (r *PastRun) Finished() bool {
	return r.RecoveredBy != "" || r.End != nil && r.End.InDoubt == 0
}

// Counts returns how many objects the run created, updated and deleted as far as
// is known, and how many writes are unknown.
func (r *PastRun) Counts() End {
	var e End
	updated := map[string]bool{}
	for i := range r.Steps {
		s := &r.Steps[i]
		switch {
		case s.unknown():
			e.InDoubt++
		case s.Outcome == Failed || s.Outcome == Lost:
		case s.Action == string(plan.Create):
			e.Created++
			updated[s.Address] = true
		case s.Action == string(plan.Delete):
			e.Deleted++
		case !updated[s.Address]:
			e.Updated++
			updated[s.Address] = true
		}
	}
	e.OK = r.End != nil && r.End.OK
	return e
}

// State says in one word how the run ended.
func (r *PastRun) State() string {
	switch {
	case r.End != nil && r.End.OK:
		return "ok"
	case r.RecoveredBy != "":
		return "stopped, looked after by " + r.RecoveredBy
	case r.End != nil:
		return "failed"
	default:
		return "unfinished"
	}
}

// ErrNoRun is returned for a journal that holds no whole record: its run was
// stopped before it wrote anything.
var ErrNoRun = errors.New("the journal holds no record")

// maxLine bounds a record. The longest hold the URL lists of an application:
// a few hundred kilobytes by the documented limits.
const maxLine = 16 << 20

// ReadJournal reads a journal. A last line that was cut or damaged, as a kill or
// a crash leaves it, is left out; anything else that does not fit is an error.
func ReadJournal(in io.Reader) (*PastRun, error) {
	r := &PastRun{}
	sc := bufio.NewScanner(in)
	sc.Buffer(nil, maxLine)
	sc.Split(keepNewline)
	var bad error
	for line := 1; sc.Scan(); line++ {
		if bad != nil {
			return nil, fmt.Errorf("line %d of the journal is damaged: %w", line-1, bad)
		}
		if bad = r.take(sc.Bytes()); bad == nil {
			r.good += int64(len(sc.Bytes()))
		}
	}
	if err := sc.Err(); err != nil {
		return nil, fmt.Errorf("reading the journal: %w", err)
	}
	if refused := new(refusedRecord); errors.As(bad, &refused) {
		return nil, bad
	}
	if r.Run == "" {
		return nil, ErrNoRun
	}
	return r, nil
}

// keepNewline splits into lines with their line feed.
func keepNewline(data []byte, atEOF bool) (int, []byte, error) {
	if i := bytes.IndexByte(data, '\n'); i >= 0 {
		return i + 1, data[:i+1], nil
	}
	if atEOF && len(data) > 0 {
		return len(data), data, nil
	}
	return 0, nil, nil
}

// refusedRecord is a whole record that makes no sense, also as the last one.
type refusedRecord struct{ text string }

func (e *refusedRecord) Error() string { return "the journal " + e.text }

func refuse(format string, args ...any) error {
	return &refusedRecord{fmt.Sprintf(format, args...)}
}

func decodeRecord(raw []byte) (Record, error) {
	var rec Record
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	dec.DisallowUnknownFields()
	if err := dec.Decode(&rec); err != nil {
		return rec, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return rec, errors.New("more follows the record")
	}
	return rec, nil
}

func (r *PastRun) take(raw []byte) error {
	rec, err := decodeRecord(raw)
	if err != nil {
		if json.Valid(raw) { // whole, so no kill made it
			return refuse("holds a record that this program does not understand: %v", err)
		}
		return err
	}
	if (rec.Record == recordRun) != (r.Run == "") {
		return refuse("does not begin with the record of a run, or begins twice")
	}
	switch rec.Record {
	case recordRun:
		return r.begin(rec)
	case recordIntent:
		return r.intend(rec)
	case recordDone, recordFailed, recordFound, recordLost:
		return r.outcome(rec)
	case recordEnd:
		if rec.End == nil {
			return refuse("ends without saying how")
		}
		r.End = rec.End
	case recordRecovered:
		if rec.By == "" {
			return refuse("was recovered by nobody")
		}
		r.RecoveredBy = rec.By
	default:
		return refuse("holds a record %q that this program does not know", rec.Record)
	}
	return nil
}

func (r *PastRun) begin(rec Record) error {
	h := rec.Run
	switch {
	case h == nil || !runIDs.MatchString(h.Run):
		return refuse("does not say of which run it is")
	case majorOf(h.Format) != majorOf(JournalFormat):
		return refuse("has format %q, this program reads %s", h.Format, JournalFormat)
	}
	r.Head, r.Started = *h, rec.Time
	return nil
}

func majorOf(version string) string {
	m, _, _ := strings.Cut(version, ".")
	return m
}

func (r *PastRun) intend(rec Record) error {
	i := rec.Intent
	if i == nil || rec.N != len(r.Steps)+1 {
		return refuse("announces write %d out of order", rec.N)
	}
	k := schema.KindByName(i.Kind)
	a, err := schema.ParseAddress(i.Address)
	if err != nil || k == nil || a.Kind != i.Kind || k.Collection != i.Collection || k.Collection == "" {
		return refuse("announces a write to %q, which is no object", i.Address)
	}
	switch i.Action {
	case string(plan.Create):
	case string(plan.Update), string(plan.Delete), actionClients:
		if i.ID == "" {
			return refuse("does not say which object it is that it announces to %s", i.Action)
		}
	default:
		return refuse("announces %q, which is no action", i.Action)
	}
	for _, l := range i.Attributes {
		if k.Attr(l.Name) == nil || !l.Before.valid() || !l.After.valid() {
			return refuse("does not make sense of %s of %s", l.Name, i.Address)
		}
	}
	r.Steps = append(r.Steps, Step{Intent: *i, Time: rec.Time, Outcome: Open, Made: i.ID})
	return nil
}

func (h Held) valid() bool {
	return (h.Is == isValue) == (h.V != nil) && slices.Contains([]string{isValue, isNull, isAbsent, isSecret}, h.Is)
}

func (r *PastRun) outcome(rec Record) error {
	if rec.N < 1 || rec.N > len(r.Steps) {
		return refuse("tells the outcome of write %d, which it never announced", rec.N)
	}
	s := &r.Steps[rec.N-1]
	if rec.ID != "" {
		s.Made = rec.ID
	}
	switch rec.Record {
	case recordDone:
		s.Outcome, s.LookedUp = Done, rec.LookedUp
	case recordFailed:
		s.Outcome = Failed
		if rec.InDoubt {
			s.Outcome = Doubt
		}
	case recordFound:
		s.Outcome = Found
	case recordLost:
		s.Outcome = Lost
	}
	return nil
}
