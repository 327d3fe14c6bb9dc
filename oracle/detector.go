package oracle

import (
	"fmt"
	"math"

	"roadloop/perception"
	"roadloop/sim/geom"
	"roadloop/sim/label"
	"roadloop/sim/raster"
	"roadloop/sim/rig"
	"roadloop/sim/road"
	"roadloop/sim/scene"
	"roadloop/sim/sensor"
)

// Detector is a perception.Detector that reads the labels of a frame: the road users and
// signals that are visible enough, and the lane boundaries. It places them relative to the
// car by the calibration that comes with the frame: an error of it stays.
type Detector struct {
	cal     sensor.Camera // true
	stage   *scene.Builder
	lens    *raster.Renderer
	list    scene.List
	labeler label.Labeler
	m       *road.Map
}

// NewDetector returns a detector for a camera of this calibration on a map.
func NewDetector(m *road.Map, cal *sensor.Camera) (*Detector, error) {
	st, err := scene.NewBuilder(m)
	if err != nil {
		return nil, fmt.Errorf("labeling frames: %w", err)
	}
	return newDetector(m, cal, st), nil
}

func newDetector(m *road.Map, cal *sensor.Camera, st *scene.Builder) *Detector {
	s := &Detector{cal: *cal, stage: st, m: m}
	s.lens = raster.New(&s.cal, raster.Channels{Instance: true})
	return s
}

// Clone returns a detector of the same camera.
func (s *Detector) Clone() perception.Detector { return newDetector(s.m, &s.cal, s.stage) }

// Detect fills in what the frame shows. It fails for a frame that is not from the rig of a
// simulation.
func (s *Detector) Detect(f *sensor.Frame, im *perception.Image) error {
	*im = perception.Image{Detections: im.Detections[:0], Boundaries: im.Boundaries[:0], Cal: f.Cal}
	e, ok := f.Truth.(*rig.Exposure)
	if !ok {
		return fmt.Errorf("oracle: the frame of %v carries no ground truth", f.Time)
	}
	view := e.View()
	view.Cal, view.Exposure, view.Noise, view.NoiseSeed = &s.cal, 0, 0, 0
	s.stage.Build(&s.list, &view)
	for _, o := range s.labeler.Objects(s.lens.Render(&s.list), &s.list, s.m, &view) {
		if inSight(&o) {
			im.Detections = append(im.Detections, s.detection(&o, f.Cal))
		}
	}
	s.boundaries(view.Ego, f.Cal, im)
	return nil
}

// Least that must be seen of an object.
const (
	leastVisible = 0.15
	leastHeight  = 5.0 // px
	mostHidden   = 0.7 // by the edge of the image
	mostVeil     = 0.9 // by fog
)

// inSight reports whether enough of an object is in view.
func inSight(o *label.Object) bool {
	return o.Visible >= leastVisible && o.Y1-o.Y0 >= leastHeight && o.Truncated < mostHidden && o.FogLoss <= mostVeil &&
		!(o.IsSignal && o.Signal == road.Off)
}

// detection is an object as a perfect network would find it.
func (s *Detector) detection(o *label.Object, cal *sensor.Camera) perception.Detection {
	d := perception.Detection{Class: classOf(o), Score: 1, Box: perception.Box{X0: o.X0, Y0: o.Y0, X1: o.X1, Y1: o.Y1}}
	d.Pos = s.placed(o.Pos, (o.Bottom+o.Top)/2, cal)
	ray := d.Pos.Sub(geom.Vec{X: cal.Mount.X, Y: cal.Mount.Y})
	d.Distance, d.DistanceStd, d.Bearing = ray.Norm(), .1, math.Atan2(ray.Y, ray.X)
	d.Heading = geom.WrapAngle(o.Heading + cal.Mount.Yaw)
	return d
}

// placed returns where a camera with the calibration cal puts a point at p with height z.
func (s *Detector) placed(p geom.Vec, z float64, cal *sensor.Camera) geom.Vec {
	dx, dy, _ := cal.Mount.ToVehicle(s.cal.Mount.ToSensor(p.X, p.Y, z))
	return geom.Vec{X: cal.Mount.X + dx, Y: cal.Mount.Y + dy}
}

// classOf returns the class of an object.
func classOf(o *label.Object) perception.Class {
	if !o.IsSignal {
		return perception.ClassOf(o.Kind)
	}
	return perception.SignalClass(o.Signal)
}

// boundaries adds the parts of the lane boundaries that are in the image.
func (s *Detector) boundaries(ego geom.Pose, cal *sensor.Camera, im *perception.Image) {
	lanes, ok := s.labeler.Lanes(s.m, ego)
	if !ok {
		return
	}
	for side, points := range lanes {
		b := perception.Boundary{Side: perception.Side(side), Score: 1}
		for _, p := range points {
			u, v, _, ok := s.cal.Project(p.X, p.Y, 0)
			if ok && u >= 0 && v >= 0 && u < float64(s.cal.Width) && v < float64(s.cal.Height) {
				b.Points = append(b.Points, s.placed(p, 0, cal))
			}
		}
		if len(b.Points) > 1 {
			im.Boundaries = append(im.Boundaries, b)
		}
	}
}
