package scripttest

import (
	"fmt"
	"iter"
	"os"
	"strconv"
	"strings"
)

// WalkOps are the calls of walks, one letter each, as walks.txt explains them.
const WalkOps = "qpesgrc"

// WalkLength is the number of calls of the longest walks.
const WalkLength = 5

// Walks are the recorded sequences of calls on a connection, for one answer of
// the peer. Every sequence of up to WalkLength calls is among them.
type Walks struct {
	Name   string
	Answer []byte // what the peer sends for each request head it received

	start int
	nodes []walkNode // by number, shared between the Walks of a file
}

// A WalkStep is what one call of a walk did.
type WalkStep struct {
	Result  string // the value's repr, or "!" and the exception's
	State   string // CPython's name of the connection's state
	Open    bool   // whether the connection has a socket
	Pending bool   // whether it remembers a response
	Sent    []WalkWrite
}

// A WalkWrite is one write to a connection's transport.
type WalkWrite struct {
	Conn int // 1 is the first transport the walk opened
	Data string
}

type walkNode []walkMove // one for each of WalkOps

type walkMove struct {
	step *WalkStep
	next int // a node; 0 ends the walk
}

// LoadWalks reads the file that testdata/record/record_walks.py writes.
func LoadWalks(path string) ([]*Walks, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	r := walkReader{outcomes: map[string]*WalkStep{}, nodes: []walkNode{nil}}
	for i, line := range strings.Split(string(data), "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		if err := r.line(strings.Fields(line)); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", path, i+1, err)
		}
	}
	for _, node := range r.nodes {
		for _, move := range node {
			if move.next >= len(r.nodes) {
				return nil, fmt.Errorf("%s: no node %d", path, move.next)
			}
		}
	}
	for _, w := range r.walks {
		if w.start >= len(r.nodes) {
			return nil, fmt.Errorf("%s: no node %d", path, w.start)
		}
		w.nodes = r.nodes
	}
	return r.walks, nil
}

type walkReader struct {
	outcomes map[string]*WalkStep
	walks    []*Walks
	nodes    []walkNode
}

func (r *walkReader) line(words []string) (err error) {
	switch {
	case words[0] == "outcome" && len(words) >= 6:
		r.outcomes[words[1]], err = parseWalkStep(words[2:])
		return err
	case words[0] == "peer" && len(words) >= 4:
		w := &Walks{Name: words[1]}
		if w.start, err = strconv.Atoi(words[2]); err != nil {
			return err
		}
		// Fields split at the blanks within quotes; no answer has two in a row.
		w.Answer, err = Decode(strings.Join(words[3:], " "), nil)
		r.walks = append(r.walks, w)
		return err
	case words[0] == strconv.Itoa(len(r.nodes)) && len(words) == 1+len(WalkOps):
		var node walkNode
		for _, word := range words[1:] {
			outcome, next, _ := strings.Cut(word, ">")
			move := walkMove{step: r.outcomes[outcome]}
			if move.next, err = strconv.Atoi(next); err != nil || move.step == nil {
				return fmt.Errorf("bad move %s", word)
			}
			node = append(node, move)
		}
		r.nodes = append(r.nodes, node)
		return nil
	}
	return fmt.Errorf("unknown line %.40q", strings.Join(words, " "))
}

func parseWalkStep(words []string) (*WalkStep, error) {
	spaces := strings.NewReplacer("_", " ")
	s := &WalkStep{
		Result:  spaces.Replace(words[0]),
		State:   words[1],
		Open:    words[2] == "open",
		Pending: words[3] == "pending",
	}
	for _, word := range words[4:] {
		number, data, _ := strings.Cut(word, ":")
		conn, err := strconv.Atoi(number)
		if err != nil {
			return nil, fmt.Errorf("bad write %s", word)
		}
		bytes, err := Decode(spaces.Replace(data), nil)
		if err != nil {
			return nil, err
		}
		s.Sent = append(s.Sent, WalkWrite{conn, string(bytes)})
	}
	return s, nil
}

// Longest yields each sequence of WalkLength calls with what its steps did; the
// shorter ones are their beginnings. The slice is reused.
func (w *Walks) Longest() iter.Seq2[string, []*WalkStep] {
	return func(yield func(string, []*WalkStep) bool) {
		var ops []byte
		var steps []*WalkStep
		var visit func(node int) bool
		visit = func(node int) bool {
			if node == 0 {
				return yield(string(ops), steps)
			}
			for i, move := range w.nodes[node] {
				ops, steps = append(ops, WalkOps[i]), append(steps, move.step)
				if !visit(move.next) {
					return false
				}
				ops, steps = ops[:len(ops)-1], steps[:len(steps)-1]
			}
			return true
		}
		visit(w.start)
	}
}
