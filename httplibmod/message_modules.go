package httplibmod

import (
	"fmt"
	"maps"
	"sync/atomic"

	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starwire/runtime/host"
	"starwire/runtime/lib/rfc822mod"
	"starwire/runtime/py"
)

// RFC822 is the module rfc822: the Message that HTTPMessage derives from, and
// the functions over dates and addresses. It is immutable.
var RFC822 = newRFC822()

func newRFC822() *starlarkstruct.Module {
	members := maps.Clone(rfc822mod.Members)
	members["Message"] = mailMessageClass
	return &starlarkstruct.Module{Name: "rfc822", Members: members}
}

// Mimetools is the module mimetools: the Message between rfc822.Message and
// HTTPMessage, and choose_boundary. It is immutable.
var Mimetools = &starlarkstruct.Module{
	Name: "mimetools",
	Members: starlark.StringDict{
		"Message":         mimeMessageClass,
		"choose_boundary": starlark.NewBuiltin("choose_boundary", chooseBoundary),
	},
}

// boundaries counts the boundaries of a run.
type boundaries struct{}

// chooseBoundary is choose_boundary(): a text that no part of a message will
// hold. Python makes it of the host's address, the user, the process, the time
// and a counter; here the first three are what Python falls back on, because
// they are none of a peer's business.
//
// mimetools.py, choose_boundary.
func chooseBoundary(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := py.UnpackArgs(b.Name(), args, kwargs); err != nil {
		return nil, err
	}
	h := host.From(thread)
	counter := host.State(h, boundaries{}, func() *atomic.Int64 { return new(atomic.Int64) })
	now := float64(h.Now().UnixMilli()) / 1000
	return starlark.String(fmt.Sprintf("127.0.0.1.1.1.%.3f.%d", now, counter.Add(1))), nil
}
