package hclconf

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2/ext/tryfunc"
	ctyyaml "github.com/zclconf/go-cty-yaml"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// functions are what expressions may call, under the names that people know
// from Terraform.
func functions(f *Files) map[string]function.Function {
	out := map[string]function.Function{
		"abs": stdlib.AbsoluteFunc, "ceil": stdlib.CeilFunc, "floor": stdlib.FloorFunc, "max": stdlib.MaxFunc,
		"min": stdlib.MinFunc, "parseint": stdlib.ParseIntFunc, "range": stdlib.RangeFunc,

		"chunklist": stdlib.ChunklistFunc, "coalesce": stdlib.CoalesceFunc, "coalescelist": stdlib.CoalesceListFunc,
		"compact": stdlib.CompactFunc, "concat": stdlib.ConcatFunc, "contains": containsFunc,
		"distinct": distinctFunc, "element": stdlib.ElementFunc, "flatten": stdlib.FlattenFunc,
		"index": indexFunc, "keys": stdlib.KeysFunc, "length": lengthFunc, "lookup": stdlib.LookupFunc,
		"merge": stdlib.MergeFunc, "one": oneFunc, "reverse": stdlib.ReverseListFunc,
		"setintersection": stdlib.SetIntersectionFunc, "setproduct": stdlib.SetProductFunc, "setsubtract": stdlib.SetSubtractFunc,
		"setunion": stdlib.SetUnionFunc, "slice": stdlib.SliceFunc, "sort": stdlib.SortFunc,
		"values": stdlib.ValuesFunc, "zipmap": stdlib.ZipmapFunc,

		"chomp": stdlib.ChompFunc, "endswith": endsWithFunc, "format": stdlib.FormatFunc, "formatlist": stdlib.FormatListFunc,
		"indent": stdlib.IndentFunc, "join": stdlib.JoinFunc, "lower": stdlib.LowerFunc, "regex": stdlib.RegexFunc,
		"regexall": stdlib.RegexAllFunc, "replace": replaceFunc, "split": stdlib.SplitFunc,
		"startswith": startsWithFunc, "strrev": stdlib.ReverseFunc, "substr": stdlib.SubstrFunc,
		"title": stdlib.TitleFunc, "trim": stdlib.TrimFunc, "trimprefix": stdlib.TrimPrefixFunc,
		"trimspace": stdlib.TrimSpaceFunc, "trimsuffix": stdlib.TrimSuffixFunc, "upper": stdlib.UpperFunc,

		"base64decode": base64DecodeFunc, "base64encode": base64EncodeFunc, "csvdecode": stdlib.CSVDecodeFunc,
		"jsondecode": stdlib.JSONDecodeFunc, "jsonencode": stdlib.JSONEncodeFunc, "md5": md5Func,
		"sha1": sha1Func, "sha256": sha256Func, "urlencode": urlEncodeFunc,
		"yamldecode": guarded(ctyyaml.YAMLDecodeFunc, yamlFits), "yamlencode": ctyyaml.YAMLEncodeFunc,

		"can": tryfunc.CanFunc, "try": tryfunc.TryFunc, "sensitive": sensitiveFunc, "nonsensitive": nonsensitiveFunc,
		"tobool": toFunc(cty.Bool), "tolist": toFunc(cty.List(cty.DynamicPseudoType)), "tomap": toFunc(cty.Map(cty.DynamicPseudoType)),
		"tonumber": toFunc(cty.Number), "toset": toFunc(cty.Set(cty.DynamicPseudoType)), "tostring": toFunc(cty.String),

		"env": envFunc(f),
	}
	maps.Copy(out, fileFunctions(f.dir))
	return out
}

func functionNames(m map[string]function.Function) []string { return slices.Sorted(maps.Keys(m)) }

// sensitive marks values that must not be shown.
const sensitive = mark("sensitive")

// fromEnv marks, besides, values of env(), which nonsensitive refuses.
const fromEnv = mark("env")

type mark string

// toFunc makes tostring and its siblings. Unlike the library's, their errors
// never quote the value.
func toFunc(want cty.Type) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "v", Type: cty.DynamicPseudoType, AllowNull: true, AllowMarked: true, AllowDynamicType: true}},
		Type: func(args []cty.Value) (cty.Type, error) {
			t := args[0].Type()
			if t.Equals(want) {
				return want, nil
			}
			if conv := convert.GetConversionUnsafe(t, want); conv == nil {
				return cty.NilType, function.NewArgErrorf(0, "cannot make %s of %s", article(want.FriendlyNameForConstraint()), article(friendlyType(t)))
			}
			if want.HasDynamicTypes() && args[0].IsKnown() {
				v, err := convert.Convert(args[0], want)
				if err != nil {
					return cty.NilType, function.NewArgError(0, err)
				}
				return v.Type(), nil
			}
			return want, nil
		},
		Impl: func(args []cty.Value, t cty.Type) (cty.Value, error) {
			v, err := convert.Convert(args[0], t)
			if err != nil {
				return cty.NilVal, function.NewArgErrorf(0, "cannot make %s of this %s", article(friendlyType(t)), args[0].Type().FriendlyName())
			}
			return v, nil
		},
	})
}

var lengthFunc = function.New(&function.Spec{
	Description: "Characters of a text, or elements of a collection.",
	Params:      []function.Parameter{{Name: "value", Type: cty.DynamicPseudoType, AllowDynamicType: true, AllowUnknown: true, AllowMarked: true}},
	Type: func(args []cty.Value) (cty.Type, error) {
		t := args[0].Type()
		if t == cty.String || t == cty.DynamicPseudoType || t.IsCollectionType() || t.IsTupleType() || t.IsObjectType() {
			return cty.Number, nil
		}
		return cty.NilType, function.NewArgErrorf(0, "a text or a collection is required, not %s", article(friendlyType(t)))
	},
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		v, marks := args[0].Unmark()
		switch {
		case v.Type() == cty.DynamicPseudoType:
			return cty.UnknownVal(cty.Number).WithMarks(marks), nil
		case v.Type() == cty.String && v.IsKnown():
			n, err := stdlib.Strlen(v)
			return n.WithMarks(marks), err
		case v.Type() == cty.String:
			return cty.UnknownVal(cty.Number).WithMarks(marks), nil
		case v.Type().IsTupleType():
			return cty.NumberIntVal(int64(v.Type().Length())).WithMarks(marks), nil
		case v.Type().IsObjectType():
			return cty.NumberIntVal(int64(len(v.Type().AttributeTypes()))).WithMarks(marks), nil
		default:
			return v.Length().WithMarks(marks), nil
		}
	},
})

// containsFunc takes marks as they are: the library's walks the whole list
// for them on every call.
var containsFunc = function.New(&function.Spec{
	Description: "Whether a list, set or tuple has an element.",
	Params: []function.Parameter{
		{Name: "list", Type: cty.DynamicPseudoType, AllowMarked: true},
		{Name: "value", Type: cty.DynamicPseudoType, AllowNull: true, AllowMarked: true},
	},
	Type: function.StaticReturnType(cty.Bool),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		list, listMarks := args[0].Unmark()
		want, wantMarks := args[1].UnmarkDeep()
		marks := cty.NewValueMarks(listMarks, wantMarks)
		if t := list.Type(); !t.IsListType() && !t.IsSetType() && !t.IsTupleType() {
			return cty.NilVal, function.NewArgErrorf(0, "a list or set is required, not %s", article(friendlyType(t)))
		}
		result := cty.False
		for it := list.ElementIterator(); it.Next(); {
			_, e := it.Element()
			if e.ContainsMarked() {
				var m cty.ValueMarks
				e, m = e.UnmarkDeep()
				marks = cty.NewValueMarks(marks, m)
			}
			switch same := equalTo(e, want); {
			case !same.IsKnown():
				result = cty.UnknownVal(cty.Bool)
			case same.True():
				return cty.True.WithMarks(marks), nil
			}
		}
		return result.WithMarks(marks), nil
	},
})

// equalTo compares as Terraform does: "1" and 1 are one value.
func equalTo(e, want cty.Value) cty.Value {
	if isText(e) && isText(want) {
		return cty.BoolVal(e.AsString() == want.AsString())
	}
	if !e.Type().Equals(want.Type()) {
		if c, err := convert.Convert(e, want.Type()); err == nil {
			e = c
		}
	}
	return e.Equals(want)
}

// indexFunc is the library's index(list, value); its IndexFunc is the index
// operator.
var indexFunc = function.New(&function.Spec{
	Description: "The position of an element in a list.",
	Params: []function.Parameter{
		{Name: "list", Type: cty.DynamicPseudoType},
		{Name: "value", Type: cty.DynamicPseudoType},
	},
	Type: function.StaticReturnType(cty.Number),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		if t := args[0].Type(); !t.IsListType() && !t.IsTupleType() {
			return cty.NilVal, function.NewArgErrorf(0, "a list is required, not %s", article(friendlyType(t)))
		}
		for it := args[0].ElementIterator(); it.Next(); {
			k, e := it.Element()
			same := e.Equals(args[1])
			if !same.IsKnown() {
				return cty.UnknownVal(cty.Number), nil
			}
			if same.True() {
				return k, nil
			}
		}
		return cty.NilVal, errors.New("the list does not hold that value")
	},
})

var oneFunc = function.New(&function.Spec{
	Description: "The only element of a list or set, null when it is empty.",
	Params:      []function.Parameter{{Name: "list", Type: cty.DynamicPseudoType}},
	Type: func(args []cty.Value) (cty.Type, error) {
		t := args[0].Type()
		switch {
		case t.IsListType() || t.IsSetType():
			return t.ElementType(), nil
		case t.IsTupleType() && t.Length() == 1:
			return t.TupleElementType(0), nil
		case t.IsTupleType() && t.Length() == 0:
			return cty.DynamicPseudoType, nil
		}
		return cty.NilType, function.NewArgErrorf(0, "a list or set with at most one element is required")
	},
	Impl: func(args []cty.Value, t cty.Type) (cty.Value, error) {
		switch elements := args[0].AsValueSlice(); len(elements) {
		case 0:
			return cty.NullVal(t), nil
		case 1:
			return elements[0], nil
		default:
			return cty.NilVal, fmt.Errorf("it has %d elements", len(elements))
		}
	},
})

var sensitiveFunc = function.New(&function.Spec{
	Description: "The value, never shown.",
	Params:      []function.Parameter{{Name: "value", Type: cty.DynamicPseudoType, AllowNull: true, AllowUnknown: true, AllowMarked: true, AllowDynamicType: true}},
	Type:        func(args []cty.Value) (cty.Type, error) { return args[0].Type(), nil },
	Impl:        func(args []cty.Value, _ cty.Type) (cty.Value, error) { return args[0].Mark(sensitive), nil },
})

var nonsensitiveFunc = function.New(&function.Spec{
	Description: "The value, which may be shown after all.",
	Params:      []function.Parameter{{Name: "value", Type: cty.DynamicPseudoType, AllowNull: true, AllowUnknown: true, AllowMarked: true, AllowDynamicType: true}},
	Type:        func(args []cty.Value) (cty.Type, error) { return args[0].Type(), nil },
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		v, marks := args[0].Unmark()
		if _, env := marks[fromEnv]; env {
			return cty.NilVal, function.NewArgErrorf(0, "a value that comes from env() is always sensitive: configuration files must not be able to print what a CI job knows. Pass it as a variable, --var or TACIT_VAR_name, when it may be shown")
		}
		return v, nil
	},
})

// envFunc reads an environment variable that the tacit block names.
func envFunc(f *Files) function.Function {
	return function.New(&function.Spec{
		Description: "An environment variable that tacit { env = [...] } names.",
		Params:      []function.Parameter{{Name: "name", Type: cty.String}},
		Type:        function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			name := args[0].AsString()
			if !slices.Contains(f.settings.env, name) {
				return cty.NilVal, function.NewArgErrorf(0, "%s is not declared; add it to tacit { env = [%q] }", name, name)
			}
			if f.opts.Env != nil {
				if v, ok := f.opts.Env(name); ok {
					return cty.StringVal(v).Mark(sensitive).Mark(fromEnv), nil
				}
			}
			return cty.NilVal, function.NewArgErrorf(0, "the environment variable %s is not set", name)
		},
	})
}
