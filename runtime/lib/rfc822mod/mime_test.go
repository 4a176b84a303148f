package rfc822mod

import (
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestParseType(t *testing.T) {
	params := []string{"charset", "C", "a", "boundary", "", "c=a"} // the recorder's PARAMS
	table(t, "types.txt", 400, func(c []string) {
		m := ParseType(c[0])
		want := MIMEType{Type: c[1], Main: c[2], Sub: c[3], Params: c[4]}
		if m != want {
			t.Errorf("ParseType(%q) = %+q; want %+q", c[0], m, want)
		}
		for i, name := range params {
			value, ok := m.Param(name)
			if !ok {
				value = "None"
			}
			if value != c[5+i] {
				t.Errorf("ParseType(%q).Param(%q) = %q; want %q", c[0], name, value, c[5+i])
			}
		}
		rest := c[5+len(params):]
		for _, list := range []struct {
			name string
			got  []string
		}{{"List", slices.Collect(m.List())}, {"ParamNames", slices.Collect(m.ParamNames())}} {
			n, err := strconv.Atoi(rest[0])
			if err != nil {
				t.Fatal(err)
			}
			if want := rest[1 : 1+n]; !slices.Equal(list.got, want) {
				t.Errorf("ParseType(%q).%s = %q; want %q", c[0], list.name, list.got, want)
			}
			rest = rest[1+n:]
		}
	})
}

// A loop over the parameters may stop.
func TestListStops(t *testing.T) {
	m := ParseType("a/b; x=1; y=2; z=3")
	var got []string
	for item := range m.List() {
		got = append(got, item)
		break
	}
	for name := range m.ParamNames() {
		got = append(got, name)
		break
	}
	if s := strings.Join(got, " "); s != "x=1 x" {
		t.Errorf("first of List and ParamNames = %q; want %q", s, "x=1 x")
	}
}
