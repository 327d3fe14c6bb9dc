package dataset

import (
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"roadloop/perception"
	"roadloop/perception/network"
	"roadloop/perception/training/synth"
	"roadloop/sim/geom"
	"roadloop/sim/label"
)

const (
	yoloPath    = "dataset.yaml"
	yoloLabel   = "labels/train/a.txt"
	yoloPicture = "images/train/a.png"
	// yoloBox is [8, 4, 24, 20] in a picture of 64×32 px.
	yoloBox = "1 0.25 0.375 0.25 0.5\n"
)

func yoloFiles() map[string]string {
	return map[string]string{
		yoloPath:    "path: .\ntrain: images/train\nval: images/val\nnames:\n  0: person\n  1: car\n  2: dog\n",
		yoloPicture: smallPicture(), yoloLabel: yoloBox,
		"images/val/b.png": smallPicture(), "labels/val/b.txt": "0 0.5 0.5 0.5 0.5\n",
	}
}

const (
	tusimplePath = "label_data_0313.json"
	// tusimpleLabel has two boundaries that meet in row 12.5.
	tusimpleLabel = `{"lanes": [[28, 24, 20, -2], [-2, 40, 44, 48]], "h_samples": [16, 20, 24, 28], "raw_file": "clips/1/20.jpg"}` + "\n"
	culanePath    = "driver_1/1.MP4/00000.lines.txt"
)

func tusimpleSmall() map[string]string {
	return map[string]string{tusimplePath: tusimpleLabel, "clips/1/20.jpg": smallPicture()}
}

func culaneSmall() map[string]string {
	return map[string]string{
		"list/train_gt.txt": "/driver_1/1.MP4/00000.png /mask/00000.png 0 1 1 0\n", "list/val.txt": "/driver_1/1.MP4/00030.png\n",
		culanePath: "8.5 31 16.5 23 20.5 19 \n55.5 31 47.5 23 43.5 19 \n", "driver_1/1.MP4/00000.png": smallPicture(),
		"driver_1/1.MP4/00030.lines.txt": "", "driver_1/1.MP4/00030.png": smallPicture(),
	}
}

// nuScenesFiles is a vehicle at x = 100, y = 50 that looks along the y axis of the world,
// with a camera 1 m ahead and 2 m high, and a car of 4×2×1.5 m, 10 m ahead of the camera.
func nuScenesFiles() map[string]string {
	const half = "0.7071067811865476" // of a quarter turn
	files := map[string]string{
		"sensor":            `{"token": "s1", "channel": "CAM_FRONT", "modality": "camera"}, {"token": "s2", "channel": "CAM_BACK"}`,
		"calibrated_sensor": `{"token": "c1", "sensor_token": "s1", "translation": [1, 0, 2], "rotation": [0.5, -0.5, 0.5, -0.5], "camera_intrinsic": [[40, 0, 32], [0, 40, 16], [0, 0, 1]]},` + "\n" + `{"token": "c2", "sensor_token": "s2", "translation": [0, 0, 2], "rotation": [1, 0, 0, 0], "camera_intrinsic": []}`,
		"ego_pose":          `{"token": "e1", "translation": [100, 50, 0], "rotation": [` + half + `, 0, 0, ` + half + `]}, {"token": "e2", "translation": [0], "rotation": []}`,
		"sample_data":       `{"token": "d1", "sample_token": "f1", "ego_pose_token": "e1", "calibrated_sensor_token": "c1", "timestamp": 7, "filename": "samples/CAM_FRONT/a.png", "is_key_frame": true},` + "\n" + `{"token": "d2", "sample_token": "f1", "ego_pose_token": "e2", "calibrated_sensor_token": "c1", "timestamp": 8, "filename": "sweeps/CAM_FRONT/b.png", "is_key_frame": false}`,
		"category":          `{"token": "k1", "name": "vehicle.car"}, {"token": "k2", "name": "movable_object.barrier"}, {"token": "k3", "name": "vehicle.hovercraft"}`,
		"instance":          `{"token": "i1", "category_token": "k1"}, {"token": "i2", "category_token": "k2"}, {"token": "i3", "category_token": "k3"}`,
		"visibility":        `{"token": "1", "level": "v0-40"}, {"token": "4", "level": "v80-100"}`,
		"sample_annotation": `{"token": "a1", "sample_token": "f1", "instance_token": "i1", "visibility_token": "4", "translation": [100, 61, 0.75], "size": [2, 4, 1.5], "rotation": [` + half + `, 0, 0, ` + half + `], "num_lidar_pts": 5, "num_radar_pts": 0},` + "\n" +
			`{"token": "a2", "sample_token": "f1", "instance_token": "i1", "visibility_token": "4", "translation": [100, 30, 0.75], "size": [2, 4, 1.5], "rotation": [1, 0, 0, 0], "num_lidar_pts": 5, "num_radar_pts": 0},` + "\n" +
			`{"token": "a3", "sample_token": "f2", "instance_token": "i9", "visibility_token": "4", "translation": [], "size": [], "rotation": []}`,
	}
	out := map[string]string{"samples/CAM_FRONT/a.png": smallPicture()}
	for name, rows := range files {
		out["v1.0-mini/"+name+".json"] = "[\n" + rows + "\n]"
	}
	return out
}

// with returns files with changes: new texts by path, "" removes a file.
func with(files map[string]string, changes ...string) map[string]string {
	for i := 0; i < len(changes); i += 2 {
		if files[changes[i]] = changes[i+1]; changes[i+1] == "" {
			delete(files, changes[i])
		}
	}
	return files
}

// firstObject returns the class and the box of the only object of the first frame.
func firstObject(t *testing.T, s *Set) (perception.Class, [4]float64) {
	t.Helper()
	if len(s.samples[0].objects) != 1 {
		t.Fatalf("objects %+v, want one", s.samples[0].objects)
	}
	o := &s.samples[0].objects[0]
	return synth.Class(o), [4]float64{o.X0, o.Y0, o.X1, o.Y1}
}

// Data sets of YOLO as their programs write them give the same label.
func TestReadYOLO(t *testing.T) {
	inside := func(files map[string]string, folder string) map[string]string {
		out := make(map[string]string)
		for path, text := range files {
			out[folder+"/"+path] = text
		}
		return out
	}
	for name, c := range map[string]struct {
		files map[string]string
		at    string // of the data set in the folder
	}{
		"Ultralytics":                 {yoloFiles(), ""},
		"names as a list":             {with(yoloFiles(), yoloPath, "train: images/train\nval: images/val\nnames: ['person', 'car', 'dog']\nnc: 3\n"), ""},
		"names as an indented list":   {with(yoloFiles(), yoloPath, "train: images/train\nnames:\n- person\n- car\n"), ""},
		"byte order mark":             {with(yoloFiles(), yoloPath, "\ufeff"+yoloFiles()[yoloPath]), ""},
		"backslashes":                 {with(yoloFiles(), yoloPath, `train: images\train`+"\nnames: [person, car]\n"), ""},
		"no path":                     {with(yoloFiles(), yoloPath, "train: images/train\nnames: [person, car]\n"), ""},
		"path of another machine":     {with(yoloFiles(), yoloPath, "path: /content/datasets/mine\ntrain: images/train\nnames: [person, car]\n"), ""},
		"path from the folder above":  {inside(with(yoloFiles(), yoloPath, "path: coco8\ntrain: images/train\nnames: [person, car]\n"), "coco8"), "coco8"},
		"path of Ultralytics' own":    {inside(with(yoloFiles(), yoloPath, "path: ../datasets/coco8\ntrain: images/train\nnames: [person, car]\n"), "coco8"), "coco8"},
		"the file instead of folder":  {yoloFiles(), yoloPath},
		"data.yaml":                   {withMovedFile(yoloFiles(), yoloPath, "data.yaml"), ""},
		"another name":                {withMovedFile(yoloFiles(), yoloPath, "traffic.yml"), ""},
		"a list of paths":             {with(yoloFiles(), yoloPath, "train: [images/train]\nval:\n- images/val\nnames: [person, car]\n"), ""},
		"a list of pictures":          {with(yoloFiles(), yoloPath, "train: train.txt\nnames: [person, car]\n", "train.txt", "./images/train/a.png\r\n"), ""},
		"Roboflow":                    {map[string]string{"data.yaml": "train: ../train/images\nval: ../valid/images\nnames: ['person', 'car']\n", "train/images/a.jpg": smallPicture(), "train/labels/a.txt": yoloBox, "valid/images/b.jpg": smallPicture(), "valid/labels/b.txt": ""}, ""},
		"a labelling program":         {map[string]string{"images/a.png": smallPicture(), "labels/a.txt": yoloBox, "labels/classes.txt": "person\ncar\n"}, ""},
		"a polygon":                   {with(yoloFiles(), yoloLabel, "1 0.125 0.125 0.375 0.125 0.2 0.625\n"), ""},
		"keypoints":                   {with(yoloFiles(), yoloPath, yoloFiles()[yoloPath]+"kpt_shape: [1, 3]\n", yoloLabel, "1 0.25 0.375 0.25 0.5 0.2 0.3 2\n"), ""},
		"lines of Windows":            {with(yoloFiles(), yoloLabel, "\ufeff1 0.25 0.375 0.25 0.5\r\n\r\n"), ""},
		".DS_Store":                   {with(yoloFiles(), "images/train/.DS_Store", "x", "labels/train/.DS_Store", "x", "images/train/._a.png", "x", "images/.DS_Store", "x"), ""},
		"the test is not downloaded":  {with(yoloFiles(), yoloPath, yoloFiles()[yoloPath]+"test: images/test\n"), ""},
		"our own export":              {with(yoloFiles(), manifestFile, `{"schema":"roadloop.dataset/2","format":"yolo","width":64,"height":32}`), ""},
		"a picture with another type": {with(withMovedFile(yoloFiles(), yoloPicture, "images/train/a.JPG")), ""},
	} {
		s, err := Open(filepath.Join(folder(t, c.files), c.at), Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		class, box := firstObject(t, s)
		if d := cmp.Diff([4]float64{8, 4, 24, 20}, box); d != "" || class != perception.Car || s.Background() != 0 {
			t.Errorf("%s: %v at %v", name, class, box)
		}
		if want := (synth.Ignore{Drivable: true, Weather: true, Place: true}); s.samples[0].lacks.Place != want.Place || !s.samples[0].lacks.Classes[perception.Truck] || s.samples[0].lacks.Classes[perception.Car] || !s.samples[0].noLanes {
			t.Errorf("%s: lacks %+v", name, s.samples[0].lacks)
		}
	}
}

func TestBadYOLO(t *testing.T) {
	const about, file, picture = "DIR/" + yoloPath, "DIR/" + yoloLabel, "DIR/" + yoloPicture
	testBadInput(t, yoloFiles, Options{}, []badInput{
		{yoloPath, "", "train: [\n", about + ":1: sequence end token ']' not found"},
		{yoloPath, "", "train: images/train\n", about + ": names: the names of the classes are missing"},
		{yoloPath, "", "train: images/train\nnames: car\n", about + ": names: want a list, or a map from the numbers of the classes"},
		{yoloPath, "", "train: images/train\nnames: []\n", about + ": names: there are no classes"},
		{yoloPath, "", "train: images/train\nnames: {car: 1}\n", about + `: names: key "car" is not an integer ≥ 0`},
		{yoloPath, "", "train: 7\nnames: [a]\n", about + ": train: want a path, or a list of paths"},
		{yoloPath, "", "train: none\nnames: [a]\n", about + ": there is no none in DIR"},
		{yoloPath, "", "train: /none/none\nnames: [a]\n", about + ": there is no /none/none"},
		{yoloPath, "", "names: [a]\n", "DIR: no labelled frames"},
		{yoloLabel, "", "1 0.25 0.375 0.25\n", file + ":1: 4 fields, want 5 for a box, or 7 or more for a polygon"},
		{yoloLabel, "", yoloBox + "1 0.25 0.375 0.25 0.5 0.9\n", file + ":2: 6 fields, want 5 for a box, or 7 or more for a polygon"},
		{yoloLabel, "0.25 0.375", "NaN 0.375", file + `:1: field 2: "NaN" is not a finite number`},
		{yoloLabel, "0.25 0.375", "16 0.375", file + ":1: field 2 (x): 16 is not a share of the picture, 0 to 1"},
		{yoloLabel, "0.25 0.5", "0.25 0", file + ":1: the box has the size 0.25×0, want a width and a height above 0"},
		{yoloLabel, "1 0", "1.5 0", file + ":1: field 1: class 1.5 is not an integer ≥ 0"},
		{yoloLabel, "1 0", "-1 0", file + ":1: field 1: class -1 is not an integer ≥ 0"},
		{yoloLabel, "1 0", "7 0", file + ":1: class 7 has no name in dataset.yaml"},
		{yoloLabel, "1 0", "2 0", file + `:1: class "dog" ` + classNames},
		{yoloLabel, "0.25 0.375 0.25", "0.9 0.375 0.9", file + ":1: box: 86.4 is outside of the picture, 0 to 64 px"},
		{yoloLabel, "", "1 0.1 0.1 0.2 0.2 1.3 0.1\n", file + ":1: field 6: 1.3 is not a share of the picture, 0 to 1"},
		{yoloLabel, "", "\xff\xfe1\x00", file + ": the text is UTF-16, want UTF-8"},
		{yoloPicture, "", "x", "picture " + picture + ": unknown format, want PNG, JPEG, WebP or BMP"},
		{"labels/train/c.txt", "", yoloBox, "DIR/labels/train/c.txt: there is no picture c in DIR/images/train"},
	})
}

// Pictures without a label file are pictures without objects, and are counted.
func TestYOLOBackground(t *testing.T) {
	s := open(t, folder(t, with(yoloFiles(), yoloLabel, "")))
	if s.Len() != 2 || s.Background() != 1 || len(s.samples[0].objects) != 0 {
		t.Errorf("%d frames, %d without labels, objects %v", s.Len(), s.Background(), s.samples[0].objects)
	}
}

// Boundaries keep their pixels, their sides follow from their places, and the horizon from
// the point where they meet.
func TestLaneLabels(t *testing.T) {
	for name, files := range map[string]map[string]string{
		"TuSimple": tusimpleSmall(), "CULane": culaneSmall(),
		"TuSimple, another name":    withMovedFile(tusimpleSmall(), tusimplePath, "label_data.jsonl"),
		"TuSimple, backslashes":     withReplaced(tusimpleSmall(), tusimplePath, "clips/1/20.jpg", `clips\\1\\20.jpg`),
		"TuSimple, byte order mark": withReplaced(tusimpleSmall(), tusimplePath, `{"lanes"`, "\ufeff"+`{"lanes"`),
		"CULane, no lists":          with(culaneSmall(), "list/train_gt.txt", "", "list/val.txt", ""),
		"CULane, no flags":          with(culaneSmall(), "list/train_gt.txt", "", "list/train.txt", "/driver_1/1.MP4/00000.png\r\n"),
		"CULane, backslashes":       withReplaced(culaneSmall(), "list/train_gt.txt", "/driver_1/1.MP4/00000.png", `driver_1\1.MP4\00000.png`),
		"CULane, .DS_Store":         with(culaneSmall(), ".DS_Store", "x", "driver_1/.DS_Store", "x"),
	} {
		s, err := Open(folder(t, files), Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		sm := &s.samples[0]
		if sm.noLanes || !sm.lacks.Drivable || !sm.lacks.Place || sm.lacks.Classes != [perception.NumClasses]bool{true, true, true, true, true, true, true, true} || s.Unlabelled() {
			t.Errorf("%s: lacks %+v, no lanes: %v", name, sm.lacks, sm.noLanes)
		}
		for side, points := range sm.lanes {
			if known := side == int(label.Left) || side == int(label.Right); known != (len(points) == 3) {
				t.Errorf("%s: boundary %d has the points %v", name, side, points)
			}
		}
		// A point of each boundary, and the row where the two meet.
		left, right, horizon := geom.Vec{X: 20.5, Y: 24.5}, geom.Vec{X: 44.5, Y: 24.5}, 12.5
		if strings.HasPrefix(name, "CULane") {
			left, right, horizon = geom.Vec{X: 16.5, Y: 23}, geom.Vec{X: 47.5, Y: 23}, 7.5
		}
		for side, want := range map[label.Boundary]geom.Vec{label.Left: left, label.Right: right} {
			least := math.Inf(1)
			for _, p := range sm.lanes[side] {
				u, v, _, _ := sm.camera.Project(p.X, p.Y, 0)
				least = min(least, want.Dist(geom.Vec{X: u, Y: v}))
			}
			if least > 1e-6 {
				t.Errorf("%s: no point of boundary %d is at %v", name, side, want)
			}
		}
		if _, row, _, _ := sm.camera.Project(1e6, 0, 0); math.Abs(row-horizon) > .1 {
			t.Errorf("%s: the horizon is in row %.2f, want %g", name, row, horizon)
		}
		checkTargets(t, s)
	}
}

func TestBadTuSimple(t *testing.T) {
	const path = "DIR/" + tusimplePath
	testBadInput(t, tusimpleSmall, Options{}, []badInput{
		{tusimplePath, "", tusimpleLabel + "{", path + ":2: unexpected end of JSON input"},
		{tusimplePath, "", tusimpleLabel + "\n" + tusimpleLabel, path + ":3: duplicate picture clips/1/20.jpg"},
		{tusimplePath, `"lanes"`, `"lane"`, path + ":1: field lanes is missing"},
		{tusimplePath, `"raw_file"`, `"raw"`, path + ":1: field raw_file is missing"},
		{tusimplePath, "clips/1", "../1", path + `:1: raw_file: "../1/20.jpg" is not a path within the folder`},
		{tusimplePath, "clips/1", "clips/2", path + ":1: picture: open DIR/clips/2/20.jpg: no such file or directory"},
		{tusimplePath, "[28, 24, 20, -2]", "[28, 24, 20]", path + ":1: lanes[0]: 3 columns, want one for each of the 4 rows in h_samples"},
		{tusimplePath, "[28, ", `["28", `, path + ":1: lanes: found string, want a number"},
		{tusimplePath, "28, 24", "280, 24", path + ":1: lanes[0][0]: 280 is far outside of the picture, 0 to 64 px"},
		{tusimplePath, "[16, ", "[-160, ", path + ":1: h_samples[0]: -160 is far outside of the picture, 0 to 32 px"},
	})
}

func TestBadCULane(t *testing.T) {
	const list, path = "DIR/list/train_gt.txt", "DIR/" + culanePath
	testBadInput(t, culaneSmall, Options{}, []badInput{
		{"list/train_gt.txt", "0 1 1 0", "0 1 1", list + ":1: 5 fields, want a picture, or picture, mask and 4 flags"},
		{"list/train_gt.txt", "0 1 1 0", "0 1 2 0", list + `:1: field 5: "2", want 0 or 1`},
		{"list/train_gt.txt", "0 1 1 0", "0 1 0 0", path + ":2: a boundary too many: " + list + ":1 states 1"},
		{"list/train_gt.txt", "0 1 1 0", "1 1 1 0", path + ": 2 boundaries, but " + list + ":1 states 3"},
		{"list/train_gt.txt", "/driver_1", "../driver_1", list + `:1: "../driver_1/1.MP4/00000.png" is not a path within the folder`},
		{culanePath, "", "-", list + ":1: DIR/driver_1/1.MP4/00000.png has no labels: there is no " + path},
		{"driver_1/1.MP4/00000.png", "", "-", list + ":1: picture: open DIR/driver_1/1.MP4/00000.png: no such file or directory"},
		{culanePath, "8.5 31 16.5", "8.5 31", path + ":1: 5 values, want pairs of x and y"},
		{culanePath, "8.5", "x", path + `:1: value 1: "x" is not a number`},
		{culanePath, "8.5", "NaN", path + ":1: value 1: NaN is far outside of the picture, 0 to 64 px"},
		{culanePath, "55.5 31", "55.5 310", path + ":2: value 2: 310 is far outside of the picture, 0 to 32 px"},
	})
}

// A box in the world is projected through the pose of the vehicle and the calibration. The
// near face of the car is 8 m ahead of the camera, from 0.5 to 2 m below it: columns
// 32 ± 40/8, rows 16 + 40·0.5/12 to 16 + 40·2/8.
func TestReadNuScenes(t *testing.T) {
	s := open(t, folder(t, nuScenesFiles()))
	class, box := firstObject(t, s)
	want := [4]float64{27, 16 + 40*.5/12, 37, 26}
	for i := range box {
		if math.Abs(box[i]-want[i]) > 1e-9 {
			t.Errorf("%v at %v, want %v", class, box, want)
		}
	}
	o := &s.samples[0].objects[0]
	if math.Abs(o.Pos.X-11) > 1e-9 || math.Abs(o.Pos.Y) > 1e-9 || math.Abs(o.Distance-10) > 1e-9 || math.Abs(o.Heading) > 1e-9 || o.Visible != .9 || o.Truncated != 0 || o.Length != 4 || o.Width != 2 || o.Bottom != 0 || o.Top != 1.5 {
		t.Errorf("object %+v", o)
	}
	m := &s.samples[0].camera.Mount
	if class != perception.Car || math.Abs(m.Yaw)+math.Abs(m.Pitch)+math.Abs(m.Roll) > 1e-9 || m.X != 1 || m.Z != 2 {
		t.Errorf("class %v, mount %+v", class, m)
	}
	if sm := &s.samples[0]; !sm.noLanes || sm.lacks.Place || !sm.lacks.Drivable || sm.lacks.Classes != [perception.NumClasses]bool{perception.SignalRed: true, perception.SignalAmber: true, perception.SignalGreen: true} {
		t.Errorf("lacks %+v", sm.lacks)
	}
	checkTargets(t, s)
	const annotations = "v1.0-mini/sample_annotation.json"
	for name, c := range map[string]struct {
		from, to string
		visible  float64
	}{
		"hidden":           {`"visibility_token": "4"`, `"visibility_token": "1"`, .2},
		"without a point":  {`"num_lidar_pts": 5`, `"num_lidar_pts": 0`, 0},
		"unknown fraction": {`"visibility_token": "4"`, `"visibility_token": ""`, 1},
	} {
		s := open(t, folder(t, withReplaced(nuScenesFiles(), annotations, c.from, c.to)))
		if got := s.samples[0].objects[0].Visible; got != c.visible {
			t.Errorf("%s: visible %g, want %g", name, got, c.visible)
		}
	}
	s = open(t, folder(t, withReplaced(nuScenesFiles(), annotations, `"i1"`, `"i2"`)))
	if d := cmp.Diff([]Count{{"movable_object.barrier", 1}}, s.Skipped()); d != "" || len(s.samples[0].objects) != 0 {
		t.Error(d)
	}
	// A box around the camera fills the picture and is cut at the near plane.
	s = open(t, folder(t, withReplaced(nuScenesFiles(), annotations, "[100, 61, 0.75]", "[100, 52, 0.75]")))
	if _, box := firstObject(t, s); box[0] != 0 || box[2] != 64 || box[3] != 32 || s.samples[0].objects[0].Truncated < .9 {
		t.Errorf("box around the camera: %+v", s.samples[0].objects[0])
	}
}

func TestBadNuScenes(t *testing.T) {
	at := func(table string) string { return "v1.0-mini/" + table + ".json" }
	in := func(table string) string { return "DIR/" + at(table) }
	testBadInput(t, nuScenesFiles, Options{}, []badInput{
		{at("sensor"), "CAM_FRONT", "CAM_LEFT", in("sensor") + ": there is no channel CAM_FRONT, there are CAM_BACK, CAM_LEFT"},
		{at("sensor"), "[\n", "{\n", in("sensor") + ":1: document: found an object, want an array"},
		{at("sensor"), "", "-", "labels: open " + in("sensor") + ": no such file or directory"},
		{at("sensor"), "\n]", "", in("sensor") + ":2: EOF"},
		{at("calibrated_sensor"), "[0.5, -0.5", "[0.5, 0.9", in("calibrated_sensor") + ":2: calibrated_sensor c1: rotation: the quaternion has the norm 1.25, want 1"},
		{at("calibrated_sensor"), "[40, 0, 32]", "[40, 32]", in("calibrated_sensor") + ":2: calibrated_sensor c1: camera_intrinsic: want 3 rows of 3 numbers"},
		{at("calibrated_sensor"), "[40, 0, 32]", "[0, 0, 32]", in("sample_data") + ":2: sample_data d1: camera: focal lengths 0 and 40, want them above 0"},
		{at("ego_pose"), "e1", "e9", in("sample_data") + ":2: sample_data d1: there is no ego_pose e1"},
		{at("ego_pose"), "[100, 50, 0]", "[100, 50]", in("ego_pose") + ":2: ego_pose e1: translation: 2 numbers, want 3"},
		{at("sample_data"), "samples/", "../samples/", in("sample_data") + `:2: sample_data d1: filename: "../samples/CAM_FRONT/a.png" is not a path within the folder`},
		{at("sample_data"), `"is_key_frame": false`, `"is_key_frame": true`, in("ego_pose") + ":2: ego_pose e2: translation: 1 numbers, want 3"},
		{at("visibility"), "v0-40", "most", in("visibility") + `:2: visibility 1: level "most" is not a range of percents, such as v40-60`},
		{at("sample_annotation"), `"i1"`, `"i7"`, in("sample_annotation") + ":2: sample_annotation a1: there is no instance i7"},
		{at("sample_annotation"), `"i1"`, `"i3"`, in("sample_annotation") + `:2: sample_annotation a1: class "hovercraft" ` + classNames},
		{at("sample_annotation"), "[2, 4, 1.5]", "[2, 4, 0]", in("sample_annotation") + ":2: sample_annotation a1: size: [2 4 0], want width, length and height above 0"},
		{at("sample_annotation"), `"visibility_token": "4"`, `"visibility_token": "5"`, in("sample_annotation") + ":2: sample_annotation a1: there is no visibility 5"},
		{at("sample_annotation"), `"num_lidar_pts": 5`, `"num_lidar_pts": "many"`, in("sample_annotation") + ":2: num_lidar_pts: found string, want an integer"},
		{"samples/CAM_FRONT/a.png", "", "-", in("sample_data") + ":2: sample_data d1: picture: open DIR/samples/CAM_FRONT/a.png: no such file or directory"},
		{"v1.0-trainval/sample_data.json", "", "[]", "DIR: 2 versions: choose one with --annotations: v1.0-mini, v1.0-trainval"},
	})
}

// Parts of a data set are selected by the names of its files.
func TestSplits(t *testing.T) {
	second := strings.NewReplacer("000007", "000008")
	kitti := kittiFiles()
	for path, text := range kittiFiles() {
		kitti[second.Replace(path)] = text
	}
	document := func(name string) string { return strings.ReplaceAll(cocoDocument, "a.png", name) }
	for name, c := range map[string]struct {
		files map[string]string
		want  map[synth.Split]string // name of the only picture
	}{
		"COCO":     {map[string]string{"annotations/instances_train2017.json": cocoDocument, "annotations/instances_val2017.json": document("b.png"), "train2017/a.png": smallPicture(), "val2017/b.png": smallPicture(), "annotations/captions_val2017.json": "x"}, map[synth.Split]string{synth.Train: "a.png", synth.Validation: "b.png"}},
		"Roboflow": {map[string]string{"train/" + roboflowFile: cocoDocument, "valid/" + roboflowFile: document("b.png"), "test/" + roboflowFile: document("c.png"), "train/a.png": smallPicture(), "valid/b.png": smallPicture(), "test/c.png": smallPicture(), "README.txt": "x"}, map[synth.Split]string{synth.Train: "a.png", synth.Validation: "b.png", synth.HeldOut: "c.png"}},
		"KITTI":    {with(kitti, "ImageSets/train.txt", "000008\n", "ImageSets/val.txt", "000007\r\n"), map[synth.Split]string{synth.Train: "000008.png", synth.Validation: "000007.png"}},
		"YOLO":     {yoloFiles(), map[synth.Split]string{synth.Train: "a.png", synth.Validation: "b.png"}},
		"TuSimple": {with(tusimpleSmall(), "test_label.json", strings.ReplaceAll(tusimpleLabel, "20.jpg", "21.jpg"), "clips/1/21.jpg", smallPicture()), map[synth.Split]string{synth.Train: "20.jpg", synth.HeldOut: "21.jpg"}},
		"nuScenes": {nuScenesScenes(), map[synth.Split]string{synth.Train: "a.png", synth.HeldOut: "b.png"}},
		"CULane":   {culaneSmall(), map[synth.Split]string{synth.Train: "00000.png", synth.Validation: "00030.png"}},
	} {
		dir := folder(t, c.files)
		splits, err := Splits(dir, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if want := slices.Sorted(maps.Keys(c.want)); !slices.Equal(slices.Sorted(slices.Values(splits)), want) {
			t.Errorf("%s: splits %v, want %v", name, splits, want)
		}
		for split, picture := range c.want {
			s, err := Open(dir, Options{Split: split})
			if err != nil || s.Len() != 1 || filepath.Base(s.samples[0].picture) != picture {
				t.Errorf("%s, %s: %v, want %s", name, split, err, picture)
			}
		}
		if _, ok := c.want[synth.HeldOut]; !ok {
			if _, err := Open(dir, Options{Split: synth.HeldOut}); err == nil || !strings.Contains(err.Error(), "no file separates held-out frames") {
				t.Errorf("%s: a missing split gives %v", name, err)
			}
		}
	}
	for name, files := range map[string]map[string]string{"COCO": cocoFiles(), "KITTI": kittiFiles(), "records": recordFiles(), "nuScenes": nuScenesFiles(), "YOLO": with(yoloFiles(), yoloPath, "train: images/train\nval: images/train\nnames: [a, car]\n")} {
		if splits, err := Splits(folder(t, files), Options{}); err != nil || len(splits) > 0 {
			t.Errorf("%s: splits %v (%v), want none", name, splits, err)
		}
	}
}

// With SkipBad an invalid label or frame is left out, counted and named; all others stay.
func TestSkipBad(t *testing.T) {
	anotherImage := `"images": [{"id": 8, "file_name": "gone.png", "width": 64, "height": 32}, `
	for name, c := range map[string]struct {
		files map[string]string
		want  string
	}{
		"COCO, a box":                 {withReplaced(cocoFiles(), cocoFile, `{"id": 10`, `{"id": 9, "image_id": 7, "category_id": 1, "bbox": [1, 2, 0, 0]}, {"id": 10`), "DIR/" + cocoFile + ":4: annotation 9: bbox: 0×0 px"},
		"COCO, a type":                {withReplaced(cocoFiles(), cocoFile, `{"id": 10`, `7, {"id": 10`), "DIR/" + cocoFile + ":4: annotations[0]: document: found number"},
		"COCO, a picture":             {withReplaced(withReplaced(cocoFiles(), cocoFile, `"images": [`, anotherImage), cocoFile, `{"id": 10`, `{"id": 9, "image_id": 8, "category_id": 1, "bbox": [1, 2, 3, 4]}, {"id": 10`), "DIR/" + cocoFile + ":1: image 8: picture: open DIR/images/gone.png"},
		"KITTI, a line":               {with(kittiFiles(), kittiLabelPath, "Car 0 0\n"+car), "DIR/" + kittiLabelPath + ":1: 3 fields"},
		"KITTI, a calibration":        {with(kittiFiles(), "training/label_2/000003.txt", car, "training/image_2/000003.png", kittiPicture(), "training/calib/000003.txt", "P2: 1\n"), "DIR/training/calib/000003.txt:1: P2: 1 values"},
		"KITTI, a picture":            {with(kittiFiles(), "training/image_2/000009.png", kittiPicture()), "DIR/training/image_2/000009.png has no labels"},
		"records":                     {withFile(recordFiles(), labelsFile, "{\n"+recordLine), "DIR/" + labelsFile + ":1: unexpected end"},
		"YOLO, a line":                {with(yoloFiles(), yoloLabel, "x\n"+yoloBox), "DIR/" + yoloLabel + ":1: 1 fields"},
		"YOLO, a picture":             {with(yoloFiles(), "images/train/0.png", "x", "labels/train/0.txt", yoloBox), "picture DIR/images/train/0.png: unknown format"},
		"YOLO, a label":               {with(yoloFiles(), "labels/train/c.txt", yoloBox), "DIR/labels/train/c.txt: there is no picture c"},
		"TuSimple":                    {withFile(tusimpleSmall(), tusimplePath, "{}\n"+tusimpleLabel), "DIR/" + tusimplePath + ":1: field lanes is missing"},
		"CULane":                      {withReplaced(culaneSmall(), "list/train_gt.txt", "/driver", "/none.png\n/driver"), "DIR/list/train_gt.txt:1: picture: open DIR/none.png"},
		"nuScenes, an annotation":     {withReplaced(nuScenesFiles(), "v1.0-mini/sample_annotation.json", "[\n", "[\n{\"sample_token\": \"f1\"},\n"), "DIR/v1.0-mini/sample_annotation.json:2: sample_annotation : there is no instance"},
		"nuScenes, another key frame": {withReplaced(nuScenesFiles(), "v1.0-mini/sample_data.json", "[\n", `[{"token": "d0", "sample_token": "f0", "ego_pose_token": "e1", "calibrated_sensor_token": "c1", "filename": "gone.png", "is_key_frame": true},`+"\n"), "DIR/v1.0-mini/sample_data.json:1: sample_data d0: picture: open DIR/gone.png"},
	} {
		dir := folder(t, c.files)
		if _, err := Open(dir, Options{}); err == nil {
			t.Errorf("%s: no error without SkipBad", name)
		}
		s, err := Open(dir, Options{SkipBad: true})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		n, first := s.Bad()
		if n != 1 || !strings.HasPrefix(strings.ReplaceAll(first[0].Error(), dir, "DIR"), c.want) {
			t.Errorf("%s: %d left out: %v, want %s", name, n, first, c.want)
		}
		if sm := &s.samples[0]; len(sm.objects) != 1 && sm.lanes[label.Left] == nil {
			t.Errorf("%s: the valid label is gone: %+v", name, sm)
		}
	}
	// All bad: an error that names the first one; many bad: the first few are kept.
	dir := folder(t, with(cocoFiles(), cocoPicturePath, "x"))
	if _, err := Open(dir, Options{SkipBad: true}); err == nil || !strings.Contains(err.Error(), "all were left out, the first one because of: ") {
		t.Errorf("all left out: %v", err)
	}
	s, err := Open(folder(t, with(kittiFiles(), kittiLabelPath, strings.Repeat("x\n", 99)+car)), Options{SkipBad: true})
	if err != nil {
		t.Fatal(err)
	}
	if n, first := s.Bad(); n != 99 || len(first) != maxBad {
		t.Errorf("%d left out, %d named", n, len(first))
	}
}

// A data set may be given by its label file.
func TestOpenFile(t *testing.T) {
	dir := folder(t, withFile(cocoFiles(), "annotations/instances_val.json", "x"))
	if s := open(t, filepath.Join(dir, cocoFile)); s.Len() != 1 || s.Format() != COCO {
		t.Errorf("%d frames of %s", s.Len(), s.Format())
	}
	other := filepath.Join(dir, "labels.txt")
	if err := os.WriteFile(other, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(other, Options{}); err == nil || !strings.Contains(err.Error(), "is a file, want the folder of a data set") {
		t.Error(err)
	}
}

// What the exporter writes is read back: boxes of YOLO and the boundaries of TuSimple.
func TestReadOwnExports(t *testing.T) {
	objects, points := 0, 0
	pairs(t, YOLO, 8, func(i int, made, read *synth.Frame) {
		a, b := wanted(made), wanted(read)
		if len(a) != len(b) {
			t.Fatalf("frame %d: %d objects, want %d", i, len(b), len(a))
		}
		for k := range a {
			o, p := &a[k], &b[k]
			if synth.Class(o) != synth.Class(p) || math.Abs(o.X0-p.X0)+math.Abs(o.Y0-p.Y0)+math.Abs(o.X1-p.X1)+math.Abs(o.Y1-p.Y1) > 2e-3 {
				t.Errorf("frame %d: read %+v, want %+v", i, p, o)
			}
		}
		objects += len(a)
	})
	dir := t.TempDir()
	export(t, dir, Export{Format: TuSimple, Frames: 12})
	s := open(t, dir)
	r, err := s.Reader(network.DefaultConfig())
	if err != nil {
		t.Fatal(err)
	}
	m, err := synth.NewGenerator(testStream())
	if err != nil {
		t.Fatal(err)
	}
	for k := range s.Len() {
		read, err := r.Frame(int64(k))
		if err != nil {
			t.Fatal(err)
		}
		var number int64
		if _, err := fmt.Sscanf(filepath.Base(s.samples[k].picture), "%d.png", &number); err != nil {
			t.Fatal(err)
		}
		made, err := m.Frame(number)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range read.Lanes {
			for _, p := range line {
				u, v, _, ok := read.Actual.Project(p.X, p.Y, 0)
				if at, on := made.Actual.Ground(u, v); ok && on && v > 100 {
					if d := nearest(at, made.Lanes); d > .5*at.X/made.Actual.Fx+.02 {
						t.Errorf("frame %d: the point in row %.1f is %.2f m off the boundary, %.1f m ahead", number, v, d, at.X)
					}
					points++
				}
			}
		}
	}
	if objects < 20 || points < 150 {
		t.Errorf("only %d objects and %d points", objects, points)
	}
}
