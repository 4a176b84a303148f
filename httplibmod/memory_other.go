//go:build !linux

package httplibmod

// adviseHuge does nothing here.
func adviseHuge([]byte) {}
