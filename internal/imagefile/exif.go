package imagefile

import (
	"bytes"
	"encoding/binary"
	"image"
	"io"

	"golang.org/x/image/draw"
)

// orientation is the value of the Exif tag Orientation (CIPA DC-008, tag 0x0112): the
// edges of the upright picture that are the first row and the first column of the
// stored pixels.
type orientation int

// Orientations. Pictures without a readable tag are upright.
const (
	upright       orientation = iota + 1 // row 0 is the top, column 0 the left
	mirrored                             // top, right
	halfTurn                             // bottom, right
	flipped                              // bottom, left
	transposed                           // left, top
	quarterTurn                          // right, top: upright after a quarter turn clockwise
	transversed                          // right, bottom
	quarterTurnCC                        // left, bottom: upright after a quarter turn counterclockwise
)

// swaps reports whether width and height are swapped.
func (o orientation) swaps() bool { return o >= transposed }

// source returns the stored pixel at (x, y) of the upright picture; the stored
// picture has w×h pixels.
func (o orientation) source(x, y, w, h int) (int, int) {
	if o.swaps() {
		x, y = y, x
	}
	switch o {
	case mirrored, halfTurn, transversed, quarterTurnCC:
		x = w - 1 - x
	}
	switch o {
	case halfTurn, flipped, quarterTurn, transversed:
		y = h - 1 - y
	}
	return x, y
}

// turn returns the upright picture.
func (o orientation) turn(im image.Image) image.Image {
	if o == upright {
		return im
	}
	w, h := im.Bounds().Dx(), im.Bounds().Dy()
	stored := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(stored, stored.Rect, im, im.Bounds().Min, draw.Src)
	size := stored.Rect
	if o.swaps() {
		size = image.Rect(0, 0, h, w)
	}
	out := image.NewRGBA(size)
	for y := range size.Dy() {
		for x := range size.Dx() {
			sx, sy := o.source(x, y, w, h)
			copy(out.Pix[out.PixOffset(x, y):][:4], stored.Pix[stored.PixOffset(sx, sy):])
		}
	}
	return out
}

// readOrientation returns the orientation in a JPEG, PNG or WebP file. Files without
// an orientation, or with an unreadable one, are upright, as in viewers and labelling
// tools.
func readOrientation(r io.ReadSeeker) orientation {
	head, ok := readAt(r, 0, 12)
	if !ok {
		return upright
	}
	var exif []byte
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xd8")):
		exif = jpegExif(r)
	case bytes.HasPrefix(head, []byte("\x89PNG\r\n\x1a\n")):
		exif = chunk(r, 8, "eXIf", pngChunk)
	case string(head[:4]) == "RIFF" && string(head[8:]) == "WEBP":
		exif = chunk(r, 12, "EXIF", riffChunk)
	}
	return tiffOrientation(bytes.TrimPrefix(exif, []byte(exifHeader)))
}

// exifHeader precedes the TIFF structure in JPEG files, and in WebP files of some
// programs.
const exifHeader = "Exif\x00\x00"

// maxExif is the maximum size of an Exif block: that of a JPEG segment.
const maxExif = 1 << 16

// jpegExif returns the Exif segment of a JPEG file, which is one of its first
// segments.
func jpegExif(r io.ReadSeeker) []byte {
	const app1, startOfScan, most = 0xe1, 0xda, 1 << 20
	for at := int64(2); at < most; {
		head, ok := readAt(r, at, 4)
		if !ok || head[0] != 0xff || head[1] == startOfScan {
			return nil
		}
		if head[1] == 0xff { // fill byte
			at++
			continue
		}
		size := int64(binary.BigEndian.Uint16(head[2:])) // including the two bytes of the size
		if size < 2 {
			return nil
		}
		if head[1] == app1 {
			if body, ok := readAt(r, at+4, size-2); ok && bytes.HasPrefix(body, []byte(exifHeader)) {
				return body
			}
		}
		at += 2 + size
	}
	return nil
}

// chunkHead is the decoded eight-byte header of a chunk, and the number of bytes
// between the end of the data and the next chunk.
type chunkHead struct {
	name       string
	size, tail int64
}

// pngChunk decodes a PNG chunk header: size, name; a checksum follows the data.
func pngChunk(b []byte) chunkHead {
	return chunkHead{string(b[4:]), int64(binary.BigEndian.Uint32(b)), 4}
}

// riffChunk decodes a RIFF chunk header: name, size; data of odd size is padded.
func riffChunk(b []byte) chunkHead {
	size := int64(binary.LittleEndian.Uint32(b[4:]))
	return chunkHead{string(b[:4]), size, size % 2}
}

// chunk returns the data of the first chunk with the given name from an offset.
func chunk(r io.ReadSeeker, at int64, name string, head func([]byte) chunkHead) []byte {
	const headSize = 8
	for {
		b, ok := readAt(r, at, headSize)
		if !ok {
			return nil
		}
		h := head(b)
		if h.name == name {
			if body, ok := readAt(r, at+headSize, h.size); ok {
				return body
			}
			return nil
		}
		at += headSize + h.size + h.tail
	}
}

// readAt reads n bytes; ok is false if there are fewer, or if n is too large for an
// Exif block.
func readAt(r io.ReadSeeker, at, n int64) (b []byte, ok bool) {
	if n > maxExif {
		return nil, false
	}
	if _, err := r.Seek(at, io.SeekStart); err != nil {
		return nil, false
	}
	b = make([]byte, n)
	_, err := io.ReadFull(r, b)
	return b, err == nil
}

// tiffOrientation returns the orientation in the first directory of a TIFF structure
// (TIFF 6.0, section 2: byte order, 42, offset of the directory, entries of 12 bytes).
func tiffOrientation(b []byte) orientation {
	const tag, entrySize, short, long = 0x0112, 12, 3, 4
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(b, []byte("II*\x00")):
		order = binary.LittleEndian
	case bytes.HasPrefix(b, []byte("MM\x00*")):
		order = binary.BigEndian
	}
	if order == nil || len(b) < 8 {
		return upright
	}
	at := uint64(order.Uint32(b[4:]))
	if at+2 > uint64(len(b)) {
		return upright
	}
	entries := b[at+2:]
	for range order.Uint16(b[at:]) {
		if len(entries) < entrySize {
			break
		}
		e := entries[:entrySize]
		entries = entries[entrySize:]
		if order.Uint16(e) != tag {
			continue
		}
		v := uint32(0)
		switch order.Uint16(e[2:]) {
		case short:
			v = uint32(order.Uint16(e[8:]))
		case long:
			v = order.Uint32(e[8:])
		}
		if o := orientation(v); o >= upright && o <= quarterTurnCC {
			return o
		}
	}
	return upright
}
