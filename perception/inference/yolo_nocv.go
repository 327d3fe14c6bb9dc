//go:build nocv

package inference

import "roadloop/internal/opencv"

func newYOLORunner([]byte, int, int) (yoloRunner, error) { return nil, opencv.ErrNotIncluded }
