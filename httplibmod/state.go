package httplibmod

import "starwire/runtime/py"

// connState is where a connection stands, by httplib.py's own names. The second
// half of Python's state, the response not yet read to its end, is
// HTTPConnection.pending.
type connState uint8

// States count from 1, so that a move that is not in the table, which is the
// zero connState, is a refusal.
const (
	idle connState = iota + 1
	reqStarted
	reqSent
	numStates
)

// String returns the value of httplib.py's _CS_ constant.
func (s connState) String() string {
	return [numStates]string{idle: "Idle", reqStarted: "Request-started", reqSent: "Request-sent"}[s]
}

// connOp is a call that depends on the state.
type connOp uint8

const (
	opPutRequest connOp = iota
	opPutHeader
	opEndHeaders
	opGetResponse
	opClose
	numOps
)

// String returns the name of the method.
func (o connOp) String() string {
	return [numOps]string{"putrequest", "putheader", "endheaders", "getresponse", "close"}[o]
}

// moves is the whole machine: the state after an operation, in each state that
// allows it. send, connect and set_tunnel are not here: they ask only for the
// socket.
var moves = [numStates][numOps]connState{
	idle:       {opPutRequest: reqStarted, opClose: idle},
	reqStarted: {opPutHeader: reqStarted, opEndHeaders: reqSent, opClose: idle},
	reqSent:    {opGetResponse: idle, opClose: idle},
}

// refusals has the exception of an operation in any state that does not allow it.
var refusals = [numOps]**py.Class{
	opPutRequest:  &CannotSendRequest,
	opPutHeader:   &CannotSendHeader,
	opEndHeaders:  &CannotSendHeader,
	opGetResponse: &ResponseNotReady,
}

// allowed returns the state that op leads to, or the refusal.
func (c *HTTPConnection) allowed(op connOp) (connState, error) {
	if to := moves[c.state][op]; to != 0 {
		return to, nil
	}
	return c.state, (*refusals[op]).New(nil)
}
