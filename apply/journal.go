package apply

import (
	"time"

	"github.com/tacit-dev/tacit/plan"
	"github.com/tacit-dev/tacit/schema"
)

// JournalFormat is the version of the journal's lines. A reader refuses another
// major number.
const JournalFormat = "1.1"

// Head says which run a journal is of.
type Head struct {
	Format string `json:"format"`
	Run    string `json:"run"`
	Tenant string `json:"tenant"`
	// Sandbox is the store of the local tenant, "" for a real one.
	Sandbox   string `json:"sandbox,omitempty"`
	Workspace string `json:"workspace"`
	// Version is tacit's.
	Version string `json:"version"`
	// Undoes is the run that this one takes back.
	Undoes string `json:"undoes,omitempty"`
	// Configuration is a digest of the files and variables that the run carries
	// out, "" when it does not carry out all of them.
	Configuration string `json:"configuration,omitempty"`
}

// Same reports whether both are runs on one tenant and workspace.
func (h Head) Same(o Head) bool {
	return h.Tenant == o.Tenant && h.Sandbox == o.Sandbox && h.Workspace == o.Workspace
}

// The records of a journal, by Record.Record.
const (
	recordRun       = "run"
	recordIntent    = "intent"
	recordDone      = "done"
	recordFailed    = "failed"
	recordEnd       = "end"
	recordFound     = "found"     // a later run looked, and it was made
	recordLost      = "lost"      // a later run looked, and it was not made
	recordRecovered = "recovered" // a later run is done with this journal
)

// Record is one line of a journal.
type Record struct {
	Record string    `json:"record"`
	Time   time.Time `json:"time"`
	Run    *Head     `json:"run,omitempty"`
	// N numbers the writes of a run from 1; an outcome names its intent.
	N      int     `json:"n,omitempty"`
	Intent *Intent `json:"intent,omitempty"`
	// ID is the object's, once it is known.
	ID string `json:"id,omitempty"`
	// LookedUp: the answer was lost and the object was found by looking.
	LookedUp bool `json:"looked_up,omitempty"`
	// Error is the class of a failure: its text may quote values.
	Error   string `json:"error,omitempty"`
	InDoubt bool   `json:"in_doubt,omitempty"`
	End     *End   `json:"end,omitempty"`
	// By is the later run that recovered this one.
	By string `json:"by,omitempty"`
}

// End counts what a run did.
type End struct {
	OK      bool `json:"ok"`
	Created int  `json:"created"`
	Updated int  `json:"updated"`
	Deleted int  `json:"deleted"`
	// InDoubt counts writes of which nobody knows whether they were made.
	InDoubt int `json:"in_doubt"`
}

// Intent is a write that is about to be sent.
type Intent struct {
	Address    string            `json:"address"`
	Kind       string            `json:"kind"`
	Collection schema.Collection `json:"collection"`
	// Action is create, update, delete, or clients (of a connection).
	Action string `json:"action"`
	ID     string `json:"id,omitempty"`
	// Key is the natural key, "" when it is sensitive.
	Key  string `json:"key,omitempty"`
	Mark string `json:"mark,omitempty"`
	// Attributes are what the write changes.
	Attributes []Leaf `json:"attributes,omitempty"`
	// Enable and Disable are the ids of clients.
	Enable  []string `json:"enable,omitempty"`
	Disable []string `json:"disable,omitempty"`
}

// actionClients is the write that sets the clients of a connection.
const actionClients = "clients"

// Leaf is one attribute of a write.
type Leaf struct {
	Name   string `json:"name"`
	Before Held   `json:"before"`
	After  Held   `json:"after"`
}

// Held is a value as a journal keeps it.
type Held struct {
	// Is is value, null, absent or secret. Of a secret nothing is kept, not
	// even a digest.
	Is string `json:"is"`
	V  any    `json:"value,omitempty"`
	// From is, for absent, the shortest path of the body that was absent.
	From string `json:"from,omitempty"`
}

const (
	isValue  = "value"
	isNull   = "null"
	isAbsent = "absent"
	isSecret = "secret"
)

// intentOf describes the write of a change. now is the object before it, nil
// for a create.
func intentOf(c *plan.Change, workspace string, now *schema.Observed, ids schema.IDs) Intent {
	o := c.Object()
	i := Intent{Address: c.Address, Kind: c.Kind, Collection: o.Kind.Collection, Action: string(c.Action), ID: c.ID, Key: c.Name}
	if k := o.Kind.Index(o.Kind.NaturalKey); k >= 0 && o.Wants[k].Sensitive {
		i.Key = ""
	}
	if o.Kind.Mark() != nil && c.Owned {
		i.Mark = schema.Mark(workspace, o.Addr)
	}
	for _, ac := range c.Attributes {
		a := o.Kind.Attr(ac.Name)
		if a.Via != "" {
			continue
		}
		i.Attributes = append(i.Attributes, Leaf{Name: ac.Name, Before: held(ac.Before, a, now, ids), After: held(ac.After, a, nil, ids)})
	}
	return i
}

// held keeps a value, unless it is a secret. in is the object that holds it, to
// say from where on it is absent.
func held(v plan.Value, a *schema.Attr, in *schema.Observed, ids schema.IDs) Held {
	if v.Sensitive {
		return Held{Is: isSecret}
	}
	raw, _ := v.Plain(ids)
	switch {
	case v.Presence == schema.Known:
		return Held{Is: isValue, V: raw}
	case v.Presence == schema.Null:
		return Held{Is: isNull}
	case in == nil:
		return Held{Is: isAbsent}
	default:
		return Held{Is: isAbsent, From: absentFrom(in, a.APIPath())}
	}
}

// absentFrom is the shortest prefix of the path that the body does not hold.
func absentFrom(o *schema.Observed, p string) string {
	for i := range p {
		if p[i] != '.' {
			continue
		}
		if _, presence := o.At(p[:i]); presence != schema.Known {
			return p[:i]
		}
	}
	return p
}
