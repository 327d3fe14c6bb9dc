package results_test

import (
	"fmt"
	"os"
	"path/filepath"

	"roadloop/perception"
	"roadloop/perception/results"
)

func ExampleNewCOCO() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "detections.json")
	w, err := results.NewCOCO(path, results.Categories())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer w.Discard()
	im := results.Image{ID: "1", Name: "000000.png"}
	found := []results.Object{{Class: "pedestrian", Score: .5, Box: perception.Box{X0: 10, Y0: 20, X1: 14, Y1: 32}}}
	if err := w.Write(&im, found); err != nil {
		fmt.Println(err)
	}
	if err := w.Close(); err != nil {
		fmt.Println(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		fmt.Println(err)
	}
	fmt.Print(string(data))
	// Output:
	// [
	// {"image_id":1,"category_id":3,"bbox":[10,20,4,12],"score":0.5}
	// ]
}
