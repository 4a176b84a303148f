package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"starwire/runtime/doctest"
	"starwire/runtime/suite"
)

func (o *options) doctests(ctx context.Context, files []string, stdout, stderr io.Writer) int {
	var setup *doctest.Setup
	if o.Setup != "" {
		text, err := os.ReadFile(o.Setup)
		if err != nil {
			return fail(stderr, err)
		}
		setup = &doctest.Setup{Name: o.Setup, Text: text}
	}
	examples, failures := 0, 0
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			return fail(stderr, err)
		}
		o.Config.Args = []string{name}
		r, err := doctest.Run(ctx, o.Config, name, string(text), setup)
		for _, f := range r.Failures {
			fmt.Fprintln(stdout, f)
		}
		if err != nil {
			return o.report(stderr, err)
		}
		examples += r.Examples
		failures += len(r.Failures)
	}
	fmt.Fprintf(stdout, "%d passed, %d failed\n", examples-failures, failures)
	if failures > 0 {
		return 1
	}
	return 0
}

// test runs test files and returns the exit status.
func (o *options) test(ctx context.Context, paths []string, stdout, stderr io.Writer) int {
	files, err := suite.Find(paths...)
	if err != nil {
		return fail(stderr, err)
	}
	if len(files) == 0 {
		return fail(stderr, errors.New("there is no *_test.star file"))
	}
	var sum suite.Summary
	var all []suite.File
	err = suite.RunFiles(ctx, files, suite.Options{Config: o.Config, Run: o.Run}, func(f suite.File) {
		all = append(all, f)
		sum.Add(f)
		if !o.TAP {
			suite.WriteText(stdout, f, o.Verbose)
		}
	})
	if err != nil {
		fmt.Fprintf(stderr, "starwire: %v\n", err)
		return 130
	}
	if o.TAP {
		suite.WriteTAP(stdout, all)
	} else {
		fmt.Fprintln(stdout, sum)
	}
	if o.JUnit != "" {
		if err := writeFile(o.JUnit, func(w io.Writer) error { return suite.WriteJUnit(w, all) }); err != nil {
			return fail(stderr, err)
		}
	}
	if sum.Failed > 0 {
		return 1
	}
	return 0
}

func writeFile(name string, write func(io.Writer) error) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	return errors.Join(write(f), f.Close())
}
