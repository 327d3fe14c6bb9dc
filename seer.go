package roadloop

import (
	"fmt"
	"math"
	"slices"

	"roadloop/perception"
	"roadloop/sim"
	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/label"
	"roadloop/sim/raster"
	"roadloop/sim/road"
	"roadloop/sim/scene"
	"roadloop/sim/sensor"
	"roadloop/sim/stage"
)

// remembered is how long ago a frame may have been exposed that a Seer is asked
// about, ticks: the longest latency that a rig has, and some.
const remembered = clock.PerSecond + 28

// Seer is a Detector that is told what the pixels of a frame show: it labels every
// road user and signal of which enough is in view, and the lane boundaries, in the
// world at the time of the exposure. Where that is relative to the car it takes from
// the calibration that comes with the frame: a wrong one stays wrong.
type Seer struct {
	cal     sensor.Camera // true
	stage   *stage.Stage
	lens    *raster.Renderer
	list    scene.List
	labeler label.Labeler
	m       *road.Map
	light   scene.Conditions
	past    [remembered]exposure // by time modulo remembered
}

// exposure is the world as a frame shows it. Its time is that of the tick plus one,
// so that the zero value is of no tick.
type exposure struct {
	stamp   clock.Tick
	ego     geom.Pose
	actors  []actor.Actor
	signals []road.SignalState
}

// NewSeer returns a seer for a camera of this calibration in the world. Of frames
// exposed before now it knows nothing and reads nothing.
func NewSeer(w *sim.World, cal *sensor.Camera) (*Seer, error) {
	st, err := stage.New(w.Map())
	if err != nil {
		return nil, fmt.Errorf("looking at the world: %w", err)
	}
	s := &Seer{cal: *cal, stage: st, m: w.Map(), light: w.Conditions()}
	s.lens = raster.New(&s.cal, raster.Channels{Instance: true})
	s.Witness(w)
	return s, nil
}

// Fork returns a seer that knows the same of the past.
func (s *Seer) Fork(*sim.World) (perception.Detector, error) {
	c := &Seer{cal: s.cal, stage: s.stage, m: s.m, light: s.light, past: s.past}
	c.lens = raster.New(&c.cal, raster.Channels{Instance: true})
	for i := range c.past {
		e := &c.past[i]
		e.actors, e.signals = slices.Clone(e.actors), slices.Clone(e.signals)
	}
	return c, nil
}

// Witness remembers the world as it is.
func (s *Seer) Witness(w *sim.World) {
	e := &s.past[w.Time()%remembered]
	e.stamp, e.ego = w.Time()+1, w.Ego().State.Pose
	e.actors = append(e.actors[:0], w.Actors()...)
	e.signals = append(e.signals[:0], w.Signals()...)
}

// Detect fills in what the frame shows. An image of a time that the seer does not
// know comes without calibration, as one that nobody looked at.
func (s *Seer) Detect(f *sensor.Frame, im *perception.Image) error {
	*im = perception.Image{Detections: im.Detections[:0], Boundaries: im.Boundaries[:0]}
	e := &s.past[f.Time%remembered]
	if e.stamp != f.Time+1 {
		return nil
	}
	im.Cal = f.Cal
	view := stage.View{View: scene.View{Cal: &s.cal, Ego: e.ego, Time: f.Time}, Actors: e.actors, Signals: e.signals, Conditions: s.light}
	s.stage.Compose(&s.list, &view)
	for _, o := range s.labeler.Objects(s.lens.Render(&s.list), s.m, &view) {
		if inSight(&o) {
			im.Detections = append(im.Detections, s.detection(&o, f.Cal))
		}
	}
	s.boundaries(e.ego, f.Cal, im)
	return nil
}

// Least that must be seen of an object.
const (
	leastVisible = 0.15
	leastHeight  = 5.0 // px
	mostHidden   = 0.7 // by the edge of the image
	mostVeil     = 0.9 // by fog
)

// inSight tells that enough of an object is in view for anyone to see it.
func inSight(o *label.Object) bool {
	return o.Visible >= leastVisible && o.Y1-o.Y0 >= leastHeight && o.Truncated < mostHidden && o.Veil <= mostVeil &&
		!(o.IsSignal && o.Signal == road.Off)
}

// detection is an object as a perfect network would find it.
func (s *Seer) detection(o *label.Object, cal *sensor.Camera) perception.Detection {
	d := perception.Detection{Class: classOf(o), Score: 1, Box: perception.Box{X0: o.X0, Y0: o.Y0, X1: o.X1, Y1: o.Y1}}
	d.Pos = s.told(o.Pos, (o.Bottom+o.Top)/2, cal)
	ray := d.Pos.Sub(geom.Vec{X: cal.Mount.X, Y: cal.Mount.Y})
	d.Distance, d.DistanceStd, d.Bearing = ray.Norm(), .1, math.Atan2(ray.Y, ray.X)
	d.Heading = geom.WrapAngle(o.Heading + cal.Mount.Yaw)
	return d
}

// told returns where a camera that is said to be calibrated like cal puts a point
// that is at p and z high.
func (s *Seer) told(p geom.Vec, z float64, cal *sensor.Camera) geom.Vec {
	dx, dy, _ := cal.Mount.ToVehicle(s.cal.Mount.ToSensor(p.X, p.Y, z))
	return geom.Vec{X: cal.Mount.X + dx, Y: cal.Mount.Y + dy}
}

// classOf returns what an object is.
func classOf(o *label.Object) perception.Class {
	if !o.IsSignal {
		return perception.Class(o.Kind.Class())
	}
	return perception.SignalClass(o.Signal)
}

// boundaries adds the lane boundaries, as far as they are in the image.
func (s *Seer) boundaries(ego geom.Pose, cal *sensor.Camera, im *perception.Image) {
	lanes, ok := s.labeler.Lanes(s.m, ego)
	if !ok {
		return
	}
	for side, points := range lanes {
		b := perception.Boundary{Side: perception.Side(side), Score: 1}
		for _, p := range points {
			u, v, _, ok := s.cal.Project(p.X, p.Y, 0)
			if ok && u >= 0 && v >= 0 && u < float64(s.cal.Width) && v < float64(s.cal.Height) {
				b.Points = append(b.Points, s.told(p, 0, cal))
			}
		}
		if len(b.Points) > 1 {
			im.Boundaries = append(im.Boundaries, b)
		}
	}
}
