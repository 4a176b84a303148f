//go:build unix

package command

import (
	"errors"
	"os"
	"syscall"
)

// readRegular is os.ReadFile of a regular file whose size is about as given. It is
// read without package os, which would tell the poller of it, and a start that needs
// no poller otherwise set one up first.
func readRegular(name string, size int64) ([]byte, error) {
	var fd int
	err := retried(func() (err error) {
		fd, err = syscall.Open(name, syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
		return err
	})
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: name, Err: err}
	}
	defer syscall.Close(fd)
	data := make([]byte, 0, max(size, 0)+512) // there is room left at the end of the file
	for {
		var n int
		err := retried(func() (err error) {
			n, err = syscall.Read(fd, data[len(data):cap(data)])
			return err
		})
		switch {
		case err != nil:
			return nil, &os.PathError{Op: "read", Path: name, Err: err}
		case n == 0:
			return data, nil
		}
		if data = data[:len(data)+n]; len(data) == cap(data) {
			data = append(data, 0)[:len(data)]
		}
	}
}

// retried calls f until no signal interrupts it.
func retried(f func() error) error {
	for {
		if err := f(); !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}
