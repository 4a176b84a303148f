// Package zlibmod is Python 2.7's modules zlib and gzip.
//
// What is decompressed is read by an inflater of its own, because scripts hand in pieces as they arrive, and
// want what these pieces say at once. Its results, and its errors, are zlib's.
//
// Differences from CPython 2.7:
//
//   - What is compressed is decompressed to the same data, but has other bytes, and another length, than
//     zlib's. strategy and memLevel change nothing; a window smaller than 32 KiB is not kept to.
//   - Preset dictionaries and copies of compressors are not there.
//   - A gzip.GzipFile has no fileno, seek or rewind, and its class has no classes below it.
package zlibmod
