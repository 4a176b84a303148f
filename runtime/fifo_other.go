//go:build !unix

package runtime

import (
	"context"
	"io/fs"
	"os"

	"starwire/runtime/host"
)

// unblocked opens a file by open: no file makes that wait here.
func unblocked(_ context.Context, flag int, open func(flag int) (*os.File, error), _ func() (fs.FileInfo, error)) (host.File, error) {
	f, err := open(flag)
	if err != nil {
		return nil, err
	}
	return f, nil
}
