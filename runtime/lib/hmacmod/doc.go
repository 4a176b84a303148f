// Package hmacmod is Python 2.7's module hmac.
//
// The digestmod of new is a constructor of hashlib, such as hashlib.sha256, or
// anything that returns one of its hashes, or an object whose method new does.
// As in Python 3 it may also be a name, "sha256", and an HMAC has block_size and
// name. Without one it is MD5.
package hmacmod
