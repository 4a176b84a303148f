package httplibmod

import (
	"errors"
	"fmt"
	"io"
	"math"

	"go.starlark.net/starlark"

	"starwire/runtime/py"
	"starwire/wire"
)

// all as an amount means: to the end.
const all = math.MaxInt64

// read is httplib.py, HTTPResponse.read and _read_chunked. amt is all for None
// and for any negative number (D12).
func (r *HTTPResponse) read(thread *starlark.Thread, amt int64) (string, error) {
	if r.frozen {
		return "", fmt.Errorf("cannot read from frozen HTTPResponse")
	}
	switch {
	case r.closed:
		return "", nil
	case r.odd().failed != nil:
		return "", r.odd().failed
	case isHead(r.method):
		return "", r.finish(thread)
	case r.msg == nil:
		return "", py.AssertionError.New(nil) // before begin
	case r.lost:
		r.finish(thread)
		return "", IncompleteRead.New(nil, starlark.String(""))
	}
	r.enter(thread)
	if most := r.t.rules.maxBody; most < amt {
		return r.readAtMost(thread, most)
	}
	return r.readUpTo(thread, amt)
}

// readAtMost is read() where the body may be longer than what one call may
// return. One byte more is asked for, to see whether there is one.
func (r *HTTPResponse) readAtMost(thread *starlark.Thread, most int64) (string, error) {
	tooLarge := HTTPException.Errorf("the body is larger than max_body: %d bytes", most)
	if !r.chunked && r.left > most {
		return "", r.lose(thread, tooLarge)
	}
	if r.left != untilClose {
		return r.readUpTo(thread, all)
	}
	data, err := r.readUpTo(thread, most+1)
	if err != nil {
		return "", err
	}
	if int64(len(data)) > most {
		return "", r.lose(thread, tooLarge)
	}
	// An exact end has not been seen yet.
	for !r.closed {
		more, err := r.readUpTo(thread, 1)
		if err != nil {
			return "", err
		}
		if more != "" {
			return "", r.lose(thread, tooLarge)
		}
	}
	return data, nil
}

// readUpTo reads amt bytes or to the end.
func (r *HTTPResponse) readUpTo(thread *starlark.Thread, amt int64) (string, error) {
	if r.chunked && !r.bodiless {
		return r.readChunked(thread, amt)
	}
	return r.readPlain(thread, amt)
}

// readPlain reads a body framed by Content-Length or by the connection's end,
// or none.
func (r *HTTPResponse) readPlain(thread *starlark.Thread, amt int64) (string, error) {
	want := amt
	if r.left != untilClose && want > r.left {
		want = r.left
	}
	data, err := "", r.odd().cut
	if err == nil {
		data, err = r.gather(want)
	}
	early := isSyntax(err) // the connection's end before that of the content
	if err == io.EOF && r.left == untilClose && r.t.ragged != nil && (amt == all || data == "") {
		// Nobody can say whether this was all.
		if !r.t.rules.strict {
			return "", r.lose(thread, r.t.ragged)
		}
		r.abandon(thread)
		return "", IncompleteRead.New(r.t.ragged, starlark.String(data))
	}
	if err != nil && err != io.EOF && !early {
		return "", r.lose(thread, err)
	}
	n := int64(len(data))
	if amt == all || early && r.t.rules.strict {
		if early {
			r.abandon(thread)
			return "", contentError(err, data)
		}
		if r.left != untilClose {
			r.left = 0
		}
		return data, r.finish(thread)
	}
	// A short answer at an early end of the connection is no error in Python.
	if n == 0 && amt > 0 {
		if r.left > 0 {
			r.abandon(thread)
		} else {
			r.finish(thread)
		}
	}
	if r.left != untilClose {
		if r.left -= n; r.left == 0 {
			r.finish(thread)
		}
	}
	if early {
		r.oddly().cut = err
		r.drop(thread)
	}
	return data, nil
}

// readChunked reads a chunked body. A read that ends exactly at the end of a
// chunk takes the line end behind it and leaves the response open, even behind
// the last chunk, as 2.7 does.
func (r *HTTPResponse) readChunked(thread *starlark.Thread, amt int64) (string, error) {
	var data string
	var err error
	inside := r.body.Left() > 0
	if amt == 0 {
		err = r.body.NextChunk() // a look at the next size, which may be the end
	} else if data, inside, err = r.gatherChunks(amt); err == nil && r.body.Left() == 0 {
		err = r.body.EndChunk()
	}
	if err == nil {
		if r.chunkLeft = r.body.Left(); r.chunkLeft == 0 {
			r.chunkLeft = betweenChunks
		}
		return data, nil
	}
	if err == io.EOF {
		return data, r.finish(thread)
	}
	err = missing(err, amt-int64(len(data)), inside)
	err = contentError(err, data)
	var incomplete *py.Exception
	switch {
	case !errors.As(err, &incomplete) || !incomplete.IsA(IncompleteRead):
		r.lose(thread, err)
	case incomplete.Fields["expected"] == starlark.None:
		r.abandon(thread)
	default: // the end came inside a chunk: 2.7 leaves the response open until the next read
		r.lost = true
		r.t.held = false
		r.drop(thread)
	}
	return "", err
}

// gatherChunks is gather for a chunked body. inside tells where it stopped: in
// the data of a chunk of which it had read a part.
func (r *HTTPResponse) gatherChunks(want int64) (data string, inside bool, err error) {
	src := chunkReader{r.body, r.body.Left() > 0}
	data, err = fill(&src, r.pieces(want), want, false)
	return data, src.inside, err
}

// A chunkReader notes where it stopped.
type chunkReader struct {
	body   *wire.Body
	inside bool
}

func (c *chunkReader) Read(p []byte) (int, error) {
	n, err := c.body.Read(p)
	if err == nil {
		c.inside = c.body.Left() > 0
	}
	return n, err
}

// missing makes an early end inside a chunk say what Python says is missing: of
// the chunk only what this read still wanted. The CRLF behind the data is two
// bytes that every read wants.
func missing(err error, wanted int64, inside bool) error {
	var s *wire.SyntaxError
	if !errors.As(err, &s) || s.Reason != wire.Truncated || s.Missing <= wanted || !inside && s.Missing == 2 {
		return err
	}
	cut := *s
	cut.Missing = wanted
	return &cut
}

// lose remembers err for every later read, and closes the connection: what the
// failed read had received is gone, so what comes would be shifted (D13, H4).
func (r *HTTPResponse) lose(thread *starlark.Thread, err error) error {
	r.oddly().failed = err
	r.t.held = false
	r.drop(thread)
	return err
}

// gather reads until it has want bytes of content or there are no more, as a
// Python file does. The error is nil if all of want came, io.EOF at the end of
// the content, or why it stopped; data has what came before it.
func (r *HTTPResponse) gather(want int64) (data string, err error) {
	if r.odd().prefix != "" {
		return fill(rawReader{r}, r.pieces(want), want, false) // HTTP/0.9: all that comes is content
	}
	told := r.left != untilClose
	if r.file != nil && !r.chunked {
		return fill(&announcing{r.file, r}, r.pieces(want), want, told)
	}
	return fill(r.body, r.pieces(want), want, told)
}

// pieces returns the slab that a read of want bytes takes its memory from, or nil
// for one that is too small, or asks for all there is.
func (r *HTTPResponse) pieces(want int64) *slab {
	if want < slabFrom || want == all {
		return nil
	}
	if r.slab == nil {
		r.slab = new(slab)
	}
	return r.slab
}

// rawReader reads what responseFile.raw does.
type rawReader struct{ r *HTTPResponse }

func (r rawReader) Read(p []byte) (int, error) { return responseFile(r).raw(p) }

// announcing reads content and tells a script's file how much of it is to come.
type announcing struct {
	f *scriptFile
	r *HTTPResponse
}

func (a *announcing) Read(p []byte) (int, error) {
	a.f.left = a.r.body.Left()
	defer func() { a.f.left = 0 }()
	return a.r.body.Read(p)
}
