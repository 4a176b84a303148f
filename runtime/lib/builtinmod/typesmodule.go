package builtinmod

import (
	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starwire/runtime/lazy"
)

var typesModule lazy.Module

// Types returns the module types: names of the types that type returns, made on first use. It is immutable; runs may
// share it. The types of what is not here, such as classes and generators, are not in it.
//
// types.py.
func Types() *starlarkstruct.Module {
	return typesModule.Get("types", func() starlark.StringDict {
		named()
		m := starlark.StringDict{"StringTypes": starlark.Tuple{strType, unicodeType}}
		for t, names := range map[*Type][]string{
			boolType: {"BooleanType"}, builtinType: {"BuiltinFunctionType", "BuiltinMethodType"}, dictType: {"DictType", "DictionaryType"},
			fileType: {"FileType"}, floatType: {"FloatType"}, functionType: {"FunctionType", "LambdaType"}, intType: {"IntType"},
			listType: {"ListType"}, longType: {"LongType"}, noneType: {"NoneType"}, objectType: {"ObjectType"}, strType: {"StringType"},
			tupleType: {"TupleType"}, typeType: {"TypeType"}, unicodeType: {"UnicodeType"},
		} {
			for _, name := range names {
				m[name] = t
			}
		}
		return m
	})
}
