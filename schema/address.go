package schema

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
)

// Address names a block, or one instance of a block with for_each.
type Address struct {
	Kind, Name string
	// Key is the for_each key; Each tells it from a block without for_each.
	Key  string
	Each bool
}

// String writes the address as configurations refer to it:
// saml_connection.customer["acme"].
func (a Address) String() string {
	s := a.Kind
	switch {
	case a.Name == "":
	case strings.ContainsAny(a.Name, " \"[]."): // a title
		s += " " + strconv.Quote(a.Name)
	default:
		s += "." + a.Name
	}
	if a.Each {
		s += "[" + strconv.Quote(a.Key) + "]"
	}
	return s
}

// ParseAddress reads what String writes.
func ParseAddress(s string) (Address, error) {
	head, key, each := strings.Cut(s, "[")
	kind, name, _ := strings.Cut(head, ".")
	a := Address{Kind: kind, Name: name, Each: each}
	if each {
		k, err := strconv.Unquote(strings.TrimSuffix(key, "]"))
		if err != nil || !strings.HasSuffix(key, "]") {
			return Address{}, fmt.Errorf("%q is not an address such as spa_client.portal or saml_connection.customer[\"acme\"]", s)
		}
		a.Key = k
	}
	if KindByName(kind) == nil || (name == "" && !KindByName(kind).Unlabelled) {
		return Address{}, fmt.Errorf("%q is not an address such as spa_client.portal or saml_connection.customer[\"acme\"]", s)
	}
	return a, nil
}

// Block is the address without the for_each key.
func (a Address) Block() Address { return Address{Kind: a.Kind, Name: a.Name} }

// Compare orders addresses by kind, name and key.
func (a Address) Compare(b Address) int {
	return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Key, b.Key))
}

// maxMark is the longest value that client_metadata and connection metadata
// accept (255 characters by Auth0's API schema).
const maxMark = 255

// Mark is the ownership mark tacit writes on objects it creates. Addresses
// that do not fit are replaced by their hash.
func Mark(workspace string, a Address) string {
	m := workspace + "/" + a.String()
	if len(m) <= maxMark {
		return m
	}
	sum := sha256.Sum256([]byte(a.String()))
	return workspace + "/sha256:" + hex.EncodeToString(sum[:])
}

// MarkWorkspace returns the workspace part of an ownership mark.
func MarkWorkspace(mark string) string {
	ws, _, _ := strings.Cut(mark, "/")
	return ws
}
