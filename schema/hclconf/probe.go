package hclconf

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/tacit-dev/tacit/schema"
)

// tokens are made-up ids. An expression is evaluated with two sets of them
// that look like real ids but differ in length; where both results have the
// ids at the same places and are equal elsewhere, they are a template.
type tokens struct {
	index map[schema.Address]int
	addrs []schema.Address
}

func newTokens() tokens { return tokens{index: map[schema.Address]int{}} }

// The shapes of the two sets: a prefix, an eight-digit index, a suffix. They
// are as long as client ids and API ids.
var (
	tokenPrefixes = [2]string{"Tq7xVb2nKc", "Wm4zRd"}
	tokenSuffixes = [2]string{"hYt3uLs9QeAf2g", "pJo8kXGvN1"}
)

const tokenDigits = 8

func (t *tokens) of(a schema.Address, set int) string {
	i, ok := t.index[a]
	if !ok {
		i = len(t.addrs)
		t.index[a] = i
		t.addrs = append(t.addrs, a)
	}
	return fmt.Sprintf("%s%0*d%s", tokenPrefixes[set], tokenDigits, i, tokenSuffixes[set])
}

// lifter replaces the tokens of one set by references.
type lifter struct {
	tokens *tokens
	set    int
	// inKey: a token became a map key, which no template can express.
	inKey bool
	// nulls: members that are null stay.
	nulls bool
}

func (t *tokens) lift(set int) *lifter { return &lifter{tokens: t, set: set} }

func (l *lifter) lost() bool { return l.inKey }

// text returns the string, or a template when it holds tokens. A nil lifter
// leaves strings alone.
func (l *lifter) text(s string) any {
	if l == nil || l.tokens == nil {
		return s
	}
	var parts []schema.Part
	for {
		before, addr, after, found := l.next(s)
		if !found {
			break
		}
		if before != "" {
			parts = append(parts, schema.Part{Lit: before})
		}
		parts = append(parts, schema.Part{Addr: &addr})
		s = after
	}
	if parts == nil {
		return s
	}
	if s != "" {
		parts = append(parts, schema.Part{Lit: s})
	}
	return &schema.Template{Parts: parts}
}

// next finds the first token.
func (l *lifter) next(s string) (before string, a schema.Address, after string, found bool) {
	prefix, suffix := tokenPrefixes[l.set], tokenSuffixes[l.set]
	for from := 0; ; {
		i := strings.Index(s[from:], prefix)
		if i < 0 {
			return s, a, "", false
		}
		i += from
		rest := s[i+len(prefix):]
		if len(rest) >= tokenDigits+len(suffix) && rest[tokenDigits:tokenDigits+len(suffix)] == suffix {
			if n, err := strconv.Atoi(rest[:tokenDigits]); err == nil && n >= 0 && n < len(l.tokens.addrs) {
				return s[:i], l.tokens.addrs[n], rest[tokenDigits+len(suffix):], true
			}
		}
		from = i + 1
	}
}

// key notes a token in a map key.
func (l *lifter) key(s string) {
	if l == nil || l.tokens == nil {
		return
	}
	if _, _, _, found := l.next(s); found {
		l.inKey = true
	}
}
