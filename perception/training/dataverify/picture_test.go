package dataverify_test

import (
	"encoding/binary"
	"hash/crc32"
	"image"
	"strings"
	"testing"

	"roadloop/internal/imagefile/imagetest"
	"roadloop/perception/training/dataverify"
)

// violations verifies a data set and returns its violations, one per line.
func violations(t *testing.T, f files, format string) string {
	t.Helper()
	r, err := dataverify.Verify(f.write(t), format)
	if err != nil {
		t.Fatalf("%s: %v", format, err)
	}
	var all []string
	for i := range r.Violations {
		all = append(all, r.Violations[i].String())
	}
	return strings.Join(all, "\n")
}

// Labels are in coordinates of the upright picture, as for the readers: a picture that is
// stored rotated by its Exif orientation follows all rules.
func TestRotatedPictures(t *testing.T) {
	const quarterTurn = 6
	upright := picture(t)
	rotated := string(imagetest.PNG(t, image.NewGray(image.Rect(0, 0, 20, 40)), imagetest.Exif(binary.BigEndian, quarterTurn, 3)))
	for format, set := range sets(t) {
		for path, text := range set {
			if text == upright {
				set[path] = rotated
			}
		}
		if got := violations(t, set, format); got != "" {
			t.Errorf("%s:\n%s", format, got)
		}
	}
}

// A picture that is too large to decode is a violation.
func TestHugePicture(t *testing.T) {
	const header, end = 12, 29 // of the name, the size and the color model
	data := []byte(picture(t))
	binary.BigEndian.PutUint32(data[header+4:], 60000)
	binary.BigEndian.PutUint32(data[header+8:], 60000)
	binary.BigEndian.PutUint32(data[end:], crc32.ChecksumIEEE(data[header:end]))
	set := sets(t)["coco"]
	set["images/a.png"] = string(data)
	const want = "images/a.png: decoding the picture: 60000×60000 px, want 1 to 16384"
	if got := violations(t, set, "coco"); got != want {
		t.Errorf("violations\n%s\nwant\n%s", got, want)
	}
}
