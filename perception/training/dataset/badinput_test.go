package dataset

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"roadloop/perception"
	"roadloop/perception/network"
	"roadloop/perception/training/stream"
)

// calib is a calibration as KITTI writes them (frame 7 of its training set), shortened.
const calib = `P0: 721.5377 0 609.5593 0 0 721.5377 172.854 0 0 0 1 0
P1: 721.5377 0 609.5593 -387.5744 0 721.5377 172.854 0 0 0 1 0
P2: 721.5377 0 609.5593 44.85728 0 721.5377 172.854 0.2163791 0 0 1 0.002745884
P3: 721.5377 0 609.5593 -339.5242 0 721.5377 172.854 2.199936 0 0 1 0.002729905
R0_rect: 0.9999239 0.00983776 -0.007445048 -0.009869795 0.9999421 -0.004278459 0.007402527 0.004351614 0.9999631
Tr_velo_to_cam: 0.007533745 -0.9999714 -0.000616602 -0.004069766 0.01480249 0.0007280733 -0.9998902 -0.07631618 0.9998621 0.00752379 0.01480755 -0.2717806
Tr_imu_to_velo: 0.9999976 0.0007553071 -0.002035826 -0.8086759 -0.0007854027 0.9998898 -0.01482298 0.3195559 0.002024406 0.01482454 0.9998881 -0.7997231

`

// car is a line of labels of a car 20 m ahead on KITTI's road.
const car = "Car 0.00 0 -1.57 580.00 170.00 660.00 230.00 1.50 1.60 4.00 0.30 1.65 20.00 -1.55\n"

const cocoDocument = `{"images": [{"id": 7, "file_name": "a.png", "width": 64, "height": 32}],
"categories": [{"id": 1, "name": "person"}, {"id": 3, "name": "dog"}],
"annotations": [
{"id": 10, "image_id": 7, "category_id": 1, "bbox": [1, 2, 30, 20], "area": 600, "iscrowd": 0}
]}`

const recordLine = `{"frame":0,"image":"a.png","map":"m","camera":{"Width":64,"Height":32,"Fx":50,"Fy":50,"Cx":32,"Cy":16},"conditions":{},` +
	`"objects":[{"class":"car","instance":1,"box":[1,2,30,20],"visible":1,"position":[9,1],"distance":9,"length":4,"width":2}],` +
	`"boundaries":[{"side":"left","points":[[1,2],[3,2]]}],"drivable":[100,28]}` + "\n"

// folder writes files by path into a new folder.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for path, text := range files {
		f := file{path, []byte(text)}
		if err := f.write(dir); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func kittiFiles(t *testing.T) map[string]string {
	return map[string]string{"training/image_2/000007.png": string(blank(t, 1242, 375)), "training/calib/000007.txt": calib, "training/label_2/000007.txt": car}
}

func cocoFiles(t *testing.T) map[string]string {
	return map[string]string{"images/a.png": string(blank(t, 64, 32)), cocoFile: cocoDocument}
}

func recordFiles(t *testing.T) map[string]string {
	return map[string]string{"a.png": string(blank(t, 64, 32)), labelsFile: recordLine,
		manifestFile: `{"schema":"roadloop.dataset/2","format":"roadloop"}`}
}

func TestBadInput(t *testing.T) {
	const kittiLabels, kittiCalib, kittiPicture = "training/label_2/000007.txt", "training/calib/000007.txt", "training/image_2/000007.png"
	for _, c := range []struct {
		files          map[string]string
		path, from, to string // text replaced in a file; all of it for "", the file removed for to "-"
		want           string
	}{
		{kittiFiles(t), kittiPicture, "", "-", "DIR/training/label_2/000007.txt: picture: open DIR/training/image_2/000007.png: no such file or directory"},
		{kittiFiles(t), kittiPicture, "", "JFIF", "DIR/training/label_2/000007.txt: picture DIR/training/image_2/000007.png: unknown format, want PNG, JPEG, WebP or BMP"},
		{kittiFiles(t), kittiLabels, "", "-", "DIR holds no data set: it has neither dataset.json nor annotations/instances*.json nor training/label_2"},
		{kittiFiles(t), "training/image_2/000009.png", "", "x", "DIR/training/image_2/000009.png has no labels: there is no DIR/training/label_2/000009.txt"},
		{kittiFiles(t), kittiCalib, "", "-", "labels: open DIR/training/calib/000007.txt: no such file or directory"},
		{kittiFiles(t), kittiCalib, "P2:", "P9:", "DIR/training/calib/000007.txt: P2 is missing"},
		{kittiFiles(t), kittiCalib, "P1:", "P2:", "DIR/training/calib/000007.txt: line 3: a second P2"},
		{kittiFiles(t), kittiCalib, "0.2163791 ", "", "DIR/training/calib/000007.txt: line 3: P2: 11 values, want 12"},
		{kittiFiles(t), kittiCalib, "44.85728", "NaN", `DIR/training/calib/000007.txt: line 3: P2: value 4: "NaN" is not a finite number`},
		{kittiFiles(t), kittiCalib, "P2: 721.5377 0 609", "P2: 0 0 609", "DIR/training/calib/000007.txt: P2: it is not the projection of a camera"},
		{kittiFiles(t), kittiCalib, "0.9999421", "0.5", "DIR/training/calib/000007.txt: R0_rect and Tr_velo_to_cam do not make a rotation"},
		{kittiFiles(t), kittiLabels, "", car + "Car 0 0\n", "DIR/training/label_2/000007.txt:2: 3 fields, want 15"},
		{kittiFiles(t), kittiLabels, "4.00", "NaN", `DIR/training/label_2/000007.txt:1: field 11 (length): "NaN" is not a finite number`},
		{kittiFiles(t), kittiLabels, "4.00", "-4.00", "DIR/training/label_2/000007.txt:1: length: -4 m, want none below 0"},
		{kittiFiles(t), kittiLabels, "660.00", "1244.00", "DIR/training/label_2/000007.txt:1: right: 1244 is outside of the image, 0 to 1242 px"},
		{kittiFiles(t), kittiLabels, "170.00", "-2", "DIR/training/label_2/000007.txt:1: top: -2 is outside of the image, 0 to 375 px"},
		{kittiFiles(t), kittiLabels, "660.00", "570", "DIR/training/label_2/000007.txt:1: right: the box ends at 570 before it begins at 580"},
		{kittiFiles(t), kittiLabels, "0.00 0 -", "0.00 5 -", "DIR/training/label_2/000007.txt:1: field 3 (occluded): 5, want -1, 0, 1, 2 or 3"},
		{kittiFiles(t), kittiLabels, "Car 0.00", "Car 7", "DIR/training/label_2/000007.txt:1: field 2 (truncated): 7, want 0 to 1, or -1"},
		{kittiFiles(t), kittiLabels, "Car", "Zebra", `DIR/training/label_2/000007.txt:1: class "Zebra" is unknown (skip unknown classes, or rename it to one of car, truck, pedestrian, cyclist, cone, signal red, signal amber, signal green)`},

		{cocoFiles(t), cocoFile, "", "[]", "DIR/annotations/instances.json: line 1: document: found array, want object"},
		{cocoFiles(t), cocoFile, "600", "NaN", "DIR/annotations/instances.json: line 4: invalid character 'N' looking for beginning of value"},
		{cocoFiles(t), cocoFile, "\"id\": 10", "\"id\": \"10\"", "DIR/annotations/instances.json: line 4: annotations.id: found string, want int64"},
		{cocoFiles(t), "images/a.png", "", "-", "DIR/annotations/instances.json: image 7: picture: open DIR/images/a.png: no such file or directory"},
		{cocoFiles(t), "images/a.png", "", string(blank(t, 32, 32)), "DIR/annotations/instances.json: image 7: width and height are 64×32, DIR/images/a.png has 32×32 px"},
		{cocoFiles(t), cocoFile, "a.png", "../a.png", `DIR/annotations/instances.json: image 7: file_name: "../a.png" is no path within the folder of images`},
		{cocoFiles(t), cocoFile, `"images": [`, `"images": [{"id": 7, "file_name": "a.png", "width": 64, "height": 32},`, "DIR/annotations/instances.json: image 7: the id is there twice"},
		{cocoFiles(t), cocoFile, `{"id": 3`, `{"id": 1`, "DIR/annotations/instances.json: category 1: the id is there twice"},
		{cocoFiles(t), cocoFile, `{"id": 10`, `{"id": 10, "image_id": 7, "category_id": 1, "bbox": [1, 2, 3, 4]}, {"id": 10`, "DIR/annotations/instances.json: annotation 10: the id is there twice"},
		{cocoFiles(t), cocoFile, `"image_id": 7`, `"image_id": 8`, "DIR/annotations/instances.json: annotation 10: image_id: there is no image 8"},
		{cocoFiles(t), cocoFile, `"category_id": 1`, `"category_id": 2`, "DIR/annotations/instances.json: annotation 10: category_id: there is no category 2"},
		{cocoFiles(t), cocoFile, `"category_id": 1`, `"category_id": 3`, `DIR/annotations/instances.json: annotation 10: class "dog" is unknown (skip unknown classes, or rename it to one of car, truck, pedestrian, cyclist, cone, signal red, signal amber, signal green)`},
		{cocoFiles(t), cocoFile, "[1, 2, 30, 20]", "[1, 2, 30]", "DIR/annotations/instances.json: annotation 10: bbox: 3 numbers, want 4"},
		{cocoFiles(t), cocoFile, "[1, 2, 30, 20]", "[1, 2, -30, 20]", "DIR/annotations/instances.json: annotation 10: bbox: size -30×20, want none below 0"},
		{cocoFiles(t), cocoFile, "[1, 2, 30, 20]", "[1, 2, 65, 20]", "DIR/annotations/instances.json: annotation 10: bbox: 66 is outside of the image, 0 to 64 px"},
		{cocoFiles(t), cocoFile, cocoDocument, `{"images": []}`, "DIR: no labelled frames"},

		{recordFiles(t), labelsFile, "", "-", "labels: open DIR/labels.jsonl: no such file or directory (an interrupted export is completed by the same command)"},
		{recordFiles(t), labelsFile, "", recordLine + recordLine, "DIR/labels.jsonl: line 2: frame 0 is there twice"},
		{recordFiles(t), labelsFile, "", recordLine + "{\n", "DIR/labels.jsonl: line 2: unexpected end of JSON input"},
		{recordFiles(t), labelsFile, "[1,2,30,20]", "[1,2,30]", "DIR/labels.jsonl: line 1: box: 3 numbers, want 4"},
		{recordFiles(t), labelsFile, "[1,2,30,20]", "[1,2,30,34]", "DIR/labels.jsonl: line 1: objects[0]: box: 34 is outside of the image, 0 to 32 px"},
		{recordFiles(t), labelsFile, `"class":"car"`, `"class":"cat"`, `DIR/labels.jsonl: line 1: objects[0]: class "cat" is unknown (skip unknown classes, or rename it to one of car, truck, pedestrian, cyclist, cone, signal red, signal amber, signal green)`},
		{recordFiles(t), labelsFile, `"length":4`, `"length":-4`, "DIR/labels.jsonl: line 1: objects[0]: length -4, width 2, distance 9: want none below 0"},
		{recordFiles(t), labelsFile, `"side":"left"`, `"side":"port"`, `DIR/labels.jsonl: line 1: boundaries[0]: side: "port" is none of ["far left" "left" "right" "far right"]`},
		{recordFiles(t), labelsFile, "[100,28]", "[100,29]", "DIR/labels.jsonl: line 1: drivable: a run of 29 cells after 100 of 128"},
		{recordFiles(t), labelsFile, "[100,28]", "[100]", "DIR/labels.jsonl: line 1: drivable: runs of 100 cells, want 128"},
		{recordFiles(t), labelsFile, `"Width":64`, `"Width":65`, "DIR/labels.jsonl: line 1: camera: it takes 65×32 px, the picture has 64×32"},
		{recordFiles(t), labelsFile, `"Fx":50`, `"Fx":0`, "DIR/labels.jsonl: line 1: camera: focal lengths 0 and 50, want them above 0"},
		{recordFiles(t), "a.png", "", "-", "DIR/labels.jsonl: line 1: picture: open DIR/a.png: no such file or directory"},
		{recordFiles(t), manifestFile, `"roadloop"`, `"yolo"`, "DIR: format yolo cannot be read, only roadloop, coco and kitti"},
	} {
		files := maps.Clone(c.files)
		switch {
		case c.to == "-":
			delete(files, c.path)
		case c.from == "":
			files[c.path] = c.to
		default:
			files[c.path] = strings.Replace(files[c.path], c.from, c.to, 1)
			if files[c.path] == c.files[c.path] {
				t.Fatalf("%s has no %q", c.path, c.from)
			}
		}
		dir := folder(t, files)
		_, err := Open(dir, Options{})
		if err == nil {
			t.Errorf("%s with %q: no error, want %s", c.path, c.to, c.want)
			continue
		}
		if got := strings.ReplaceAll(err.Error(), dir, "DIR"); got != c.want {
			t.Errorf("%s with %q:\n got %s\nwant %s", c.path, c.to, got, c.want)
		}
	}
}

// A picture that is cut short is found when it is read, and named.
func TestCorruptPicture(t *testing.T) {
	files := cocoFiles(t)
	files["images/a.png"] = files["images/a.png"][:60]
	dir := folder(t, files)
	r, err := open(t, dir).Reader(network.DefaultConfig())
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range map[int64]string{0: "picture DIR/images/a.png: png: invalid format: not enough pixel data", 1: "DIR: there is no frame 1, it has 1"} {
		if _, err := r.Frame(i); err == nil || !strings.Contains(strings.ReplaceAll(err.Error(), dir, "DIR"), want) {
			t.Errorf("frame %d: %v, want %s", i, err, want)
		}
	}
	if _, err := Open(filepath.Join(dir, "none"), Options{}); err == nil || !os.IsNotExist(unwrap(err)) {
		t.Errorf("a folder that is not there: %v", err)
	}
}

func unwrap(err error) error {
	if u, ok := err.(interface{ Unwrap() error }); ok {
		return u.Unwrap()
	}
	return err
}

// Unknown classes are left out and counted where that is asked for.
func TestSkipUnknown(t *testing.T) {
	files := kittiFiles(t)
	files["training/label_2/000007.txt"] = strings.Replace(car, "Car", "Zebra", 1) + car + strings.Replace(car, "Car", "Zebra", 1) + strings.Replace(car, "Car", "Ape", 1)
	s, err := Open(folder(t, files), Options{SkipUnknown: true})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]Count{{"Ape", 1}, {"Zebra", 2}}, s.Skipped()); d != "" || len(s.samples[0].objects) != 1 {
		t.Errorf("%d labels kept; skipped: %s", len(s.samples[0].objects), d)
	}
}

// A real frame of KITTI: its types, regions, and what is where. Vans and sitting
// persons are not to be found.
func TestKITTIsOwn(t *testing.T) {
	files := kittiFiles(t)
	files["training/label_2/000007.txt"] = car +
		"Van 0.00 0 -1.57 80.00 170.00 160.00 230.00 2.00 1.80 5.00 -14.00 1.70 20.00 -1.55\n" +
		"Tram 0.00 1 -1.57 180.00 100.00 260.00 230.00 3.50 2.40 15.00 -12.00 1.70 40.00 -1.55\n" +
		"Person_sitting 0.00 0 -1.57 480.00 170.00 500.00 230.00 1.20 0.60 0.80 -2.00 1.60 15.00 -1.55\n" +
		"Misc 0.00 0 -1.57 700.00 170.00 760.00 230.00 1.50 1.60 4.00 3.00 1.65 20.00 -1.55\n" +
		"DontCare -1 -1 -10 800.00 163.00 825.00 184.00 -1 -1 -1 -1000 -1000 -1000 -10\n"
	s := open(t, folder(t, files))
	r, err := s.Reader(network.DefaultConfig())
	if err != nil {
		t.Fatal(err)
	}
	f, err := r.Frame(0)
	if err != nil {
		t.Fatal(err)
	}
	var classes []perception.Class
	for _, o := range wanted(f) {
		classes = append(classes, stream.Class(&o))
	}
	if d := cmp.Diff([]perception.Class{perception.Car, perception.Truck}, classes); d != "" {
		t.Errorf("classes: %s", d)
	}
	if n := len(f.Objects) - len(classes); n != 2*4+2 {
		t.Errorf("%d labels to ignore, want two regions for each of KITTI's four classes, the van and the sitting person", n)
	}
	want := stream.Lacks{Drivable: true, Weather: true}
	for c := perception.Cone; c < perception.NumClasses; c++ {
		want.Classes[c] = true
	}
	if d := cmp.Diff(want, f.Lacks); d != "" || !f.NoLanes {
		t.Errorf("lacks: %s", d)
	}
	// The car's location is 20 m ahead of camera 0, and camera 2 is 6 cm beside it.
	o := &f.Objects[0]
	if o.Distance < 19.9 || o.Distance > 20.1 || o.Heading < -.1 || o.Heading > .1 || o.Bottom < -.15 || o.Bottom > .35 {
		t.Errorf("the car is %.2f m away, heading %.3f, %.2f m above the ground", o.Distance, o.Heading, o.Bottom)
	}
	// 1242×375 px come down to 320×97 between bars, and what projects where stays so.
	if w := o.X1 - o.X0; w < 20.5 || w > 20.7 {
		t.Errorf("the car is %.2f px wide, was 80 of 1242", w)
	}
	u, v, _, ok := f.Camera.Project(o.Pos.X, o.Pos.Y, (o.Bottom+o.Top)/2)
	if !ok || u < o.X0 || u > o.X1 || v < o.Y0 || v > o.Y1 {
		t.Errorf("its middle projects to %.1f, %.1f; its box is %.1f to %.1f, %.1f to %.1f", u, v, o.X0, o.X1, o.Y0, o.Y1)
	}
}
