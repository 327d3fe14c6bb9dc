package training

import (
	"math"
	"testing"

	"roadloop/perception/network"
	"roadloop/sim/rng"
)

// One of two cells counts; of its 48 values one is off by 2 and one by −1, so the
// mean error is 3/48.
func TestLossByHand(t *testing.T) {
	heads, targets, grad := make([]float32, 2*PixelHeads), make([]float32, 2*PixelTargets), make([]float32, 2*PixelHeads)
	heads[3], heads[7] = 2, -1
	targets[weight] = 1
	heads[PixelHeads+5] = 100 // of the cell without weight
	l := PixelObjective{}.Loss(heads, targets, grad)
	if math.Abs(l.Total-3./48) > 1e-7 {
		t.Errorf("loss %g, want %g", l.Total, 3./48)
	}
	for i, g := range grad {
		want := float32(0)
		switch i {
		case 3:
			want = 1. / 48
		case 7:
			want = -1. / 48
		}
		if g != want {
			t.Errorf("gradient %d is %g, want %g", i, g, want)
		}
	}
}

func TestLossWithoutWeightsIsZero(t *testing.T) {
	heads, grad := make([]float32, PixelHeads), make([]float32, PixelHeads)
	heads[0] = 5
	if l := (PixelObjective{}).Loss(heads, make([]float32, PixelTargets), grad); l.Total != 0 || grad[0] != 0 {
		t.Errorf("loss %g, gradient %g", l.Total, grad[0])
	}
}

// numberedImage returns an image with unique values.
func numberedImage(w, h int) []float32 {
	im := make([]float32, 3*w*h)
	for i := range im {
		im[i] = float32(i + 1)
	}
	return im
}

func TestEncodeCopiesPixelsOfCell(t *testing.T) {
	const w, h = 16, 8
	im := numberedImage(w, h)
	target := make([]float32, w/4*h/4*PixelTargets)
	EncodePixels(im, w, target)
	cell := target[(1*(w/4)+2)*PixelTargets:][:PixelTargets] // columns 8 to 11 of rows 4 to 7
	for row := range network.Stride {
		for col := range network.Stride {
			for c := range 3 {
				got, want := cell[3*(row*network.Stride+col)+c], im[3*((4+row)*w+8+col)+c]
				if got != want {
					t.Fatalf("row %d, column %d, color %d is %g, want %g", row, col, c, got, want)
				}
			}
		}
	}
	if cell[weight] != 1 {
		t.Errorf("weight %g, want 1", cell[weight])
	}
}

// Masked cells are blank and have weight, other cells have neither; the target pixels
// do not change.
func TestMaskWeightsHiddenCells(t *testing.T) {
	const w, h = 320, 192
	im := numberedImage(w, h)
	target := make([]float32, w/4*h/4*PixelTargets)
	EncodePixels(im, w, target)
	r := rng.New(1, "test", "mask")
	MaskPixels(&r, im, w, target)
	asked := 0
	for i := range w / 4 * (h / 4) {
		x, y := i%(w/4)*4, i/(w/4)*4
		blank := im[3*(y*w+x)] == 0 && im[3*((y+3)*w+x+3)+2] == 0
		cell := target[i*PixelTargets:][:PixelTargets]
		if blank != (cell[weight] == 1) {
			t.Fatalf("cell %d: blank %v, weight %g", i, blank, cell[weight])
		}
		if cell[0] != float32(3*(y*w+x)+1) {
			t.Fatalf("cell %d: the target was changed", i)
		}
		if blank {
			asked++
		}
	}
	if part := float64(asked) / (w / 4 * h / 4); part < .4 || part > .8 {
		t.Errorf("%.2f of the frame is masked, want about %.2f", part, share)
	}
}
