// Package hashlibmod is Python 2.7's module hashlib: md5, sha1 and the SHA-2
// family, and pbkdf2_hmac.
//
// Names are those of a CPython built with OpenSSL: hashlib.md5().name is "md5".
package hashlibmod
