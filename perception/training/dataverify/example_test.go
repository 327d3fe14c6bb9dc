package dataverify_test

import (
	"fmt"
	"os"
	"path/filepath"

	"roadloop/perception/training/dataverify"
)

func ExampleVerify() {
	dir, err := os.MkdirTemp("", "frames")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	labels := `{"images": [], "annotations": [],
"categories": [{"id": 1, "name": "car"}, {"id": 3, "name": "bus"}]}`
	if err := os.Mkdir(filepath.Join(dir, "annotations"), 0o755); err != nil {
		fmt.Println(err)
		return
	}
	if err := os.WriteFile(filepath.Join(dir, "annotations", "instances.json"), []byte(labels), 0o644); err != nil {
		fmt.Println(err)
		return
	}
	r, err := dataverify.Verify(dir, "coco")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(r.Valid)
	for i := range r.Violations {
		fmt.Println(r.Violations[i].String())
	}
	// Output:
	// false
	// annotations/instances.json: categories: the ids are not contiguous from 1: 2 is missing
}
