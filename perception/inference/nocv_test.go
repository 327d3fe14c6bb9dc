//go:build nocv

package inference

import (
	"errors"
	"testing"

	"roadloop/internal/opencv"
	"roadloop/perception/network"
)

func TestOpenCVEngineNeedsOpenCV(t *testing.T) {
	w, err := network.NewWeights(network.Config{Width: 96, Height: 64, Widths: [6]int{8, 12, 16, 20, 24, 8}}, 4)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(OpenCVName, w); !errors.Is(err, opencv.ErrNotIncluded) {
		t.Errorf("%v, want %v", err, opencv.ErrNotIncluded)
	}
}
