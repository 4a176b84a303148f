package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// A client is one way to run a workload; it prints the seconds that took.
type client struct {
	name    string
	command []string
	seconds []float64
}

// A bench is what the comparisons share.
type bench struct {
	folder         string // for scripts
	self, starwire string
	python         string // "" if there is none
	port           string // the server's
	n, reps, mib   int
}

// compareAll runs the workloads named, or all, and prints a table of each.
func compareAll(only string, n, reps, mib int) error {
	chosen := workloads
	if only != "" {
		chosen = nil
		for name := range strings.SplitSeq(only, ",") {
			w := find(name)
			if w == nil {
				return fmt.Errorf("no workload %q", name)
			}
			chosen = append(chosen, *w)
		}
	}
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	b := &bench{folder: dir, starwire: filepath.Join(dir, "starwire"), n: n, reps: reps, mib: mib}
	if out, err := exec.Command("go", "build", "-o", b.starwire, "starwire").CombinedOutput(); err != nil {
		return fmt.Errorf("building starwire: %w\n%s", err, out)
	}
	if b.self, err = os.Executable(); err != nil {
		return err
	}
	if python, err := exec.LookPath("python2.7"); err == nil && exec.Command(python, "-c", "import httplib").Run() == nil {
		b.python = python
	}

	ctx, stop := context.WithCancel(context.Background())
	server := exec.CommandContext(ctx, b.self, "-role", "server", "-mib", strconv.Itoa(mib))
	defer server.Wait()
	defer stop()
	if _, err := server.StdinPipe(); err != nil {
		return err
	}
	out, err := server.StdoutPipe()
	if err != nil {
		return err
	}
	if err := server.Start(); err != nil {
		return err
	}
	port, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return err
	}
	b.port = strings.TrimSpace(port)
	for i := range chosen {
		if err := b.compare(&chosen[i]); err != nil {
			return err
		}
	}
	return nil
}

// script writes a script and returns its path.
func (b *bench) script(name, text string) (string, error) {
	path := filepath.Join(b.folder, name)
	return path, os.WriteFile(path, []byte(text), 0o600)
}

// clients returns those that run w, starwire second.
func (b *bench) clients(w *workload) ([]*client, error) {
	ours, err := b.script(w.name+".py", w.scriptOf(w.script))
	if err != nil {
		return nil, err
	}
	count := strconv.Itoa(b.n)
	peer := func(name, role string) *client {
		return &client{name: name, command: []string{b.self, "-role", role, "-workload", w.name, "-port", b.port, "-n", count, "-mib", strconv.Itoa(b.mib)}}
	}
	clients := []*client{
		peer("raw socket", "raw"),
		{name: "starwire", command: []string{b.starwire, "run", ours, b.port, count}},
		peer("net/http", "nethttp"),
	}
	if b.python == "" {
		return clients, nil
	}
	loop := w.python
	if loop == "" {
		loop = w.script
	}
	theirs, err := b.script(w.name+"_cpython.py", w.scriptOf(loop))
	return append(clients, &client{name: "CPython 2.7", command: []string{b.python, theirs, b.port, count}}), err
}

func (b *bench) compare(w *workload) error {
	clients, err := b.clients(w)
	if err != nil {
		return err
	}
	for round := range b.reps {
		for i := range clients {
			c := clients[(i+round)%len(clients)] // whoever is first has it no easier
			s, err := exec.Command(c.command[0], c.command[1:]...).Output()
			if err != nil {
				return fmt.Errorf("%s, %s: %w", w.name, c.name, err)
			}
			seconds, err := strconv.ParseFloat(string(s), 64)
			if err != nil {
				return fmt.Errorf("%s, %s: %w", w.name, c.name, err)
			}
			c.seconds = append(c.seconds, seconds)
		}
	}
	amount, unit := float64(b.n), "requests/s"
	title := fmt.Sprintf("%d %s", b.n, w.title)
	if w.bulk {
		amount, unit = float64(b.mib)*(1<<20)/1e6, "MB/s"
		title = fmt.Sprintf("%s, %d MiB", w.title, b.mib)
	}
	fmt.Printf("%s: %s, median of %d rounds\n\n", w.name, title, b.reps)
	fmt.Printf("%-12s %14s %16s\n", "client", unit, "starwire is")
	for _, c := range clients {
		var ratios []float64
		for i, s := range c.seconds {
			ratios = append(ratios, s/clients[1].seconds[i])
		}
		fmt.Printf("%-12s %14.0f %15.2fx\n", c.name, amount/median(c.seconds), median(ratios))
	}
	fmt.Println()
	return nil
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}
