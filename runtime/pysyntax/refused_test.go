package pysyntax

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// TestEveryRefusedPlace reads one file with everything that is refused: each is reported, at its place and
// with what to write instead, and none hides another.
func TestEveryRefusedPlace(t *testing.T) {
	// A caret under a line stands where the error of the text after it is reported.
	const file = `
from __future__ import braces
                       ^ future feature braces is not defined
from . import sibling
     ^ a relative import needs a package, and this is not in one; name the module in full
from ..pkg.mod import name as other
     ^ a relative import needs a package, and this is not in one; name the module in full
class Old:
^ classes are not supported; write functions, and keep their data in a dict or struct
    x = yield
        ^ generators (yield) are not supported; collect the values in a list and return it
class New(Old, object):
^ classes are not supported; write functions, and keep their data in a dict or struct
    __metaclass__ = type
    def f(self): return 1
def numbers():
    from __future__ import division
    ^ from __future__ imports must come before everything else in the file
    from os import *
                   ^ import * within a function is not supported; name what you use, or list them: from os import a, b
    yield 1
    ^ generators (yield) are not supported; collect the values in a list and return it
    x = (yield)
         ^ generators (yield) are not supported; collect the values in a list and return it
    nonlocal x
    ^ nonlocal is Python 3's; keep the value in a list or dict and change that
@decorator
^ decorators are not supported; write name = decorator(name) after the def
@another.one(1)
^ decorators are not supported; write name = decorator(name) after the def
def decorated((a, b), c):
              ^ tuple parameters are not supported; take one parameter and unpack it in the body
    return a
f = lambda (k, v): v
           ^ tuple parameters are not supported; take one parameter and unpack it in the body
exec "x = 1"
^ exec is not supported; define a function and call it
exec code in {}, {}
^ exec is not supported; define a function and call it
exec("x = 2")
^ exec is not supported; define a function and call it
print ` + "`x`" + `, 1
      ^ backquotes are not supported; write repr(…)
y = [` + "`1`" + `]
     ^ backquotes are not supported; write repr(…)
print("to", file=sys.stderr)
                ^ this is Python 3's print; write print >>file, x, or begin with from __future__ import print_function
z = 1 + 2j
        ^ complex numbers are not supported; keep the two parts apart
u = u"\N{DASH}" + "x"
    ^ \N{…} is not supported; write \u and the character's number
v = f"{x}" + '1'
    ^ f"…" is Python 3's; write "%s" % x
def annotated(a: int, b=1) -> str:
               ^ annotations are Python 3's; leave them out
                           ^ annotations are Python 3's; leave them out
    raise ValueError(a) from None
                        ^ raise … from is Python 3's; leave the cause out
def parameter(g):
    global g
           ^ name 'g' is a parameter and global
from nowhere import *
     ^ there is no module nowhere
x[1:2], y = 1, 2
 ^ a slice is not supported here; assign to it in a statement of its own
break
^ break outside a loop
continue
^ continue outside a loop
return 1
^ return outside a function
`
	var src strings.Builder
	var want []string
	n := 0
	for line := range strings.Lines(strings.TrimPrefix(file, "\n")) {
		if place, text, ok := strings.Cut(line, "^ "); ok && strings.TrimSpace(place) == "" {
			want = append(want, fmt.Sprintf("%d:%d: %s", n, len(place)+1, strings.TrimSuffix(text, "\n")))
			continue
		}
		n++
		src.WriteString(line)
	}
	exports := func(module string) ([]string, error) { return nil, fmt.Errorf("there is no module %s", module) }
	_, err := Parse("a.py", src.String(), Config{Mode: Script, Exports: exports})
	var list ErrorList
	if !errors.As(err, &list) {
		t.Fatalf("Parse: %v; want an ErrorList", err)
	}
	var got []string
	for _, e := range list {
		got = append(got, fmt.Sprintf("%d:%d: %s", e.Pos.Line, e.Pos.Col, e.Msg))
	}
	for i := range max(len(got), len(want)) {
		g, w := "nothing", "nothing"
		if i < len(got) {
			g = got[i]
		}
		if i < len(want) {
			w = want[i]
		}
		if g != w {
			t.Fatalf("place %d is %s; want %s\n%s", i, g, w, src.String())
		}
	}
}
