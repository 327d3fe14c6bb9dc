package dataset

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"roadloop/perception/network"
	"roadloop/perception/training/stream"
)

func testStream() stream.Stream {
	return stream.Stream{Config: network.DefaultConfig(), Seed: 5, Split: stream.Validation}
}

// contents returns the files of a folder by name.
func contents(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	out := make(map[string][]byte)
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		out[e.Name()] = b
	}
	return out
}

func TestWrite(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "set")
	last := 0
	if err := Write(t.Context(), testStream(), dir, 3, func(n int) { last = n }); err != nil {
		t.Fatal(err)
	}
	if last != 3 {
		t.Errorf("progress ended at %d, want 3", last)
	}
	files := contents(t, dir)
	if len(files) != 8 {
		t.Errorf("%d files, want three pictures, three labels, labels.jsonl and dataset.json", len(files))
	}
	lines := bufio.NewScanner(bytes.NewReader(files["labels.jsonl"]))
	lines.Buffer(nil, 1<<22)
	n := 0
	for ; lines.Scan(); n++ {
		var r record
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		im, err := png.Decode(bytes.NewReader(files[r.Image]))
		if err != nil {
			t.Fatalf("%s: %v", r.Image, err)
		}
		if b := im.Bounds(); r.Frame != n || b.Dx() != 320 || b.Dy() != 192 {
			t.Errorf("line %d is frame %d with a picture of %v", n, r.Frame, b)
		}
		cells := 0
		for _, run := range r.Drivable {
			cells += run
		}
		if cells != 80*48 {
			t.Errorf("frame %d: drivable runs cover %d cells, want %d", n, cells, 80*48)
		}
	}
	if n != 3 {
		t.Errorf("%d lines, want 3", n)
	}
}

func TestWriteResumes(t *testing.T) {
	whole, cut := t.TempDir(), t.TempDir()
	if err := Write(t.Context(), testStream(), whole, 4, nil); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	err := Write(ctx, testStream(), cut, 4, func(n int) {
		if n == 2 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("interrupted: %v, want %v", err, context.Canceled)
	}
	if exists(filepath.Join(cut, "labels.jsonl")) {
		t.Error("an interrupted data set has labels.jsonl")
	}
	if err := Write(t.Context(), testStream(), cut, 4, nil); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(contents(t, whole), contents(t, cut)); d != "" {
		t.Errorf("resumed differs from uninterrupted:\n%s", d)
	}
}

func TestWriteRefusesAnotherStream(t *testing.T) {
	dir := t.TempDir()
	if err := Write(t.Context(), testStream(), dir, 1, nil); err != nil {
		t.Fatal(err)
	}
	other := testStream()
	other.Seed++
	if err := Write(t.Context(), other, dir, 1, nil); err == nil || !strings.Contains(err.Error(), "seed 5") {
		t.Errorf("got %v, want an error that names the seed there", err)
	}
}

func TestRuns(t *testing.T) {
	for _, c := range []struct {
		cells []float32
		want  []int
	}{
		{[]float32{0, 0, 1, 1, 1, 0}, []int{2, 3, 1}},
		{[]float32{1, 0}, []int{0, 1, 1}},
		{nil, []int{0}},
	} {
		if d := cmp.Diff(c.want, runs(c.cells)); d != "" {
			t.Errorf("runs(%v): %s", c.cells, d)
		}
	}
}
