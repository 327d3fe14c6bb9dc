package dataverify_test

import (
	"bytes"
	"encoding/json"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"roadloop/perception/training/dataverify"
)

// picture returns a PNG of 40×20 px.
func picture(t testing.TB) string {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 40, 20))); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// files is a data set by path.
type files map[string]string

// write writes a data set to a new folder.
func (f files) write(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	for path, text := range f {
		path = filepath.Join(dir, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const calib = `P0: 20 0 20 0 0 20 10 0 0 0 1 0
P1: 20 0 20 0 0 20 10 0 0 0 1 0
P2: 20 0 20 0 0 20 10 0 0 0 1 0
P3: 20 0 20 0 0 20 10 0 0 0 1 0
R0_rect: 1 0 0 0 1 0 0 0 1
Tr_velo_to_cam: 0 -1 0 0 0 0 -1 0 1 0 0 0
Tr_imu_to_velo: 1 0 0 0 0 1 0 0 0 0 1 0
`

// sets are small data sets that follow all rules.
func sets(t testing.TB) map[string]files {
	im := picture(t)
	return map[string]files{
		"coco": {"images/a.png": im, "annotations/instances.json": `{
"images": [{"id": 1, "file_name": "a.png", "width": 40, "height": 20}],
"categories": [{"id": 1, "name": "car"}, {"id": 2, "name": "bus"}],
"annotations": [{"id": 1, "image_id": 1, "category_id": 2, "bbox": [1, 2, 3, 4], "area": 2, "iscrowd": 0, "visible": 0.5,
 "segmentation": {"counts": [5, 2, 793], "size": [20, 40]}, "track_id": 3}]}`},
		"kitti": {
			"training/image_2/000000.png": im, "training/calib/000000.txt": calib,
			"training/label_2/000000.txt":  "Car 0 0 0 18 8 22 12 1.5 1.6 4 0 0.75 20 0\nDontCare -1 -1 -10 0 0 5 5 -1 -1 -1 -1000 -1000 -1000 -10\n",
			"training/velodyne/000000.bin": strings.Repeat("\x00", 32),
			"ImageSets/train.txt":          "000000\n", "ImageSets/val.txt": "", "ImageSets/test.txt": "",
		},
		"kitti-tracking": {
			"training/image_02/0000/000000.png": im, "training/image_02/0000/000001.png": im, "training/calib/0000.txt": calib,
			"training/label_02/0000.txt": "0 1 Car 0 0 0 18 8 22 12 1.5 1.6 4 0 0.75 20 0\n1 1 Car 0 0 0 18 8 22 12 1.5 1.6 4 0 0.75 20 0\n" +
				"1 -1 DontCare -1 -1 -10 0 0 5 5 -1 -1 -1 -1000 -1000 -1000 -10\n",
			"training/evaluate_tracking.seqmap.train": "0000 empty 000000 000002\n",
		},
		"yolo": {
			"dataset.yaml":         "train: images/train\nval: images/val\nnames:\n  0: car\n  1: bus\n",
			"images/train/a.png":   im,
			"images/val/b.png":     im,
			"labels/train/a.txt":   "1 0.5 0.5 0.2 0.2\n",
			"labels/val/b.txt":     "",
			"metadata.jsonl":       `{"image": "images/train/a.png", "subset": "train", "map_id": "m"}` + "\n",
			"images/train/.hidden": "",
		},
		"tusimple": {"images/a.png": im, "label_data.jsonl": `{"lanes": [[5, 6, -2]], "h_samples": [10, 14, 18], "raw_file": "images/a.png"}` + "\n"},
		"roadloop": {
			"000000.png": im, "000000.json": record, "labels.jsonl": record + "\n",
		},
		"nuscenes": tables(im),
	}
}

const record = `{"frame": 0, "image": "000000.png", "camera": {"Width": 40, "Height": 20}, "drivable": [50], "objects": [{"instance": 3, "box": [1, 2, 3, 4], "visible_box": [1, 2, 3, 4], "visible": 1, "truncated": 0, "veil": 0, "occluded": 0}]}`

// tables is a scene of nuScenes with two samples of a camera.
func tables(im string) files {
	f := files{
		"samples/CAM_FRONT/0.png": im, "samples/CAM_FRONT/1.png": im, "maps/m.png": im,
		"v1.0-mini/attribute.json": `[{"token": "moving"}]`, "v1.0-mini/category.json": `[{"token": "car"}]`, "v1.0-mini/visibility.json": `[{"token": "4"}]`,
		"v1.0-mini/sensor.json":            `[{"token": "sensor", "channel": "CAM_FRONT", "modality": "camera"}]`,
		"v1.0-mini/log.json":               `[{"token": "log"}]`,
		"v1.0-mini/map.json":               `[{"token": "map", "log_tokens": ["log"], "filename": "maps/m.png"}]`,
		"v1.0-mini/calibrated_sensor.json": `[{"token": "cal", "sensor_token": "sensor", "translation": [0, 0, 1], "rotation": [0.5, -0.5, 0.5, -0.5], "camera_intrinsic": [[20, 0, 20], [0, 20, 10], [0, 0, 1]]}]`,
		"v1.0-mini/ego_pose.json":          `[{"token": "p0", "translation": [0, 0, 0], "rotation": [1, 0, 0, 0]}, {"token": "p1", "translation": [1, 0, 0], "rotation": [1, 0, 0, 0]}]`,
		"v1.0-mini/scene.json":             `[{"token": "scene", "name": "scene-0001", "log_token": "log", "nbr_samples": 2, "first_sample_token": "s0", "last_sample_token": "s1"}]`,
		"v1.0-mini/sample.json": `[{"token": "s0", "timestamp": 0, "scene_token": "scene", "next": "s1", "prev": ""},
{"token": "s1", "timestamp": 500000, "scene_token": "scene", "next": "", "prev": "s0"}]`,
		"v1.0-mini/sample_data.json": `[{"token": "d0", "sample_token": "s0", "ego_pose_token": "p0", "calibrated_sensor_token": "cal", "filename": "samples/CAM_FRONT/0.png", "width": 40, "height": 20, "timestamp": 0, "is_key_frame": true, "next": "d1", "prev": ""},
{"token": "d1", "sample_token": "s1", "ego_pose_token": "p1", "calibrated_sensor_token": "cal", "filename": "samples/CAM_FRONT/1.png", "width": 40, "height": 20, "timestamp": 500000, "is_key_frame": true, "next": "", "prev": "d0"}]`,
		"v1.0-mini/instance.json": `[{"token": "i", "category_token": "car", "nbr_annotations": 2, "first_annotation_token": "a0", "last_annotation_token": "a1"}]`,
		"v1.0-mini/sample_annotation.json": `[{"token": "a0", "sample_token": "s0", "instance_token": "i", "visibility_token": "4", "attribute_tokens": ["moving"], "translation": [9, 0, 1], "size": [2, 4, 1.5], "rotation": [1, 0, 0, 0], "num_lidar_pts": 1, "num_radar_pts": 0, "next": "a1", "prev": ""},
{"token": "a1", "sample_token": "s1", "instance_token": "i", "visibility_token": "4", "attribute_tokens": [], "translation": [9, 0, 1], "size": [2, 4, 1.5], "rotation": [1, 0, 0, 0], "num_lidar_pts": 1, "num_radar_pts": 0, "next": "", "prev": "a0"}]`,
	}
	return f
}

func TestValidSets(t *testing.T) {
	for format, f := range sets(t) {
		r, err := dataverify.Verify(f.write(t), format)
		if err != nil {
			t.Fatal(err)
		}
		for i := range r.Violations {
			t.Errorf("%s: %s", format, r.Violations[i].String())
		}
		if !r.Valid || r.Images == 0 || r.Labels == 0 {
			t.Errorf("%s: %+v", format, r)
		}
	}
}

// KITTI's own folders have no lists of frames.
func TestKITTIWithoutLists(t *testing.T) {
	f := sets(t)["kitti"]
	for _, list := range []string{"train", "val", "test"} {
		delete(f, "ImageSets/"+list+".txt")
	}
	if got := violations(t, f, "kitti"); got != "" {
		t.Error(got)
	}
	f["dataset.json"] = `{"format": "kitti"}`
	if got := violations(t, f, "kitti"); !strings.Contains(got, "no list has the frame 000000 of training") {
		t.Errorf("an export without lists: %q", got)
	}
}

// Every rule that is broken is named by file, line and field.
func TestViolations(t *testing.T) {
	const (
		coco      = "annotations/instances.json"
		label     = "training/label_2/000000.txt"
		track     = "training/label_02/0000.txt"
		boxes     = "v1.0-mini/sample_annotation.json"
		data      = "v1.0-mini/sample_data.json"
		calibFile = "training/calib/000000.txt"
	)
	remove := "\x00" // the file is removed
	for _, c := range []struct {
		format, file, from, to string
		want                   string
	}{
		{"coco", coco, `"width": 40`, `"width": 41`, coco + ":2: images[0].width: 41×20 px, but the image has 40×20 px"},
		{"coco", coco, `"id": 2, "name"`, `"id": 1, "name"`, coco + ":3: categories[1].id: 1 is used twice"},
		{"coco", coco, `"id": 2, "name"`, `"id": 3, "name"`, coco + ": categories: the ids are not contiguous from 1: 2 is missing"},
		{"coco", coco, `"category_id": 2`, `"category_id": 7`, coco + ":4: annotations[0].category_id: there is no category 7"},
		{"coco", coco, `[1, 2, 3, 4]`, `[1, 2, 39.5, 4]`, coco + ":4: annotations[0].bbox: the box from 1, 2 to 40.5, 6 px is outside of the picture of 40×20 px"},
		{"coco", coco, `"area": 2`, `"area": 3`, coco + ":5: annotations[0].segmentation.counts: the mask has 2 px, area is 3"},
		{"coco", coco, `[5, 2, 793]`, `[5, 2, 79]`, coco + ":5: annotations[0].segmentation.counts: the runs cover 86 px, the image has 800"},
		{"coco", coco, `"visible": 0.5`, `"visible": 1.5`, coco + ":4: annotations[0].visible: 1.5 is outside of 0 to 1"},
		{"coco", coco, `"image_id": 1`, `"image_id": 9`, coco + ":4: annotations[0].image_id: there is no image 9"},
		{"coco", coco, `"a.png"`, `"b.png"`, coco + ":2: images[0].file_name: there is no image b.png"},
		{"coco", coco, `"a.png"`, `"../a.png"`, `images[0].file_name: "../a.png" is not a path within the folder of images`},
		{"coco", coco, `}]}`, `}`, coco + ": line 5: the document ends too early"},
		{"coco", "images/b.png", "", "x", "images/b.png: no label file names the image"},
		{"coco", "images/a.png", "", "x", "images/a.png: decoding the picture: unknown format, want PNG, JPEG, WebP or BMP"},

		{"kitti", label, "Car 0 0 0 18", "Car 2 0 0 18", label + ":1: truncated: 2 is outside of 0 to 1"},
		{"kitti", label, "Car 0 0 0 18", "Car 0 4 0 18", label + ":1: occluded: 4, want 0, 1, 2 or 3"},
		{"kitti", label, "Car 0 0 0 18", "Car 0 0 1 18", label + ":1: alpha: 1 rad is not rotation_y minus the bearing of the object, 0"},
		{"kitti", label, "18 8 22 12", "18 8 42 12", label + ":1: left: the box from 18, 8 to 42, 12 px is outside of the picture of 40×20 px"},
		{"kitti", label, "18 8 22 12", "1 8 5 12", label + ":1: x: the box in space projects to"},
		{"kitti", label, "1.5 1.6 4", "1.5 0 4", label + ":1: width: 0 m is not above 0"},
		{"kitti", label, "20 0\n", "20 0 1 2 3\n", label + ":1: 18 fields, want 15, or 16 with a score"},
		{"kitti", label, "20 0\n", "20 x\n", label + `:1: rotation_y: "x" is not a finite number`},
		{"kitti", label, "", remove, label + ": no such file or directory"},
		{"kitti", calibFile, "R0_rect: 1", "R0_rect: 2", calibFile + ":5: R0_rect: its first three columns are not a rotation"},
		{"kitti", calibFile, "P2: 20", "P2: 0", calibFile + ":3: P2: it is not the projection of a camera: its determinant is 0"},
		{"kitti", calibFile, "P3", "P4", calibFile + ": P3: the key is missing"},
		{"kitti", "training/velodyne/000000.bin", "", "123", "training/velodyne/000000.bin: 3 bytes are not points of 16 bytes"},
		{"kitti", "training/label_2/000001.txt", "", "x", "training/label_2/000001.txt: the frame has no image in training/image_2"},
		{"kitti", "ImageSets/train.txt", "000000\n", "", "ImageSets: no list has the frame 000000 of training"},
		{"kitti", "ImageSets/val.txt", "", "000000\n", "ImageSets/val.txt:1: the frame 000000 is in the list train, too"},
		{"kitti", "ImageSets/test.txt", "", "000007\n", "ImageSets/test.txt:1: there is no frame 000007 in testing/image_2"},

		{"kitti-tracking", track, "1 -1 DontCare", "1 1 Car", track + ":3: track: the track 1 is in frame 1 twice"},
		{"kitti-tracking", track, "1 1 Car", "1 1 Van", track + ":2: type: the track 1 is a Van, and a Car before"},
		{"kitti-tracking", track, "1 1 Car 0", "1 1 Car 0.5", track + ":2: truncated: 0.5, want 0, 1 or 2"},
		{"kitti-tracking", track, "1 -1 Dont", "7 -1 Dont", track + ":3: frame: there is no frame 7, the sequence has 2"},
		{"kitti-tracking", "training/evaluate_tracking.seqmap.train", "000002", "000003", ".train:1: the sequence 0000 has 2 frames, not 000003"},
		{"kitti-tracking", "training/image_02/0000/000000.png", "", remove, "training/image_02/0000/000001.png: the frames are not contiguous: want 000000"},

		{"yolo", "labels/train/a.txt", "1 0.5", "2 0.5", `labels/train/a.txt:1: class: "2", want an integer from 0 to 1`},
		{"yolo", "labels/train/a.txt", "1 0.5", "1 0.95", "labels/train/a.txt:1: x: the box from 0.85, 0.4 to 1.05, 0.6 is outside of the image, 0 to 1"},
		{"yolo", "labels/train/a.txt", " 0.2 0.2", " 0.2", "labels/train/a.txt:1: 4 fields, want a class and x, y, width, height"},
		{"yolo", "labels/val/b.txt", "", remove, "labels/val/b.txt: no such file or directory"},
		{"yolo", "labels/val/c.txt", "", "x", "labels/val/c.txt: the labels have no image in images/val"},
		{"yolo", "dataset.yaml", "  1: bus", "  2: bus", "dataset.yaml: names: the ids are not contiguous from 0: 1 is missing"},
		{"yolo", "dataset.yaml", "val: images/val\n", "", "dataset.yaml: val: want the path of a folder of images"},
		{"yolo", "dataset.yaml", "val: images/val\n", "val: images/none\n", "dataset.yaml: val: there is no folder images/none"},
		{"yolo", "dataset.yaml", "train:", "path: sets\ntrain:", `dataset.yaml: path: "sets" depends on the folder in which the trainer runs`},
		{"yolo", "metadata.jsonl", "\n", "\n" + `{"image": "images/val/b.png", "subset": "val", "map_id": "m"}` + "\n", "metadata.jsonl:2: subset: the map m is in the lists train and val"},

		{"tusimple", "label_data.jsonl", "[5, 6, -2]", "[5, 60, -2]", "label_data.jsonl:1: lanes[0]: the column 60 is outside of the image"},
		{"tusimple", "label_data.jsonl", "[5, 6, -2]", "[5, 6]", "label_data.jsonl:1: lanes[0]: want 3 columns, one for each row"},
		{"tusimple", "label_data.jsonl", "14, 18", "14, 14", "label_data.jsonl:1: h_samples[2]: 14 is outside of the image, or not below the row before it"},

		{"roadloop", "labels.jsonl", `"drivable": [50]`, `"drivable": [51]`, "labels.jsonl:1: drivable: the runs cover 51 cells, the image has 50"},
		{"roadloop", "000000.json", `"frame": 0`, `"frame": 1`, "000000.json: it differs from line 1 of labels.jsonl"},
		{"roadloop", "000001.png", "", "x", "000001.png: labels.jsonl has no line for the image"},

		{"nuscenes", boxes, `"next": "a1"`, `"next": ""`, "v1.0-mini/instance.json:1: nbr_annotations: 2, but the instance has 1"},
		{"nuscenes", boxes, `"prev": "a0"`, `"prev": ""`, boxes + `:2: prev: "", but the record before it is "a0"`},
		{"nuscenes", boxes, `"rotation": [1, 0`, `"rotation": [2, 0`, boxes + ":1: rotation: the quaternion w, x, y, z is not normalized: its norm is 2"},
		{"nuscenes", boxes, `"visibility_token": "4"`, `"visibility_token": "5"`, boxes + `:1: visibility_token: there is no visibility "5"`},
		{"nuscenes", boxes, `"size": [2, 4`, `"size": [0, 4`, boxes + ":1: size: want width, length, height above 0"},
		{"nuscenes", data, `"timestamp": 500000`, `"timestamp": 0`, data + ":2: timestamp: 0 is not after the record before it, 0"},
		{"nuscenes", data, `"width": 40`, `"width": 41`, data + ":1: width: 41×20 px, but the image has 40×20 px"},
		{"nuscenes", data, `"token": "d1"`, `"token": "d0"`, data + `:2: [1].token: "d0" is empty or used twice`},
		{"nuscenes", "v1.0-mini/sample.json", `"next": "s1"`, `"next": ""`, "v1.0-mini/scene.json:1: nbr_samples: 2, but the scene has 1"},
		{"nuscenes", "v1.0-mini/calibrated_sensor.json", "[0, 0, 1]]", "[0, 0, 2]]", "camera_intrinsic: want fx, s, cx; 0, fy, cy; 0, 0, 1"},
		{"nuscenes", "v1.0-mini/log.json", `"log"`, `"other"`, `v1.0-mini/map.json:1: log_tokens: there is no log "log"`},
		{"nuscenes", "maps/m.png", "", remove, `v1.0-mini/map.json:1: filename: there is no file "maps/m.png"`},
		{"nuscenes", "samples/CAM_FRONT/2.png", "", "x", "samples/CAM_FRONT/2.png: no record of sample_data names the file"},
		{"nuscenes", "v1.0-mini/ego_pose.json", "", remove, "v1.0-mini/ego_pose.json: no such file or directory"},
	} {
		set := sets(t)[c.format]
		old, has := set[c.file]
		switch {
		case c.to == remove:
			delete(set, c.file)
		case c.from == "" && (!has || c.file[len(c.file)-4:] != ".txt"):
			set[c.file] = c.to
		default:
			if !strings.Contains(old, c.from) {
				t.Fatalf("%s has no %q", c.file, c.from)
			}
			at := strings.LastIndex(old, c.from)
			if c.from != `"timestamp": 500000` && c.from != "1 1 Car" && c.from != "1 1 Car 0" {
				at = strings.Index(old, c.from)
			}
			set[c.file] = old[:at] + c.to + old[at+len(c.from):]
		}
		r, err := dataverify.Verify(set.write(t), c.format)
		if err != nil {
			t.Errorf("%s: %v, want %s", c.format, err, c.want)
			continue
		}
		var all []string
		for i := range r.Violations {
			all = append(all, r.Violations[i].String())
		}
		if text := strings.Join(all, "\n"); r.Valid || !strings.Contains(text, c.want) {
			t.Errorf("%s, %s with %q:\n%s\nwant %s", c.format, c.file, c.to, text, c.want)
		}
	}
}

// Folders without a data set of the format are bad input.
func TestBadInput(t *testing.T) {
	empty := t.TempDir()
	for _, format := range dataverify.Formats() {
		if _, err := dataverify.Verify(empty, format); err == nil || !strings.Contains(err.Error(), "it holds no") {
			t.Errorf("%s: an empty folder: %v", format, err)
		}
	}
	if _, err := dataverify.Verify(empty, "voc"); err == nil || !strings.Contains(err.Error(), `format "voc" is none of roadloop, coco`) {
		t.Errorf("an unknown format: %v", err)
	}
	named := files{"dataset.json": `{"format": "yolo"}`}.write(t)
	if _, err := dataverify.Verify(named, ""); err == nil || !strings.Contains(err.Error(), "it holds no YOLO data set") {
		t.Errorf("the format of dataset.json: %v", err)
	}
	broken := files{"dataset.json": `{`}.write(t)
	if _, err := dataverify.Verify(broken, ""); err == nil || !strings.Contains(err.Error(), "choose it with --format") {
		t.Errorf("a broken dataset.json: %v", err)
	}
}

// A wrong checksum names the file.
func TestChecksums(t *testing.T) {
	set := sets(t)["tusimple"]
	set["SHA256SUMS"] = strings.Repeat("0", 64) + "  images/a.png\n" + strings.Repeat("0", 64) + "  images/b.png\nx\n"
	r, err := dataverify.Verify(set.write(t), "tusimple")
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(r.Violations)
	if err != nil {
		t.Fatal(err)
	}
	want := `[{"file":"images/a.png","message":"the checksum is not the one of SHA256SUMS"},` +
		`{"file":"SHA256SUMS","line":2,"message":"images/b.png: no such file or directory"},` +
		`{"file":"SHA256SUMS","line":3,"message":"want a SHA-256, two spaces and a path"}]`
	if string(text) != want {
		t.Errorf("violations %s\nwant %s", text, want)
	}
}

// The report of a data set with many violations is short.
func TestReportIsLimited(t *testing.T) {
	set := sets(t)["yolo"]
	set["labels/train/a.txt"] = strings.Repeat("9 2 2 2 2\n", 200)
	r, err := dataverify.Verify(set.write(t), "yolo")
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Violations) != dataverify.MaxViolations || r.Omitted < 100 || r.Valid {
		t.Errorf("%d violations and %d more", len(r.Violations), r.Omitted)
	}
}

// No text makes the reader panic.
func FuzzVerify(f *testing.F) {
	for format, set := range sets(f) {
		for path, text := range set {
			if !strings.HasSuffix(path, ".png") {
				f.Add(format, path, text)
			}
		}
	}
	f.Fuzz(func(t *testing.T, format, path, text string) {
		set, ok := sets(t)[format]
		if !ok || set[path] == "" {
			t.Skip()
		}
		set[path] = text
		if r, err := dataverify.Verify(set.write(t), format); err == nil && r.Valid != (len(r.Violations) == 0) {
			t.Errorf("%+v", r)
		}
	})
}
