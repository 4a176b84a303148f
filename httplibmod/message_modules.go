package httplibmod

import (
	"maps"

	"go.starlark.net/starlarkstruct"

	"starwire/runtime/lib/rfc822mod"
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
// HTTPMessage, the transfer encodings, and choose_boundary. It is immutable.
var Mimetools = newMimetools()

func newMimetools() *starlarkstruct.Module {
	members := maps.Clone(rfc822mod.MIMEMembers)
	members["Message"] = mimeMessageClass
	return &starlarkstruct.Module{Name: "mimetools", Members: members}
}
