package dataset

import (
	"encoding/binary"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"roadloop/internal/imagefile/imagetest"
	"roadloop/perception"
	"roadloop/perception/network"
	"roadloop/perception/training/synth"
	"roadloop/sim/actor"
)

// calib is the calibration of frame 7 of KITTI's training set, shortened.
const calib = `P0: 721.5377 0 609.5593 0 0 721.5377 172.854 0 0 0 1 0
P1: 721.5377 0 609.5593 -387.5744 0 721.5377 172.854 0 0 0 1 0
P2: 721.5377 0 609.5593 44.85728 0 721.5377 172.854 0.2163791 0 0 1 0.002745884
P3: 721.5377 0 609.5593 -339.5242 0 721.5377 172.854 2.199936 0 0 1 0.002729905
R0_rect: 0.9999239 0.00983776 -0.007445048 -0.009869795 0.9999421 -0.004278459 0.007402527 0.004351614 0.9999631
Tr_velo_to_cam: 0.007533745 -0.9999714 -0.000616602 -0.004069766 0.01480249 0.0007280733 -0.9998902 -0.07631618 0.9998621 0.00752379 0.01480755 -0.2717806
Tr_imu_to_velo: 0.9999976 0.0007553071 -0.002035826 -0.8086759 -0.0007854027 0.9998898 -0.01482298 0.3195559 0.002024406 0.01482454 0.9998881 -0.7997231

`

// car is the label line of a car 20 m ahead.
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
		path = filepath.Join(dir, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// Pictures of the test data sets, encoded once.
var (
	kittiPicture = sync.OnceValue(func() string { return picturePNG(1242, 375) })
	smallPicture = sync.OnceValue(func() string { return picturePNG(64, 32) })
)

func picturePNG(w, h int) string {
	data, err := encodePNG(image.NewGray(image.Rect(0, 0, w, h)))
	if err != nil {
		panic(err) // cannot fail
	}
	return string(data)
}

func kittiFiles() map[string]string {
	return map[string]string{kittiPicturePath: kittiPicture(), kittiCalibPath: calib, kittiLabelPath: car}
}

func cocoFiles() map[string]string {
	return map[string]string{cocoPicturePath: smallPicture(), cocoFile: cocoDocument}
}

func recordFiles() map[string]string {
	return map[string]string{recordPicturePath: smallPicture(), labelsFile: recordLine,
		manifestFile: `{"schema":"roadloop.dataset/2","format":"roadloop","width":64,"height":32}`}
}

// Paths of the test data sets.
const (
	kittiLabelPath    = "training/label_2/000007.txt"
	kittiCalibPath    = "training/calib/000007.txt"
	kittiPicturePath  = "training/image_2/000007.png"
	cocoPicturePath   = "images/a.png"
	recordPicturePath = "a.png"
)

// badInput is a change that makes a data set invalid, and the expected error. In the
// file, from is replaced by to; an empty from replaces the whole file, and to "-"
// removes it.
type badInput struct{ path, from, to, want string }

// testBadInput checks that a data set with each of the changes gives the expected
// error.
func testBadInput(t *testing.T, files func() map[string]string, o Options, bad []badInput) {
	t.Helper()
	for _, c := range bad {
		all := files()
		switch {
		case c.to == "-":
			delete(all, c.path)
		case c.from == "":
			all[c.path] = c.to
		case !strings.Contains(all[c.path], c.from):
			t.Fatalf("%s has no %q", c.path, c.from)
		default:
			all[c.path] = strings.Replace(all[c.path], c.from, c.to, 1)
		}
		dir := folder(t, all)
		_, err := Open(dir, o)
		if err == nil {
			t.Errorf("%s with %q for %q: no error, want %s", c.path, c.to, c.from, c.want)
			continue
		}
		if got := strings.ReplaceAll(err.Error(), dir, "DIR"); got != c.want {
			t.Errorf("%s with %.60q for %q:\n got %s\nwant %s", c.path, c.to, c.from, got, c.want)
		}
	}
}

// classNames is the end of the error for an unknown class.
const classNames = "is unknown: leave out labels of unknown classes with --skip-unknown, or rename it to one of car, truck, pedestrian, cyclist, cone, signal red, signal amber, signal green"

func TestBadKITTI(t *testing.T) {
	const label, calib, picture = "DIR/" + kittiLabelPath, "DIR/" + kittiCalibPath, "DIR/" + kittiPicturePath
	testBadInput(t, kittiFiles, Options{}, []badInput{
		{kittiPicturePath, "", "-", label + ": picture: open " + picture + ": no such file or directory"},
		{kittiPicturePath, "", "JFIF", label + ": picture " + picture + ": unknown format, want PNG, JPEG, WebP or BMP"},
		{kittiPicturePath, "", kittiPicture()[:20], label + ": picture " + picture + ": unexpected EOF"},
		{kittiLabelPath, "", "-", "DIR holds no data set: want the files of " + layouts},
		{"training/image_2/000009.png", "", "x", "DIR/training/image_2/000009.png has no labels: there is no DIR/training/label_2/000009.txt"},
		{"training/label_2/000008.txt", "", "", "DIR/training/label_2/000008.txt: picture: open DIR/training/image_2/000008.png: no such file or directory"},
		{manifestFile, "", `{"schema":"roadloop.dataset/2","format":"kitti","width":320,"height":192}`, label + ": DIR/dataset.json: width and height are 320×192, " + picture + " has 1242×375 px"},

		{kittiCalibPath, "", "-", "labels: open " + calib + ": no such file or directory"},
		{kittiCalibPath, "", "", calib + ": P2 is missing"},
		{kittiCalibPath, "P2:", "P9:", calib + ": P2 is missing"},
		{kittiCalibPath, "R0_rect:", "R9_rect:", calib + ": R0_rect is missing"},
		{kittiCalibPath, "P1:", "P2:", calib + ":3: duplicate P2"},
		{kittiCalibPath, "P1: 721.5377 0 609.5593 -387.5744 0 721.5377 172.854 0 0 0 1 0", "R_rect 1 0 0 0 1 0 0 0 1", calib + ":5: duplicate R0_rect"},
		{kittiCalibPath, "0.2163791 ", "", calib + ":3: P2: 11 values, want 12"},
		{kittiCalibPath, "44.85728", "NaN", calib + `:3: P2: value 4: "NaN" is not a finite number`},
		{kittiCalibPath, "44.85728", "1e999", calib + `:3: P2: value 4: "1e999" is not a finite number`},
		{kittiCalibPath, "P2: 721.5377 0 609", "P2: 0 0 609", calib + ": P2: it is not the projection of a camera"},
		{kittiCalibPath, "0.9999421", "0.5", calib + ": R0_rect and Tr_velo_to_cam do not make a rotation"},
		{kittiCalibPath, "", "\xff\xfeP\x002\x00", calib + ": the text is UTF-16, want UTF-8"},

		{kittiLabelPath, "", car + "Car 0 0\n", label + ":2: 3 fields, want 15, or 16 with a score"},
		{kittiLabelPath, "\n", " 0.9 1\n", label + ":1: 17 fields, want 15, or 16 with a score"},
		{kittiLabelPath, "\n", " high\n", label + `:1: field 16 (score): "high" is not a finite number`},
		{kittiLabelPath, "", "\x00\x01", label + ":1: 1 fields, want 15, or 16 with a score"},
		{kittiLabelPath, "", "\xfe\xff\x00C\x00a\x00r", label + ": the text is UTF-16, want UTF-8"},
		{kittiLabelPath, "Car", "Zebra", label + `:1: class "Zebra" ` + classNames},
		{kittiLabelPath, "Car 0.00", "Car 7", label + ":1: field 2 (truncated): 7, want 0 to 1, or -1"},
		{kittiLabelPath, "Car 0.00", "Car -0.5", label + ":1: field 2 (truncated): -0.5, want 0 to 1, or -1"},
		{kittiLabelPath, "0.00 0 -", "0.00 5 -", label + ":1: field 3 (occluded): 5, want -1, 0, 1, 2 or 3"},
		{kittiLabelPath, "0.00 0 -", "0.00 0.5 -", label + ":1: field 3 (occluded): 0.5, want -1, 0, 1, 2 or 3"},
		{kittiLabelPath, "-1.57", "-90", label + ":1: field 4 (alpha): -90 rad, want -2π to 2π, or -10"},
		{kittiLabelPath, "580.00", "-4", label + ":1: left: -4 is outside of the picture, 0 to 1242 px"},
		{kittiLabelPath, "660.00", "1246.00", label + ":1: right: 1246 is outside of the picture, 0 to 1242 px"},
		{kittiLabelPath, "660.00", "1e300", label + ":1: right: 1e+300 is outside of the picture, 0 to 1242 px"},
		{kittiLabelPath, "170.00", "-3.5", label + ":1: top: -3.5 is outside of the picture, 0 to 375 px"},
		{kittiLabelPath, "170.00", "inf", label + `:1: field 6 (top): "inf" is not a finite number`},
		{kittiLabelPath, "660.00", "570", label + ":1: right: the box ends at 570 before it begins at 580"},
		{kittiLabelPath, "660.00 230.00", "580.00 170.00", label + ":1: right: the box ends at 580 px where it begins, want a width and a height above 0"},
		{kittiLabelPath, "230.00", "170.00", label + ":1: bottom: the box ends at 170 px where it begins, want a width and a height above 0"},
		{kittiLabelPath, "580.00 170.00 660.00", "-2 170.00 -1", label + ":1: right: the box from -2 to -1 px is outside of the picture, 0 to 1242 px"},
		{kittiLabelPath, "580.00 170.00 660.00", "1242.5 170.00 1244", label + ":1: right: the box from 1242.5 to 1244 px is outside of the picture, 0 to 1242 px"},
		{kittiLabelPath, "4.00", "NaN", label + `:1: field 11 (length): "NaN" is not a finite number`},
		{kittiLabelPath, "4.00", "-4.00", label + ":1: length: -4 m, want 0 to 200"},
		{kittiLabelPath, "1.50", "1e300", label + ":1: height: 1e+300 m, want 0 to 200"},
		{kittiLabelPath, "1.60", "201", label + ":1: width: 201 m, want 0 to 200"},
		{kittiLabelPath, "0.30", "-2e4", label + ":1: x: -20000 m, want -1e+04 to 1e+04"},
		{kittiLabelPath, "1.65", "1e300", label + ":1: y: 1e+300 m, want -1e+04 to 1e+04"},
		{kittiLabelPath, "20.00", "-12.40", label + ":1: z: -12.4 m, the object is behind the camera and cannot have a box in the picture"},
		{kittiLabelPath, "20.00", "-2.10", label + ":1: z: -2.1 m, the object is behind the camera and cannot have a box in the picture"},
		{kittiLabelPath, "20.00", "1e300", label + ":1: z: 1e+300 m, want -1e+04 to 1e+04"},
		{kittiLabelPath, "-1.55", "3.20", label + ":1: field 15 (rotation_y): 3.2 rad, want -π to π, or -10"},
		{kittiLabelPath, "-1.55", "1e300", label + ":1: field 15 (rotation_y): 1e+300 rad, want -π to π, or -10"},
		{kittiLabelPath, "-1.55", "-10.5", label + ":1: field 15 (rotation_y): -10.5 rad, want -π to π, or -10"},
	})
	testBadInput(t, kittiFiles, Options{Annotations: "train.json"}, []badInput{
		{manifestFile, "", `{"schema":"roadloop.dataset/2","format":"kitti","width":1242,"height":375}`, "DIR: --annotations chooses among the label files of COCO and the versions of nuScenes, the folder holds kitti"},
		{kittiLabelPath, "", car, "DIR: --annotations train.json: no such file"},
	})
}

func TestBadCOCO(t *testing.T) {
	const path, box, head = "DIR/" + cocoFile, "[1, 2, 30, 20]", `"images": [`
	turned := string(imagetest.PNG(t, image.NewGray(image.Rect(0, 0, 64, 32)), imagetest.Exif(binary.BigEndian, 6, 3)))
	testBadInput(t, cocoFiles, Options{}, []badInput{
		{cocoPicturePath, "", "-", path + ":1: image 7: picture: open DIR/images/a.png: no such file or directory"},
		{cocoPicturePath, "", string(blank(t, 32, 32)), path + ":1: image 7: width and height are 64×32, DIR/images/a.png has 32×32 px upright"},
		{cocoPicturePath, "", turned, path + ":1: image 7: width and height are 64×32, DIR/images/a.png has 32×64 px upright"},
		{cocoPicturePath, "", "<svg/>", path + ":1: image 7: picture DIR/images/a.png: unknown format, want PNG, JPEG, WebP or BMP"},

		{cocoFile, "", "", path + ":1: unexpected end of JSON input"},
		{cocoFile, "", "[]", path + ":1: document: found an array, want an object"},
		{cocoFile, "", "null", path + ":1: document: found null, want an object"},
		{cocoFile, "]}", "", path + ":4: unexpected end of JSON input"},
		{cocoFile, "", cocoDocument + "{}", path + ":5: invalid character '{' after top-level value"},
		{cocoFile, "600", "NaN", path + ":4: invalid character 'N' looking for beginning of value"},
		{cocoFile, "", "\xff\xfe{\x00", path + ": the text is UTF-16, want UTF-8"},
		{cocoFile, `"annotations"`, `"annotation"`, path + `: field annotations is missing, did you write "annotation" for it?`},
		{cocoFile, `"annotations"`, `"Annotations"`, path + `: field annotations is missing, did you write "Annotations" for it?`},
		{cocoFile, `"annotations"`, `"labels"`, path + ": field annotations is missing"},
		{cocoFile, `"images"`, `"image"`, path + `: field images is missing, did you write "image" for it?`},
		{cocoFile, `"categories"`, `"classes"`, path + ": field categories is missing"},
		{cocoFile, `"categories"`, `"annotations": [], "categories"`, path + ":3: duplicate field annotations"},
		{cocoFile, head, `"images": {"a": [`, path + ":5: unexpected end of JSON input"},
		{cocoFile, cocoDocument, `{"images": []}`, path + ": field annotations is missing"},
		{cocoFile, cocoDocument, `{"images": {}, "annotations": [], "categories": []}`, path + ":1: images: found an object, want an array"},
		{cocoFile, cocoDocument, `{"images": [], "annotations": null, "categories": []}`, path + ":1: annotations: found null, want an array"},
		{cocoFile, cocoDocument, `{"images": [], "annotations": "", "categories": []}`, path + ":1: annotations: found a string, want an array"},
		{cocoFile, cocoDocument, `{"images": [], "annotations": [], "categories": 7}`, path + ":1: categories: found a number, want an array"},
		{cocoFile, cocoDocument, `{"images": [], "annotations": [], "categories": []}`, "DIR: no labelled frames"},
		{cocoFile, cocoDocument, "{\"images\": [],\n\"annotations\": [7], \"categories\": []}", path + ":2: annotations[0]: document: found number, want an object"},

		{cocoFile, `{"id": 7`, `{"id": null`, path + ":1: images[0]: id is missing"},
		{cocoFile, `{"id": 7`, `{"id": ""`, path + ":1: images[0]: id is missing"},
		{cocoFile, `{"id": 7`, `{"id": 7.5`, path + ":1: images[0]: id: found 7.5, want an integer or a string"},
		{cocoFile, `{"id": 7`, `{"id": 1e300`, path + ":1: images[0]: id: found 1e300, want an integer or a string"},
		{cocoFile, `{"id": 7`, `{"id": [7]`, path + ":1: images[0]: id: found [7], want an integer or a string"},
		{cocoFile, head, head + `{"id": 7, "file_name": "a.png", "width": 64, "height": 32},`, path + ":1: image 7: duplicate id"},
		{cocoFile, head, head + `{"id": "7", "file_name": "a.png", "width": 64, "height": 32},`, path + ":1: image 7: duplicate id"},
		{cocoFile, `"file_name": "a.png", `, "", path + ":1: image 7: file_name is missing"},
		{cocoFile, `"a.png"`, "5", path + ":1: images[0]: file_name: found number, want a string"},
		{cocoFile, "a.png", "../a.png", path + `:1: image 7: file_name: "../a.png" is not a path within the folder of images`},
		{cocoFile, "a.png", `..\\a.png`, path + `:1: image 7: file_name: "..\\a.png" is not a path within the folder of images`},
		{cocoFile, "a.png", "/home/me/a.png", path + `:1: image 7: file_name: "/home/me/a.png" is not a path within the folder of images`},
		{cocoFile, "a.png", `C:\\a.png`, path + `:1: image 7: file_name: "C:\\a.png" is not a path within the folder of images`},
		{cocoFile, "a.png", "b.png", path + ":1: image 7: picture: open DIR/images/b.png: no such file or directory"},
		{cocoFile, `"width": 64, `, "", path + ":1: image 7: width or height is missing"},
		{cocoFile, `"width": 64`, `"width": 64.5`, path + ":1: images[0]: width: found 64.5, want an integer"},
		{cocoFile, `"width": 64`, `"width": "wide"`, path + `:1: images[0]: width: found "wide", want an integer`},
		{cocoFile, `"width": 64`, `"width": -64`, path + ":1: image 7: width and height are -64×32, DIR/images/a.png has 64×32 px upright"},
		{cocoFile, `"height": 32`, `"height": 32, "camera": []`, path + ":1: images[0]: camera: found array, want an object"},
		{cocoFile, `"height": 32`, `"height": 32, "camera": {"Width": 32, "Height": 32, "Fx": 1, "Fy": 1}`, path + ":1: image 7: camera: it takes 32×32 px, the picture has 64×32"},
		{cocoFile, `"height": 32`, `"height": 32, "camera": {"Width": 64, "Height": 32, "Fx": 0, "Fy": 1}`, path + ":1: image 7: camera: focal lengths 0 and 1, want them above 0"},
		{cocoFile, `"height": 32`, `"height": 32, "camera": {"Width": 64, "Height": 32, "Fx": 1e300, "Fy": 1}`, path + ":1: image 7: camera: Fx: 1e+300 px, want 0 to 1e+06"},

		{cocoFile, `{"id": 3, `, "{", path + ":2: categories[1]: id is missing"},
		{cocoFile, `{"id": 3`, `{"id": 1`, path + ":2: category 1: duplicate id"},
		{cocoFile, `, "name": "dog"`, "", path + ":2: category 3: name is missing"},

		{cocoFile, `{"id": 10`, `{"id": 10, "image_id": 7, "category_id": 1, "bbox": [1, 2, 3, 4]}, {"id": 10`, path + ":4: annotation 10: duplicate id"},
		{cocoFile, `"id": 10`, `"id": true`, path + ":4: annotations[0]: id: found true, want an integer or a string"},
		{cocoFile, `"image_id": 7, `, "", path + ":4: annotation 10: image_id is missing"},
		{cocoFile, `"image_id": 7`, `"image_id": 8`, path + ":4: annotation 10: image_id: there is no image 8"},
		{cocoFile, `"image_id": 7`, `"image_id": "a.png"`, path + ":4: annotation 10: image_id: there is no image a.png"},
		{cocoFile, `"category_id": 1, `, "", path + ":4: annotation 10: category_id is missing"},
		{cocoFile, `"category_id": 1`, `"category_id": 2`, path + ":4: annotation 10: category_id: there is no category 2"},
		{cocoFile, `"category_id": 1`, `"category_id": 3`, path + `:4: annotation 10: class "dog" ` + classNames},
		{cocoFile, `"bbox": [1, 2, 30, 20], `, "", path + ":4: annotation 10: bbox: 0 numbers, want 4"},
		{cocoFile, box, "[1, 2, 30]", path + ":4: annotation 10: bbox: 3 numbers, want 4"},
		{cocoFile, box, "null", path + ":4: annotation 10: bbox: 0 numbers, want 4"},
		{cocoFile, box, `"1 2 30 20"`, path + ":4: annotations[0]: bbox: found string, want an array"},
		{cocoFile, box, `[1, 2, "30", 20]`, path + ":4: annotations[0]: bbox: found string, want a number"},
		{cocoFile, box, "[1, 2, -30, 20]", path + ":4: annotation 10: bbox: -30×20 px, want a width and a height above 0"},
		{cocoFile, box, "[1, 2, 0, 0]", path + ":4: annotation 10: bbox: 0×0 px, want a width and a height above 0"},
		{cocoFile, box, "[1, 2, 30, 0.0]", path + ":4: annotation 10: bbox: 30×0 px, want a width and a height above 0"},
		{cocoFile, box, "[1, 2, 67, 20]", path + ":4: annotation 10: bbox: 68 is outside of the picture, 0 to 64 px"},
		{cocoFile, box, "[1, 2, 1e300, 20]", path + ":4: annotation 10: bbox: 1e+300 is outside of the picture, 0 to 64 px"},
		{cocoFile, box, "[1e300, 2, 1, 20]", path + ":4: annotation 10: bbox: 1e+300 is outside of the picture, 0 to 64 px"},
		{cocoFile, box, "[-3, 2, 2, 20]", path + ":4: annotation 10: bbox: the box from -3 to -1 px is outside of the picture, 0 to 64 px"},
		{cocoFile, `"iscrowd": 0`, `"iscrowd": 7`, path + ":4: annotations[0]: iscrowd: found 7, want 0 or 1"},
		{cocoFile, `"iscrowd": 0`, `"ignore": "no"`, path + `:4: annotations[0]: ignore: found "no", want 0 or 1`},
		{cocoFile, `"iscrowd": 0`, `"visible": 7`, path + ":4: annotation 10: visible: 7, want 0 to 1"},
		{cocoFile, `"iscrowd": 0`, `"visible": -0.1`, path + ":4: annotation 10: visible: -0.1, want 0 to 1"},
		{cocoFile, `"iscrowd": 0`, `"truncated": 2`, path + ":4: annotation 10: truncated: 2, want 0 to 1"},
		{cocoFile, `"iscrowd": 0`, `"instance": 70000`, path + ":4: annotations[0]: instance: found number 70000, want an integer from 0 to 65535"},
		{cocoFile, `"iscrowd": 0`, `"position": [1, 2, 3]`, path + ":4: annotation 10: position: 3 numbers, want 2"},
		{cocoFile, `"iscrowd": 0`, `"distance": -1, "heading": 0, "position": [1, 2]`, path + ":4: annotation 10: distance: -1 m, want 0 to 1e+04"},
		{cocoFile, `"iscrowd": 0`, `"distance": 1, "heading": 1e300, "position": [1, 2]`, path + ":4: annotation 10: heading: 1e+300 rad, want -3.16 to 3.16"},
		{cocoFile, `"iscrowd": 0`, `"distance": 1, "heading": 0, "position": [1e300, 2]`, path + ":4: annotation 10: position: 1e+300 m, want -1e+04 to 1e+04"},

		{manifestFile, "", "{", "DIR: dataset.json:1: unexpected end of JSON input"},
		{manifestFile, "", `{"schema":"tensorflow/2"}`, `DIR: dataset.json: schema "tensorflow/2", want "roadloop.dataset/2"`},
		{manifestFile, "", `{"schema":"roadloop.dataset/2","format":"coco","width":"64"}`, "DIR: dataset.json:1: width: found string, want an integer"},
		{manifestFile, "", `{"schema":"roadloop.dataset/2","format":"coco","width":0,"height":32}`, "DIR/dataset.json: width and height: 0×32 px, want at least 1"},
		{manifestFile, "", `{"schema":"roadloop.dataset/2","format":"coco","width":64,"height":33}`, path + ":1: image 7: DIR/dataset.json: width and height are 64×33, DIR/images/a.png has 64×32 px"},

		{"annotations/instances_val.json", "", cocoDocument, "DIR: 2 files of labels: choose one with --annotations FILE: annotations/instances.json, annotations/instances_val.json"},
	})
	testBadInput(t, cocoFiles, Options{Annotations: "val.json"}, []badInput{
		{cocoFile, "", cocoDocument, "DIR: --annotations val.json: no such file, there are annotations/instances.json"},
		{"annotations/val.json", "", "[]", "DIR/annotations/val.json:1: document: found an array, want an object"},
	})
}

func TestBadRecords(t *testing.T) {
	const path, box = "DIR/" + labelsFile, "[1,2,30,20]"
	testBadInput(t, recordFiles, Options{}, []badInput{
		{recordPicturePath, "", "-", path + ":1: picture: open DIR/a.png: no such file or directory"},
		{labelsFile, "", "-", "labels: open " + path + ": no such file or directory (an interrupted export is completed by the same command)"},
		{labelsFile, "", "", "DIR: no labelled frames"},
		{labelsFile, "", recordLine + recordLine, path + ":2: duplicate frame 0"},
		{labelsFile, "", recordLine + "{\n", path + ":2: unexpected end of JSON input"},
		{labelsFile, "", recordLine + "[]\n", path + ":2: document: found array, want an object"},
		{labelsFile, `"frame":0`, `"frame":0.5`, path + ":1: frame: found number 0.5, want an integer"},
		{labelsFile, `"a.png"`, `"../a.png"`, path + `:1: image: "../a.png" is not a path within the folder`},
		{labelsFile, `"Width":64`, `"Width":65`, path + ":1: camera: it takes 65×32 px, the picture has 64×32"},
		{labelsFile, `"Fx":50`, `"Fx":0`, path + ":1: camera: focal lengths 0 and 50, want them above 0"},
		{labelsFile, `"Fx":50`, `"Mount":{"Yaw":90},"Fx":50`, path + ":1: camera: Yaw: 90 rad, want -3.16 to 3.16"},
		{labelsFile, box, "[1,2,30]", path + ":1: box: 3 numbers, want 4"},
		{labelsFile, box, "[1,2,null,4]", path + ":1: box: number 3 is null"},
		{labelsFile, box, `"1 2 30 20"`, path + `:1: box: "1 2 30 20" is no list of numbers`},
		{labelsFile, box, "[1,2,30,36]", path + ":1: objects[0]: box: 36 is outside of the picture, 0 to 32 px"},
		{labelsFile, box, "[1,2,1,2]", path + ":1: objects[0]: box: the box ends at 1 px where it begins, want a width and a height above 0"},
		{labelsFile, `"class":"car"`, `"class":"cat"`, path + `:1: objects[0]: class "cat" ` + classNames},
		{labelsFile, `"class":"car"`, `"kind":"cat","class":"car"`, path + `:1: objects[0]: kind: "cat" is none of ` + fmt.Sprint(actor.Kinds())},
		{labelsFile, `"visible":1`, `"visible":7`, path + ":1: objects[0]: visible: 7, want 0 to 1"},
		{labelsFile, `"visible":1`, `"truncated":-1`, path + ":1: objects[0]: truncated: -1, want 0 to 1"},
		{labelsFile, `"visible":1`, `"veil":2`, path + ":1: objects[0]: veil: 2, want 0 to 1"},
		{labelsFile, `"distance":9`, `"distance":-9`, path + ":1: objects[0]: distance: -9 m, want 0 to 1e+04"},
		{labelsFile, `"distance":9`, `"heading":180`, path + ":1: objects[0]: heading: 180 rad, want -3.16 to 3.16"},
		{labelsFile, "[9,1]", "[9]", path + ":1: point: 1 numbers, want 2"},
		{labelsFile, "[9,1]", "[9,1e300]", path + ":1: objects[0]: position: 1e+300 m, want -1e+04 to 1e+04"},
		{labelsFile, `"length":4`, `"length":-4`, path + ":1: objects[0]: length: -4 m, want 0 to 200"},
		{labelsFile, `"width":2`, `"width":1e9`, path + ":1: objects[0]: width: 1e+09 m, want 0 to 200"},
		{labelsFile, `"width":2`, `"bottom":2,"top":1`, path + ":1: objects[0]: top: 1 m, want 2 to 202"},
		{labelsFile, `"side":"left"`, `"side":"port"`, path + `:1: boundaries[0]: side: "port" is none of ["far left" "left" "right" "far right"]`},
		{labelsFile, `"boundaries":[`, `"boundaries":[{"side":"left","points":[[1,2],[3,2]]},`, path + `:1: boundaries[1]: duplicate side "left"`},
		{labelsFile, "[[1,2],[3,2]]", "[[1,2],[3,1e300]]", path + ":1: boundaries[0]: points[1]: y: 1e+300 m, want -1e+04 to 1e+04"},
		{labelsFile, "[100,28]", "[100,29]", path + ":1: drivable: a run of 29 cells after 100 of 128"},
		{labelsFile, "[100,28]", "[-1,129]", path + ":1: drivable: a run of -1 cells after 0 of 128"},
		{labelsFile, "[100,28]", "[100]", path + ":1: drivable: runs of 100 cells, want 128"},
		{manifestFile, `"roadloop"`, `"voc"`, `DIR/dataset.json: format: "voc" is none of ` + fmt.Sprint(Formats())},
		{manifestFile, `"width":64`, `"width":320`, path + ":1: DIR/dataset.json: width and height are 320×32, DIR/a.png has 64×32 px"},
		{manifestFile, `dataset/2`, `dataset/1`, `DIR: dataset.json: schema "roadloop.dataset/1" is of another roadloop, this one has "roadloop.dataset/2"; write the frames of seed 0 again`},
	})
}

// A truncated picture gives an error with its path when it is read.
func TestCorruptPicture(t *testing.T) {
	files := cocoFiles()
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
		t.Errorf("missing folder: %v", err)
	}
}

func unwrap(err error) error {
	if u, ok := err.(interface{ Unwrap() error }); ok {
		return u.Unwrap()
	}
	return err
}

// Option SkipUnknown skips and counts labels of unknown classes.
func TestSkipUnknown(t *testing.T) {
	files := kittiFiles()
	files["training/label_2/000007.txt"] = strings.Replace(car, "Car", "Zebra", 1) + car + strings.Replace(car, "Car", "Zebra", 1) + strings.Replace(car, "Car", "Ape", 1)
	s, err := Open(folder(t, files), Options{SkipUnknown: true})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]Count{{"Ape", 1}, {"Zebra", 2}}, s.Skipped()); d != "" || len(s.samples[0].objects) != 1 {
		t.Errorf("%d labels kept; skipped: %s", len(s.samples[0].objects), d)
	}
}

// An original frame of KITTI: types, regions, and positions. Vans and sitting persons
// are ignored.
func TestOriginalKITTIFrame(t *testing.T) {
	files := kittiFiles()
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
		classes = append(classes, synth.Class(&o))
	}
	if d := cmp.Diff([]perception.Class{perception.Car, perception.Truck}, classes); d != "" {
		t.Errorf("classes: %s", d)
	}
	if n := len(f.Objects) - len(classes); n != 2*4+2 {
		t.Errorf("%d labels to ignore, want two regions for each of KITTI's four classes, the van and the sitting person", n)
	}
	want := synth.Ignore{Drivable: true, Weather: true}
	for c := perception.Cone; c < perception.NumClasses; c++ {
		want.Classes[c] = true
	}
	if d := cmp.Diff(want, f.Ignore); d != "" || !f.NoLanes {
		t.Errorf("lacks: %s", d)
	}
	// The car's location is 20 m ahead of camera 0, and camera 2 is 6 cm to its side.
	o := &f.Objects[0]
	if o.Distance < 19.9 || o.Distance > 20.1 || o.Heading < -.1 || o.Heading > .1 || o.Bottom < -.15 || o.Bottom > .35 {
		t.Errorf("the car is %.2f m away, heading %.3f, %.2f m above the ground", o.Distance, o.Heading, o.Bottom)
	}
	// The focal length of 721.5 px becomes 251.2 px, and the projection stays consistent.
	if w := o.X1 - o.X0; w < 27.7 || w > 28 {
		t.Errorf("the car is %.2f px wide, was 80 of 1242", w)
	}
	u, v, _, ok := f.Camera.Project(o.Pos.X, o.Pos.Y, (o.Bottom+o.Top)/2)
	if !ok || u < o.X0 || u > o.X1 || v < o.Y0 || v > o.Y1 {
		t.Errorf("its middle projects to %.1f, %.1f; its box is %.1f to %.1f, %.1f to %.1f", u, v, o.X0, o.X1, o.Y0, o.Y1)
	}
}

// blank returns a black picture.
func blank(t testing.TB, w, h int) []byte {
	t.Helper()
	data, err := encodePNG(image.NewNRGBA(image.Rect(0, 0, w, h)))
	if err != nil {
		t.Fatal(err)
	}
	return data
}
