package tensorboard

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
)

// Field numbers of Summary.Image, and its color space code.
const (
	imageHeight, imageWidth, imageColors, imageData = 1, 2, 3, 4
	rgba                                            = 4
)

// Image records an image.
func (w *Writer) Image(tag string, step int64, im image.Image) error {
	var data bytes.Buffer
	if err := png.Encode(&data, im); err != nil {
		return fmt.Errorf("event file: image %s: %w", tag, err)
	}
	var m []byte
	m = number(m, imageHeight, uint64(im.Bounds().Dy()))
	m = number(m, imageWidth, uint64(im.Bounds().Dx()))
	m = number(m, imageColors, rgba)
	m = message(m, imageData, data.Bytes())
	return w.summary(step, message(text(nil, valueTag, tag), valueImage, m))
}
