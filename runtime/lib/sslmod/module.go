package sslmod

import (
	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"
)

// Module is the module ssl. It is immutable; every run may share it.
var Module = &starlarkstruct.Module{Name: "ssl", Members: members()}

func members() starlark.StringDict {
	return starlark.StringDict{
		"SSLError":           SSLError,
		"SSLZeroReturnError": SSLZeroReturnError,
		"SSLWantReadError":   SSLWantReadError,
		"SSLWantWriteError":  SSLWantWriteError,
		"SSLSyscallError":    SSLSyscallError,
		"SSLEOFError":        SSLEOFError,
		"CertificateError":   CertificateError,
	}
}
