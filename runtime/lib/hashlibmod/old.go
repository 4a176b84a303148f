package hashlibmod

import (
	"go.starlark.net/starlark"
	"go.starlark.net/starlarkstruct"

	"starwire/runtime/lazy"
)

var md5Module, shaModule lazy.Module

// MD5 and SHA return Python's modules md5 and sha, which scripts older than hashlib
// use: new is hashlib's md5 or sha1.
//
// md5.py and sha.py.
func MD5() *starlarkstruct.Module {
	return md5Module.Get("md5", func() starlark.StringDict {
		hash := Module().Members["md5"]
		return starlark.StringDict{"blocksize": starlark.MakeInt(1), "digest_size": starlark.MakeInt(16), "md5": hash, "new": hash}
	})
}

// SHA is the module sha: see MD5.
func SHA() *starlarkstruct.Module {
	return shaModule.Get("sha", func() starlark.StringDict {
		hash := Module().Members["sha1"]
		size := starlark.MakeInt(20)
		return starlark.StringDict{"blocksize": starlark.MakeInt(1), "digest_size": size, "digestsize": size, "new": hash, "sha": hash}
	})
}
