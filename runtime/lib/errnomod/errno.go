// Package errnomod is Python 2.7's module errno: the system's error numbers by
// name, and the dict errorcode of names by number. They are those that e.errno
// and e.args[0] of a socket.error or IOError hold.
package errnomod

import (
	"strconv"
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"
)

// Module is the module errno. It is immutable; runs may share it.
var Module = &starlarkstruct.Module{Name: "errno", Members: starlark.StringDict{}}

func init() {
	codes := new(starlark.Dict)
	for _, field := range strings.Fields(numbers) {
		name, text, _ := strings.Cut(field, "=")
		number, err := strconv.Atoi(text)
		if err != nil {
			panic("errnomod: " + field)
		}
		n := starlark.MakeInt(number)
		Module.Members[name] = n
		if err := codes.SetKey(n, starlark.String(name)); err != nil {
			panic(err)
		}
	}
	Module.Members["errorcode"] = codes
	Module.Freeze()
}
