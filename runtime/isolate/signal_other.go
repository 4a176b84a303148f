//go:build !unix

package isolate

import "os"

func interrupt(p *os.Process) error { return p.Kill() }

func closeOnExec(int) {}
