package cli

import (
	"bytes"
	"image"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"roadloop/perception/training/dataset"
)

// oneImage is a COCO label file with one image and one car.
const oneImage = `{"images": [{"id": 1, "file_name": "a.png", "width": 320, "height": 192}], "categories": [{"id": 1, "name": "car"}, {"id": 2, "name": "dog"}],
"annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [100, 90, 40, 30]}]}`

// dataSet writes a COCO data set of black images, with label files by name, and returns its folder.
func dataSet(t *testing.T, labels map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 320, 192))); err != nil {
		t.Fatal(err)
	}
	files := map[string]string{"images/a.png": picture.String()}
	for name, text := range labels {
		files["annotations/"+name] = text
	}
	for path, text := range files {
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

// Commands reject bad data sets and flags without effect, with exit code 2 and the location of the error.
func TestBadDataSetsAreRejected(t *testing.T) {
	coco := func(from, to string) string {
		return dataSet(t, map[string]string{"instances.json": strings.Replace(oneImage, from, to, 1)})
	}
	several := dataSet(t, map[string]string{"instances_a.json": oneImage, "instances_b.json": oneImage})
	occupied := files(t, map[string]string{"thesis.tex": "x"})
	empty := t.TempDir()
	good := coco("", "")
	for _, c := range []struct {
		says string // on standard error
		args []string
	}{
		{"holds no data set", []string{"eval", "--data", empty}},
		{"no such file or directory", []string{"eval", "--data", filepath.Join(empty, "none")}},
		{"is a file, want the folder", []string{"eval", "--data", filepath.Join(good, "images/a.png")}},
		{"a file, --annotations and --channel need the folder", []string{"eval", "--data", filepath.Join(good, "annotations/instances.json"), "--channel", "CAM_BACK"}},
		{"--channel chooses a camera of nuScenes, the folder holds coco", []string{"eval", "--data", good, "--channel", "CAM_BACK"}},
		{"no file separates train frames", []string{"eval", "--data", good, "--split", "train"}},
		{`invalid argument "0" for "--mix" flag: must be a number above 0 and ≤ 1`, []string{"train", "--data", good, "--mix", "0"}},
		{"--mix has no effect without --data", []string{"train", "--mix", "0.5"}},
		{"--skip-bad has no effect without --data", []string{"train", "--skip-bad"}},
		{"--l2sp has no effect without --from", []string{"train", "--l2sp", "10"}},
		{`instances.json: field annotations is missing, did you write "annotation" for it?`, []string{"eval", "--data", coco("annotations", "annotation")}},
		{`instances.json: field annotations is missing, did you write "annotation" for it?`, []string{"train", "--data", coco("annotations", "annotation"), "--out", empty}},
		{"instances.json:2: annotation 1: bbox: 0×0 px, want a width and a height above 0", []string{"eval", "--data", coco("40, 30", "0, 0")}},
		{"instances.json:2: annotation 1: bbox: 324 is outside of the picture, 0 to 320 px", []string{"eval", "--data", coco("100, 90, 40", "300, 90, 24")}},
		{`instances.json:2: annotation 1: class "dog" is unknown: leave out labels of unknown classes with --skip-unknown`, []string{"eval", "--data", coco(`"category_id": 1`, `"category_id": 2`)}},
		{"choose one with --annotations FILE: annotations/instances_a.json, annotations/instances_b.json", []string{"eval", "--data", several}},
		{"choose one with --annotations FILE: annotations/instances_a.json, annotations/instances_b.json", []string{"train", "--data", several, "--out", empty}},
		{"--annotations instances_c.json: no such file", []string{"eval", "--data", several, "--annotations", "instances_c.json"}},
		{"--annotations has no effect without --data", []string{"eval", "--annotations", "a.json"}},
		{"--skip-unknown has no effect without --data", []string{"eval", "--skip-unknown"}},
		{"--annotations has no effect without --data", []string{"train", "--annotations", "a.json"}},
		{"--skip-unknown has no effect without --data", []string{"train", "--skip-unknown"}},
		{"--seed has no effect with --data", []string{"eval", "--data", good, "--seed", "3"}},

		{`invalid argument "-1" for "--first" flag: must be an integer from 0 to 999999999`, []string{"data", "--first", "-1", "--out", empty}},
		{`for "--first" flag: must be an integer from 0 to 999999999`, []string{"data", "--first", strconv.Itoa(math.MaxInt), "--out", empty}},
		{"--frames: must be an integer from 1 to 1, got 2", []string{"data", "--first", "999999999", "--frames", "2", "--out", empty}},
		{`invalid argument "0" for "--frames" flag: must be an integer from 1 to 1000000000`, []string{"data", "--frames", "0", "--out", empty}},
		{`format "voc" is none of`, []string{"data", "--format", "voc", "--out", empty}},
		{"it holds thesis.tex and no dataset.json: choose a new or empty folder", []string{"data", "--frames", "1", "--out", occupied}},
		{"--model has no effect without --scenario or --from", []string{"data", "--model", "small", "--out", empty}},
		{"--rate has no effect without --scenario", []string{"data", "--rate", "5", "--out", empty}},
		{`invalid argument "7" for "--rate" flag: must be a number above 0 that divides 20`, []string{"data", "--scenario", "cut-in/1", "--rate", "7", "--out", empty}},
		{"--seed has no effect with --scenario", []string{"data", "--scenario", "cut-in/1", "--seed", "7", "--out", empty}},
		{"--vary has no effect with --scenario", []string{"data", "--scenario", "cut-in/1", "--vary", "pitch=-1:1", "--out", empty}},
		{`--scenario: no such scenario: "cut-out-and-in"`, []string{"data", "--scenario", "cut-out-and-in/1", "--out", empty}},
		{"--scenario: opening the trace: open none.trace: no such file or directory", []string{"data", "--scenario", "none.trace", "--out", empty}},
		{"--format kitti-tracking needs --scenario: it holds drives", []string{"data", "--format", "kitti-tracking", "--out", empty}},
		{"--val has no effect: format tusimple has no lists", []string{"data", "--format", "tusimple", "--val", "10", "--out", empty}},
		{"--val 60 --test 50: more than 100 percent", []string{"data", "--format", "coco", "--val", "60", "--test", "50", "--out", empty}},
		{`--size "320": must be pixels from 16 to 8192 such as 1242x375`, []string{"data", "--size", "320", "--out", empty}},
		{`for "--fov" flag: must be a number of degrees from 5 to 150`, []string{"data", "--fov", "180", "--out", empty}},
		{`for "--mount" flag: "w" is none of x, y, z, yaw, pitch, roll`, []string{"data", "--mount", "w=1", "--out", empty}},
		{`for "--mount" flag: z: "0" is not a number from 0.1 to 20`, []string{"data", "--mount", "z=0", "--out", empty}},
		{"--mount has no effect with --rig, which has its own mounts", []string{"data", "--rig", "surround", "--mount", "z=2", "--out", empty}},
		{`for "--vary" flag: focal: "1" is not a range FROM:TO`, []string{"data", "--vary", "focal=1", "--out", empty}},
		{`for "--vary" flag: camera range focal: from 2 to 1, want factors from 0.1 to 10, the smaller one first`, []string{"data", "--vary", "focal=2:1", "--out", empty}},
		{"sensor lidar: the format cannot hold a lidar", []string{"data", "--format", "yolo", "--lidar", "rig", "--out", empty}},
		{"sensor radar: the format cannot hold a radar", []string{"data", "--format", "kitti", "--radar", "--out", empty}},
		{"channel depth: format nuscenes has no folder for it", []string{"data", "--format", "nuscenes", "--channels", "depth", "--out", empty}},
		{"has no dataset.json that names the format: choose it with --format", []string{"data", "verify", empty}},
		{"it holds no KITTI data set: there is no training/label_2", []string{"data", "verify", "--format", "kitti", empty}},
		{"no such file or directory", []string{"data", "verify", "--format", "kitti", filepath.Join(empty, "none")}},
		{"DIR is missing", []string{"data", "verify"}},
		{"--format has no effect with --from", []string{"data", "--from", "a.trace", "--format", "coco", "--out", empty}},
		{"--channels has no effect with --from", []string{"data", "--from", "a.trace", "--channels", "depth", "--out", empty}},
		{"--seed has no effect with --from", []string{"data", "--from", "a.trace", "--seed", "3", "--out", empty}},
		{"--split has no effect with --from", []string{"data", "--from", "a.trace", "--split", "validation", "--out", empty}},
	} {
		var out, err bytes.Buffer
		if code := execute(c.args, &out, &err); code != exitInput || !strings.Contains(err.String(), c.says) || out.Len() > 0 {
			t.Errorf("roadloop %s: exit code %d, standard error %q, want %d and %q", strings.Join(c.args, " "), code, err.String(), exitInput, c.says)
		}
	}
	if left, err := os.ReadDir(empty); err != nil || len(left) > 0 {
		t.Errorf("a rejected command left %v (%v)", left, err)
	}
}

// eval reports skipped and clipped labels on stderr.
func TestEvalReportsSkippedLabels(t *testing.T) {
	labels := strings.Replace(oneImage, "[100, 90, 40, 30]}", `[-2, 90, 40, 30]}, {"id": 2, "image_id": 1, "category_id": 2, "bbox": [100, 90, 40, 30]}`, 1)
	dir := dataSet(t, map[string]string{"instances_a.json": labels, "instances_b.json": "x"})
	_, says := command(t, exitOK, "eval", "--data", dir, "--annotations", "instances_a.json", "--skip-unknown")
	for _, want := range []string{`skipped 1 label of class "dog"`, "clipped 1 box at"} {
		if !strings.Contains(says, want) {
			t.Errorf("standard error lacks %q: %s", want, says)
		}
	}
	dir = dataSet(t, map[string]string{"instances.json": `{"images": [{"id": 1, "file_name": "a.png", "width": 320, "height": 192}], "categories": [], "annotations": []}`})
	set, err := dataset.Open(dir, dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var notes bytes.Buffer
	if noteSet(set, &notes); !strings.Contains(notes.String(), "the frames have no labels") {
		t.Errorf("no warning for a data set without labels: %s", &notes)
	}
}
