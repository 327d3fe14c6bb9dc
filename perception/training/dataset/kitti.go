package dataset

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"strings"

	"roadloop/perception"
	"roadloop/perception/camera/kitti"
	"roadloop/perception/results"
	"roadloop/perception/training/synth"
	"roadloop/sim/geom"
	"roadloop/sim/label"
	"roadloop/sim/sensor"
)

// kittiLayout is the layout of KITTI's object benchmark: image_2, label_2, calib and
// velodyne below training/, and below testing/ for the test list, and ImageSets/.
type kittiLayout struct{}

// kittiTypes are the names of the classes: KITTI's if it has one.
var kittiTypes = [perception.NumClasses]string{
	"Car", "Truck", "Pedestrian", "Cyclist", "Cone", "SignalRed", "SignalAmber", "SignalGreen",
}

// dontCare is the type of ignored objects.
const dontCare = "DontCare"

// unknownAngle is the value of an unknown alpha or rotation_y.
const unknownAngle = -10.0

// kittiFields are the fields of a line of labels after the type.
var kittiFields = [14]string{
	"truncated", "occluded", "alpha", "left", "top", "right", "bottom",
	"height", "width", "length", "x", "y", "z", "rotation_y",
}

// kittiObject is a label line: boxes in px, sizes and the middle of the underside in
// m in the label frame (x right, y down, z forward), angles about its y axis.
type kittiObject struct {
	Type           string
	Truncated      float64 // 0..1, -1 unknown
	Occluded       int     // 0 visible, 1 partly, 2 largely hidden, 3 or -1 unknown
	Alpha          float64 // rotation_y minus the bearing of the object
	X0, Y0, X1, Y1 float64
	H, W, L        float64 // -1 unknown
	X, Y, Z        float64 // -1000 unknown
	RotationY      float64 // of the object's forward axis from x; -10 unknown
}

// String returns the label line.
func (o *kittiObject) String() string {
	return fmt.Sprintf("%s %g %d %g %g %g %g %g %g %g %g %g %g %g %g", o.Type, round(o.Truncated), o.Occluded, round(o.Alpha),
		round(o.X0), round(o.Y0), round(o.X1), round(o.Y1), round(o.H), round(o.W), round(o.L),
		round(o.X), round(o.Y), round(o.Z), round(o.RotationY))
}

// parseKITTI parses a label line. A 16th field, the score of a detector, is ignored.
func parseKITTI(line string) (kittiObject, error) {
	var v [len(kittiFields) + 1]float64
	fields := strings.Fields(line)
	if n := len(fields); n != len(v) && n != len(v)+1 {
		return kittiObject{}, fmt.Errorf("%d fields, want %d, or %d with a score", n, len(v), len(v)+1)
	}
	for i, name := range append(kittiFields[:], "score")[:len(fields)-1] {
		f, err := strconv.ParseFloat(fields[1+i], 64)
		if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
			return kittiObject{}, fmt.Errorf("field %d (%s): %q is not a finite number", i+2, name, fields[1+i])
		}
		v[i] = f
	}
	if v[0] != -1 && (v[0] < 0 || v[0] > 1) {
		return kittiObject{}, fmt.Errorf("field 2 (truncated): %g, want 0 to 1, or -1", v[0])
	}
	if v[1] != math.Trunc(v[1]) || v[1] < -1 || v[1] > 3 {
		return kittiObject{}, fmt.Errorf("field 3 (occluded): %g, want -1, 0, 1, 2 or 3", v[1])
	}
	if v[2] != unknownAngle && math.Abs(v[2]) > 2*maxAngle { // a difference of angles, not wrapped by all programs
		return kittiObject{}, fmt.Errorf("field 4 (alpha): %g rad, want -2π to 2π, or %g", v[2], unknownAngle)
	}
	if v[13] != unknownAngle && math.Abs(v[13]) > maxAngle {
		return kittiObject{}, fmt.Errorf("field 15 (rotation_y): %g rad, want -π to π, or %g", v[13], unknownAngle)
	}
	return kittiObject{
		Type: fields[0], Truncated: v[0], Occluded: int(v[1]), Alpha: v[2], X0: v[3], Y0: v[4], X1: v[5], Y1: v[6],
		H: v[7], W: v[8], L: v[9], X: v[10], Y: v[11], Z: v[12], RotationY: v[13],
	}, nil
}

// newKITTIObject returns the label of a visible object.
func newKITTIObject(o *label.Object, cal *sensor.Camera) kittiObject {
	k := kittiObject{
		Type: dontCare, Truncated: -1, Occluded: -1, Alpha: -10, X0: o.X0, Y0: o.Y0, X1: o.X1, Y1: o.Y1,
		H: -1, W: -1, L: -1, X: -1000, Y: -1000, Z: -1000, RotationY: -10,
	}
	if !synth.Labeled(o) {
		return k
	}
	k.Type, k.Truncated, k.Occluded = kittiTypes[synth.Class(o)], o.Truncated, results.Occlusion(o.Visible)
	k.H, k.W, k.L = o.Top-o.Bottom, o.Width, o.Length
	level := kitti.Levelled(cal)
	k.X, k.Y, k.Z = level.ToSensor(o.Pos.X, o.Pos.Y, o.Bottom)
	k.RotationY = geom.WrapAngle(-o.Heading - math.Pi/2)
	k.Alpha = geom.WrapAngle(k.RotationY - math.Atan2(k.X, k.Z))
	return k
}

// calibration returns KITTI's calibration of a frame: from the lidar frame of its scan, or
// from the vehicle frame.
func (s *exportFrame) calibration() (*kitti.Calibration, error) {
	var from sensor.Mount
	if s.scan != nil {
		from = lidarFrame(&s.scan.Cal.Mount)
	}
	return kitti.NewCalibration(s.Actual, from)
}

func (kittiLayout) holds() holds { return holds{lidar: true, lists: true, alone: true} }

// kittiFolder is the folder of the frames of a list.
func kittiFolder(s Subset) string {
	if s == SubsetTest {
		return "testing"
	}
	return "training"
}

func (kittiLayout) picture(p place, _ string) string {
	return fmt.Sprintf("%s/image_2/%06d.png", kittiFolder(p.Subset), p.Number)
}

func (kittiLayout) frame(s *exportFrame) ([]file, any, error) {
	c, err := s.calibration()
	if err != nil {
		return nil, nil, err
	}
	var b bytes.Buffer
	for i := range s.Objects {
		k := newKITTIObject(&s.Objects[i], s.Actual)
		fmt.Fprintln(&b, &k)
	}
	folder := kittiFolder(s.Subset)
	files := []file{
		{path: fmt.Sprintf("%s/label_2/%06d.txt", folder, s.number), data: b.Bytes()},
		{path: fmt.Sprintf("%s/calib/%06d.txt", folder, s.number), data: []byte(c.String())},
	}
	if s.scan != nil {
		files = append(files, file{path: fmt.Sprintf("%s/velodyne/%06d.bin", folder, s.number), data: velodyne(s.scan)})
	}
	return files, nil, nil
}

// finish writes the lists of frames.
func (kittiLayout) finish(parts []part) (files []file, err error) {
	lists := make(map[string]*bytes.Buffer)
	names := []string{"train", "val", "trainval", "test"}
	for _, name := range names {
		lists[name] = new(bytes.Buffer)
	}
	for i := range parts {
		list := string(parts[i].Place.Subset)
		fmt.Fprintf(lists[list], "%06d\n", parts[i].Frame)
		if list != "test" {
			fmt.Fprintf(lists["trainval"], "%06d\n", parts[i].Frame)
		}
	}
	for _, name := range names {
		files = append(files, file{path: "ImageSets/" + name + ".txt", data: lists[name].Bytes()})
	}
	return files, nil
}

// kittiSensorNote explains the calibration of both of KITTI's layouts.
const kittiSensorNote = "There is one camera: P0, P1 and P3 equal P2. `velodyne` holds points as float32 x, y, z, intensity in the frame of the lidar, with its axes parallel to the vehicle frame; the ground returns no points. `Tr_velo_to_cam` transforms from that frame, and without a lidar from the vehicle frame (origin at the rear axle on the ground, x forward, y left, z up). `Tr_imu_to_velo` transforms from the vehicle frame to the lidar, and is the identity without one. Its rotation is exactly the identity, which distinguishes roadloop's folders from KITTI's."

func (kittiLayout) notes() []string {
	return []string{
		"Types are Car (also vans), Truck (also buses), Pedestrian (also children), Cyclist (also motorcycles), and roadloop's extensions Cone (also other debris), SignalRed, SignalAmber and SignalGreen, which KITTI's evaluation ignores. Objects that are too hidden, small, far or deep in fog are DontCare.",
		"Locations and `rotation_y` are in a level camera frame: its origin is the camera, y points straight down and z is the horizontal direction of the optical axis, so that boxes are upright. `P2` = K·R contains the pitch and roll R of the camera and projects these coordinates to pixels exactly; programs that use `P2` as K alone have an error of that tilt, about 1°. `R0_rect` is the identity.",
		"`ImageSets` lists the frames for training, validation and test; test frames are below `testing/`, with labels.",
		kittiSensorNote,
		"The box in the image bounds the shape of the object, hidden parts included. Height, width, length and location are of the nominal box in space; limbs can stick out of it, so its projection is not exactly the box in the image.",
		"Occlusion 0, 1, 2: at least 80 %, at least 50 %, less of the object is visible. Truncation is the share of the bounds of the box in space that is outside of the image.",
		"Pixel coordinates are continuous: 0 is the left or the upper edge of the image, and the width or the height is the other edge.",
	}
}
