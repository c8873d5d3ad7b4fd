package sandbox

import (
	"slices"
	"strings"
	"time"
)

// item is one stored object. seq is its place in creation order (and in the seed); sortKey its place in lists.
type item struct {
	id      string
	seq     int
	sortKey string
	born    time.Time // when the API made it; zero for what a seed brought
	body    object
	encoded []byte // indented form for snapshots, filled when first needed; only snapshot code touches it
}

// collection holds the objects of one kind: by id, by unique natural key, and in the order lists show them.
type collection struct {
	idKey   string              // body key of the id
	natural func(object) string // unique natural key, "" for none
	order   func(*item) string  // sort key of lists
	byID    map[string]*item    //
	byName  map[string]*item    // natural key to item
	sorted  []*item             // by sortKey; kept sorted so that a page costs no sort
	nextSeq int
}

func newCollection(idKey string, natural func(object) string, order func(*item) string) *collection {
	return &collection{idKey: idKey, natural: natural, order: order, byID: map[string]*item{}, byName: map[string]*item{}}
}

// get is the body with that id, or nil.
func (c *collection) get(id string) object {
	if it := c.byID[id]; it != nil {
		return it.body
	}
	return nil
}

// named is the body with that natural key, or nil.
func (c *collection) named(key string) object {
	if it := c.byName[key]; it != nil {
		return it.body
	}
	return nil
}

// position is where sortKey belongs in the sorted list, and whether an item with it is there.
func (c *collection) position(sortKey string) (int, bool) {
	return slices.BinarySearchFunc(c.sorted, sortKey, func(it *item, key string) int { return strings.Compare(it.sortKey, key) })
}

// put stores a body under its id, new or in place of the old one; an object keeps its place in creation order.
func (c *collection) put(body object) *item {
	id := text(body, c.idKey)
	next := &item{id: id, body: body, seq: c.nextSeq}
	if old := c.byID[id]; old != nil {
		next.seq, next.born = old.seq, old.born
		c.unlink(old)
	} else {
		c.nextSeq++
	}
	next.sortKey = c.order(next)
	at, _ := c.position(next.sortKey)
	c.sorted = slices.Insert(c.sorted, at, next)
	c.byID[id] = next
	if key := c.natural(body); key != "" {
		c.byName[key] = next
	}
	return next
}

// create stores a new body that the API made at a time.
func (c *collection) create(body object, now time.Time) { c.put(body).born = now }

// remove deletes the object with that id and says whether it was there.
func (c *collection) remove(id string) bool {
	it := c.byID[id]
	if it == nil {
		return false
	}
	c.unlink(it)
	delete(c.byID, id)
	return true
}

// unlink takes an item out of the indexes other than byID.
func (c *collection) unlink(it *item) {
	if at, found := c.position(it.sortKey); found {
		c.sorted = slices.Delete(c.sorted, at, at+1)
	}
	if key := c.natural(it.body); key != "" && c.byName[key] == it {
		delete(c.byName, key)
	}
}

// created is all items in creation order.
func (c *collection) created() []*item {
	out := slices.Clone(c.sorted)
	slices.SortFunc(out, func(a, b *item) int { return a.seq - b.seq })
	return out
}
