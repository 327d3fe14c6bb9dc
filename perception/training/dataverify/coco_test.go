package dataverify_test

import (
	"strings"
	"testing"
)

// roboflow is a data set in Roboflow's layout: the labels of a list are next to its images,
// and the category 0 is the group of the others.
func roboflow(im string) files {
	const labels = `{
"images": [{"id": 0, "file_name": "a.png", "width": 40, "height": 20}],
"categories": [{"id": 0, "name": "car", "supercategory": "none"}, {"id": 1, "name": "bus", "supercategory": "car"}, {"id": 2, "name": "car", "supercategory": "car"}],
"annotations": [{"id": 0, "image_id": 0, "category_id": 1, "bbox": [1, 2, 3, 4], "area": 12, "iscrowd": 0, "segmentation": []}]}`
	return files{
		"train/_annotations.coco.json": labels, "train/a.png": im, "valid/_annotations.coco.json": labels, "valid/a.png": im,
		"README.roboflow.txt": "x",
	}
}

// The label files are those that eval reads.
func TestCOCOLayouts(t *testing.T) {
	im := picture(t)
	const train = "train/_annotations.coco.json"
	plain := func() files { return sets(t)["coco"] }
	with := func(f files, changes ...string) files {
		for i := 0; i < len(changes); i += 2 {
			f[changes[i]] = changes[i+1]
		}
		return f
	}
	moved := func(f files, from, to string) files {
		f[to] = f[from]
		delete(f, from)
		return f
	}
	for name, c := range map[string]struct {
		files files
		want  string // a violation, "" for none
	}{
		"captions":                      {with(plain(), "annotations/captions_val2017.json", `{"images": [{"id": 1, "file_name": "a.png", "width": 40, "height": 20}], "annotations": [{"id": 1, "image_id": 1, "caption": "a bus"}]}`), ""},
		"keypoints":                     {with(plain(), "annotations/person_keypoints_val2017.json", plain()["annotations/instances.json"]), ""},
		"another name":                  {moved(plain(), "annotations/instances.json", "annotations/labels.json"), ""},
		"a violation in another name":   {moved(with(plain(), "annotations/instances.json", `{}`), "annotations/instances.json", "annotations/labels.json"), "annotations/labels.json:1: images: want a list"},
		"two lists":                     {with(plain(), "annotations/instances_val.json", strings.Replace(plain()["annotations/instances.json"], "a.png", "b.png", 1), "val/b.png", im), ""},
		"images of the list come first": {with(moved(plain(), "annotations/instances.json", "annotations/instances_train.json"), "images/train/a.png", im), "images/a.png: no label file names the image"},
		"Roboflow":                      {roboflow(im), ""},
		"Roboflow, one folder":          {files{"_annotations.coco.json": roboflow(im)[train], "a.png": im}, ""},
		"Roboflow, an image":            {with(roboflow(im), "train/b.png", im), "train/b.png: no label file names the image"},
		"Roboflow, a box":               {with(roboflow(im), train, strings.Replace(roboflow(im)[train], "[1, 2, 3", "[1, 2, 50", 1)), train + ":4: annotations[0].bbox: the box from 1, 2 to 51, 6 px is outside of the picture"},
		"Roboflow, the ids":             {with(roboflow(im), train, strings.Replace(roboflow(im)[train], `"id": 2, "name"`, `"id": 4, "name"`, 1)), train + ": categories: the ids are not contiguous from 0: 2 is missing"},
		"Roboflow, a name":              {with(roboflow(im), train, strings.Replace(roboflow(im)[train], `"bus"`, `"car"`, 1)), train + `:3: categories[2].name: "car" is empty or used twice`},
	} {
		switch got := violations(t, c.files, "coco"); {
		case c.want == "" && got != "":
			t.Errorf("%s:\n%s", name, got)
		case !strings.Contains(got, c.want):
			t.Errorf("%s:\n%s\nwant %s", name, got, c.want)
		}
	}
}

// Valid JSON of another kind is named by its kind.
func TestKindsOfJSON(t *testing.T) {
	const scene, splits, labels = "v1.0-mini/scene.json", "v1.0-mini/splits.json", "annotations/instances.json"
	for _, c := range []struct{ format, file, text, want string }{
		{"nuscenes", scene, "{}", scene + ":1: want a list of records, found an object"},
		{"nuscenes", scene, "\nnull", scene + ":2: want a list of records, found null"},
		{"nuscenes", scene, `"a"`, scene + ":1: want a list of records, found a string"},
		{"nuscenes", scene, "[", scene + ": line 1: the document ends too early"},
		{"nuscenes", scene, "[7]", scene + ":1: [0]: want an object, found a number"},
		{"nuscenes", splits, "[]", splits + ":1: want lists of scenes by name, found a list"},
		{"nuscenes", splits, "true", splits + ":1: want lists of scenes by name, found true or false"},
		{"nuscenes", splits, "{", splits + ": line 1: the document ends too early"},
		{"nuscenes", splits, `{"train": 3}`, splits + ":1: train: want a list of scenes, found a number"},
		{"nuscenes", splits, `{"train": [3]}`, splits + ":1: train: want the name of a scene, found a number"},
		{"nuscenes", splits, `{"train": ["a"]}`, splits + `:1: train: there is no scene "a"`},
		{"coco", labels, "[]", labels + ":1: want an object, found a list"},
		{"coco", labels, `{"images": 3, "categories": [], "annotations": []}`, labels + ":1: images: want a list, found a number"},
		{"coco", labels, `{"images": [], "categories": []}`, labels + ":1: annotations: want a list"},
		{"coco", labels, `{"images": [[]], "categories": [], "annotations": []}`, labels + ":1: images[0]: want an object, found a list"},
		{"roadloop", "labels.jsonl", "[]\n", "labels.jsonl:1: want an object, found a list"},
		{"tusimple", "label_data.jsonl", "null\n", "label_data.jsonl:1: want an object, found null"},
		{"yolo", "metadata.jsonl", "3\n", "metadata.jsonl:1: want an object, found a number"},
	} {
		set := sets(t)[c.format]
		set[c.file] = c.text
		got := violations(t, set, c.format)
		if !strings.Contains(got, c.want) || strings.Contains(got, "nil") {
			t.Errorf("%s, %s with %s:\n%s\nwant %s", c.format, c.file, c.text, got, c.want)
		}
	}
}
