// Package imagetest makes picture files for tests: pictures of letters, with an Exif
// orientation, in all formats that package imagefile reads.
package imagetest

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"
)

// ExifHeader precedes the TIFF structure in JPEG files.
const ExifHeader = "Exif\x00\x00"

// letterColor returns the color of a letter: one of two values in each channel.
func letterColor(c byte) color.NRGBA {
	k := c - 'a' + 1
	value := func(bit byte) uint8 { return [2]uint8{20, 220}[k>>bit&1] }
	return color.NRGBA{value(0), value(1), value(2), 255}
}

// Letters returns a picture of rows of letters, each a square of the given size,
// px.
func Letters(rows string, square int) *image.NRGBA {
	lines := strings.Split(rows, "/")
	im := image.NewNRGBA(image.Rect(0, 0, len(lines[0])*square, len(lines)*square))
	for y := range im.Rect.Dy() {
		for x := range im.Rect.Dx() {
			im.SetNRGBA(x, y, letterColor(lines[y/square][x/square]))
		}
	}
	return im
}

// ReadLetters is the inverse of Letters, by the middles of the squares.
func ReadLetters(im image.Image, square int) string {
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

// Exif returns a TIFF structure with the tag among others, its value of the given type (3 short, 4 long).
func Exif(order binary.AppendByteOrder, orientation, kind int) []byte {
	head := map[bool]string{true: "II*\x00", false: "MM\x00*"}[order == binary.AppendByteOrder(binary.LittleEndian)]
	b := order.AppendUint32([]byte(head), 8)
	b = order.AppendUint16(b, 2)
	b = append(order.AppendUint32(order.AppendUint16(order.AppendUint16(b, 0x0100), 3), 1), 0, 7, 7, 0) // width
	b = order.AppendUint32(order.AppendUint16(order.AppendUint16(b, 0x0112), uint16(kind)), 1)
	if kind == 4 {
		b = order.AppendUint32(b, uint32(orientation))
	} else {
		b = append(order.AppendUint16(b, uint16(orientation)), 0, 0)
	}
	return order.AppendUint32(b, 0)
}

// JPEG returns a JPEG with an Exif segment after a JFIF segment.
func JPEG(t testing.TB, im image.Image, exif []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, im, &jpeg.Options{Quality: 100}); err != nil {
		t.Fatal(err)
	}
	segment := func(marker byte, body string) []byte {
		return append([]byte{0xff, marker, byte((len(body) + 2) >> 8), byte(len(body) + 2)}, body...)
	}
	head := append([]byte{0xff, 0xd8}, segment(0xe0, "JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00")...)
	head = append(head, segment(0xe1, ExifHeader+string(exif))...)
	return append(head, b.Bytes()[2:]...)
}

// PNG returns a PNG with an eXIf chunk after its pixels.
func PNG(t testing.TB, im image.Image, exif []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, im); err != nil {
		t.Fatal(err)
	}
	data := b.Bytes()
	c := binary.BigEndian.AppendUint32(nil, uint32(len(exif)))
	c = append(append(c, "eXIf"...), exif...)
	c = binary.BigEndian.AppendUint32(c, crc32.ChecksumIEEE(c[4:]))
	end := len(data) - 12 // IEND
	return append(append(data[:end:end], c...), data[end:]...)
}

// WebP returns a lossless WebP of a picture of letters, with an EXIF chunk after its pixels.
func WebP(im *image.NRGBA, exif []byte) []byte {
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
