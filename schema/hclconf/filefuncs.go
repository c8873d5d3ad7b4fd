package hclconf

import (
	"unicode/utf8"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// maxRead is the most that is read of one file in the directory.
const maxRead = 4 << 20

// fileFunctions read inside of the configuration directory. A missing file is
// an error: taken for empty, it could remove a customer's settings.
func fileFunctions(d *directory) map[string]function.Function {
	param := []function.Parameter{{Name: "path", Type: cty.String, AllowMarked: true}}
	return map[string]function.Function{
		"file": function.New(&function.Spec{
			Params: param,
			Type:   function.StaticReturnType(cty.String),
			Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
				name, marks := args[0].Unmark()
				text, err := d.read(name.AsString())
				switch {
				case err != nil:
					return cty.NilVal, fileError(name.AsString(), marks, err.Error())
				case !utf8.ValidString(text):
					return cty.NilVal, fileError(name.AsString(), marks, "this is not UTF-8 text")
				}
				return cty.StringVal(text).WithMarks(marks), nil
			},
		}),
		"fileexists": function.New(&function.Spec{
			Params: param,
			Type:   function.StaticReturnType(cty.Bool),
			Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
				name, marks := args[0].Unmark()
				ok, err := d.exists(name.AsString())
				if err != nil {
					return cty.NilVal, fileError(name.AsString(), marks, err.Error())
				}
				return cty.BoolVal(ok).WithMarks(marks), nil
			},
		}),
		"fileset": function.New(&function.Spec{
			Params: []function.Parameter{{Name: "path", Type: cty.String}, {Name: "pattern", Type: cty.String}},
			Type:   function.StaticReturnType(cty.Set(cty.String)),
			Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
				names, err := d.glob(args[0].AsString(), args[1].AsString())
				if err != nil {
					return cty.NilVal, function.NewArgError(0, err)
				}
				if len(names) == 0 {
					return cty.SetValEmpty(cty.String), nil
				}
				out := make([]cty.Value, len(names))
				for i, n := range names {
					out[i] = cty.StringVal(n)
				}
				return cty.SetVal(out), nil
			},
		}),
	}
}

func fileError(name string, marks cty.ValueMarks, why string) error {
	if len(marks) > 0 {
		return function.NewArgErrorf(0, "%s", why)
	}
	return function.NewArgErrorf(0, "%s: %s", name, why)
}
