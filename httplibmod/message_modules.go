package httplibmod

import (
	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starwire/runtime/lazy"
	"starwire/runtime/lib/rfc822mod"
)

var moduleRFC822, moduleMimetools lazy.Module

// RFC822 returns the module rfc822: the Message that HTTPMessage derives from, and
// the functions over dates and addresses. It is made on first use, and immutable.
func RFC822() *starlarkstruct.Module {
	return moduleRFC822.Get("rfc822", func() starlark.StringDict {
		members := rfc822mod.Members()
		members["Message"] = mailMessageClass
		return members
	})
}

// Mimetools returns the module mimetools: the Message between rfc822.Message and
// HTTPMessage, the transfer encodings, and choose_boundary. It is made on first
// use, and immutable.
func Mimetools() *starlarkstruct.Module {
	return moduleMimetools.Get("mimetools", func() starlark.StringDict {
		members := rfc822mod.MIMEMembers()
		members["Message"] = mimeMessageClass
		return members
	})
}
