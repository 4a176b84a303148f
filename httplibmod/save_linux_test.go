package httplibmod

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// writtenBySyscalls returns how many bytes the process has written by write(2) and
// its like so far, to files and by net. What splice(2) moves is not among them.
func writtenBySyscalls(t *testing.T) int64 {
	text, err := os.ReadFile("/proc/self/io")
	if err != nil {
		t.Skipf("the system hides what a process reads and writes: %v", err)
	}
	var read, written int64
	if _, err := fmt.Sscanf(string(text), "rchar: %d\nwchar: %d", &read, &written); err != nil {
		t.Fatalf("/proc/self/io: %q: %v", text, err)
	}
	return written
}

// TestSaveInKernel: from a plain socket to a file the kernel moves the content of
// a body and of large chunks, at most a window of which passes through our memory,
// to be written from there. What cannot go that way shows that the count would tell.
func TestSaveInKernel(t *testing.T) {
	const size, chunk = 16 << 20, 256 << 10
	data := strings.Repeat("0123456789abcdef", size/16)
	byLength := faultOK + fmt.Sprintf("Content-Length: %d\r\n\r\n%s", size, data)
	inChunks := faultChunked + strings.Repeat(fmt.Sprintf("%x\r\n%s\r\n", chunk, data[:chunk]), size/chunk) + "0\r\n\r\n"
	untilClose := faultOK + "Connection: close\r\n\r\n" + data
	for _, tt := range []struct {
		name, answer, policy, arguments string
		secure, copied                  bool
	}{
		{"length", byLength, "python", "", false, false},
		{"length, with a timeout and a deadline", byLength, "python", ", timeout=30, deadline=30", false, false},
		{"length, strict", byLength, "strict", "", false, false},
		{"large chunks", inChunks, "python", "", false, false},
		{"to the end of the connection", untilClose, "python", "", false, false},
		{"TLS", byLength, "python", "", true, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before := writtenBySyscalls(t)
			s := newFaultServer(t, tt.secure, func(c *faultConn) {
				c.request()
				c.send(tt.answer)
				c.Close()
			})
			over := sync.OnceFunc(s.close)
			defer over()
			cl, folder := newSaver(t)
			defer cl.close()
			path := filepath.Join(folder, "f")
			script := connect(s, tt.policy, tt.arguments) + "c.request('GET', '/')\nr = c.getresponse()\n"
			if got := cl.run(script); got != "" {
				t.Fatal(got)
			}
			if got := cl.run(fmt.Sprintf("n = r.save(%q)\nif n != %d: fail(n)\n", path, size)); got != "" {
				t.Fatal(got)
			}
			over() // what the server writes counts once all of it is written
			written := writtenBySyscalls(t) - before - size
			if copied := written >= size; copied != tt.copied || written < 0 || !copied && written > size/8 {
				t.Errorf("save of %d bytes wrote %d from memory", size, written)
			}
			if got, err := os.ReadFile(path); err != nil || string(got) != data {
				t.Errorf("the file has %d bytes, %v; want %d", len(got), err, size)
			}
			cl.run("c.close()")
		})
	}
}
