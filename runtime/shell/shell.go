// Package shell holds what makes shells complete the command's subcommands, flags
// and files.
package shell

import (
	"embed"
	"fmt"
	"strings"
)

//go:embed completion.*
var files embed.FS

// Shells are those that Completion knows.
var Shells = []string{"bash", "zsh", "fish"}

// Completion returns the text that a shell is to read at its start. The error
// lists the shells there are.
func Completion(shell string) (string, error) {
	text, err := files.ReadFile("completion." + shell)
	if err != nil {
		return "", fmt.Errorf("completion wants one of %s", strings.Join(Shells, ", "))
	}
	return string(text), nil
}
