//go:build unix && !linux

package errnomod

import (
	"fmt"
	"strings"
	"syscall"
)

// numbers are the errors that all Unix systems have, with this one's numbers.
var numbers = func() string {
	var b strings.Builder
	for _, e := range []struct {
		name   string
		number syscall.Errno
	}{
		{"E2BIG", syscall.E2BIG},
		{"EACCES", syscall.EACCES},
		{"EADDRINUSE", syscall.EADDRINUSE},
		{"EADDRNOTAVAIL", syscall.EADDRNOTAVAIL},
		{"EAFNOSUPPORT", syscall.EAFNOSUPPORT},
		{"EAGAIN", syscall.EAGAIN},
		{"EALREADY", syscall.EALREADY},
		{"EBADF", syscall.EBADF},
		{"EBUSY", syscall.EBUSY},
		{"ECHILD", syscall.ECHILD},
		{"ECONNABORTED", syscall.ECONNABORTED},
		{"ECONNREFUSED", syscall.ECONNREFUSED},
		{"ECONNRESET", syscall.ECONNRESET},
		{"EDEADLK", syscall.EDEADLK},
		{"EDESTADDRREQ", syscall.EDESTADDRREQ},
		{"EDOM", syscall.EDOM},
		{"EDQUOT", syscall.EDQUOT},
		{"EEXIST", syscall.EEXIST},
		{"EFAULT", syscall.EFAULT},
		{"EFBIG", syscall.EFBIG},
		{"EHOSTDOWN", syscall.EHOSTDOWN},
		{"EHOSTUNREACH", syscall.EHOSTUNREACH},
		{"EIDRM", syscall.EIDRM},
		{"EILSEQ", syscall.EILSEQ},
		{"EINPROGRESS", syscall.EINPROGRESS},
		{"EINTR", syscall.EINTR},
		{"EINVAL", syscall.EINVAL},
		{"EIO", syscall.EIO},
		{"EISCONN", syscall.EISCONN},
		{"EISDIR", syscall.EISDIR},
		{"ELOOP", syscall.ELOOP},
		{"EMFILE", syscall.EMFILE},
		{"EMLINK", syscall.EMLINK},
		{"EMSGSIZE", syscall.EMSGSIZE},
		{"ENAMETOOLONG", syscall.ENAMETOOLONG},
		{"ENETDOWN", syscall.ENETDOWN},
		{"ENETRESET", syscall.ENETRESET},
		{"ENETUNREACH", syscall.ENETUNREACH},
		{"ENFILE", syscall.ENFILE},
		{"ENOBUFS", syscall.ENOBUFS},
		{"ENODEV", syscall.ENODEV},
		{"ENOENT", syscall.ENOENT},
		{"ENOEXEC", syscall.ENOEXEC},
		{"ENOLCK", syscall.ENOLCK},
		{"ENOMEM", syscall.ENOMEM},
		{"ENOMSG", syscall.ENOMSG},
		{"ENOPROTOOPT", syscall.ENOPROTOOPT},
		{"ENOSPC", syscall.ENOSPC},
		{"ENOSYS", syscall.ENOSYS},
		{"ENOTBLK", syscall.ENOTBLK},
		{"ENOTCONN", syscall.ENOTCONN},
		{"ENOTDIR", syscall.ENOTDIR},
		{"ENOTEMPTY", syscall.ENOTEMPTY},
		{"ENOTSOCK", syscall.ENOTSOCK},
		{"ENOTTY", syscall.ENOTTY},
		{"ENXIO", syscall.ENXIO},
		{"EOPNOTSUPP", syscall.EOPNOTSUPP},
		{"EOVERFLOW", syscall.EOVERFLOW},
		{"EPERM", syscall.EPERM},
		{"EPFNOSUPPORT", syscall.EPFNOSUPPORT},
		{"EPIPE", syscall.EPIPE},
		{"EPROTONOSUPPORT", syscall.EPROTONOSUPPORT},
		{"EPROTOTYPE", syscall.EPROTOTYPE},
		{"ERANGE", syscall.ERANGE},
		{"EROFS", syscall.EROFS},
		{"ESHUTDOWN", syscall.ESHUTDOWN},
		{"ESOCKTNOSUPPORT", syscall.ESOCKTNOSUPPORT},
		{"ESPIPE", syscall.ESPIPE},
		{"ESRCH", syscall.ESRCH},
		{"ESTALE", syscall.ESTALE},
		{"ETIMEDOUT", syscall.ETIMEDOUT},
		{"ETOOMANYREFS", syscall.ETOOMANYREFS},
		{"ETXTBSY", syscall.ETXTBSY},
		{"EUSERS", syscall.EUSERS},
		{"EWOULDBLOCK", syscall.EWOULDBLOCK},
		{"EXDEV", syscall.EXDEV},
	} {
		fmt.Fprintf(&b, "%s=%d ", e.name, int(e.number))
	}
	return b.String()
}()
