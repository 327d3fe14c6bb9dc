package dataset

import (
	"fmt"
	"image"

	"roadloop/internal/fileio"
	"roadloop/internal/imagefile"
	"roadloop/perception"
	"roadloop/perception/camera"
	"roadloop/perception/network"
	"roadloop/sim/label"
	"roadloop/sim/scene"
)

// readPicture reads and decodes a picture; see decodePicture.
func readPicture(path string, w, h int) (image.Image, error) {
	data, err := fileio.ReadRegular(path)
	if err != nil {
		return nil, fmt.Errorf("picture: %w", err)
	}
	return decodePicture(path, data, w, h)
}

// decodePicture decodes the contents of a picture file. It returns an error if the picture
// does not have the given size.
func decodePicture(path string, data []byte, w, h int) (image.Image, error) {
	im, err := imagefile.Decode(path, data)
	if err != nil {
		return nil, err
	}
	if b := im.Bounds(); b.Dx() != w || b.Dy() != h {
		return nil, fmt.Errorf("picture %s: has %d×%d px, expected %d×%d", path, b.Dx(), b.Dy(), w, h)
	}
	return im, nil
}

// viewObject maps a label to the view. Labels that the view does not show, or only as less than a
// pixel, need not be found in it.
func viewObject(v *camera.View, o *label.Object) {
	const least = 1 // minimum width, px, for the regression of the size
	box, ok := v.BoxFromPicture(perception.Box{X0: o.X0, Y0: o.Y0, X1: o.X1, Y1: o.Y1})
	whole, parts := v.Uncut(perception.Box{X0: o.X0, Y0: o.Y0, X1: o.X1, Y1: o.Y1})
	o.X0, o.Y0, o.X1, o.Y1 = box.X0, box.Y0, box.X1, box.Y1
	switch {
	case !ok || box.X1-box.X0 < least:
		markIgnored(o)
	case parts && whole.Area() > 0:
		// The view cuts off a part of what the picture shows.
		o.Truncated = 1 - (1-o.Truncated)*box.Area()/whole.Area()
	}
}

// viewClasses draws the drivable cells of a picture, given as runs in a grid of w columns, as
// road on terrain.
func viewClasses(dst []scene.Class, v *camera.View, runs []int, w int) {
	cells := make([]bool, 0, len(dst))
	for i, n := range runs {
		for range n {
			cells = append(cells, i%2 == 1)
		}
	}
	for i := range dst {
		dst[i] = scene.Terrain
		x, y := float64(i%v.To.Width)+.5, float64(i/v.To.Width)+.5
		u, t, ok := v.ToPicture(x, y)
		if !ok || !v.Seen(x, y) {
			continue
		}
		column, row := int(u/network.Stride), int(t/network.Stride)
		if k := row*w + column; column < w && k < len(cells) && cells[k] {
			dst[i] = scene.Road
		}
	}
}
