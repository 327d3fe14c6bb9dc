//go:build nocv

package opencv

// Included reports whether the build includes OpenCV: MP4 and the engine cnn-opencv.
const Included = false
