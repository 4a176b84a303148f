package manual_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"starwire/runtime/manual"
	"starwire/runtime/suite"
)

// TestTesting holds the entries of module testing, which only tests of scripts
// have, to what such a test finds.
func TestTesting(t *testing.T) {
	var src strings.Builder
	src.WriteString("def test_manual():\n    names = [")
	for _, name := range manual.Members("testing") {
		fmt.Fprintf(&src, "%q, ", strings.TrimPrefix(name, "testing."))
	}
	src.WriteString("]\n    testing.assert_eq(sorted(names), dir(testing))\n    help(testing.assert_eq)\n")
	file := filepath.Join(t.TempDir(), "manual_test.star")
	if err := os.WriteFile(file, []byte(src.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	f := suite.RunFile(context.Background(), file, suite.Options{})
	if len(f.Results) != 1 || f.Results[0].Outcome != suite.Passed {
		t.Fatalf("%+v", f.Results)
	}
	if out, want := f.Results[0].Output, "testing.assert_eq(got, want, msg=\"\")\n"; !strings.HasPrefix(out, want) {
		t.Errorf("help(testing.assert_eq) prints\n%s\nwant it to begin with\n%s", out, want)
	}
}
