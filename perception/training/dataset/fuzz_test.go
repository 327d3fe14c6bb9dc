package dataset

import (
	"math"
	"os"
	"path/filepath"
	"testing"

	"roadloop/perception/camera/kitti"
	"roadloop/perception/network"
	"roadloop/perception/training/synth"
)

// checkTargets fails if frames of a set have invalid targets.
func checkTargets(t *testing.T, s *Set) {
	t.Helper()
	c := network.Config{Width: 64, Height: 32, Widths: [6]int{1, 1, 1, 1, 1, 1}}
	r, err := s.Reader(c)
	if err != nil {
		t.Fatal(err)
	}
	f, err := r.Frame(0)
	if err != nil {
		t.Fatal(err)
	}
	image, target := make([]float32, c.ImageSize()), make([]float32, c.TargetSize())
	r.Encode(f, image, target)
	for i, v := range target {
		if k := i % network.TargetChannels; math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
			t.Fatalf("channel %d of cell %d is %g", k, i/network.TargetChannels, v)
		}
	}
	for i := range f.Objects {
		if o := &f.Objects[i]; synth.Labeled(o) && (o.X0 < 0 || o.Y0 < 0 || o.X1 > 64 || o.Y1 > 32 || o.X1 <= o.X0 || o.Y1 <= o.Y0) {
			t.Fatalf("object %+v", o)
		}
	}
}

func FuzzCOCO(f *testing.F) {
	f.Add(cocoDocument)
	f.Add(`{"images":[{"id":1,"file_name":"a.png","width":64,"height":32,"camera":{"Width":64,"Height":32,"Fx":1,"Fy":1}}],"categories":[{"id":1,"name":"Car"}],
"annotations":[{"bbox":[0,0,64,32],"image_id":1,"category_id":1,"distance":0,"heading":1,"position":[1,2]}]}`)
	f.Add(`{"images":[{"id":"x","file_name":".\\a.png","width":64.0,"height":32,"camera":null}],"categories":[{"id":"1","name":"dog"},{"id":2,"name":"bus"}],
"annotations":[{"bbox":[-2,-2.5,68,36],"image_id":"x","category_id":2,"iscrowd":true},
{"bbox":[0,0,1,1],"image_id":"x","category_id":1}],"info":{}}`)
	dir := f.TempDir()
	for _, v := range []file{{path: "images/a.png", data: blank(f, 64, 32)}, {path: cocoFile}} {
		if err := v.write(dir); err != nil {
			f.Fatal(err)
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		if err := os.WriteFile(filepath.Join(dir, cocoFile), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if s, err := Open(dir, Options{SkipUnknown: true}); err == nil {
			checkTargets(t, s)
		}
	})
}

func FuzzRecord(f *testing.F) {
	f.Add(recordLine)
	dir := f.TempDir()
	for _, v := range []file{{path: "a.png", data: blank(f, 64, 32)}, {path: manifestFile, data: []byte(`{"schema":"roadloop.dataset/2","format":"roadloop"}`)}} {
		if err := v.write(dir); err != nil {
			f.Fatal(err)
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		if err := os.WriteFile(filepath.Join(dir, labelsFile), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if s, err := Open(dir, Options{SkipUnknown: true}); err == nil {
			checkTargets(t, s)
		}
	})
}

func FuzzKITTI(f *testing.F) {
	f.Add(car)
	f.Add("DontCare -1 -1 -10 8 1 25 18 -1 -1 -1 -1000 -1000 -1000 -10")
	f.Add("Car 0 0 0 580 170 660 230 0 0 0 0 0 0 0 0.93")
	c, err := kitti.Parse(calib)
	if err != nil {
		f.Fatal(err)
	}
	v, err := c.View()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, line string) {
		k, err := parseKITTI(line)
		if err != nil {
			return
		}
		again, err := parseKITTI(k.String())
		if err != nil && math.Abs(k.X0) < 1e100 {
			t.Fatalf("%q is written %q and not read: %v", line, k.String(), err)
		}
		if err == nil && (again.Type != k.Type || again.Occluded != k.Occluded) {
			t.Fatalf("%q is read again as %+v", line, again)
		}
		s := Set{options: Options{SkipUnknown: true}, skipped: make(map[string]int)}
		sm := sample{camera: v.Camera}
		sm.camera.Width, sm.camera.Height = 1242, 375
		if err := s.kittiLine(&sm, v, line); err == nil && len(sm.objects) > 0 {
			if o := sm.objects[0]; !(o.X0 >= 0 && o.X0 <= o.X1 && o.X1 <= 1242 && o.Distance >= 0) {
				t.Fatalf("%q is %+v", line, o)
			}
		}
	})
}

// fuzzFile fuzzes one file of a data set: whatever Open accepts gives valid targets.
func fuzzFile(f *testing.F, files map[string]string, path string, seeds ...string) {
	f.Helper()
	f.Add(files[path])
	for _, text := range seeds {
		f.Add(text)
	}
	dir := f.TempDir()
	for name, text := range files {
		v := file{name, []byte(text)}
		if err := v.write(dir); err != nil {
			f.Fatal(err)
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		if err := os.WriteFile(filepath.Join(dir, filepath.FromSlash(path)), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		for _, skipBad := range []bool{false, true} {
			if s, err := Open(dir, Options{SkipUnknown: true, SkipBad: skipBad}); err == nil {
				checkTargets(t, s)
			}
		}
	})
}

func FuzzYOLO(f *testing.F) {
	fuzzFile(f, yoloFiles(), yoloLabel, "0 0.1 0.1 0.2 0.2 0.3 0.1\n2 0.5 0.5 1 1\n", "1 1e-9 1 1e-300 1")
}

func FuzzYOLODescription(f *testing.F) {
	fuzzFile(f, yoloFiles(), yoloPath, "train: [images/train]\nnames: [a, car]\nkpt_shape: [17, 3]\n", "path: /\ntrain: ../images\nnames: {7: bus}")
}

func FuzzTuSimple(f *testing.F) {
	fuzzFile(f, tusimpleSmall(), tusimplePath, `{"lanes":[[1,1,1],[2,2,-2],[3.5,3,3],[4,4,4],[5,5,5]],"h_samples":[31,31,-9],"raw_file":"clips/1/20.jpg"}`)
}

func FuzzCULane(f *testing.F) {
	fuzzFile(f, with(culaneSmall(), "list/train_gt.txt", "", "list/train.txt", "driver_1/1.MP4/00000.png\n"), culanePath, "1 1 1 1 1 1\n-3 40 9 -9\n", "nan 1 2 inf")
}

func FuzzCULaneList(f *testing.F) {
	fuzzFile(f, culaneSmall(), "list/train_gt.txt", "a b c d e f\n", `\driver_1\1.MP4\00000.png x 0 1 1 0`)
}

func FuzzNuScenesAnnotation(f *testing.F) {
	fuzzFile(f, nuScenesFiles(), "v1.0-mini/sample_annotation.json", "[]", `[{"sample_token":"f1","instance_token":"i1","translation":[100,51.05,2],"size":[9,9,9],"rotation":[0.5,0.5,0.5,-0.5]}]`)
}

func FuzzNuScenesCalibration(f *testing.F) {
	fuzzFile(f, nuScenesFiles(), "v1.0-mini/calibrated_sensor.json", `[{"token":"c1","sensor_token":"s1","translation":[1,0,2],"rotation":[0,1,0,0],"camera_intrinsic":[[1e5,0,1],[0,1e-9,1],[0,0,1]]}]`)
}
