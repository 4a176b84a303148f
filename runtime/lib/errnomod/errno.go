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
	fields := strings.Fields(numbers)
	codes := starlark.NewDict(len(fields)) // grown in one go: each start waits for it
	Module.Members = make(starlark.StringDict, len(fields)+1)
	for _, field := range fields {
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
