package httplibmod

import (
	"testing"

	"go.starlark.net/starlark"
)

// TestMoves walks every cell of the table: where it refuses, the exception
// depends on the operation alone.
func TestMoves(t *testing.T) {
	enter := map[connState]string{
		idle:       "",
		reqStarted: "c.putrequest('GET','/')\n",
		reqSent:    "c.request('GET','/')\n",
	}
	do := [numOps]string{
		opPutRequest:  "c.putrequest('GET','/')",
		opPutHeader:   "c.putheader('A','b')",
		opEndHeaders:  "c.endheaders()",
		opGetResponse: "c.getresponse()",
		opClose:       "c.close()",
	}
	for s := idle; s < numStates; s++ {
		for op := opPutRequest; op < numOps; op++ {
			sock := &fakeSocket{text: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"}
			out := mustRun(t, "c = httplib.HTTPConnection('h')\nc.sock = sock\n"+enter[s]+
				"print(attempt(lambda: "+do[op]+"))\nprint(c._HTTPConnection__state)", starlark.StringDict{"sock": sock.value()})
			want := "\n" + moves[s][op].name() + "\n"
			if moves[s][op] == 0 {
				want = (*refusals[op]).QualifiedName() + "\n" + s.String() + "\n"
			}
			if out != want {
				t.Errorf("%v in %v: %q; want %q", op, s, out, want)
			}
		}
	}
}

func (s connState) name() string {
	if s == 0 {
		return ""
	}
	return s.String()
}
