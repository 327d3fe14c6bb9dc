//go:build nocv

package inference

import (
	"fmt"

	"roadloop/internal/opencv"
	"roadloop/perception/network"
)

// NewOpenCV returns opencv.ErrNotIncluded: this build has no OpenCV.
func NewOpenCV([]byte, network.Config) (Engine, error) {
	return nil, fmt.Errorf("engine %s: %w", OpenCVName, opencv.ErrNotIncluded)
}
