package httplibmod

import (
	"os"
	"syscall"
	"unsafe"
)

const madvHugepage = 14 // MADV_HUGEPAGE

// adviseHuge asks for large pages behind b, which spares most of its page faults.
func adviseHuge(b []byte) {
	page := uintptr(os.Getpagesize())
	start := uintptr(unsafe.Pointer(unsafe.SliceData(b)))
	skip := (page - start%page) % page
	if n := (uintptr(len(b)) - skip) / page * page; n > 0 {
		syscall.Madvise(b[skip:skip+n], madvHugepage) // advice: no matter if it is not taken
	}
}
