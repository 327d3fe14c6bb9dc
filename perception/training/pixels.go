package training

import (
	"math"

	"roadloop/perception/network"
	"roadloop/sim/rng"
)

// Channels of a cell: the Stride × Stride pixels that it covers, row by row, as
// network.Scale scales them. In targets, the weight of the cell follows.
const (
	PixelHeads   = 3 * network.Stride * network.Stride
	weight       = PixelHeads
	PixelTargets = PixelHeads + 1
)

// PixelObjective is the objective of training tasks on frames without labels: prediction
// of pixels that the network does not get as input, with the weighted mean absolute error
// over the cells. Masked frames follow SimMIM (Xie et al. 2022). The other task predicts
// the frame from farther ahead on the road, which requires geometry.
type PixelObjective struct{}

var _ network.Objective = PixelObjective{}

// Channels returns Heads and Targets.
func (PixelObjective) Channels() (heads, targets int) { return PixelHeads, PixelTargets }

// Loss sets grad to the gradient of the mean absolute error, which is Total.
func (PixelObjective) Loss(heads, targets, grad []float32) network.Losses {
	cells := len(heads) / PixelHeads
	all := float32(0)
	for i := range cells {
		all += targets[i*PixelTargets+weight]
	}
	k := 1 / (PixelHeads * max(all, 1))
	sum := 0.0
	for i := range cells {
		h, g := heads[i*PixelHeads:][:PixelHeads], grad[i*PixelHeads:][:PixelHeads]
		t := targets[i*PixelTargets:][:PixelTargets]
		w := t[weight] * k
		for c := range h {
			d := h[c] - t[c]
			sum += float64(w) * math.Abs(float64(d))
			switch {
			case d > 0:
				g[c] = w
			case d < 0:
				g[c] = -w
			default:
				g[c] = 0
			}
		}
	}
	return network.Losses{Total: sum}
}

// EncodePixels writes the pixels of a scaled image with the given width as the targets of
// its cells, each with weight 1.
func EncodePixels(image []float32, width int, target []float32) {
	const k = network.Stride
	for i := range len(target) / PixelTargets {
		x, y := i%(width/k)*k, i/(width/k)*k
		t := target[i*PixelTargets:][:PixelTargets]
		for row := range k {
			copy(t[row*3*k:(row+1)*3*k], image[3*((y+row)*width+x):])
		}
		t[weight] = 1
	}
}

// Size of the masked patches, px, and their share of the image.
const (
	patch = 32
	share = 0.6
)

// MaskPixels blanks random patches of an image with the given width and sets the weight of
// all cells outside of them to 0.
func MaskPixels(r *rng.Stream, image []float32, width int, target []float32) {
	height := len(image) / 3 / width
	across := (width + patch - 1) / patch
	hidden := make([]bool, across*((height+patch-1)/patch))
	for i := range hidden {
		hidden[i] = r.Chance(share)
	}
	for y := range height {
		for x := range width {
			if hidden[y/patch*across+x/patch] {
				clear(image[3*(y*width+x):][:3])
			}
		}
	}
	const k = network.Stride
	for i := range len(target) / PixelTargets {
		x, y := i%(width/k)*k, i/(width/k)*k
		if !hidden[y/patch*across+x/patch] {
			target[i*PixelTargets+weight] = 0
		}
	}
}
