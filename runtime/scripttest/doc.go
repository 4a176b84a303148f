// Package scripttest is the test side of starwire's evidence: it reads the
// transcripts recorded from CPython 2.7.18, plays the server's part of them
// over loopback, and says where an outcome differs.
//
//   - [LoadCases] reads testdata/httplib/*.txtar into [Case] values.
//   - [ParseServer] and [Server.Start] give a [Peer] that answers as scripted.
//   - [Encode], [Decode] and [NamePorts] write bytes as text that means one thing.
//   - [Diff] shows two texts side by side, line by line.
//
// The formats are described in testdata/record/README.md, next to the recorder
// that uses the same ones. Only tests import this package.
package scripttest
