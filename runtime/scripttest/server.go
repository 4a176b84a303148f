package scripttest

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Server is a parsed server script: what a peer does with each connection of
// each of its listeners. It can be started any number of times.
type Server struct {
	listeners [][]connScript
}

type connScript []step

// A step is one line of a server script. Every one either acts at once or
// waits for the client, so that no script needs a delay.
type step struct {
	op   stepOp
	n    int    // stepReadN: bytes
	text string // stepSend, stepDrip: escaped form; stepTLS, stepMark, stepAwait: a name
}

type stepOp int

const (
	stepReadRequest stepOp = iota + 1 // head, then the bytes its Content-Length counts
	stepReadHead
	stepReadN
	stepReadEOF
	stepSend
	stepDrip   // send, one byte a write
	stepClose  // close_notify on TLS, FIN
	stepCut    // FIN alone
	stepReset  // RST
	stepIgnore // keep nothing of what comes
	stepTLS    // handshake
	stepMark   // tells the script
	stepAwait  // waits for the script
)

// stepWords has the steps that are a word and one argument.
var stepWords = map[string]stepOp{
	"send": stepSend, "drip": stepDrip, "tls": stepTLS, "mark": stepMark, "await": stepAwait,
}

// stepLines has the steps that are whole lines.
var stepLines = map[string]stepOp{
	"read": stepReadRequest, "read head": stepReadHead, "read eof": stepReadEOF,
	"close": stepClose, "cut": stepCut, "reset": stepReset, "ignore": stepIgnore,
}

// portEscape matches the port escapes of the escaped form, which can only be
// resolved once a server runs.
var portEscape = regexp.MustCompile(`\\\{([A-Z]+[0-9]*)\}`)

// ParseServer reads a server script. Its errors begin with "server:LINE: ".
func ParseServer(text string) (*Server, error) {
	s := new(Server)
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		if err := s.add(line); err != nil {
			return nil, fmt.Errorf("server:%d: %s: %w", i+1, line, err)
		}
	}
	return s, nil
}

func (s *Server) add(line string) error {
	if line == "listener" {
		s.listeners = append(s.listeners, nil)
		return nil
	}
	if len(s.listeners) == 0 {
		s.listeners = append(s.listeners, nil)
	}
	conns := &s.listeners[len(s.listeners)-1]
	if line == "conn" {
		*conns = append(*conns, connScript{})
		return nil
	}
	st, err := parseStep(line)
	if err != nil {
		return err
	}
	if len(*conns) == 0 {
		return fmt.Errorf("step outside a connection")
	}
	last := &(*conns)[len(*conns)-1]
	*last = append(*last, st)
	return nil
}

func parseStep(line string) (step, error) {
	if op, ok := stepLines[line]; ok {
		return step{op: op}, nil
	}
	word, arg, _ := strings.Cut(line, " ")
	arg = strings.TrimSpace(arg)
	if word == "read" {
		n, err := strconv.Atoi(arg)
		if err != nil || n < 0 {
			return step{}, fmt.Errorf("want a count, head or eof")
		}
		return step{op: stepReadN, n: n}, nil
	}
	op, ok := stepWords[word]
	if !ok {
		return step{}, fmt.Errorf("unknown step")
	}
	if arg == "" {
		return step{}, fmt.Errorf("want an argument")
	}
	if op == stepSend || op == stepDrip {
		// Any port will do to see whether the form is right.
		if _, err := Decode(portEscape.ReplaceAllString(arg, "0"), nil); err != nil {
			return step{}, err
		}
	}
	return step{op: op, text: arg}, nil
}
