package runtime

import (
	"context"
	"errors"
	"io"
	"testing"
	"time"

	"starwire/runtime/py"
	"starwire/runtime/racetest"
)

// TestSharedTexts has Python 2's texts made of a list that holds another twice,
// which holds a third one twice, and so on: they charge steps and heed limits.
func TestSharedTexts(t *testing.T) {
	racetest.OneGoroutine(t)
	const prepare = "import StringIO, json\nx = []\nfor i in range(60): x = [x, x]\n"
	for _, src := range []string{
		"str(x)", "repr(x)", "print x", "print >>StringIO.StringIO(), x", "'%s' % (x,)", "'%r' % [x]", "'{0}'.format(x)", "'{0!r}'.format(x)",
		"format(x)", "unicode(x)",
	} {
		rt, _ := newRuntime(t, Config{Stdout: io.Discard, Limits: Limits{Steps: 1 << 20, Wall: time.Minute}})
		_, err := rt.Run(context.Background(), "x.py", []byte(prepare+src+"\n"))
		var limit *LimitError
		if !errors.As(err, &limit) || limit.Limit != "steps" {
			t.Errorf("%s: error %v; want the limit of steps", src, err)
		}
	}
	// Where an error quotes the value there is no step to charge, and the text is cut.
	rt, _ := newRuntime(t, Config{Limits: Limits{Wall: time.Minute}})
	_, err := rt.Run(context.Background(), "x.py", []byte(prepare+"[].index(x)\n"))
	var x *py.Exception
	if !errors.As(err, &x) || !x.IsA(py.ValueError) || len(x.String()) > 10<<20 {
		t.Errorf("[].index(x): %.100v; want a ValueError that quotes it, cut", err)
	}
}
