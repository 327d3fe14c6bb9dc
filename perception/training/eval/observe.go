package eval

import (
	"fmt"
	"math"
	"slices"

	"roadloop/perception"
	"roadloop/perception/inference"
	"roadloop/perception/network"
	"roadloop/perception/scoring"
	"roadloop/perception/training/synth"
	"roadloop/sim/geom"
	"roadloop/sim/label"
	"roadloop/sim/sensor"
)

// observation holds the truth of a frame and the network's output.
type observation struct {
	frame   int64
	weather string
	truths  []scoring.Truth
	found   []perception.Detection
	sides   [perception.NumSides]boundaries
	// lines are the boundaries in the image, true and found; unseen is the number of
	// true ones that are too hidden or too short to be required.
	lines      [2][][]geom.Vec
	unseen     int
	scoreLanes bool // boundaries are defined and count
	placed     bool // distances and headings are labelled
	sized      bool // lengths and widths too
	graded     bool // KITTI's difficulties are labelled: occlusion and truncation
	height     int  // of the image, px
	drivable   scoring.Area
	picture    pictureObservation
	onDisk     bool // boxes are in pixels of a picture on disk
	views      int  // of the picture
}

// boundaries are a true and the found boundary, in the vehicle frame.
type boundaries struct{ truth, found []geom.Vec }

// frameEvaluator evaluates frames. It is not safe for concurrent use.
type frameEvaluator struct {
	config               network.Config
	engine               inference.Engine
	frames               Frames
	image, heads, target []float32
	found                perception.Image
	pictures             *inference.PictureDetector // for frames from disk
	inPicture            inference.Found
}

// observe fills o for frame i.
func (w *frameEvaluator) observe(i int64, o *observation) error {
	f, err := w.find(i)
	if err != nil {
		return err
	}
	*o = observation{
		frame: i, weather: f.Weather(),
		truths: Truths(o.truths[:0], f), found: w.evaluated(o.found[:0], f),
		placed: !f.Ignore.Place, height: f.Image.Height, picture: o.picture,
		graded: f.Map != nil || f.Picture != nil && f.Picture.KITTI,
	}
	if p := f.Picture; p != nil {
		o.height, o.onDisk, o.views = p.Camera.Height, true, w.inPicture.Views
	}
	o.picture.fill(i, f, o)
	o.lanes(f, &w.found)
	o.sized = o.placed && !slices.ContainsFunc(o.truths, func(t scoring.Truth) bool { return !t.Ignore && t.Length == 0 })
	if f.Ignore.Drivable {
		return nil
	}
	for k, p := range w.found.Drivable {
		o.drivable.Add(w.target[k*network.TargetChannels+network.DrivableChannel] > .5, p > .5)
	}
	return nil
}

// find gets frame i and runs the network on it.
func (w *frameEvaluator) find(i int64) (*synth.Frame, error) {
	f, err := w.frames.Frame(i)
	if err != nil {
		return nil, err
	}
	if f.Image.Width != w.config.Width || f.Image.Height != w.config.Height {
		return nil, fmt.Errorf("the network needs %d×%d pixels, the frame has %d×%d", w.config.Width, w.config.Height, f.Image.Width, f.Image.Height)
	}
	w.frames.Encode(f, w.image, w.target)
	if p := f.Picture; p != nil {
		if err := w.pictures.Detect(p.RGB, &p.Camera, &w.inPicture); err != nil {
			return nil, err
		}
		w.found = w.inPicture.Ahead
		return f, nil
	}
	if err := w.engine.Infer(w.image, w.heads); err != nil {
		return nil, err
	}
	decoder := inference.Decoder{MinScore: minScore}
	decoder.Decode(w.heads, f.Camera, &w.found)
	return f, nil
}

// evaluated appends the detections in the last frame, in the pixels of Truths. Those of
// unlabelled classes do not count.
func (w *frameEvaluator) evaluated(dst []perception.Detection, f *synth.Frame) []perception.Detection {
	found := w.found.Detections
	if f.Picture != nil {
		found = w.inPicture.Detections
	}
	return slices.DeleteFunc(append(dst, found...), func(d perception.Detection) bool { return f.Ignore.Classes[d.Class] })
}

// lanes fills in the lane boundaries.
func (o *observation) lanes(f *synth.Frame, im *perception.Image) {
	if o.scoreLanes = !f.NoLanes; !o.scoreLanes {
		o.unseen = perception.NumSides
	}
	for side := range perception.NumSides {
		found := scoring.Boundary(im, perception.Side(side))
		o.lines[1] = append(o.lines[1], onImage(found, f.Camera))
		o.sides[side] = boundaries{VisiblePart(f.Lanes[side], f.Actual), append([]geom.Vec(nil), found...)}
		switch {
		case len(f.Lanes[side]) == 0:
		case f.BoundaryVisible(label.Boundary(side)):
			o.lines[0] = append(o.lines[0], onImage(f.Lanes[side], f.Actual))
		default:
			o.unseen++
		}
	}
}

// Truths appends the objects of a frame. Their distance is NaN if the frame lacks it.
// In frames from disk the labels decide which objects need not be found, and boxes are in
// pixels of the picture: an object that the network's view does not show is missed.
func Truths(dst []scoring.Truth, f *synth.Frame) []scoring.Truth {
	objects, yaw := f.Objects, f.Actual.Mount.Yaw
	if f.Picture != nil {
		objects, yaw = f.Picture.Objects, f.Picture.Camera.Mount.Yaw
	}
	for i := range objects {
		o := &objects[i]
		ignore := !synth.Labeled(o)
		if f.Map == nil {
			ignore = o.Visible == 0
		}
		distance := o.Distance
		if f.Ignore.Place {
			distance = math.NaN()
		}
		dst = append(dst, scoring.Truth{
			Class: synth.Class(o), Box: perception.Box{X0: o.X0, Y0: o.Y0, X1: o.X1, Y1: o.Y1},
			Distance: distance, Pos: o.Pos, Heading: geom.WrapAngle(o.Heading + yaw),
			Length: o.Length, Width: o.Width, Visible: o.Visible, Truncated: o.Truncated,
			Ignore: ignore,
		})
	}
	return dst
}

// onImage projects points on the ground to pixels.
func onImage(pts []geom.Vec, cal *sensor.Camera) []geom.Vec {
	var out []geom.Vec
	for _, p := range pts {
		if u, v, _, ok := cal.Project(p.X, p.Y, 0); ok {
			out = append(out, geom.Vec{X: u, Y: v})
		}
	}
	return out
}

// VisiblePart returns the part of a boundary in the image.
func VisiblePart(pts []geom.Vec, cal *sensor.Camera) []geom.Vec {
	var out []geom.Vec
	for _, p := range pts {
		u, v, _, ok := cal.Project(p.X, p.Y, 0)
		if ok && u >= 0 && v >= 0 && u < float64(cal.Width) && v < float64(cal.Height) {
			out = append(out, p)
		}
	}
	return out
}
