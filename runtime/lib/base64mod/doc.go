// Package base64mod is Python 2.7's module base64, over the lenient decoder of
// its module binascii, and those functions of binascii that scripts use beside it.
//
// encode and decode, which copy from file to file, are not there: read, encode
// and write.
package base64mod
