// Package pretext defines training tasks on frames without labels: prediction of
// pixels that the network does not get as input. Masked frames follow SimMIM (Xie et
// al. 2022): patches are blanked and reconstructed with an L1 loss. The other task
// predicts the frame from farther ahead on the road, which requires geometry.
package pretext

import (
	"math"

	"roadloop/perception/network"
	"roadloop/sim/rng"
)

// Channels of a cell: the Stride × Stride pixels that it covers, row by row, as
// network.Scale scales them. In targets, the weight of the cell follows.
const (
	Heads   = 3 * network.Stride * network.Stride
	weight  = Heads
	Targets = Heads + 1
)

// Pixels is the objective of predicting pixels: the mean absolute error over the
// cells, weighted.
type Pixels struct{}

var _ network.Objective = Pixels{}

// Channels returns Heads and Targets.
func (Pixels) Channels() (heads, targets int) { return Heads, Targets }

// Loss sets grad to the gradient of the mean absolute error, which is Total.
func (Pixels) Loss(heads, targets, grad []float32) network.Losses {
	cells := len(heads) / Heads
	all := float32(0)
	for i := range cells {
		all += targets[i*Targets+weight]
	}
	k := 1 / (Heads * max(all, 1))
	sum := 0.0
	for i := range cells {
		h, g := heads[i*Heads:][:Heads], grad[i*Heads:][:Heads]
		t := targets[i*Targets:][:Targets]
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

// Encode writes the pixels of a scaled image with the given width as the targets of
// its cells, each with weight 1.
func Encode(image []float32, width int, target []float32) {
	const k = network.Stride
	for i := range len(target) / Targets {
		x, y := i%(width/k)*k, i/(width/k)*k
		t := target[i*Targets:][:Targets]
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

// Mask blanks random patches of an image with the given width and sets the weight of
// all cells outside of them to 0.
func Mask(r *rng.Stream, image []float32, width int, target []float32) {
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
	for i := range len(target) / Targets {
		x, y := i%(width/k)*k, i/(width/k)*k
		if !hidden[y/patch*across+x/patch] {
			target[i*Targets+weight] = 0
		}
	}
}
