package adopt

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/tacit-dev/tacit/schema"
	"github.com/tacit-dev/tacit/schema/hclconf"
)

func fits(row *schema.Attr, v any) bool { return hclconf.Writable(row, v) == nil }

// longestName keeps names of blocks and files readable.
const longestName = 60

// Identifier makes a name for a block, and for files beside it, of what people
// call the object: lower-case letters and digits of ASCII with underscores
// between. It is "" when nothing of the text remains.
func Identifier(s string) string {
	var b strings.Builder
	gap := false
	for _, r := range norm.NFKD.String(s) {
		r = unicode.ToLower(r)
		switch {
		case unicode.Is(unicode.Mn, r), r == '\'', r == '’': // an accent, apart from its letter
		case r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)):
			if gap && b.Len() > 0 {
				b.WriteByte('_')
			}
			gap = false
			b.WriteRune(r)
		default:
			gap = true
		}
		if b.Len() >= longestName {
			break
		}
	}
	return strings.Trim(b.String(), "_")
}

// names gives out names that nothing else has.
type names struct{ used map[string]bool }

func newNames() *names { return &names{map[string]bool{}} }

// take returns the name, or with a number behind it the first that is free.
func (n *names) take(name string) string {
	free := name
	for i := 2; n.used[free]; i++ {
		free = fmt.Sprintf("%s_%d", name, i)
	}
	n.used[free] = true
	return free
}

// blockName is the name for an object's block, before collisions.
func (w *writer) blockName(o *Object) string {
	name := Identifier(w.Variables.unmarked(o.Label))
	if short := strings.TrimSuffix(name, "_api"); o.Kind == schema.API && short != "" {
		name = short // api.orders reads better than api.orders_api
	}
	if name == "" {
		name = map[string]string{"spa_client": "app", "client": "app", "saml_connection": "connection"}[o.Kind.Name]
	}
	if name == "" {
		name = o.Kind.Name
	}
	if name[0] >= '0' && name[0] <= '9' {
		name = o.Kind.Name[:1] + "_" + name
	}
	return name
}

// deviceNames cannot name files on Windows, whatever follows a dot
// (Microsoft: Naming Files, Paths, and Namespaces).
var deviceNames = [...]string{
	"con", "prn", "aux", "nul", "com0", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9",
	"lpt0", "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
}

// fileStem makes a name for files that every system takes.
func fileStem(name string) string {
	if slices.Contains(deviceNames[:], strings.ToLower(name)) {
		return name + "_"
	}
	return name
}
