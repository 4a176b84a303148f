package scripttest

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/tools/txtar"
)

// A Case is one transcript: a script, its server, and what CPython 2.7.18 made
// of them. testdata/record/README.md describes the files.
type Case struct {
	Name        string // file name without .txtar
	Path        string
	Source      string // the comment's first line: what the case is about
	Differences []Difference
	Uncaught    bool // the script is to end with an exception
	Script      string
	Server      string            // "" when HasServer is false
	HasServer   bool              // whether the script needs a peer
	Files       map[string]string // name to content, in the escaped form
	CPython     Outcome
	Starwire    Outcome // what a conforming starwire does: CPython, but for what differs
}

// A Difference is a place where starwire leaves CPython on purpose.
type Difference struct {
	IDs    []string // "D5", "H3", …; or the package whose doc.go lists it, "sslmod"
	Reason string
}

// An Outcome is what can be seen of a run. Stdout and Error have their ports
// named, {PORT}; Sent, and Stdout where Quoted, are in the escaped form.
type Outcome struct {
	Sent   string
	Stdout string
	Quoted bool
	Error  string // last line of the traceback of an uncaught exception
}

var (
	differs      = regexp.MustCompile(`^differs: ((?:[DH][0-9]+|[a-z0-9]+mod)(?:, [DH][0-9]+)*): (\S.*)$`)
	deviationIDs = regexp.MustCompile(`[DH][0-9]+|[a-z0-9]+mod`)
)

// outcomeFiles are the files of an outcome. With the suffix .starwire they
// hold starwire's own where it differs.
var outcomeFiles = []string{"sent", "stdout", "stdout.quoted", "error"}

const ours = ".starwire"

// LoadCases reads the cases of a folder, in the order of their names.
func LoadCases(dir string) ([]*Case, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.txtar"))
	if err != nil {
		return nil, err
	}
	var cases []*Case
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		c, err := ParseCase(data)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		c.Path, c.Name = path, strings.TrimSuffix(filepath.Base(path), ".txtar")
		cases = append(cases, c)
	}
	return cases, nil
}

// ParseCase reads one case; Name and Path stay empty. It refuses files it does
// not know and differences without an outcome of their own, and the reverse.
func ParseCase(data []byte) (*Case, error) {
	ar := txtar.Parse(data)
	c := &Case{Files: map[string]string{}}
	if err := c.comment(string(ar.Comment)); err != nil {
		return nil, err
	}
	files := map[string]string{}
	for _, f := range ar.Files {
		if _, dup := files[f.Name]; dup {
			return nil, fmt.Errorf("%s: twice", f.Name)
		}
		files[f.Name] = string(f.Data)
	}
	c.Script = files["script.star"]
	c.Server, c.HasServer = files["server"]
	if c.Script == "" {
		return nil, fmt.Errorf("no script.star")
	}
	known := map[string]bool{"script.star": true, "server": true}
	for _, name := range outcomeFiles {
		known[name], known[name+ours] = true, true
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if file, ok := strings.CutPrefix(name, "files/"); ok && !strings.Contains(file, "/") {
			c.Files[file] = files[name]
		} else if !known[name] {
			return nil, fmt.Errorf("%s: no such file in a case", name)
		}
	}
	c.CPython = outcome(files, "", Outcome{})
	c.Starwire = outcome(files, ours, c.CPython)
	switch differ := c.Starwire != c.CPython; {
	case differ && len(c.Differences) == 0:
		return nil, fmt.Errorf("*%s without a line `differs: ID: reason`", ours)
	case !differ && len(c.Differences) > 0:
		return nil, fmt.Errorf("a line `differs:` without *%s", ours)
	}
	return c, nil
}

func (c *Case) comment(text string) error {
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case c.Source == "":
			c.Source = line
		case line == "uncaught":
			c.Uncaught = true
		case strings.HasPrefix(line, "differs"):
			m := differs.FindStringSubmatch(line)
			if m == nil {
				return fmt.Errorf("%s: want `differs: D1, H2: reason`", line)
			}
			c.Differences = append(c.Differences, Difference{deviationIDs.FindAllString(m[1], -1), m[2]})
		}
	}
	if c.Source == "" {
		return fmt.Errorf("no comment that names the case's source")
	}
	return nil
}

// outcome collects the outcome files that end in suffix; what they leave out
// is as in base.
func outcome(files map[string]string, suffix string, base Outcome) Outcome {
	o := base
	if text, ok := files["sent"+suffix]; ok {
		o.Sent = text
	}
	if text, ok := files["stdout"+suffix]; ok {
		o.Stdout, o.Quoted = text, false
	}
	if text, ok := files["stdout.quoted"+suffix]; ok {
		o.Stdout, o.Quoted = text, true
	}
	if text, ok := files["error"+suffix]; ok {
		o.Error = text
	}
	return o
}

// NewOutcome puts what a run did into the form of a transcript. stdout and
// lastLine are as the run wrote them; sent is from [Peer.Finish].
func NewOutcome(sent, stdout, lastLine string, ports Ports) Outcome {
	o := Outcome{Sent: sent, Error: NamePorts(lastLine, ports, "")}
	for i := range len(stdout) {
		if c := stdout[i]; c != '\n' && (c < ' ' || c > '~') {
			o.Stdout, o.Quoted = Encode([]byte(stdout), ports), true
			return o
		}
	}
	o.Stdout = NamePorts(stdout, ports, "")
	return o
}

// Diff says where got differs from want; "" where they are equal.
func (o Outcome) Diff(got Outcome) string {
	var out strings.Builder
	for _, part := range []struct{ name, want, got string }{
		{"sent", o.Sent, got.Sent}, {"stdout", o.Stdout, got.Stdout}, {"error", o.Error, got.Error},
	} {
		if d := Diff(part.want, part.got); d != "" {
			fmt.Fprintf(&out, "%s (- want, + got):\n%s", part.name, d)
		}
	}
	return out.String()
}
