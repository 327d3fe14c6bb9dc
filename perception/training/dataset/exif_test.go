package dataset

import (
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"roadloop/internal/imagefile/imagetest"
	"roadloop/perception/network"
)

// Labels are in coordinates of the upright picture: a rotated file reads like an
// upright one.
func TestLabelsAreInUprightCoordinates(t *testing.T) {
	for o := 1; o <= 8; o++ {
		stored := imagetest.Letters("abc/def", 16)
		size := stored.Rect.Size()
		if o >= 5 {
			size.X, size.Y = size.Y, size.X
		}
		files := map[string]string{
			"images/a.png": string(imagetest.PNG(t, stored, imagetest.Exif(binary.BigEndian, o, 3))),
			cocoFile: fmt.Sprintf(`{"images": [{"id": 1, "file_name": "a.png", "width": %d, "height": %d}], "categories": [{"id": 1, "name": "car"}],
"annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [%d, %d, 16, 16]}]}`, size.X, size.Y, size.X-16, size.Y-16),
		}
		s := open(t, folder(t, files))
		if got := s.samples[0].camera; got.Width != size.X || got.Height != size.Y {
			t.Errorf("orientation %d: the picture has %d×%d px, want %v", o, got.Width, got.Height, size)
		}
	}
}

// Real pictures stored rotated equal those stored upright, within JPEG losses.
func TestRotatedPictures(t *testing.T) {
	cases := filepath.Join("..", "..", "..", "..", "shared", "data", "cases")
	if _, err := os.Stat(cases); err != nil {
		t.Skip("missing test cases: ", err)
	}
	var readers [2]*Reader
	for i, name := range []string{"coco-plain", "coco-exif3"} {
		r, err := open(t, filepath.Join(cases, name)).Reader(network.DefaultConfig())
		if err != nil {
			t.Fatal(err)
		}
		readers[i] = r
	}
	for i := range int64(readers[0].Len()) {
		plain, err := readers[0].Frame(i)
		if err != nil {
			t.Fatal(err)
		}
		turned, err := readers[1].Frame(i)
		if err != nil {
			t.Fatal(err)
		}
		sum := 0.0
		for k, v := range plain.Image.RGB {
			sum += math.Abs(float64(v) - float64(turned.Image.RGB[k]))
		}
		if mean := sum / float64(len(plain.Image.RGB)); mean > 4 {
			t.Errorf("frame %d: the pictures differ by %.1f of 255 in the mean", i, mean)
		}
		if d := cmp.Diff(plain.Objects, turned.Objects); d != "" {
			t.Errorf("frame %d: labels: %s", i, d)
		}
	}
}
