//go:build !unix

package command

import "os"

// readRegular is os.ReadFile.
func readRegular(name string, _ int64) ([]byte, error) { return os.ReadFile(name) }
