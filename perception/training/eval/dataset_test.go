package eval_test

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"roadloop/perception"
	"roadloop/perception/inference"
	"roadloop/perception/network"
	"roadloop/perception/training/dataset"
	"roadloop/perception/training/eval"
)

// fixedEngine is an engine that finds the same objects in every image.
type fixedEngine struct {
	config  network.Config
	objects []object
}

// object is a detection, in pixels of the network's image.
type object struct {
	class perception.Class
	score float64
	box   perception.Box
}

func (f fixedEngine) Config() network.Config { return f.config }
func (f fixedEngine) Close() error           { return nil }

func (f fixedEngine) Infer(_, heads []float32) error {
	w, _ := f.config.Grid()
	for i := range heads {
		heads[i] = 0
		if k := i % network.HeadChannels; k < network.OffsetChannel || k >= network.DrivableChannel {
			heads[i] = -20
		}
	}
	for _, o := range f.objects {
		x, y := (o.box.X0+o.box.X1)/2/network.Stride, (o.box.Y0+o.box.Y1)/2/network.Stride
		h := heads[(int(y)*w+int(x))*network.HeadChannels:]
		h[network.HeatChannel+int(o.class)] = float32(math.Log(o.score / (1 - o.score)))
		h[network.OffsetChannel], h[network.OffsetChannel+1] = float32(x-math.Floor(x)), float32(y-math.Floor(y))
		h[network.SizeChannel] = float32(math.Log(o.box.X1 - o.box.X0))
		h[network.SizeChannel+1] = float32(math.Log(o.box.Y1 - o.box.Y0))
		h[network.DistanceChannel], h[network.HeadingChannel+1] = float32(math.Log(30)), 1
	}
	return nil
}

// openSet opens a data set of the given files; pictures are gray and have the given size.
func openSet(t *testing.T, files map[string]string, width, height int) *dataset.Set {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		if strings.HasSuffix(name, ".png") {
			var b bytes.Buffer
			if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, width, height))); err != nil {
				t.Fatal(err)
			}
			content = b.String()
		}
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	set, err := dataset.Open(dir, dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// evaluateFixed evaluates a fixedEngine on a data set, as openSet.
func evaluateFixed(t *testing.T, files map[string]string, width, height int, objects ...object) *eval.Report {
	t.Helper()
	set := openSet(t, files, width, height)
	c := network.DefaultConfig()
	r, err := (&eval.Evaluation{
		Engine: func() (inference.Engine, error) { return fixedEngine{c, objects}, nil },
		Frames: func() (eval.Frames, error) { return set.Reader(c) },
		Count:  set.Len(),
	}).Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

const kittiCalibration = `P0: 721.5377 0 609.5593 0 0 721.5377 172.854 0 0 0 1 0
P1: 721.5377 0 609.5593 -387.5744 0 721.5377 172.854 0 0 0 1 0
P2: 721.5377 0 609.5593 44.85728 0 721.5377 172.854 0.2163791 0 0 1 0.002745884
P3: 721.5377 0 609.5593 -339.5242 0 721.5377 172.854 2.199936 0 0 1 0.002729905
R0_rect: 1 0 0 0 1 0 0 0 1
Tr_velo_to_cam: 0 -1 0 0 0 0 -1 -0.08 1 0 0 -0.27
Tr_imu_to_velo: 1 0 0 -0.81 0 1 0 0.32 0 0 1 -0.8
`

// kitti returns the files of a data set with one picture.
func kitti(labels ...string) map[string]string {
	return map[string]string{
		"training/image_2/000002.png": "", "training/calib/000002.txt": kittiCalibration,
		"training/label_2/000002.txt": strings.Join(labels, "\n") + "\n",
	}
}

// The labels of KITTI's own frame 000002.
const (
	kittiMisc = "Misc 0.00 0 -1.82 804.79 167.34 995.43 327.94 1.63 1.48 2.37 3.23 1.59 8.55 -1.47"
	kittiCar  = "Car 0.00 0 -1.67 657.39 190.13 700.07 223.39 1.41 1.58 4.36 3.18 2.27 34.38 -1.58"
)

// A car with a height of 33.26 px in KITTI's picture and no occlusion is too small
// for easy, and required in moderate and hard.
func TestKITTIDifficultyIsInPixelsOfThePicture(t *testing.T) {
	r := evaluateFixed(t, kitti(kittiMisc, kittiCar), 1242, 375)
	want := map[string]int{"easy": 0, "moderate": 1, "hard": 1}
	for _, b := range r.BirdsEye {
		if b.Class == "car" && b.Objects != want[b.Difficulty] {
			t.Errorf("%s: %d cars at an IoU of %g, want %d", b.Difficulty, b.Objects, b.IoU, want[b.Difficulty])
		}
	}
}

// In a picture of 320×192 px the difficulty is in scaled pixels.
func TestKITTIDifficultyOfSmallPictures(t *testing.T) {
	label := func(height float64) string {
		return fmt.Sprintf("Car 0 0 0 100 100 150 %g 1.5 1.6 3.9 0 1.4 20 0", 100+height)
	}
	r := evaluateFixed(t, kitti(label(24), label(26), label(41)), 320, 192)
	want := map[string]int{"easy": 1, "moderate": 2, "hard": 2}
	for _, b := range r.BirdsEye {
		if b.Class == "car" && b.Objects != want[b.Difficulty] {
			t.Errorf("%s: %d cars, want %d", b.Difficulty, b.Objects, want[b.Difficulty])
		}
	}
}

// Vans and sitting persons are neither required nor false alarms, and detections
// within a DontCare region are not false alarms.
func TestKITTINeutralLabels(t *testing.T) {
	const (
		car    = "Car 0 0 0 20 100 60 130 1.5 1.6 3.9 -6 1.4 25 0"
		van    = "Van 0 0 0 100 100 150 130 2.2 1.9 5 0 1.4 20 0"
		sitter = "Person_sitting 0 0 0 200 100 210 120 1.2 0.6 0.8 2 1.4 20 0"
		region = "DontCare -1 -1 -10 220 60 320 180 -1 -1 -1 -1000 -1000 -1000 -10"
	)
	files := kitti(car, van, sitter, region)
	// The calibration of a picture that the network sees as it is.
	files["training/calib/000002.txt"] = strings.NewReplacer("721.5377 0 609.5593 44.85728 0 721.5377 172.854 0.2163791 0 0 1 0.002745884",
		"251 0 160 0 0 251 84 0 0 0 1 0").Replace(kittiCalibration)
	r := evaluateFixed(t, files, 320, 192,
		object{perception.Car, .5, perception.Box{X0: 20, Y0: 100, X1: 60, Y1: 130}},
		object{perception.Car, .9, perception.Box{X0: 102, Y0: 100, X1: 150, Y1: 130}},
		object{perception.Pedestrian, .9, perception.Box{X0: 200, Y0: 100, X1: 210, Y1: 120}},
		object{perception.Car, .9, perception.Box{X0: 240, Y0: 90, X1: 260, Y1: 110}},
		object{perception.Car, .8, perception.Box{X0: 280, Y0: 90, X1: 300, Y1: 110}},
		object{perception.Pedestrian, .8, perception.Box{X0: 262, Y0: 130, X1: 270, Y1: 150}})
	cars, people := r.Classes[perception.Car], r.Classes[perception.Pedestrian]
	if cars.Objects != 1 || people.Objects != 0 {
		t.Fatalf("%d cars and %d pedestrians to find, want 1 and 0", cars.Objects, people.Objects)
	}
	if *cars.AP50 != 1 || *cars.Precision != 1 {
		t.Errorf("cars: AP50 %g, precision %g, want 1 and 1", *cars.AP50, *cars.Precision)
	}
	if p := people.Precision; p != nil {
		t.Errorf("pedestrians: precision %g, want none: no detection counts", *p)
	}
}

// Values that COCO labels lack are reported as unknown: no range of distances, no
// weather, and no false alarm is excused by an estimated distance.
func TestCOCOWithoutDistancesReportsNone(t *testing.T) {
	r := evaluateFixed(t, map[string]string{
		"images/a.png": "",
		"annotations/instances.json": `{"images": [{"id": 1, "file_name": "a.png", "width": 320, "height": 192}],
			"categories": [{"id": 1, "name": "car"}, {"id": 2, "name": "traffic_light_red"}],
			"annotations": [
				{"id": 1, "image_id": 1, "category_id": 1, "bbox": [20, 100, 40, 30], "area": 1200, "iscrowd": 0},
				{"id": 2, "image_id": 1, "category_id": 2, "bbox": [200, 40, 6, 12], "area": 72, "iscrowd": 0}]}`,
	}, 320, 192,
		object{perception.Car, .5, perception.Box{X0: 20, Y0: 100, X1: 60, Y1: 130}},
		object{perception.Car, .9, perception.Box{X0: 150, Y0: 95, X1: 154, Y1: 98}}) // far, a false alarm
	car := r.Classes[perception.Car]
	if car.Range != nil || car.Objects != 1 || *car.AP50 != .5 {
		t.Errorf("cars: range %v, %d objects, AP50 %g; want any distance, 1 and 0.5", car.Range, car.Objects, *car.AP50)
	}
	for _, b := range r.Bands {
		if b.Objects != 0 {
			t.Errorf("%d objects between %g and %g m", b.Objects, b.Range.Near, b.Range.Far)
		}
	}
	if r.Signals.Within != nil || r.Signals.Signals != 1 {
		t.Errorf("%d signals within %v, want 1 at any distance", r.Signals.Signals, r.Signals.Within)
	}
	if len(r.Weather) != 0 || r.NDS != nil {
		t.Errorf("weather %v and NDS %v of frames without either", r.Weather, r.NDS)
	}
	var table bytes.Buffer
	if err := r.WriteTable(&table); err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"0–50", "0–15", "within", "dusk", "day", "KITTI", "nuScenes"} {
		if strings.Contains(table.String(), word) {
			t.Errorf("the table contains %q:\n%s", word, table.String())
		}
	}
	for _, m := range r.Worst {
		if strings.Contains(m.Text, "m ahead") || m.Distance != nil {
			t.Errorf("%q at %v", m.Text, m.Distance)
		}
	}
}
