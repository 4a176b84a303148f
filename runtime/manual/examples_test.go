package manual_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"starwire/runtime/doctest"
)

// TestExamples runs the examples of the text.
func TestExamples(t *testing.T) {
	files, err := filepath.Glob("text/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	ran := 0
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		report, err := doctest.Run(context.Background(), config(), name, string(text), &doctest.Setup{Name: "setup", Text: []byte(setup)})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, f := range report.Failures {
			t.Error(f)
		}
		ran += report.Examples
	}
	if ran < 80 {
		t.Errorf("%d examples ran; there were more", ran)
	}
}
