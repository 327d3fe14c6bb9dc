//go:build nocv

package inference

import "roadloop/internal/opencv"

// NewOpenCV returns opencv.ErrNotIncluded: this build has no OpenCV.
func NewOpenCV([]byte) (Engine, error) { return nil, opencv.ErrNotIncluded }
