// Package wire says what bytes mean as HTTP/1.1, and writes bytes that mean it:
// RFC 9112, with the parts of RFC 9110 it rests on. It does no networking and
// knows nothing of redirects, cookies or codings; a client or a server is built
// from it by putting a connection below and a policy above.
//
// # Layers
//
// Three, each usable without the one above:
//
//   - Elements, which are pure functions: [ParseStatusLine], [ParseFieldLine],
//     [ParseChunkLine], [ParseResponse] and their like take bytes and return
//     what they say; [AppendRequestLine], [AppendField] and theirs write them.
//   - The [Decoder], which is pure too: it follows content through a stream and
//     counts, while the caller moves the bytes.
//   - The [Reader] on an io.Reader, which brings a buffer: lines, heads, and the
//     [Body] of a message as a stream.
//
// [Head] holds a parsed head, [ResponseFraming] and [RequestFraming] decide from
// it where the content ends, [Persistent] whether another message may follow.
//
// # Strictness
//
// What is parsed whole is parsed strictly: a message that two implementations
// are known to read differently is refused with a *[SyntaxError], as soon as the
// line that shows it is complete. A caller that must accept more reads lines
// ([Reader.ReadLine]) and applies a rule of its own; [Reader.ReadResponse]
// consumes nothing when it refuses, so both can be tried in turn. For content
// the one alternative is [Decoder].Lenient.
//
// Everything a peer can make long or many is bounded by [Limits]. Memory grows
// with what has arrived, never with what was announced.
//
// # Whose bytes
//
// Results are called borrowed (good until the next call on what returned them),
// owned (the caller's), or a view of something (good as long as that is). Nothing
// is copied that need not be, so a result to be kept has to be copied.
package wire
