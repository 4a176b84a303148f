//go:build linux && (amd64 || arm64) && !race && !msan && !asan

package socketmod

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// sendfileDirect sends n bytes of f from start, where it stands, and waits for room in
// the kernel; fewer are sent without an error where f ends. ok is false, and nothing
// sent, where reads do not wait so, or f is not one to send from: net is to do it.
//
// net's own way tells the scheduler of each call, and takes so long in each that the
// scheduler looks for something else to do meanwhile, on the processor the peer needs.
func (l *link) sendfileDirect(f *os.File, start, n int64) (sent int64, ok bool, err error) {
	d := &l.direct
	if d.raw == nil || !d.wait.allowed.Load() {
		return 0, false, nil
	}
	file, err := f.SyscallConn()
	if err != nil {
		return 0, false, nil
	}
	var errno syscall.Errno
	var werr error
	err = file.Control(func(from uintptr) {
		werr = d.raw.Write(func(to uintptr) (done bool) {
			for sent < n {
				k, e := sendfile(to, from, start+sent, min(n-sent, mostDirect))
				sent += k
				switch {
				case e == syscall.EAGAIN:
					if !d.wait.wait(to, pollOut, l.writes.by, &d.over, &d.fds) {
						return false
					}
				case e != 0 || k == 0:
					errno = e
					return true
				}
			}
			return true
		})
	})
	switch {
	case werr != nil:
		return sent, true, werr
	case err != nil:
		return sent, true, err
	}
	switch errno {
	case 0:
		return sent, true, nil
	case syscall.EINVAL, syscall.ENOSYS, syscall.EOPNOTSUPP, syscall.EPERM: // f cannot be sent from
		return sent, sent > 0, nil
	}
	return sent, true, os.NewSyscallError("sendfile", errno)
}

// sendfile is sendfile(2) of n bytes from where the file stands, at start. It tells
// the scheduler of the call if it may have to wait for the disk.
func sendfile(to, from uintptr, start, n int64) (int64, syscall.Errno) {
	call := syscall.Syscall6
	if cached(from, start, n) {
		call = syscall.RawSyscall6
	}
	for {
		sent, _, errno := call(syscall.SYS_SENDFILE, to, from, 0, uintptr(n), 0, 0)
		switch errno {
		case 0:
			return int64(sent), 0
		case syscall.EINTR:
		default:
			return 0, errno
		}
	}
}

// cached reports whether the last of n bytes of the file from start is in memory; or
// the first one, if the file ends among them. That says the same of the others, as a
// rule: files are read ahead.
func cached(file uintptr, start, n int64) bool {
	var b [1]byte
	got, err := unix.Preadv2(int(file), [][]byte{b[:]}, start+n-1, unix.RWF_NOWAIT)
	if got == 0 && err == nil {
		_, err = unix.Preadv2(int(file), [][]byte{b[:]}, start, unix.RWF_NOWAIT)
	}
	return err == nil
}
