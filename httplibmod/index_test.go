package httplibmod

import (
	"context"
	"fmt"
	"strings"
	"testing"
)

// TestGetHeaderByIndex asks for fields while the parser's index of the head is there,
// when a later head has taken its place, and when the script has taken the message
// apart or changed it: the answers are the same.
func TestGetHeaderByIndex(t *testing.T) {
	const (
		names  = `["content-length", "X-ONE", "x-two", "Set-Cookie", "set-cookie ", "x-none", "", "a:b", "HTTP/1.1 200 OK", "x-on"]`
		first  = "'7' 'one' '' 'a=1, b=2, c=3' None None None None None None\n"
		second = "'0' 'eins' None None None None None None None None\n"
		script = `
def ask(r):
    show(*[r.getheader(name) for name in ` + names + `])

def exchange():
    c.request("GET", "/")
    return c.getresponse()

one = exchange()
ask(one)
one.read()
ask(one)
two = exchange()
ask(two)
show(two.msg.getheader("a:b"), two.msg.getheader("x-one"))
two.read()
ask(one)
show(len(one.getheaders()), one.msg.getheader("set-cookie"))
ask(one)
two.msg["X-One"] = "uno"
show(two.getheader("x-one"), two.getheader("content-length"))
show(exchange().getheader("x-one"), two.getheader("x-one"))
`
		want = first + first + second + "None 'eins'\n" + first + "5 'a=1, b=2, c=3'\n" + first + "'uno' '0'\n" + "None 'uno'\n"
	)
	lines := func(head ...string) string { return strings.Join(head, "\r\n") }
	answers := []string{
		lines("HTTP/1.1 200 OK", "Content-Length: 7", "x-One:   one\t", "X-Two:", "Set-Cookie: a=1", "SET-COOKIE: b=2",
			"a:b: c", "set-cookie: c=3", "", "content"),
		lines("HTTP/1.1 200 OK", "content-length: 0", "X-one: eins", "a:b: c", "", ""),
		lines("HTTP/1.1 204 No Content", "", ""),
	}
	for _, policy := range []string{"python", "strict"} {
		for _, before := range []string{"", "\r\n"} {
			if before != "" && policy == "python" {
				continue // which reads that as a status line
			}
			p := newPeer(t, func(c *peerConn) {
				for _, answer := range answers {
					c.request()
					c.send(before + answer)
				}
				c.untilClosed()
			})
			make := fmt.Sprintf("c = httplib.HTTPConnection('127.0.0.1', c.port, timeout=5, policy=%q)\n", policy)
			if got, err := session(t, context.Background(), p, make+script); got != want || err != nil {
				t.Errorf("policy %s, %q before each head: %v\n%s\nwant\n%s", policy, before, err, got, want)
			}
		}
	}
}
