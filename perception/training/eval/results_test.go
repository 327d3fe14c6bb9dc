package eval_test

import (
	"bytes"
	"errors"
	"image"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"roadloop/assets"
	"roadloop/perception"
	"roadloop/perception/camera"
	"roadloop/perception/inference"
	"roadloop/perception/network"
	"roadloop/perception/results"
	"roadloop/perception/scoring"
	"roadloop/perception/training/dataset"
	"roadloop/perception/training/eval"
	"roadloop/perception/training/synth"
	"roadloop/sim/sensor"
)

// The detections that an evaluation writes have the figures of its report when they are
// read and scored again, and do not depend on the number of workers.
func TestWrittenDetectionsHaveTheFiguresOfTheReport(t *testing.T) {
	w, err := assets.SmallModel()
	if err != nil {
		t.Fatal(err)
	}
	stream := synth.Stream{Config: w.Config, Seed: 77, Split: synth.HeldOut}
	const frames = 70 // more than are evaluated before they are written
	var files [2][]byte
	var report *eval.Report
	for i, workers := range []int{1, 2} {
		path := filepath.Join(t.TempDir(), "found.json")
		found, err := results.NewCOCO(path, results.Categories())
		if err != nil {
			t.Fatal(err)
		}
		defer found.Discard()
		if report, err = (&eval.Evaluation{
			Engine: func() (inference.Engine, error) { return inference.NewOneDNN(w) },
			Frames: func() (eval.Frames, error) { return synth.NewGenerator(stream) },
			Count:  frames, Workers: workers, Found: found,
		}).Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := found.Close(); err != nil {
			t.Fatal(err)
		}
		if files[i], err = os.ReadFile(path); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(files[0], files[1]) {
		t.Error("the file depends on the number of workers")
	}
	records, err := results.ReadCOCO(bytes.NewReader(files[0]), results.Categories())
	if err != nil || len(records) == 0 {
		t.Fatalf("%d detections, %v", len(records), err)
	}
	ap := rescored(t, stream, frames, records)
	if got := *report.COCO[0].AP; report.COCO[0].Class != "car" || math.Abs(got-ap) > 5e-5 {
		t.Errorf("AP of cars %g in the report, %g from the file", got, ap)
	}
}

// rescored returns the AP of cars of detections that were read from a file.
func rescored(t *testing.T, stream synth.Stream, frames int, records []results.Record) float64 {
	t.Helper()
	g, err := synth.NewGenerator(stream)
	if err != nil {
		t.Fatal(err)
	}
	p := scoring.Precision{Class: perception.Car}
	for i := range frames {
		f, err := g.Frame(int64(i))
		if err != nil {
			t.Fatal(err)
		}
		var found []perception.Detection
		for len(records) > 0 && records[0].Image == strconv.Itoa(i+1) {
			if records[0].Object.Class == "car" {
				found = append(found, perception.Detection{Box: records[0].Object.Box, Score: records[0].Object.Score})
			}
			records = records[1:]
		}
		p.Add(eval.Truths(nil, f), found)
	}
	return p.AP()
}

// Boxes are written in pixels of the picture on disk, with the ids of the data set: the
// picture of 640×384 px is scaled by a half.
func TestWrittenBoxesAreInPixelsOfThePicture(t *testing.T) {
	dir := t.TempDir()
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 640, 384))); err != nil {
		t.Fatal(err)
	}
	labels := `{"images": [{"id": 41, "file_name": "a.png", "width": 640, "height": 384}], "categories": [{"id": 7, "name": "car"}],
		"annotations": [{"id": 1, "image_id": 41, "category_id": 7, "bbox": [40, 200, 80, 60], "area": 4000.5, "iscrowd": 0},
			{"id": 2, "image_id": 41, "category_id": 7, "bbox": [400, 200, 80, 60], "area": 4800, "iscrowd": 1}]}`
	for name, content := range map[string][]byte{"images/a.png": picture.Bytes(), "annotations/instances.json": []byte(labels)} {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, content, 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	// The camera of the network, with twice the resolution.
	front := sensor.FrontCamera()
	double := camera.New(&front)
	double = double.Scaled(640, 384)
	set, err := dataset.Open(dir, dataset.Options{Camera: camera.Hints{Calibration: &double}})
	if err != nil {
		t.Fatal(err)
	}
	truthPath, foundPath := filepath.Join(dir, "truth.json"), filepath.Join(dir, "found.json")
	truth, err := results.NewCOCOTruth(truthPath, []results.Category{{ID: 1, Name: "car"}})
	if err != nil {
		t.Fatal(err)
	}
	defer truth.Discard()
	found, err := results.NewCOCO(foundPath, results.Categories())
	if err != nil {
		t.Fatal(err)
	}
	defer found.Discard()
	c := network.DefaultConfig()
	engine := fixedEngine{c, []object{{perception.Car, .5, perception.Box{X0: 20, Y0: 100, X1: 60, Y1: 130}}}}
	r, err := (&eval.Evaluation{
		Engine: func() (inference.Engine, error) { return engine, nil },
		Frames: func() (eval.Frames, error) { return set.Reader(c) },
		Count:  1, Truth: truth, Found: found,
	}).Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(truth.Close(), found.Close()); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(truthPath)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`{"id":1,"image_id":41,"category_id":1,"bbox":[40,200,80,60],"area":4000.5,"iscrowd":0}`,
		`{"id":2,"image_id":41,"category_id":1,"bbox":[400,200,80,60],"area":4800,"iscrowd":1}`,
		`{"id":41,"file_name":"a.png","width":640,"height":384}`,
	} {
		if !strings.Contains(string(data), want) {
			t.Errorf("truth without %s:\n%s", want, data)
		}
	}
	file, err := os.Open(foundPath)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	records, err := results.ReadCOCO(file, results.Categories())
	if err != nil || len(records) != 1 || records[0].Image != "41" {
		t.Fatalf("detections %+v, %v", records, err)
	}
	if b := records[0].Object.Box; b.IoU(perception.Box{X0: 40, Y0: 200, X1: 120, Y1: 260}) < .999 {
		t.Errorf("box %+v", b)
	}
	// The mask of 4000.5 px² is medium, 32² to 96².
	if car := r.COCO[0]; car.Objects != 1 || car.Medium.Objects != 1 || *car.AP != 1 {
		t.Errorf("report %+v", car)
	}
}
