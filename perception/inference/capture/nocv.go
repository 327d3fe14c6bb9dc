//go:build nocv

package capture

import (
	"fmt"

	"roadloop/internal/opencv"
)

// OpenVideo returns opencv.ErrNotIncluded: this build has no OpenCV.
func OpenVideo(path string) (Video, error) {
	return nil, fmt.Errorf("video %s: %w", path, opencv.ErrNotIncluded)
}

// OpenWebcam returns opencv.ErrNotIncluded: this build has no OpenCV.
func OpenWebcam(number int) (Video, error) {
	return nil, fmt.Errorf("webcam %d: %w", number, opencv.ErrNotIncluded)
}
