package scripttest

import (
	"os"
	"slices"
	"strings"

	"golang.org/x/tools/txtar"
)

// SaveStarwire rewrites the case's file so that its *.starwire files hold got,
// as far as it differs from CPython's outcome. What it writes is to be read
// before it is committed: it says what starwire does, not what it should do.
func (c *Case) SaveStarwire(got Outcome) error {
	data, err := os.ReadFile(c.Path)
	if err != nil {
		return err
	}
	ar := txtar.Parse(data)
	ar.Files = slices.DeleteFunc(ar.Files, func(f txtar.File) bool { return strings.HasSuffix(f.Name, ours) })
	add := func(name, text string) {
		ar.Files = append(ar.Files, txtar.File{Name: name + ours, Data: []byte(text)})
	}
	if got.Sent != c.CPython.Sent {
		add("sent", got.Sent)
	}
	if got.Quoted != c.CPython.Quoted || got.Stdout != c.CPython.Stdout {
		name := "stdout"
		if got.Quoted {
			name = "stdout.quoted"
		}
		add(name, got.Stdout)
	}
	if got.Error != c.CPython.Error {
		add("error", got.Error)
	}
	return os.WriteFile(c.Path, txtar.Format(ar), 0o644)
}
