package wire

import "math"

// Limits bounds what a peer can make this package hold in memory or wade
// through. The zero value of a field is its default, so the zero Limits is the
// usual one. A negative value lifts those limits that bound work only; a limit
// that bounds memory cannot be lifted, only raised, and a negative one is its
// default. No limit has a say over content: its bytes pass through.
//
// Lengths of lines count the line end.
type Limits struct {
	Line          int // bytes of one line of a head or of a trailer section; default 65,536
	ChunkLine     int // bytes of one chunk-size line; default 65,536
	FieldLines    int // lines of a head after its start-line, folded ones counted apart; default 100; negative: HeadBytes alone
	HeadBytes     int // bytes of one head; default 1 MiB, at most 1 GiB
	TrailerLines  int // field lines of one trailer section; default 100; negative: TrailerBytes alone
	TrailerBytes  int // bytes of the field lines of one trailer section; default 64 KiB
	ChunkOverhead int // bytes of chunk-size lines and CRLFs beyond 16 a chunk and twice its data; default 16 KiB; negative: none
	EmptyLines    int // empty lines skipped before a start-line; default 0 (a request: 1)
	ReadAhead     int // bytes a Reader fetches at a time, at most, beyond what was asked of it; default 32 KiB
}

const (
	defaultLine       = 65536 // httplib.py, _MAXLINE
	defaultFieldLines = 100   // httplib.py, _MAXHEADERS
	defaultHead       = 1 << 20
	defaultTrailer    = 64 << 10
	defaultOverhead   = 16 << 10
	defaultReadAhead  = 32 << 10

	// Offsets into a head are 32 bits wide, and a head whose folded lines are
	// joined is held at most twice.
	maxHead = 1 << 30
)

// DefaultLimits returns the defaults, which are also what the zero Limits means.
func DefaultLimits() Limits { return Limits{}.resolved() }

// StrictLimits returns the limits for a peer that gets no credit: chunk-size
// lines of at most 4,096 bytes, and up to two empty lines skipped before a
// start-line, which a strict parser would otherwise refuse. The rest are the
// defaults.
func StrictLimits() Limits { return Limits{ChunkLine: 4096, EmptyLines: 2}.resolved() }

// resolved returns l with a positive number in every field but EmptyLines.
func (l Limits) resolved() Limits {
	bound := func(n *int, def, none int) {
		if *n < 0 {
			*n = none
		} else if *n == 0 {
			*n = def
		}
	}
	bound(&l.Line, defaultLine, defaultLine)
	bound(&l.ChunkLine, defaultLine, defaultLine)
	bound(&l.FieldLines, defaultFieldLines, math.MaxInt)
	bound(&l.HeadBytes, defaultHead, defaultHead)
	bound(&l.TrailerLines, defaultFieldLines, math.MaxInt)
	bound(&l.TrailerBytes, defaultTrailer, defaultTrailer)
	bound(&l.ChunkOverhead, defaultOverhead, math.MaxInt)
	bound(&l.EmptyLines, 0, 0)
	bound(&l.ReadAhead, defaultReadAhead, defaultReadAhead)
	l.HeadBytes = min(l.HeadBytes, maxHead)
	l.TrailerBytes = min(l.TrailerBytes, maxHead)
	return l
}
