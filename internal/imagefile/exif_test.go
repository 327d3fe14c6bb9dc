package imagefile

import (
	"bytes"
	"encoding/binary"
	"image"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/image/bmp"

	"roadloop/internal/imagefile/imagetest"
)

// orientations holds the upright rows of the stored rows "abc", "def", by orientation
// (CIPA DC-008, figure 5).
var orientations = map[orientation]string{
	upright: "abc/def", mirrored: "cba/fed", halfTurn: "fed/cba", flipped: "def/abc",
	transposed: "ad/be/cf", quarterTurn: "da/eb/fc", transversed: "fc/eb/da", quarterTurnCC: "cf/be/ad",
}

// All eight orientations of JPEG, PNG and WebP files are turned upright, and sizes are those of the upright picture.
func TestOrientations(t *testing.T) {
	const square = 16
	stored := imagetest.Letters("abc/def", square)
	for o, want := range orientations {
		little, big := imagetest.Exif(binary.LittleEndian, int(o), 3), imagetest.Exif(binary.BigEndian, int(o), 3)
		for name, data := range map[string][]byte{
			"little.jpg": imagetest.JPEG(t, stored, little), "big.jpg": imagetest.JPEG(t, stored, big), "long.jpg": imagetest.JPEG(t, stored, imagetest.Exif(binary.BigEndian, int(o), 4)),
			"a.png": imagetest.PNG(t, stored, little), "a.webp": imagetest.WebP(stored, big), "head.webp": imagetest.WebP(stored, append([]byte(exifHeader), big...)),
		} {
			path := filepath.Join(t.TempDir(), name)
			if err := os.WriteFile(path, data, 0o644); err != nil {
				t.Fatal(err)
			}
			w, h, err := Size(path)
			if err != nil {
				t.Fatalf("orientation %d, %s: %v", o, name, err)
			}
			im, err := Read(path)
			if err == nil && im.Bounds().Size() != image.Pt(w, h) {
				t.Errorf("orientation %d, %s: size %d×%d before it is read, %v after", o, name, w, h, im.Bounds().Size())
			}
			if err != nil {
				t.Fatalf("orientation %d, %s: %v", o, name, err)
			}
			if got := imagetest.ReadLetters(im, square); got != want {
				t.Errorf("orientation %d, %s: %s, want %s", o, name, got, want)
			}
		}
	}
}

// Pictures without a readable orientation are upright.
func TestUnreadableOrientation(t *testing.T) {
	im := imagetest.Letters("abc/def", 4)
	good := imagetest.Exif(binary.LittleEndian, int(quarterTurn), 3)
	for name, exif := range map[string][]byte{
		"empty": nil, "0": imagetest.Exif(binary.LittleEndian, 0, 3), "9": imagetest.Exif(binary.BigEndian, 9, 3), "text": imagetest.Exif(binary.BigEndian, int(quarterTurn), 2),
		"cut head": good[:6], "cut entry": good[:20], "far": append([]byte("II*\x00\xff\xff\xff\xff"), good[8:]...), "no TIFF": []byte("orientation 6"),
	} {
		for _, data := range [][]byte{imagetest.JPEG(t, im, exif), imagetest.PNG(t, im, exif), imagetest.WebP(im, exif)} {
			if o := readOrientation(bytes.NewReader(data)); o != upright {
				t.Errorf("%s: orientation %d of %.20q", name, o, data)
			}
		}
	}
	if o := readOrientation(bytes.NewReader(imagetest.PNG(t, im, good))); o != quarterTurn {
		t.Errorf("orientation %d, want %d", o, quarterTurn)
	}
}

// BMP files are read.
func TestBMP(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.bmp")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := bmp.Encode(f, imagetest.Letters("abc/def", 4)); err != nil {
		t.Fatal(err)
	}
	im, err := Read(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := imagetest.ReadLetters(im, 4); got != "abc/def" {
		t.Errorf("it shows %s", got)
	}
}

func FuzzOrientation(f *testing.F) {
	im := imagetest.Letters("abc/def", 2)
	for o := range orientations {
		for _, exif := range [][]byte{imagetest.Exif(binary.LittleEndian, int(o), 3), imagetest.Exif(binary.BigEndian, int(o), 4)} {
			f.Add(imagetest.JPEG(f, im, exif))
			f.Add(imagetest.PNG(f, im, exif))
			f.Add(imagetest.WebP(im, exif))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		o := readOrientation(bytes.NewReader(data))
		if o < upright || o > quarterTurnCC {
			t.Fatalf("orientation %d", o)
		}
		if again := tiffOrientation(imagetest.Exif(binary.LittleEndian, int(o), 3)); again != o {
			t.Fatalf("orientation %d is written and read as %d", o, again)
		}
	})
}
