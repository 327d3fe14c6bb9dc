package dataset

import (
	"bytes"
	"image"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/image/bmp"

	"roadloop/internal/imagefile/imagetest"
	"roadloop/perception/network"
)

// trackingCalib is the calibration in the format of KITTI's tracking benchmark.
var trackingCalib = strings.NewReplacer("R0_rect:", "R_rect", "Tr_velo_to_cam:", "Tr_velo_cam", "Tr_imu_to_velo:", "Tr_imu_velo").Replace(calib)

// withFile returns files with one text changed.
func withFile(files map[string]string, path, text string) map[string]string {
	files[path] = text
	return files
}

// withMovedFile returns files with one path changed.
func withMovedFile(files map[string]string, from, to string) map[string]string {
	files[to] = files[from]
	delete(files, from)
	return files
}

// withReplaced returns files with a replacement in one text.
func withReplaced(files map[string]string, path, from, to string) map[string]string {
	return withFile(files, path, strings.Replace(files[path], from, to, 1))
}

func pictureBMP(t *testing.T, w, h int) string {
	t.Helper()
	var b bytes.Buffer
	if err := bmp.Encode(&b, image.NewGray(image.Rect(0, 0, w, h))); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Common deviations from the formats are accepted: each of these reads like the
// standard data set.
func TestLenientInput(t *testing.T) {
	const mark = "\ufeff"
	letters := imagetest.Letters("ab", 32)
	small := pictureBMP(t, 64, 32)
	webp, jpeg := string(imagetest.WebP(letters, nil)), string(imagetest.JPEG(t, letters, nil))
	const smallCalib = "P2: 37 0 31.4 2.3 0 37 14.7 0.01 0 0 1 0.0027"
	kittiSmall := func() map[string]string {
		files := kittiFiles()
		_, rest, _ := strings.Cut(calib, "P2:")
		_, rest, _ = strings.Cut(rest, "\n")
		files[kittiCalibPath] = smallCalib + "\n" + rest
		return withReplaced(files, kittiLabelPath, "580.00 170.00 660.00 230.00", "1 2 31 22")
	}
	withoutPicture := func(files map[string]string, path string) map[string]string {
		delete(files, path)
		return files
	}
	for name, c := range map[string]struct {
		files   map[string]string
		options Options
	}{
		"KITTI":                                {kittiFiles(), Options{}},
		"KITTI, byte order mark in labels":     {withFile(kittiFiles(), kittiLabelPath, mark+car), Options{}},
		"KITTI, byte order mark in calib":      {withFile(kittiFiles(), kittiCalibPath, mark+calib), Options{}},
		"KITTI, lines end with CR LF":          {withFile(kittiFiles(), kittiLabelPath, strings.ReplaceAll(car, "\n", "\r\n\r\n")), Options{}},
		"KITTI, no newline at the end":         {withFile(kittiFiles(), kittiLabelPath, strings.TrimSpace(car)), Options{}},
		"KITTI, a score":                       {withReplaced(kittiFiles(), kittiLabelPath, "\n", " 0.93\n"), Options{}},
		"KITTI, alpha is not wrapped":          {withReplaced(kittiFiles(), kittiLabelPath, "-1.57", "-6.2"), Options{}},
		"KITTI, rotation_y of two digits":      {withReplaced(kittiFiles(), kittiLabelPath, "-1.55", "3.15"), Options{}},
		"KITTI, tracking calibration":          {withFile(kittiFiles(), kittiCalibPath, trackingCalib), Options{}},
		"KITTI, .DS_Store":                     {withFile(kittiFiles(), "training/image_2/.DS_Store", "x"), Options{}},
		"KITTI, Thumbs.db":                     {withFile(kittiFiles(), "training/image_2/Thumbs.db", "x"), Options{}},
		"KITTI, desktop.ini":                   {withFile(kittiFiles(), "training/image_2/desktop.ini", "x"), Options{}},
		"KITTI, ._ in pictures":                {withFile(kittiFiles(), "training/image_2/._000007.png", "x"), Options{}},
		"KITTI, ._ in labels":                  {withFile(kittiFiles(), "training/label_2/._000007.txt", "x"), Options{}},
		"KITTI, a folder among pictures":       {withFile(kittiFiles(), "training/image_2/__MACOSX/x.png", "x"), Options{}},
		"KITTI, .PNG":                          {withMovedFile(kittiFiles(), kittiPicturePath, "training/image_2/000007.PNG"), Options{}},
		"KITTI, .jpeg":                         {withFile(withoutPicture(kittiSmall(), kittiPicturePath), "training/image_2/000007.jpeg", jpeg), Options{}},
		"KITTI, .JPG":                          {withFile(withoutPicture(kittiSmall(), kittiPicturePath), "training/image_2/000007.JPG", jpeg), Options{}},
		"KITTI, .webp":                         {withFile(withoutPicture(kittiSmall(), kittiPicturePath), "training/image_2/000007.webp", webp), Options{}},
		"KITTI, .bmp":                          {withFile(withoutPicture(kittiSmall(), kittiPicturePath), "training/image_2/000007.bmp", small), Options{}},
		"KITTI, a picture in two formats":      {withFile(kittiFiles(), "training/image_2/000007.jpg", "x"), Options{}},
		"KITTI, the folder training":           {map[string]string{"image_2/7.png": kittiPicture(), "calib/7.txt": calib, "label_2/7.txt": car}, Options{}},
		"KITTI, an additional folder":          {withFile(kittiFiles(), "training/velodyne/000007.bin", "x"), Options{}},
		"KITTI, an image without objects":      {withFile(withFile(withFile(kittiFiles(), "training/label_2/000008.txt", ""), "training/calib/000008.txt", calib), "training/image_2/000008.png", kittiPicture()), Options{}},
		"KITTI, the middle behind a camera":    {withReplaced(kittiFiles(), kittiLabelPath, "20.00", "-1.00"), Options{}},
		"COCO":                                 {cocoFiles(), Options{}},
		"COCO, byte order mark":                {withFile(cocoFiles(), cocoFile, mark+cocoDocument), Options{}},
		"COCO, byte order mark in manifest":    {withFile(cocoFiles(), manifestFile, mark+`{"schema":"roadloop.dataset/2","format":"coco","width":64,"height":32}`), Options{}},
		"COCO, sizes with a fraction of 0":     {withReplaced(withReplaced(cocoFiles(), cocoFile, `"width": 64`, `"width": 64.0`), cocoFile, `"height": 32`, `"height": 3.2e1`), Options{}},
		"COCO, the image's id is a string":     {withReplaced(cocoFiles(), cocoFile, `{"id": 7`, `{"id": "7"`), Options{}},
		"COCO, an image_id is a string":        {withReplaced(cocoFiles(), cocoFile, `"image_id": 7`, `"image_id": "7"`), Options{}},
		"COCO, an image_id is a float":         {withReplaced(cocoFiles(), cocoFile, `"image_id": 7`, `"image_id": 7.0`), Options{}},
		"COCO, ids are names":                  {withReplaced(withReplaced(cocoFiles(), cocoFile, `{"id": 7`, `{"id": "b2-x"`), cocoFile, `"image_id": 7`, `"image_id": "b2-x"`), Options{}},
		"COCO, the category's id is a string":  {withReplaced(cocoFiles(), cocoFile, `{"id": 1,`, `{"id": "1",`), Options{}},
		"COCO, an annotation's id is a string": {withReplaced(cocoFiles(), cocoFile, `"id": 10`, `"id": "10"`), Options{}},
		"COCO, an annotation without an id":    {withReplaced(cocoFiles(), cocoFile, `"id": 10, `, ""), Options{}},
		"COCO, iscrowd is false":               {withReplaced(cocoFiles(), cocoFile, `"iscrowd": 0`, `"iscrowd": false`), Options{}},
		"COCO, no iscrowd":                     {withReplaced(cocoFiles(), cocoFile, `, "iscrowd": 0`, ""), Options{}},
		"COCO, nulls":                          {withReplaced(cocoFiles(), cocoFile, `"iscrowd": 0`, `"iscrowd": null, "distance": null, "position": null, "segmentation": null`), Options{}},
		"COCO, backslashes":                    {withReplaced(withMovedFile(cocoFiles(), cocoPicturePath, "images/left/a.png"), cocoFile, "a.png", `left\\a.png`), Options{}},
		"COCO, paths from the root":            {withReplaced(cocoFiles(), cocoFile, "a.png", `images/a.png`), Options{}},
		"COCO, paths from the root of Windows": {withReplaced(cocoFiles(), cocoFile, "a.png", `images\\a.png`), Options{}},
		"COCO, a name in another case":         {withReplaced(cocoFiles(), cocoFile, "a.png", "A.PNG"), Options{}},
		"COCO, .jpeg":                          {withReplaced(withFile(cocoFiles(), "images/a.jpeg", jpeg), cocoFile, "a.png", "a.jpeg"), Options{}},
		"COCO, .webp":                          {withReplaced(withFile(cocoFiles(), "images/a.webp", webp), cocoFile, "a.png", "a.webp"), Options{}},
		"COCO, .bmp":                           {withReplaced(withFile(cocoFiles(), "images/a.bmp", small), cocoFile, "a.png", "a.bmp"), Options{}},
		"COCO, a WebP file called .png":        {withFile(cocoFiles(), cocoPicturePath, webp), Options{}},
		"COCO, ._ in annotations":              {withFile(cocoFiles(), "annotations/._instances.json", "x"), Options{}},
		"COCO, .DS_Store":                      {withFile(withFile(cocoFiles(), "annotations/.DS_Store", "x"), "images/.DS_Store", "x"), Options{}},
		"COCO, additional captions":            {withFile(cocoFiles(), "annotations/captions_val.json", "x"), Options{}},
		"COCO, a file of another name":         {withMovedFile(cocoFiles(), cocoFile, "annotations/labels.json"), Options{}},
		"COCO, pictures of a split":            {withMovedFile(withMovedFile(cocoFiles(), cocoFile, "annotations/instances_val2017.json"), cocoPicturePath, "val2017/a.png"), Options{}},
		"COCO, chosen from the root":           {withMovedFile(withFile(cocoFiles(), "annotations/instances_b.json", "x"), cocoFile, "annotations/instances_a.json"), Options{Annotations: "annotations/instances_a.json"}},
		"COCO, chosen from annotations":        {withMovedFile(withFile(cocoFiles(), "annotations/instances_b.json", "x"), cocoFile, "annotations/instances_a.json"), Options{Annotations: "instances_a.json"}},
		"COCO, chosen next to its pictures":    {withMovedFile(withMovedFile(cocoFiles(), cocoFile, "train/_annotations.coco.json"), cocoPicturePath, "train/a.png"), Options{Annotations: "train/_annotations.coco.json"}},
		"COCO, unknown fields":                 {withReplaced(cocoFiles(), cocoFile, `{"images"`, `{"info": {"a": [1]}, "licenses": [], "x": null, "images"`), Options{}},
		"records":                              {recordFiles(), Options{}},
		"records, byte order mark":             {withFile(recordFiles(), labelsFile, mark+recordLine), Options{}},
		"records, lines end with CR LF":        {withFile(recordFiles(), labelsFile, strings.ReplaceAll(recordLine, "\n", "\r\n")), Options{}},
		"records, other files":                 {withFile(withFile(recordFiles(), ".DS_Store", "x"), "notes.txt", "x"), Options{}},
	} {
		s, err := Open(folder(t, c.files), c.options)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		objects := 0
		for _, o := range s.samples[0].objects {
			if o.Visible > 0 {
				objects++
			}
		}
		if objects != 1 || s.Clipped() != 0 || s.Unlabelled() {
			t.Errorf("%s: %d objects, %d clipped, without labels: %v", name, objects, s.Clipped(), s.Unlabelled())
		}
		r, err := s.Reader(network.Config{Width: 64, Height: 32, Widths: [6]int{1, 1, 1, 1, 1, 1}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.Frame(0); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A folder name may contain pattern characters.
func TestFolderNameWithPatternCharacters(t *testing.T) {
	for _, files := range []map[string]string{kittiFiles(), cocoFiles(), recordFiles()} {
		inside := make(map[string]string)
		for path, text := range files {
			inside["set [1]*/"+path] = text
		}
		open(t, filepath.Join(folder(t, inside), "set [1]*"))
	}
}

// Pictures are found by names in another case or with backslashes.
func TestPictureFinder(t *testing.T) {
	dir := folder(t, map[string]string{"val/a.png": "", "images/a.png": "", "images/b/c.JPG": ""})
	f := newPictureFinder([]string{filepath.Join(dir, "val"), filepath.Join(dir, "images"), dir})
	for name, want := range map[string]string{
		"a.png": "val/a.png", `b\c.JPG`: "images/b/c.JPG", "b/c.jpg": "images/b/c.JPG", "images/a.png": "images/a.png", "none.png": "val/none.png", `b\none.png`: "val/b/none.png",
	} {
		if got, err := f.find(name); err != nil || got != filepath.Join(dir, want) {
			t.Errorf("%q is found at %q (%v), want %q", name, got, err, want)
		}
	}
}

// Boxes that extend up to 3 px beyond their picture are clipped and counted; rounding
// is not counted.
func TestClippedBoxes(t *testing.T) {
	for box, c := range map[string]struct {
		want    [4]float64
		clipped int
	}{
		"[1, 2, 30, 20]":       {[4]float64{1, 2, 31, 22}, 0},
		"[34, 12, 30.01, 20]":  {[4]float64{34, 12, 64, 32}, 0},
		"[34, 12, 33, 20]":     {[4]float64{34, 12, 64, 32}, 1},
		"[-3, -3, 70, 38]":     {[4]float64{0, 0, 64, 32}, 1},
		"[-0.5, 0, 10, 32.02]": {[4]float64{0, 0, 9.5, 32}, 1},
	} {
		s := open(t, folder(t, withReplaced(cocoFiles(), cocoFile, "[1, 2, 30, 20]", box)))
		o := s.samples[0].objects[0]
		if d := cmp.Diff(c.want, [4]float64{o.X0, o.Y0, o.X1, o.Y1}); d != "" || s.Clipped() != c.clipped {
			t.Errorf("%s: %d clipped, want %d; %s", box, s.Clipped(), c.clipped, d)
		}
	}
}

// A label without position gives an unknown position.
func TestKITTIWithoutPlace(t *testing.T) {
	for line, flat := range map[string]bool{
		car: false,
		"Car 0 0 0 580 170 660 230 0 0 0 0 0 0 0\n":                           true,
		"Car -1 -1 -10 580 170 660 230 -1 -1 -1 -1000 -1000 -1000 -10\n":      true,
		"Car 0 0 0 580 170 660 230 1.5 1.6 4 -1000 -1000 -1000 0\n":           true,
		"Car 0 0 -10 580 170 660 230 1.5 1.6 4 0.3 1.65 20 -10\n":             true,
		"DontCare -1 -1 -10 580 170 660 230 -1 -1 -1 -1000 -1000 -1000 -10\n": false,
	} {
		s := open(t, folder(t, withFile(kittiFiles(), kittiLabelPath, line)))
		if got := s.samples[0].lacks.Place; got != flat {
			t.Errorf("%q lacks places: %v, want %v", line, got, flat)
		}
	}
}

// KITTI's calibrations of both benchmarks give the same camera.
func TestTrackingCalibration(t *testing.T) {
	object := open(t, folder(t, kittiFiles()))
	tracking := open(t, folder(t, withFile(kittiFiles(), kittiCalibPath, trackingCalib)))
	if d := cmp.Diff(object.samples[0].camera, tracking.samples[0].camera); d != "" {
		t.Error(d)
	}
}

// Unlabelled reports data sets without any label for training.
func TestUnlabelled(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		want  bool
	}{
		"COCO":                       {cocoFiles(), false},
		"COCO without annotations":   {withFile(cocoFiles(), cocoFile, `{"images": [{"id": 7, "file_name": "a.png", "width": 64, "height": 32}], "annotations": [], "categories": []}`), true},
		"COCO, crowds alone":         {withReplaced(cocoFiles(), cocoFile, `"iscrowd": 0`, `"iscrowd": 1`), true},
		"KITTI":                      {kittiFiles(), false},
		"KITTI without a line":       {withFile(kittiFiles(), kittiLabelPath, ""), true},
		"KITTI, regions alone":       {withReplaced(kittiFiles(), kittiLabelPath, "Car", "DontCare"), true},
		"records, lanes and terrain": {withReplaced(recordFiles(), labelsFile, `"visible":1`, `"visible":0`), false},
	} {
		if got := open(t, folder(t, c.files)).Unlabelled(); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	in := withReplaced(cocoFiles(), cocoFile, `"category_id": 1`, `"category_id": 3`)
	s, err := Open(folder(t, in), Options{SkipUnknown: true})
	if err != nil || !s.Unlabelled() {
		t.Errorf("all classes skipped: %v", err)
	}
}
