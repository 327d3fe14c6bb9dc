//go:build nocv

package video

import "roadloop/internal/opencv"

// newH264Writer returns opencv.ErrNotIncluded: this build has no OpenCV.
func newH264Writer(string, float64, int, int) (h264Writer, error) {
	return nil, opencv.ErrNotIncluded
}
