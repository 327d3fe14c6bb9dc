package oracle

import (
	"fmt"
	"math"
	"slices"

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
	cameras []lens
	stage   *scene.Builder
	list    scene.List
	labeler label.Labeler
	m       *road.Map
}

// lens renders the labels of a camera.
type lens struct {
	camera   string         // its name in the rig
	cal      *sensor.Camera // true
	renderer *raster.Renderer
}

// NewDetector returns a detector for the cameras of a rig on a map.
func NewDetector(m *road.Map, sensors *rig.Config) (*Detector, error) {
	st, err := scene.NewBuilder(m)
	if err != nil {
		return nil, fmt.Errorf("labeling frames: %w", err)
	}
	s := &Detector{stage: st, m: m}
	for camera, model := range rig.Of[rig.Camera](sensors) {
		s.cameras = append(s.cameras, newLens(camera.Name, &model.Calibration))
	}
	return s, nil
}

func newLens(camera string, cal *sensor.Camera) lens {
	return lens{camera, cal, raster.New(cal, raster.Channels{Instance: true, Uncolored: true})}
}

// Clone returns a detector of the same cameras.
func (s *Detector) Clone() perception.Detector {
	c := &Detector{stage: s.stage, m: s.m}
	for _, l := range s.cameras {
		c.cameras = append(c.cameras, newLens(l.camera, l.cal))
	}
	return c
}

// Detect fills in what the frame shows. It fails for a frame that is not from the rig of a
// simulation.
func (s *Detector) Detect(f *sensor.Frame, im *perception.Image) error {
	*im = perception.Image{Detections: im.Detections[:0], Boundaries: im.Boundaries[:0], Cal: f.Cal}
	e, ok := f.Truth.(*rig.Exposure)
	if !ok {
		return fmt.Errorf("oracle: the frame of %v carries no ground truth", f.Time)
	}
	i := slices.IndexFunc(s.cameras, func(l lens) bool { return l.camera == f.Sensor })
	if i < 0 {
		return fmt.Errorf("oracle: the frame of %v is from an unknown camera %q", f.Time, f.Sensor)
	}
	l := &s.cameras[i]
	view := e.View()
	view.Cal, view.Exposure, view.Noise, view.NoiseSeed = l.cal, 0, 0, 0
	s.stage.Build(&s.list, &view)
	for _, o := range s.labeler.Objects(l.renderer.Render(&s.list), &s.list, s.m, &view) {
		if inSight(&o) {
			im.Detections = append(im.Detections, l.detection(&o, f.Cal))
		}
	}
	if lanes, ok := s.labeler.Lanes(s.m, view.Ego); ok {
		l.boundaries(lanes[:], f.Cal, im)
	}
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
func (l *lens) detection(o *label.Object, cal *sensor.Camera) perception.Detection {
	d := perception.Detection{Class: classOf(o), Score: 1, Box: perception.Box{X0: o.X0, Y0: o.Y0, X1: o.X1, Y1: o.Y1}}
	d.Pos = l.placed(o.Pos, (o.Bottom+o.Top)/2, cal)
	ray := d.Pos.Sub(geom.Vec{X: cal.Mount.X, Y: cal.Mount.Y})
	d.Distance, d.DistanceStd, d.Bearing = ray.Norm(), .1, math.Atan2(ray.Y, ray.X)
	d.Heading = geom.WrapAngle(o.Heading + cal.Mount.Yaw)
	return d
}

// placed returns where a camera with the calibration cal puts a point at p with height z.
func (l *lens) placed(p geom.Vec, z float64, cal *sensor.Camera) geom.Vec {
	dx, dy, _ := cal.Mount.ToVehicle(l.cal.Mount.ToSensor(p.X, p.Y, z))
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
func (l *lens) boundaries(lanes [][]geom.Vec, cal *sensor.Camera, im *perception.Image) {
	for side, points := range lanes {
		b := perception.Boundary{Side: perception.Side(side), Score: 1}
		for _, p := range points {
			u, v, _, ok := l.cal.Project(p.X, p.Y, 0)
			if ok && u >= 0 && v >= 0 && u < float64(l.cal.Width) && v < float64(l.cal.Height) {
				b.Points = append(b.Points, l.placed(p, 0, cal))
			}
		}
		if len(b.Points) > 1 {
			im.Boundaries = append(im.Boundaries, b)
		}
	}
}
