package dataset_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"roadloop/perception/network"
	"roadloop/perception/training/dataset"
	"roadloop/perception/training/synth"
)

func ExampleExport_Write() {
	dir, err := os.MkdirTemp("", "frames")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	s := synth.Stream{Config: network.DefaultConfig(), Seed: 1, Split: synth.Train}
	if err := (&dataset.Export{Stream: s, Frames: 2}).Write(context.Background(), dir); err != nil {
		fmt.Println(err)
		return
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*"))
	for _, f := range files {
		fmt.Println(filepath.Base(f))
	}
	// Output:
	// .parts
	// 000000.json
	// 000000.png
	// 000001.json
	// 000001.png
	// SHA256SUMS
	// dataset.json
	// datasheet.md
	// labels.jsonl
	// metadata.jsonl
}
