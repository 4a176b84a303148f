// Package errnomod is Python 2.7's module errno: the system's error numbers by
// name, and the dict errorcode of names by number. They are those that e.errno
// and e.args[0] of a socket.error or IOError hold.
package errnomod

import (
	"strconv"
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starwire/runtime/lazy"
)

var module lazy.Module

// Module returns the module errno, made on first use. It is immutable; runs may share it.
func Module() *starlarkstruct.Module { return module.Get("errno", members) }

func members() starlark.StringDict {
	fields := strings.Fields(numbers)
	codes := starlark.NewDict(len(fields))
	m := make(starlark.StringDict, len(fields)+1)
	for _, field := range fields {
		name, text, _ := strings.Cut(field, "=")
		number, err := strconv.Atoi(text)
		if err != nil {
			panic("errnomod: " + field)
		}
		n := starlark.MakeInt(number)
		m[name] = n
		if err := codes.SetKey(n, starlark.String(name)); err != nil {
			panic(err)
		}
	}
	m["errorcode"] = codes
	return m
}
