package hclconf

import (
	"crypto/md5"  // #nosec G501 -- people compare with what others computed
	"crypto/sha1" // #nosec G505 -- the same
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"

	ctyyaml "github.com/zclconf/go-cty-yaml"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// textFunc makes a function of one text.
func textFunc(f func(string) (string, error)) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "text", Type: cty.String}},
		Type:   function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			s, err := f(args[0].AsString())
			if err != nil {
				return cty.NilVal, function.NewArgError(0, err)
			}
			return cty.StringVal(s), nil
		},
	})
}

var (
	// urlEncodeFunc writes spaces as %20; what Auth0 makes of "+" is not
	// established.
	urlEncodeFunc    = textFunc(func(s string) (string, error) { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20"), nil })
	base64EncodeFunc = textFunc(func(s string) (string, error) { return base64.StdEncoding.EncodeToString([]byte(s)), nil })
	base64DecodeFunc = textFunc(func(s string) (string, error) {
		raw, err := base64.StdEncoding.DecodeString(s)
		switch {
		case err != nil:
			return "", errors.New("this is not base64")
		case !utf8.Valid(raw):
			return "", errors.New("the decoded bytes are not UTF-8 text")
		}
		return string(raw), nil
	})
	md5Func = textFunc(func(s string) (string, error) {
		sum := md5.Sum([]byte(s)) // #nosec G401
		return hex.EncodeToString(sum[:]), nil
	})
	sha1Func = textFunc(func(s string) (string, error) {
		sum := sha1.Sum([]byte(s)) // #nosec G401
		return hex.EncodeToString(sum[:]), nil
	})
	sha256Func = textFunc(func(s string) (string, error) { return digest256(s), nil })

	startsWithFunc = affixFunc(strings.HasPrefix)
	endsWithFunc   = affixFunc(strings.HasSuffix)
)

func digest256(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

func affixFunc(f func(s, affix string) bool) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "text", Type: cty.String}, {Name: "affix", Type: cty.String}},
		Type:   function.StaticReturnType(cty.Bool),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			return cty.BoolVal(f(args[0].AsString(), args[1].AsString())), nil
		},
	})
}

// replaceFunc replaces a text, or a pattern between slashes.
var replaceFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "text", Type: cty.String}, {Name: "search", Type: cty.String}, {Name: "with", Type: cty.String}},
	Type:   function.StaticReturnType(cty.String),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		text, search, with := args[0].AsString(), args[1].AsString(), args[2].AsString()
		if len(search) > 1 && strings.HasPrefix(search, "/") && strings.HasSuffix(search, "/") {
			re, err := regexp.Compile(search[1 : len(search)-1])
			if err != nil {
				return cty.NilVal, function.NewArgErrorf(1, "this is not a regular expression")
			}
			if tooMuchText(len(re.FindAllStringIndex(text, -1)), len(with)) {
				return cty.NilVal, errTooLong
			}
			return cty.StringVal(re.ReplaceAllString(text, with)), nil
		}
		if tooMuchText(strings.Count(text, search), len(with)) {
			return cty.NilVal, errTooLong
		}
		return cty.StringVal(strings.ReplaceAll(text, search, with)), nil
	},
})

var errTooLong = errors.New("the result would be larger than tacit handles")

func tooMuchText(n, each int) bool { return each > 0 && n > maxText/each }

// guarded refuses arguments that do not fit.
func guarded(f function.Function, fits func(args []cty.Value) bool) function.Function {
	spec := &function.Spec{Params: f.Params(), VarParam: f.VarParam()}
	spec.Type = func(args []cty.Value) (cty.Type, error) {
		bare := make([]cty.Value, len(args))
		for i, a := range args {
			bare[i], _ = a.UnmarkDeep()
		}
		if !fits(bare) {
			return cty.NilType, errTooLong
		}
		return f.ReturnTypeForValues(args)
	}
	spec.Impl = func(args []cty.Value, _ cty.Type) (cty.Value, error) { return f.Call(args) }
	return function.New(spec)
}

// distinctFunc compares texts by hashing; the library compares each with each.
var distinctFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "list", Type: cty.List(cty.DynamicPseudoType)}},
	Type:   func(args []cty.Value) (cty.Type, error) { return args[0].Type(), nil },
	Impl: func(args []cty.Value, t cty.Type) (cty.Value, error) {
		if t.ElementType() != cty.String || !args[0].IsWhollyKnown() {
			if args[0].LengthInt() > maxCompared {
				return cty.NilVal, function.NewArgErrorf(0, "a list of other things than texts has at most %d elements", maxCompared)
			}
			return stdlib.Distinct(args[0])
		}
		var out []cty.Value
		seen := map[string]bool{}
		hasNull := false
		for it := args[0].ElementIterator(); it.Next(); {
			switch _, e := it.Element(); {
			case e.IsNull():
				if !hasNull {
					out = append(out, e)
				}
				hasNull = true
			case !seen[e.AsString()]:
				seen[e.AsString()] = true
				out = append(out, e)
			}
		}
		if len(out) == 0 {
			return cty.ListValEmpty(cty.String), nil
		}
		return cty.ListVal(out), nil
	},
})

// maxCompared is how many elements are compared each with each.
const maxCompared = 2000

// yamlFits refuses documents in which aliases of aliases stand for more than
// memory holds. Finding the type is cheap, as types share their parts.
func yamlFits(args []cty.Value) bool {
	if !isText(args[0]) {
		return true
	}
	t, err := ctyyaml.ImpliedType([]byte(args[0].AsString()))
	left := maxCells
	return err != nil || typeFits(t, &left)
}

func typeFits(t cty.Type, left *int) bool {
	if *left--; *left < 0 {
		return false
	}
	switch {
	case t.IsTupleType():
		for _, e := range t.TupleElementTypes() {
			if !typeFits(e, left) {
				return false
			}
		}
	case t.IsObjectType():
		for _, e := range t.AttributeTypes() {
			if !typeFits(e, left) {
				return false
			}
		}
	}
	return true
}

func isText(v cty.Value) bool { return v.Type() == cty.String && v.IsKnown() && !v.IsNull() }
