package manual

import (
	"strings"
	"testing"
	"testing/fstest"
)

func TestLoad(t *testing.T) {
	table, err := load(files)
	if err == nil {
		err = table.check()
	}
	if err != nil {
		t.Error(err)
	}
}

func TestLoadErrors(t *testing.T) {
	tests := []struct{ text, want string }{
		{"    text\n", "text without a head"},
		{"f()\n  text\n", "indented by four"},
		{"f()\nf()\n    text\n", "f: described twice"},
		{"f()\n", "f has no text"},
		{"f(\n    x\n", "unbalanced"},
		{"f(a b)\n    x\n", `"a b" is no parameter`},
		{"f(a.b)\n    x\n", `"a.b" is no parameter`},
		{"f(a=)\n    x\n", `"a=" is no parameter`},
		{"f(1a)\n    x\n", `"1a" is no parameter`},
		{"f(*)\nm..f()\n    x\n", "is no name"},
		{"f() returns\n    x\n", "unexpected"},
		{"f() -> \n    x\n", "unexpected"},
		{"f\n    x\n", "want (parameters), = value or : type"},
		{"f =\n    x\n", "want (parameters)"},
		{"9f()\n    x\n", "is no name"},
		{"m.f()\n    x\n", "no module or class m"},
		{"module m(a)\n    x\n", "unexpected"},
		{"class C\n    x\n", "a class has parameters"},
		{"class C() < D\n    x\n", "there is no D"},
		{"class C() < C\n    x\n", "derives from itself"},
		{"f()\n    x\n    @see g\n", "there is no g"},
	}
	for _, tt := range tests {
		table, err := load(fstest.MapFS{"text/a.txt": {Data: []byte(tt.text)}})
		if err == nil {
			err = table.check()
		}
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("load(%q) = %v; want an error with %q", tt.text, err, tt.want)
		}
	}
}
