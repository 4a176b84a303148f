package main

import (
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"testing"
)

// TestStart holds what every run waits for before main: our packages make hardly
// anything there, as tables and modules are made on first use.
func TestStart(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe)
	cmd.Args = []string{"starwire", "--version"}
	cmd.Env = append(os.Environ(), "GODEBUG=inittrace=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	const most = 150 // allocations; 2700 were a tenth of the time to a first response
	line := regexp.MustCompile(`(?m)^init (starwire\S*) .* (\d+) allocs$`)
	allocs, packages := 0, line.FindAllSubmatch(out, -1)
	for _, m := range packages {
		n, err := strconv.Atoi(string(m[2]))
		if err != nil {
			t.Fatal(err)
		}
		allocs += n
	}
	if len(packages) == 0 {
		t.Fatalf("no package of ours in\n%s", out)
	}
	if allocs > most {
		t.Errorf("%d allocations before main; want at most %d", allocs, most)
		for _, m := range packages {
			t.Logf("%s: %s", m[1], m[2])
		}
	}
	t.Logf("%d allocations before main", allocs)
}
