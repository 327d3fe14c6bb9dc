package results_test

import (
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"roadloop/perception"
	"roadloop/perception/results"
	"roadloop/sim/geom"
	"roadloop/sim/rng"
	"roadloop/sim/sensor"
)

// carAhead is a car 20 m in front of the camera and 2 m to its left, driving away at 10
// m/s. The ego is at (100, 50) and heads along the map's y axis.
func carAhead() (results.Image, results.Object) {
	cal := sensor.FrontCamera()
	im := results.Image{
		Index: 6, ID: "7", Name: "000006.png", Width: cal.Width, Height: cal.Height, Camera: &cal,
		Ego: geom.Pose{X: 100, Y: 50, Yaw: math.Pi / 2},
	}
	return im, results.Object{
		Class: "car", ID: 3, Score: .75, Box: perception.Box{X0: 120.5, Y0: 80, X1: 150.5, Y1: 104.25},
		Space: &results.Space{
			Pos: geom.Vec{X: 21.7, Y: 2}, Top: 1.5, Length: 4.5, Width: 1.75, Vel: &geom.Vec{X: 10},
		},
		Visible: .625, Truncated: .125,
	}
}

// write writes objects of one image and returns the file at path in a new folder.
func write(t testing.TB, path string, open func(dir string) (results.Writer, error), im *results.Image, objects ...results.Object) string {
	t.Helper()
	dir := t.TempDir()
	w, err := open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Discard()
	if err := w.Write(im, objects); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(dir, path))
	if err != nil {
		t.Fatal(err)
	}
	left, err := filepath.Glob(filepath.Join(dir, ".tmp-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("temporary files %v, %v", left, err)
	}
	return string(data)
}

// formats are the writers that write to a file, by the name of the file.
var formats = map[string]func(dir string) (results.Writer, error){
	"coco.json": func(dir string) (results.Writer, error) {
		return results.NewCOCO(filepath.Join(dir, "coco.json"), results.Categories())
	},
	"coco-truth.json": func(dir string) (results.Writer, error) {
		return results.NewCOCOTruth(filepath.Join(dir, "coco-truth.json"), []results.Category{{ID: 1, Name: "car"}, {ID: 9, Name: "tree"}})
	},
	"000006.txt": func(dir string) (results.Writer, error) { return results.NewKITTI(dir) },
	"label_2/000006.txt": func(dir string) (results.Writer, error) {
		return results.NewKITTITruth(filepath.Join(dir, "label_2"))
	},
	"nuscenes.json": func(dir string) (results.Writer, error) {
		return results.NewNuScenes(filepath.Join(dir, "nuscenes.json"), results.NuScenesMeta{Camera: true})
	},
	"nuscenes-truth.json": func(dir string) (results.Writer, error) {
		return results.NewNuScenesTruth(filepath.Join(dir, "nuscenes-truth.json"))
	},
	"mot.txt": func(dir string) (results.Writer, error) { return results.NewMOT(filepath.Join(dir, "mot.txt")) },
	"gt.txt":  func(dir string) (results.Writer, error) { return results.NewMOTTruth(filepath.Join(dir, "gt.txt")) },
	"tracks.txt": func(dir string) (results.Writer, error) {
		return results.NewKITTITracking(filepath.Join(dir, "tracks.txt"))
	},
	"label_02.txt": func(dir string) (results.Writer, error) {
		return results.NewKITTITrackingTruth(filepath.Join(dir, "label_02.txt"))
	},
}

// The files by hand. In the label frame the middle of the underside is 2 m to the left,
// 1.4 m below and 20 m in front of the camera; the car heads along z, so that rotation_y is
// −π/2, and alpha is larger by atan(2/20). In the map, the car is 21.7 m along y and 2 m
// along −x from the ego.
func TestFilesByHand(t *testing.T) {
	const place = "1.5 1.75 4.5 -2 1.4 20 -1.5707963267948966"
	for path, want := range map[string]string{
		"coco.json": `[
{"image_id":7,"category_id":1,"bbox":[120.5,80,30,24.25],"score":0.75}
]
`,
		"coco-truth.json": `{"info":{},
"annotations":[
{"id":1,"image_id":7,"category_id":1,"bbox":[120.5,80,30,24.25],"area":727.5,"iscrowd":0}
],
"images":[
{"id":7,"file_name":"000006.png","width":320,"height":192}
],
"categories":[
{"id":1,"name":"car"},
{"id":9,"name":"tree"}
]}
`,
		"000006.txt":         "Car -1 -1 -1.4711276743037345 120.5 80 150.5 104.25 " + place + " 0.75\n",
		"label_2/000006.txt": "Car 0.125 1 -1.4711276743037345 120.5 80 150.5 104.25 " + place + "\n",
		"nuscenes.json": `{"meta":{"use_camera":true,"use_lidar":false,"use_radar":false,"use_map":false,"use_external":false},
"results":{
"000006":[{"sample_token":"000006","translation":[98,71.7,0.75],"size":[1.75,4.5,1.5],"rotation":[0.7071067811865476,0,0,0.7071067811865475],"velocity":[6.123233995736757e-16,10],"detection_name":"car","detection_score":0.75,"attribute_name":""}]
}}
`,
		"nuscenes-truth.json": `{"meta":{"use_camera":false,"use_lidar":false,"use_radar":false,"use_map":false,"use_external":false},
"results":{
"000006":[{"sample_token":"000006","translation":[98,71.7,0.75],"size":[1.75,4.5,1.5],"rotation":[0.7071067811865476,0,0,0.7071067811865475],"velocity":[6.123233995736757e-16,10],"num_pts":1,"detection_name":"car","detection_score":-1,"attribute_name":""}]
}}
`,
		"mot.txt":      "7,3,121.5,81,30,24.25,0.75,-1,-1,-1\n",
		"gt.txt":       "7,3,121.5,81,30,24.25,1,1,0.625\n",
		"tracks.txt":   "6 3 Car -1 -1 -1.4711276743037345 120.5 80 150.5 104.25 " + place + " 0.75\n",
		"label_02.txt": "6 3 Car 1 1 -1.4711276743037345 120.5 80 150.5 104.25 " + place + "\n",
	} {
		im, o := carAhead()
		if got := write(t, path, formats[path], &im, o); got != want {
			t.Errorf("%s:\n%swant\n%s", path, got, want)
		}
	}
}

// Ignored objects, and objects without a place in space.
func TestIgnoredAndFlatObjects(t *testing.T) {
	const unplaced = "-10 120.5 80 150.5 104.25 -1 -1 -1 -1000 -1000 -1000 -10"
	im, ignored := carAhead()
	ignored.Ignore, ignored.Region, ignored.ID = true, true, 0
	_, flat := carAhead()
	flat.Space = nil
	_, van := carAhead()
	van.Space, van.Ignore, van.ID = nil, true, 4
	for path, want := range map[string]string{
		"coco-truth.json":    `"iscrowd":1}`,
		"label_2/000006.txt": "DontCare -1 -1 " + unplaced + "\nCar 0.125 1 " + unplaced + "\nCar 0.125 3 " + unplaced + "\n",
		"label_02.txt":       "6 -1 DontCare -1 -1 " + unplaced + "\n6 3 Car 1 1 " + unplaced + "\n6 4 Car 1 3 " + unplaced + "\n",
		"gt.txt":             "7,0,121.5,81,30,24.25,0,8,0.625\n",
	} {
		if got := write(t, path, formats[path], &im, ignored, flat, van); !strings.Contains(got, want) {
			t.Errorf("%s:\n%swithout\n%s", path, got, want)
		}
	}
	if got := write(t, "nuscenes-truth.json", formats["nuscenes-truth.json"], &im, ignored, flat); !strings.Contains(got, `"000006":[]`) {
		t.Errorf("nuScenes has objects that are ignored or have no place:\n%s", got)
	}
}

func TestFilesWithoutObjects(t *testing.T) {
	im, _ := carAhead()
	for path, want := range map[string]string{"coco.json": "[\n]\n", "000006.txt": "", "mot.txt": "", "tracks.txt": ""} {
		if got := write(t, path, formats[path], &im); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}

// A writer that is discarded leaves the old file.
func TestDiscardKeepsTheOldFile(t *testing.T) {
	for path, open := range formats {
		if path == "000006.txt" || path == "label_2/000006.txt" {
			continue // one file for each image
		}
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, path), []byte("old"), 0o644); err != nil {
			t.Fatal(err)
		}
		w, err := open(dir)
		if err != nil {
			t.Fatal(err)
		}
		im, o := carAhead()
		if err := w.Write(&im, []results.Object{o}); err != nil {
			t.Fatal(err)
		}
		if err := w.Discard(); err != nil {
			t.Error(err)
		}
		data, err := os.ReadFile(filepath.Join(dir, path))
		if err != nil || string(data) != "old" {
			t.Errorf("%s: %q, %v", path, data, err)
		}
		if files, _ := os.ReadDir(dir); len(files) != 1 {
			t.Errorf("%s: files %v", path, files)
		}
	}
}

func TestObjectsThatNoFormatHolds(t *testing.T) {
	for name, spoil := range map[string]struct {
		change func(o *results.Object)
		want   string
	}{
		"score": {func(o *results.Object) { o.Score = math.NaN() }, "image 000006.png: object 1: score: NaN is not finite"},
		"box":   {func(o *results.Object) { o.Box.X1 = 100 }, "object 1: box: it ends at (100, 104.25) px before it begins at (120.5, 80)"},
		"class": {func(o *results.Object) { o.Class = " " }, "object 1: class is missing"},
		"space": {func(o *results.Object) { o.Space.Pos.X = math.Inf(1) }, "object 1: box in space: +Inf is not finite"},
	} {
		for path, open := range formats {
			w, err := open(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			im, good := carAhead()
			_, bad := carAhead()
			bad.ID = 4
			spoil.change(&bad)
			if err := w.Write(&im, []results.Object{good, bad}); err == nil || !strings.Contains(err.Error(), spoil.want) {
				t.Errorf("%s: %s: error %v, want %s", path, name, err, spoil.want)
			}
			w.Discard()
		}
	}
}

func TestTracksNeedIDs(t *testing.T) {
	for _, path := range []string{"mot.txt", "tracks.txt"} {
		w, err := formats[path](t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		defer w.Discard()
		im, o := carAhead()
		if err := w.Write(&im, []results.Object{o, o}); err == nil || !strings.Contains(err.Error(), "object 1: duplicate id 3") {
			t.Errorf("%s: error %v", path, err)
		}
		o.ID = 0
		if err := w.Write(&im, []results.Object{o}); err == nil || !strings.Contains(err.Error(), "object 0: id 0, want at least 1") {
			t.Errorf("%s: error %v", path, err)
		}
	}
}

func TestCOCONeedsTheCategory(t *testing.T) {
	w, err := results.NewCOCO(filepath.Join(t.TempDir(), "x.json"), []results.Category{{ID: 1, Name: "bus"}})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Discard()
	im, o := carAhead()
	if err := w.Write(&im, []results.Object{o}); err == nil || !strings.Contains(err.Error(), `there is no category "car"`) {
		t.Errorf("error %v", err)
	}
}

// All but the 500 best boxes of a sample are left out: nuScenes' server refuses more.
func TestNuScenesKeepsTheBest(t *testing.T) {
	im, o := carAhead()
	var all []results.Object
	for i := range 510 {
		o.Score = float64(i) / 1000
		all = append(all, o)
	}
	text := write(t, "nuscenes.json", formats["nuscenes.json"], &im, all...)
	_, found, err := results.ReadNuScenes(strings.NewReader(text))
	if err != nil || len(found) != 500 || found[0].Object.Score != .509 || found[499].Object.Score != .01 {
		t.Errorf("%d boxes, error %v", len(found), err)
	}
}

// Readers return what was written.
func TestRoundTrip(t *testing.T) {
	r := rng.New(1, "results", "round trip")
	for range 10 {
		im, o := carAhead()
		im.Camera.Mount.Yaw = r.Range(-3, 3)
		o.Space.Pos = geom.Vec{X: r.Range(-80, 80), Y: r.Range(-80, 80)}
		o.Space.Heading, o.Space.Bottom = r.Range(-3.1, 3.1), r.Range(-1, 1)
		o.Score, o.Box.X0 = r.Float64(), r.Range(0, 120)
		same := func(path string, got results.Object, index int) {
			t.Helper()
			if got.Box.IoU(o.Box) < 1-1e-9 || got.Score != o.Score || index != im.Index {
				t.Errorf("%s: image %d: %+v, want %+v", path, index, got, o)
			}
		}
		placed := func(path string, got *results.Space, ego geom.Pose) {
			t.Helper()
			if got == nil {
				t.Fatalf("%s: no box in space", path)
			}
			at := ego.Relative(geom.Pose{X: got.Pos.X, Y: got.Pos.Y, Yaw: got.Heading})
			if at.Pos().Dist(o.Space.Pos) > 1e-9 || math.Abs(geom.WrapAngle(at.Yaw-o.Space.Heading)) > 1e-9 ||
				math.Abs(got.Bottom-o.Space.Bottom) > 1e-9 || math.Abs(got.Top-o.Space.Top) > 1e-9 ||
				got.Length != o.Space.Length || got.Width != o.Space.Width {
				t.Errorf("%s: %+v, want %+v", path, got, o.Space)
			}
		}
		text := func(path string) *strings.Reader { return strings.NewReader(write(t, path, formats[path], &im, o)) }

		coco, err := results.ReadCOCO(text("coco.json"), results.Categories())
		if err != nil || len(coco) != 1 || coco[0].Image != "7" || coco[0].Object.Class != "car" {
			t.Fatalf("COCO: %+v, %v", coco, err)
		}
		same("COCO", coco[0].Object, im.Index)

		kitti, err := results.ReadKITTI(text("000006.txt"), &im)
		if err != nil || len(kitti) != 1 {
			t.Fatalf("KITTI: %+v, %v", kitti, err)
		}
		same("KITTI", kitti[0], im.Index)
		placed("KITTI", kitti[0].Space, geom.Pose{})

		tracks, err := results.ReadKITTITracking(text("tracks.txt"), &im)
		if err != nil || len(tracks) != 1 || tracks[0].Object.ID != 3 {
			t.Fatalf("KITTI tracking: %+v, %v", tracks, err)
		}
		same("KITTI tracking", tracks[0].Object, tracks[0].Index)
		placed("KITTI tracking", tracks[0].Object.Space, geom.Pose{})

		mot, err := results.ReadMOT(text("mot.txt"))
		if err != nil || len(mot) != 1 || mot[0].Object.ID != 3 {
			t.Fatalf("MOT: %+v, %v", mot, err)
		}
		same("MOT", mot[0].Object, mot[0].Index)

		meta, boxes, err := results.ReadNuScenes(text("nuscenes.json"))
		if err != nil || len(boxes) != 1 || !meta.Camera || boxes[0].Image != "000006" {
			t.Fatalf("nuScenes: %+v, %v", boxes, err)
		}
		placed("nuScenes", boxes[0].Object.Space, im.Ego)
	}
}

func TestUnreadableFiles(t *testing.T) {
	im, _ := carAhead()
	kitti := func(text string) error { _, err := results.ReadKITTI(strings.NewReader(text), &im); return err }
	tracks := func(text string) error { _, err := results.ReadKITTITracking(strings.NewReader(text), &im); return err }
	mot := func(text string) error { _, err := results.ReadMOT(strings.NewReader(text)); return err }
	coco := func(text string) error {
		_, err := results.ReadCOCO(strings.NewReader(text), results.Categories())
		return err
	}
	nuscenes := func(text string) error { _, _, err := results.ReadNuScenes(strings.NewReader(text)); return err }
	for _, c := range []struct {
		read       func(string) error
		text, want string
	}{
		{kitti, "\nCar 1", "line 2: 2 fields, want 15, or 16 with a score"},
		{kitti, "Car 0 0 0 1 1 2 x 1 1 1 1 1 1 0", `line 1: field 8: "x" is not a finite number`},
		{kitti, "Car 0 0 0 9 1 2 2 1 1 1 1 1 1 0", "line 1: fields 5 to 8: the box ends before it begins"},
		{tracks, "0 1 Car", "line 1: 3 fields, want 17, or 18 with a score"},
		{tracks, "-1 1 Car 0 0 0 9 1 2 2 1 1 1 1 1 1 0", "line 1: field 1: frame -1, want at least 0"},
		{mot, "1,2,3", "line 1: 3 fields, want 10, or 9 of a ground truth"},
		{mot, "0,1,1,1,1,1,1,-1,-1,-1", "line 1: field 1: frame 0, want at least 1"},
		{mot, "1,1.5,1,1,1,1,1,-1,-1,-1", "line 1: field 2: 1.5 is not an integer"},
		{mot, "1,1,1,1,-1,1,1,-1,-1,-1", "line 1: fields 5 and 6: -1×1 px, want no negative size"},
		{coco, `{}`, "the document begins with {, want a list"},
		{coco, `[{"image_id":1,"category_id":99,"bbox":[1,2,3,4],"score":1}]`, "entry 0: category_id: there is no category 99"},
		{coco, `[{"image_id":1,"category_id":1,"bbox":[1,2,3],"score":1}]`, "entry 0: bbox: 3 numbers, want 4"},
		{coco, `[{"image_id":1,"bbox":[1,2,3,4],"score":1}]`, "entry 0: category_id or score is missing"},
		{coco, `[{"category_id":1,"bbox":[1,2,3,4],"score":1}]`, "entry 0: image_id: <nil>, want a number or a string"},
		{coco, `[]x`, "text after the list"},
		{nuscenes, `{"results":{"a":[{"translation":[1]}]}}`, "sample a: box 0: translation, size, rotation and velocity have 1, 0, 0 and 0 numbers"},
		{nuscenes, `{"result":{}}`, "unknown field result"},
	} {
		if err := c.read(c.text); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %s", c.text, err, c.want)
		}
	}
}

// By hand: the box of an object 20 m in front of a level camera with a focal length of 100
// px is 10 px high, 2 m; a signal above the camera's height of 1.4 m is 1 to 3 m higher.
func TestHeightOfADetection(t *testing.T) {
	cal := sensor.Camera{Width: 200, Height: 100, Fx: 100, Fy: 100, Cx: 100, Cy: 50, Mount: sensor.Mount{Z: 1.4}}
	d := perception.Detection{Class: perception.Pedestrian, Score: .5, Box: perception.Box{X0: 98, Y0: 47, X1: 102, Y1: 57}, Pos: geom.Vec{X: 20}, Heading: 1}
	o := results.FromDetection(&d, &cal, geom.Vec{X: .6, Y: .5})
	if s := o.Space; s == nil || math.Abs(s.Top-2) > 1e-9 || s.Bottom != 0 || s.Length != .6 || s.Width != .5 || s.Heading != 1 || o.Class != "pedestrian" {
		t.Errorf("%+v in %+v", o, o.Space)
	}
	d.Class, d.Box.Y0, d.Box.Y1 = perception.SignalRed, 35, 45
	if s := results.FromDetection(&d, &cal, geom.Vec{}).Space; s == nil || math.Abs(s.Bottom-2.4) > 1e-9 || math.Abs(s.Top-4.4) > 1e-9 {
		t.Errorf("signal in %+v", s)
	}
	d.Pos.X = -5
	if s := results.FromDetection(&d, &cal, geom.Vec{}).Space; s != nil {
		t.Errorf("behind the camera: %+v", s)
	}
}

// The box by hand in docs/exports.md.
func TestBoxOfTheDocumentation(t *testing.T) {
	cal := sensor.FrontCamera()
	im := results.Image{ID: "1", Name: "000000.png", Camera: &cal, Ego: geom.Pose{X: 20, Y: -5.25}}
	o := results.Object{
		Class: "car", Score: .5, Box: perception.Box{X0: 137, Y0: 83, X1: 147, Y1: 90},
		Space: &results.Space{Pos: geom.Vec{X: 51.328, Y: 3.5}, Top: 1.427, Length: 4.023, Width: 1.712},
	}
	kitti := strings.Fields(write(t, "000006.txt", func(dir string) (results.Writer, error) {
		im.Name = "000006.png"
		return results.NewKITTI(dir)
	}, &im, o))
	for i, want := range map[int]float64{3: -1.5004, 8: 1.427, 9: 1.712, 10: 4.023, 11: -3.5, 12: 1.4, 13: 49.628, 14: -math.Pi / 2} {
		if got, err := strconv.ParseFloat(kitti[i], 64); err != nil || math.Abs(got-want) > 5e-5 {
			t.Errorf("field %d of KITTI: %s, want %g", i+1, kitti[i], want)
		}
	}
	_, boxes, err := results.ReadNuScenes(strings.NewReader(write(t, "nuscenes.json", formats["nuscenes.json"], &im, o)))
	if err != nil || len(boxes) != 1 {
		t.Fatalf("%d boxes, %v", len(boxes), err)
	}
	if s := boxes[0].Object.Space; s.Pos.Dist(geom.Vec{X: 71.328, Y: -1.75}) > 1e-9 || math.Abs((s.Bottom+s.Top)/2-.7135) > 1e-9 || s.Heading != 0 {
		t.Errorf("nuScenes: %+v", s)
	}
}
