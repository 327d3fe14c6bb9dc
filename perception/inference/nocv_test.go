//go:build nocv

package inference

import (
	"errors"
	"testing"

	"roadloop/internal/opencv"
)

func TestOpenCVEngineNeedsOpenCV(t *testing.T) {
	if _, err := NewOpenCV(nil); !errors.Is(err, opencv.ErrNotIncluded) {
		t.Errorf("%v, want %v", err, opencv.ErrNotIncluded)
	}
}
