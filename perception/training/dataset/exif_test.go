package dataset

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/image/bmp"

	"roadloop/perception/network"
)

// orientations holds the upright rows of the stored rows "abc", "def", by orientation
// (CIPA DC-008, figure 5).
var orientations = map[orientation]string{
	upright: "abc/def", mirrored: "cba/fed", halfTurn: "fed/cba", flipped: "def/abc",
	transposed: "ad/be/cf", quarterTurn: "da/eb/fc", transversed: "fc/eb/da", quarterTurnCC: "cf/be/ad",
}

// letterColor returns the color of a letter: one of two values in each channel.
func letterColor(c byte) color.NRGBA {
	k := c - 'a' + 1
	value := func(bit byte) uint8 { return [2]uint8{20, 220}[k>>bit&1] }
	return color.NRGBA{value(0), value(1), value(2), 255}
}

// drawLetters returns a picture of rows of letters, each a square of the given size,
// px.
func drawLetters(rows string, square int) *image.NRGBA {
	lines := strings.Split(rows, "/")
	im := image.NewNRGBA(image.Rect(0, 0, len(lines[0])*square, len(lines)*square))
	for y := range im.Rect.Dy() {
		for x := range im.Rect.Dx() {
			im.SetNRGBA(x, y, letterColor(lines[y/square][x/square]))
		}
	}
	return im
}

// readLetters is the inverse of drawLetters, by the middles of the squares.
func readLetters(im image.Image, square int) string {
	var rows []string
	b := im.Bounds()
	for y := b.Min.Y + square/2; y < b.Max.Y; y += square {
		row := ""
		for x := b.Min.X + square/2; x < b.Max.X; x += square {
			got := color.NRGBAModel.Convert(im.At(x, y)).(color.NRGBA)
			letter := "?"
			for c := byte('a'); c <= 'f'; c++ {
				want := letterColor(c)
				if got.R>>7 == want.R>>7 && got.G>>7 == want.G>>7 && got.B>>7 == want.B>>7 {
					letter = string(c)
				}
			}
			row += letter
		}
		rows = append(rows, row)
	}
	return strings.Join(rows, "/")
}

// exifOf returns a TIFF structure with the tag among others, its value of the given type (3 short, 4 long).
func exifOf(order binary.AppendByteOrder, o orientation, kind uint16) []byte {
	head := map[bool]string{true: "II*\x00", false: "MM\x00*"}[order == binary.AppendByteOrder(binary.LittleEndian)]
	b := order.AppendUint32([]byte(head), 8)
	b = order.AppendUint16(b, 2)
	b = append(order.AppendUint32(order.AppendUint16(order.AppendUint16(b, 0x0100), 3), 1), 0, 7, 7, 0) // width
	b = order.AppendUint32(order.AppendUint16(order.AppendUint16(b, 0x0112), kind), 1)
	if kind == 4 {
		b = order.AppendUint32(b, uint32(o))
	} else {
		b = append(order.AppendUint16(b, uint16(o)), 0, 0)
	}
	return order.AppendUint32(b, 0)
}

// jpegWith returns a JPEG with an Exif segment after a JFIF segment.
func jpegWith(t testing.TB, im image.Image, exif []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, im, &jpeg.Options{Quality: 100}); err != nil {
		t.Fatal(err)
	}
	segment := func(marker byte, body string) []byte {
		return append([]byte{0xff, marker, byte((len(body) + 2) >> 8), byte(len(body) + 2)}, body...)
	}
	head := append([]byte{0xff, 0xd8}, segment(0xe0, "JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00")...)
	head = append(head, segment(0xe1, exifHeader+string(exif))...)
	return append(head, b.Bytes()[2:]...)
}

// pngWith returns a PNG with an eXIf chunk after its pixels.
func pngWith(t testing.TB, im image.Image, exif []byte) []byte {
	t.Helper()
	data, err := encodePNG(im)
	if err != nil {
		t.Fatal(err)
	}
	c := binary.BigEndian.AppendUint32(nil, uint32(len(exif)))
	c = append(append(c, "eXIf"...), exif...)
	c = binary.BigEndian.AppendUint32(c, crc32.ChecksumIEEE(c[4:]))
	end := len(data) - 12 // IEND
	return append(append(data[:end:end], c...), data[end:]...)
}

// webpWith returns a lossless WebP of a picture of letters, with an EXIF chunk after its pixels.
func webpWith(im *image.NRGBA, exif []byte) []byte {
	riff := func(name string, body []byte) []byte {
		b := binary.LittleEndian.AppendUint32([]byte(name), uint32(len(body)))
		return append(append(b, body...), make([]byte, len(body)%2)...)
	}
	w, h := uint32(im.Rect.Dx()-1), uint32(im.Rect.Dy()-1)
	extended := append(binary.LittleEndian.AppendUint32(nil, 1<<3), byte(w), byte(w>>8), 0, byte(h), byte(h>>8), 0)
	body := append([]byte("WEBP"), riff("VP8X", extended)...)
	body = append(body, riff("VP8L", losslessWebP(im))...)
	return riff("RIFF", append(body, riff("EXIF", exif)...))
}

// losslessWebP returns the bits of a picture of letters as VP8L: no transform, and for green,
// red and blue a prefix code of two values, one bit each.
func losslessWebP(im *image.NRGBA) []byte {
	out, n := []byte{0x2f}, 0
	put := func(v uint32, bits int) {
		for i := range bits {
			if n%8 == 0 {
				out = append(out, 0)
			}
			out[len(out)-1] |= byte(v>>i&1) << (n % 8)
			n++
		}
	}
	put(uint32(im.Rect.Dx()-1), 14)
	put(uint32(im.Rect.Dy()-1), 14)
	put(0, 4+3) // no alpha, version 0; no transform, no color cache, no meta codes
	for range 3 {
		put(1|1<<1|1<<2, 3) // a simple code of two symbols of 8 bits
		put(20, 8)
		put(220, 8)
	}
	put(1|0<<1|1<<2, 3) // alpha: one symbol
	put(255, 8)
	put(1|0<<1|0<<2, 3) // distance: one symbol of one bit
	put(0, 1)
	for y := range im.Rect.Dy() {
		for x := range im.Rect.Dx() {
			c := im.NRGBAAt(x, y)
			put(uint32(c.G>>7), 1)
			put(uint32(c.R>>7), 1)
			put(uint32(c.B>>7), 1)
		}
	}
	return out
}

// All eight orientations of JPEG, PNG and WebP files are turned upright, and sizes are those of the upright picture.
func TestOrientations(t *testing.T) {
	const square = 16
	stored := drawLetters("abc/def", square)
	for o, want := range orientations {
		little, big := exifOf(binary.LittleEndian, o, 3), exifOf(binary.BigEndian, o, 3)
		for name, data := range map[string][]byte{
			"little.jpg": jpegWith(t, stored, little), "big.jpg": jpegWith(t, stored, big), "long.jpg": jpegWith(t, stored, exifOf(binary.BigEndian, o, 4)),
			"a.png": pngWith(t, stored, little), "a.webp": webpWith(stored, big), "head.webp": webpWith(stored, append([]byte(exifHeader), big...)),
		} {
			path := filepath.Join(t.TempDir(), name)
			if err := os.WriteFile(path, data, 0o644); err != nil {
				t.Fatal(err)
			}
			w, h, err := pictureSize(path)
			if err != nil {
				t.Fatalf("orientation %d, %s: %v", o, name, err)
			}
			im, err := readPicture(path, w, h)
			if err != nil {
				t.Fatalf("orientation %d, %s: %v", o, name, err)
			}
			if got := readLetters(im, square); got != want {
				t.Errorf("orientation %d, %s: %s, want %s", o, name, got, want)
			}
		}
	}
}

// Pictures without a readable orientation are upright.
func TestUnreadableOrientation(t *testing.T) {
	im := drawLetters("abc/def", 4)
	good := exifOf(binary.LittleEndian, quarterTurn, 3)
	for name, exif := range map[string][]byte{
		"empty": nil, "0": exifOf(binary.LittleEndian, 0, 3), "9": exifOf(binary.BigEndian, 9, 3), "text": exifOf(binary.BigEndian, quarterTurn, 2),
		"cut head": good[:6], "cut entry": good[:20], "far": append([]byte("II*\x00\xff\xff\xff\xff"), good[8:]...), "no TIFF": []byte("orientation 6"),
	} {
		for _, data := range [][]byte{jpegWith(t, im, exif), pngWith(t, im, exif), webpWith(im, exif)} {
			if o := readOrientation(bytes.NewReader(data)); o != upright {
				t.Errorf("%s: orientation %d of %.20q", name, o, data)
			}
		}
	}
	if o := readOrientation(bytes.NewReader(pngWith(t, im, good))); o != quarterTurn {
		t.Errorf("orientation %d, want %d", o, quarterTurn)
	}
}

// Labels are in coordinates of the upright picture: a rotated file reads like an
// upright one.
func TestLabelsAreInUprightCoordinates(t *testing.T) {
	for o := range orientations {
		stored := drawLetters("abc/def", 16)
		size := stored.Rect.Size()
		if o.swaps() {
			size.X, size.Y = size.Y, size.X
		}
		files := map[string]string{
			"images/a.png": string(pngWith(t, stored, exifOf(binary.BigEndian, o, 3))),
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

// BMP files are read.
func TestBMP(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.bmp")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := bmp.Encode(f, drawLetters("abc/def", 4)); err != nil {
		t.Fatal(err)
	}
	im, err := readPicture(path, 12, 8)
	if err != nil {
		t.Fatal(err)
	}
	if got := readLetters(im, 4); got != "abc/def" {
		t.Errorf("it shows %s", got)
	}
}

func FuzzOrientation(f *testing.F) {
	im := drawLetters("abc/def", 2)
	for o := range orientations {
		for _, exif := range [][]byte{exifOf(binary.LittleEndian, o, 3), exifOf(binary.BigEndian, o, 4)} {
			f.Add(jpegWith(f, im, exif))
			f.Add(pngWith(f, im, exif))
			f.Add(webpWith(im, exif))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		o := readOrientation(bytes.NewReader(data))
		if o < upright || o > quarterTurnCC {
			t.Fatalf("orientation %d", o)
		}
		if again := tiffOrientation(exifOf(binary.LittleEndian, o, 3)); again != o {
			t.Fatalf("orientation %d is written and read as %d", o, again)
		}
	})
}
