// Package results writes what a detector or a tracker found in images, and the true
// objects, in the formats that public evaluation tools read: COCO results and instances
// (pycocotools), KITTI object results and labels (KITTI's development kit), nuScenes
// detection results (nuscenes-devkit), MOTChallenge and KITTI tracking (TrackEval). It
// also reads these files, with readers that share no code with the writers.
//
// Boxes in the image are in pixels of the picture that the user has: x grows right, y
// down, and (0, 0) is the upper left corner of the upper left pixel. Boxes in space are in
// meters, in the vehicle frame of the image: origin at the rear axle on the ground, x
// forward, y left, z up. Each writer converts them to the frame and the units of its
// format. The package evaluates nothing; package scoring does.
package results

import (
	"roadloop/perception"
	"roadloop/sim/geom"
	"roadloop/sim/sensor"
)

// Image identifies an image, and says where it was taken.
type Image struct {
	// Index is the number of the image in its sequence, from 0: the frame number of KITTI
	// tracking; MOTChallenge counts from 1.
	Index int
	// ID is COCO's image id. Digits are written as a number, other texts as a string.
	ID string
	// Name is the file name of the picture. KITTI's files are named after it; nuScenes'
	// sample token is the name without its extension.
	Name          string
	Width, Height int // px; needed for the true objects of COCO
	// Camera took the image; KITTI needs it for boxes in space.
	Camera *sensor.Camera
	// Labels transforms from the vehicle frame to the label frame of a KITTI data set (x
	// right, y down, z forward). The label frame of a nil transform is that of Camera
	// without its pitch and roll, as in roadloop's own data sets.
	Labels *Transform
	// Ego is the pose of the vehicle frame in the map; nuScenes uses it.
	Ego geom.Pose
}

// Transform is a rigid transform by rows: a rotation, and a translation in m as the fourth
// column.
type Transform [3][4]float64

// Object is an object in an image: a found one, or a true one with its label.
type Object struct {
	// Class is the name of its class, such as "car" or "signal red". The writers of KITTI
	// and nuScenes write the names of these data sets for roadloop's and COCO's classes.
	Class string
	// ID is that of the track, constant over the images of a sequence, from 1; 0 if the
	// object is not tracked.
	ID    int64
	Score float64 // 0..1, of a found object
	Box   perception.Box
	Space *Space // nil if unknown

	// The rest belongs to a true object.

	// Visible is the visible fraction of the object, Truncated the fraction of it outside
	// of the image.
	Visible, Truncated float64
	// Area is that of the object's mask, px²; 0 means that of the box.
	Area float64
	// Ignore marks an object that may be found but need not (COCO's iscrowd). Region marks
	// an ignored region (KITTI's DontCare): KITTI and TrackEval accept any number of
	// detections in it, but one for another ignored object, which is written as occluded to
	// the degree 3.
	Ignore, Region bool
}

// Space is an upright box in space, in the vehicle frame.
type Space struct {
	Pos           geom.Vec // middle, m
	Bottom, Top   float64  // heights above the ground, m
	Heading       float64  // from the x axis, counter-clockwise, rad
	Length, Width float64  // m
	// Vel is the velocity over ground along the axes of the vehicle frame, m/s; nil if
	// unknown.
	Vel *geom.Vec
}

// Writer writes the objects of images to a file or a folder. Files get their names only
// when they are complete: those of the formats with one file for each image at once, all
// others by Close.
type Writer interface {
	// Write writes the objects of the next image. An image without objects must be written,
	// too: several formats list it. It keeps no reference to its arguments.
	Write(im *Image, objects []Object) error
	// Close completes the file and replaces the file of that name.
	Close() error
	// Discard removes an incomplete file. It does nothing after Close, so that it can be
	// deferred.
	Discard() error
}

// Category is a category of COCO.
type Category struct {
	ID   int
	Name string
}

// Categories returns roadloop's classes as COCO's categories: ids from 1, because
// pycocotools treats 0 as none.
func Categories() (out []Category) {
	for c := range perception.NumClasses {
		out = append(out, Category{c + 1, perception.Class(c).String()})
	}
	return out
}
