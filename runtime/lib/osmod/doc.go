// Package osmod is the part of Python 2.7's module os that scripts use: the
// environment and the functions of os.path, by POSIX's rules on every system.
//
// The environment and the files are the Host's: each look at a variable or a
// file that was not granted is a PermissionError, and keys, items and copy show
// what was granted.
//
// Differences from CPython 2.7's os:
//
//   - environ cannot be changed, and iterates in order of names.
//   - What needs the working folder or the user's home (getcwd, abspath, relpath,
//     expanduser) is not there, nor is what changes files or starts programs.
package osmod
