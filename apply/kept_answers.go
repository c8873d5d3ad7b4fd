package apply

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"sync"

	"github.com/tacit-dev/tacit/schema"
)

// answer is what a tenant said to one question of a [Reader], without secrets.
type answer struct {
	// Ask is the question: the method and what it was asked for.
	Ask        string            `json:"ask"`
	Collection schema.Collection `json:"collection,omitempty"`
	Objects    []keptObject      `json:"objects"`
	IDs        []string          `json:"ids"`
	// Refused is set instead when the tenant refused to tell.
	Refused *StatusError `json:"refused,omitempty"`
	// whole answers show more than the plan looks at by its fields.
	whole bool
}

type keptObject struct {
	ID     string         `json:"id"`
	Raw    map[string]any `json:"raw"`
	Fields []string       `json:"fields"`
}

// question spells what a Reader was asked.
func question(method string, args ...any) string {
	raw, err := json.Marshal(append([]any{method}, args...))
	if err != nil {
		panic("apply: not a JSON value: " + err.Error())
	}
	return string(raw)
}

// never is what is asked of the tenant each time: the code of Actions is text
// that may hold anything, keys included.
const never = schema.PostLoginBindings

// recorder passes questions on to a tenant and remembers the answers.
type recorder struct {
	Reader
	mu      sync.Mutex
	answers []answer
	// live counts the questions whose answers are never kept.
	live int
}

func (r *recorder) add(a answer, list []*schema.Observed, err error) {
	var refused *StatusError
	if errors.As(err, &refused) {
		a.Refused = refused
	} else if err != nil {
		return // nothing is kept of a read that failed
	}
	if list != nil {
		a.Objects = make([]keptObject, len(list))
	}
	for i, o := range list {
		a.Objects[i] = keptObject{o.ID, o.Raw, o.Fields}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answers = append(r.answers, a)
}

// List implements [Reader].
func (r *recorder) List(ctx context.Context, c schema.Collection, fields []string) ([]*schema.Observed, error) {
	list, err := r.Reader.List(ctx, c, fields)
	if c == never {
		r.mu.Lock()
		r.live++
		r.mu.Unlock()
		return list, err
	}
	r.add(answer{Ask: question("list", c, fields), Collection: c}, list, err)
	return list, err
}

// Get implements [Reader].
func (r *recorder) Get(ctx context.Context, c schema.Collection, id string) (*schema.Observed, error) {
	o, err := r.Reader.Get(ctx, c, id)
	r.add(answer{Ask: question("get", c, id), Collection: c, whole: true}, []*schema.Observed{cmp.Or(o, &schema.Observed{})}, err)
	return o, err
}

// OrganizationConnections implements [Reader].
func (r *recorder) OrganizationConnections(ctx context.Context, id string) ([]*schema.Observed, error) {
	list, err := r.Reader.OrganizationConnections(ctx, id)
	r.add(answer{Ask: question("organization connections", id), Collection: schema.OrganizationConnections}, list, err)
	return list, err
}

// UserGrants implements [Reader].
func (r *recorder) UserGrants(ctx context.Context, audience string) ([]*schema.Observed, error) {
	list, err := r.Reader.UserGrants(ctx, audience)
	r.add(answer{Ask: question("user grants", audience), Collection: schema.ClientGrants}, list, err)
	return list, err
}

// OtherConnections implements [Reader].
func (r *recorder) OtherConnections(ctx context.Context, name string) ([]*schema.Observed, error) {
	list, err := r.Reader.OtherConnections(ctx, name)
	r.add(answer{Ask: question("other connections", name), Collection: schema.Connections}, list, err)
	return list, err
}

// ClientConnections implements [Reader].
func (r *recorder) ClientConnections(ctx context.Context, id string) ([]string, error) {
	ids, err := r.Reader.ClientConnections(ctx, id)
	r.add(answer{Ask: question("client connections", id), IDs: ids}, nil, err)
	return ids, err
}

// ConnectionClients implements [Reader].
func (r *recorder) ConnectionClients(ctx context.Context, id string) ([]string, error) {
	ids, err := r.Reader.ConnectionClients(ctx, id)
	r.add(answer{Ask: question("connection clients", id), IDs: ids}, nil, err)
	return ids, err
}

// kept are the answers without secrets, in a stable order. The error says what
// the plan looked at that cannot be kept.
func (r *recorder) kept(needs []schema.Field) ([]answer, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := slices.Clone(r.answers)
	slices.SortFunc(out, func(a, b answer) int { return cmp.Compare(a.Ask, b.Ask) })
	for i := range out {
		if err := out[i].strip(needs); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// strip takes secrets out of the answer's objects, which it copies.
func (a *answer) strip(needs []schema.Field) error {
	if a.Objects == nil {
		return nil
	}
	objects := make([]keptObject, len(a.Objects))
	for i, o := range a.Objects {
		bare, found := withoutSecrets(o.Raw)
		objects[i] = keptObject{o.ID, nil, o.Fields}
		objects[i].Raw, _ = bare.(map[string]any)
		if found && a.whole {
			return errors.New(string(a.Collection) + "/" + o.ID + " holds what may be secrets, which are never kept")
		}
		if lost := lostField(a.Collection, needs, o, objects[i]); found && lost != "" {
			return errors.New(string(a.Collection) + "/" + o.ID + " holds what may be a secret and the plan looks at (" + lost + "), and secrets are never kept")
		}
	}
	a.Objects = objects
	return nil
}

// lostField is a field that the plan looks at and that is not what it was.
func lostField(c schema.Collection, needs []schema.Field, was, is keptObject) string {
	before, after := schema.Observed{Raw: was.Raw, Fields: was.Fields}, schema.Observed{Raw: is.Raw, Fields: is.Fields}
	for _, f := range needs {
		if f.Kind.Collection != c || f.Attr.Via != "" {
			continue
		}
		v, p := before.At(f.Attr.APIPath())
		if w, q := after.At(f.Attr.APIPath()); p != q || !reflect.DeepEqual(v, w) {
			return f.Attr.Name
		}
	}
	return ""
}

// errNotKept is returned for a question that the kept read did not ask.
var errNotKept = errors.New("the configuration now asks for more than was read then")

// replay answers from a kept read.
type replay struct {
	live    Reader
	answers map[string]*answer
}

func newReplay(live Reader, kept []answer) *replay {
	r := &replay{live, make(map[string]*answer, len(kept))}
	for i := range kept {
		r.answers[kept[i].Ask] = &kept[i]
	}
	return r
}

func (r *replay) find(ask string) (*answer, error) {
	a := r.answers[ask]
	if a == nil {
		return nil, errNotKept
	}
	if a.Refused != nil {
		return nil, a.Refused
	}
	return a, nil
}

func (r *replay) objects(ask string) ([]*schema.Observed, error) {
	a, err := r.find(ask)
	if err != nil || a.Objects == nil {
		return nil, err
	}
	out := make([]*schema.Observed, len(a.Objects))
	for i, o := range a.Objects {
		out[i] = &schema.Observed{ID: o.ID, Raw: o.Raw, Fields: o.Fields}
	}
	return out, nil
}

func (r *replay) ids(ask string) ([]string, error) {
	a, err := r.find(ask)
	if err != nil {
		return nil, err
	}
	return slices.Clone(a.IDs), nil
}

// List implements [Reader].
func (r *replay) List(ctx context.Context, c schema.Collection, fields []string) ([]*schema.Observed, error) {
	if c == never {
		return r.live.List(ctx, c, fields)
	}
	return r.objects(question("list", c, fields))
}

// Get implements [Reader].
func (r *replay) Get(_ context.Context, c schema.Collection, id string) (*schema.Observed, error) {
	list, err := r.objects(question("get", c, id))
	if err != nil {
		return nil, err
	}
	return list[0], nil
}

// OrganizationConnections implements [Reader].
func (r *replay) OrganizationConnections(_ context.Context, id string) ([]*schema.Observed, error) {
	return r.objects(question("organization connections", id))
}

// UserGrants implements [Reader].
func (r *replay) UserGrants(_ context.Context, audience string) ([]*schema.Observed, error) {
	return r.objects(question("user grants", audience))
}

// OtherConnections implements [Reader].
func (r *replay) OtherConnections(_ context.Context, name string) ([]*schema.Observed, error) {
	return r.objects(question("other connections", name))
}

// ClientConnections implements [Reader].
func (r *replay) ClientConnections(_ context.Context, id string) ([]string, error) {
	return r.ids(question("client connections", id))
}

// ConnectionClients implements [Reader].
func (r *replay) ConnectionClients(_ context.Context, id string) ([]string, error) {
	return r.ids(question("connection clients", id))
}
