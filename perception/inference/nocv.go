//go:build nocv

package inference

import (
	"fmt"

	"roadloop/internal/opencv"
)

// NewOpenCV returns opencv.ErrNotIncluded: this build has no OpenCV.
func NewOpenCV([]byte) (Engine, error) {
	return nil, fmt.Errorf("engine %s: %w", OpenCVName, opencv.ErrNotIncluded)
}
