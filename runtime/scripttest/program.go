package scripttest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/tools/txtar"
)

// A Program is a Python 2 program as people write them, with its server, and
// what CPython 2.7.18 made of them. testdata/record/record_programs.py describes
// the files.
type Program struct {
	Name      string // file name without .txtar
	About     string // the comment's first line
	Source    string
	Args      string // one line, as a shell splits it
	Stdin     string
	Server    string
	HasServer bool
	Files     map[string]string // name to content, in the escaped form
	CPython   Outcome           // Error is standard error and the exit status
}

// LoadPrograms reads the programs of a folder, in the order of their names.
func LoadPrograms(dir string) ([]*Program, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.txtar"))
	if err != nil {
		return nil, err
	}
	var programs []*Program
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		p, err := parseProgram(data)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		p.Name = strings.TrimSuffix(filepath.Base(path), ".txtar")
		programs = append(programs, p)
	}
	return programs, nil
}

func parseProgram(data []byte) (*Program, error) {
	ar := txtar.Parse(data)
	p := &Program{Files: map[string]string{}}
	p.About, _, _ = strings.Cut(string(ar.Comment), "\n")
	files := map[string]string{}
	for _, f := range ar.Files {
		switch name, inFolder := strings.CutPrefix(f.Name, "files/"); {
		case inFolder:
			p.Files[name] = string(f.Data)
		case f.Name == "program.py" || f.Name == "args" || f.Name == "stdin" || f.Name == "server" ||
			f.Name == "sent" || f.Name == "stdout" || f.Name == "stdout.quoted" || f.Name == "error":
			files[f.Name] = string(f.Data)
		default:
			return nil, fmt.Errorf("%s: no such file in a program's case", f.Name)
		}
	}
	p.Source, p.Stdin = files["program.py"], files["stdin"]
	if p.Source == "" || p.About == "" {
		return nil, fmt.Errorf("no program.py, or no comment that says what it is")
	}
	p.Server, p.HasServer = files["server"]
	var ok bool
	if p.Args, ok = files["args"]; !ok && p.HasServer {
		p.Args = "127.0.0.1:{PORT}"
	}
	p.CPython = outcome(files, "", Outcome{})
	return p, nil
}
