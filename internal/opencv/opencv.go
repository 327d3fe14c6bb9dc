// Package opencv says whether this build includes OpenCV. The build tag nocv leaves it out.
package opencv

import "errors"

// ErrNotIncluded is the error of a feature that needs OpenCV in a build without it; see
// Included.
var ErrNotIncluded = errors.New("this build has no OpenCV (tag nocv); make build installs OpenCV and builds roadloop with it")
