package flags

import (
	"os/exec"
	"reflect"
	"strings"
	"testing"

	"starwire/runtime"
)

// TestFormat: what Format writes, Parse and a shell read back.
func TestFormat(t *testing.T) {
	for _, tt := range []struct {
		p    runtime.Permissions
		want string
		back runtime.Permissions
	}{
		{runtime.Permissions{}, "--sandbox", runtime.Permissions{}},
		{runtime.Permissions{Listen: true}, "--sandbox --allow-listen", runtime.Permissions{Listen: true}},
		{
			runtime.Permissions{Net: []string{"a.com:443", "[::1]:80"}, DenyNet: []string{"b.com"}, Env: []string{"A", "B"}},
			`--sandbox --allow-env=A,B '--allow-net=a.com:443,[::1]:80' --deny-net=b.com`,
			runtime.Permissions{Net: []string{"a.com:443", "[::1]:80"}, DenyNet: []string{"b.com"}, Env: []string{"A", "B"}},
		},
		{
			runtime.Permissions{Read: []string{"my file", "it's", "$HOME", "*"}, Write: []string{"out"}},
			`--sandbox '--allow-read=my file,it'\''s,$HOME,*' --allow-write=out`,
			runtime.Permissions{Read: []string{"my file", "it's", "$HOME", "*"}, Write: []string{"out"}},
		},
		{
			runtime.Permissions{Read: []string{"dir/a,b", "dir/c\nd", "e,f", " g"}, Env: []string{"A,B", ""}},
			"--sandbox --allow-read=dir,.",
			runtime.Permissions{Read: []string{"dir", "."}},
		},
	} {
		words := Format(tt.p)
		line := strings.Join(words, " ")
		if line != tt.want {
			t.Errorf("Format(%+v) = %s; want %s", tt.p, line, tt.want)
		}
		sh, err := exec.LookPath("sh")
		if err != nil {
			t.Skip("there is no shell")
		}
		out, err := exec.Command(sh, "-c", `printf '%s\0' `+line).Output()
		if err != nil {
			t.Fatal(err)
		}
		o, err := Parse(strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00"))
		if err != nil || !reflect.DeepEqual(o.Config.Permissions, tt.back) {
			t.Errorf("Parse(%s) = %+v, %v; want %+v", line, o.Config.Permissions, err, tt.back)
		}
	}
}
