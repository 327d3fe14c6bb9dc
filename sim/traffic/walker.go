package traffic

import (
	"errors"
	"math"

	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/rng"
)

// PedestrianConfig configures the motion of a pedestrian.
type PedestrianConfig struct {
	Path        []geom.Vec // map frame, at least two points
	Speed       float64    // m/s; 0 draws one by kind
	Wary        bool       // looks before stepping on a lane
	WaitAtStart bool       // stands at the first point until Go
	Loop        bool       // back and forth forever, with a rest of 3 to 15 s at each end
	// Stream is the random stream of the pedestrian's parameters and choices.
	Stream rng.Stream
}

// walker is the state of a pedestrian. Times count down in seconds.
type walker struct {
	path   *geom.Polyline // shared and constant; nil stands
	stream rng.Stream
	wary   bool
	loop   bool
	back   bool // on the way back of a loop

	s      float64 // along path, m
	v      float64 // m/s
	want   float64 // desired speed, m/s
	walked float64 // m since the path began

	held     bool    // ordered to wait or stop
	pausing  float64 // time left of a hesitation, s
	looking  bool    // waits at the edge of a lane for a gap
	blocked  bool    // a vehicle is in the way
	cleared  float64 // value of walked up to which the pedestrian has checked the traffic, m
	margin   float64 // time margin added to a required gap, s
	timidity float64 // probability of a pause when stepping out
}

const (
	stepUp    = 2.0         // acceleration of pedestrians, m/s²
	turnRate  = 2 * math.Pi // turn rate on the spot, rad/s
	usualWalk = 1.34        // mean free walking speed, m/s
	stride    = 0.75        // m of a step, half a cycle of the gait
)

// newWalker returns a pedestrian of the given kind. It returns an error if the path has no
// length.
func newWalker(k actor.Kind, cfg *PedestrianConfig) (walker, error) {
	w := walker{stream: cfg.Stream, wary: cfg.Wary, loop: cfg.Loop, held: cfg.WaitAtStart}
	w.want = cfg.Speed
	if drawn := walkSpeed(k, &w.stream); w.want <= 0 {
		w.want = drawn
	}
	w.margin = math.Max(0.3, 1.5+0.5*w.stream.Norm())
	w.timidity = w.stream.Range(0, 0.5)
	err := w.take(cfg.Path)
	if !w.held {
		w.v = w.want
	}
	return w, err
}

// walkSpeed draws a free walking speed: 1.34 ± 0.26 m/s for adults (Helbing and
// Molnár 1995), a little faster for children.
func walkSpeed(k actor.Kind, s *rng.Stream) float64 {
	mean := usualWalk
	if k == actor.Child {
		mean = 1.6
	}
	return math.Max(0.6, mean+0.26*s.Norm())
}

// take starts the walker on path.
func (w *walker) take(path []geom.Vec) error {
	l, err := geom.NewPolyline(path)
	if err != nil {
		return errors.New("walk: the path needs two different finite points")
	}
	w.path, w.s, w.walked, w.cleared, w.back = &l, 0, 0, 0, false
	return nil
}

// move advances the walker by one tick.
func (w *walker) move(a *actor.Actor) {
	w.pausing = math.Max(0, w.pausing-clock.Step)
	before := w.v
	w.v += math.Max(-stepUp*clock.Step, math.Min(stepUp*clock.Step, w.target()-w.v))
	way := (before + w.v) / 2 * clock.Step
	w.walked += way
	w.along(way)
	w.show(a, before)
}

// target returns the walker's current target speed.
func (w *walker) target() float64 {
	if w.held || w.looking || w.blocked || w.pausing > 0 || w.path == nil || w.ended() {
		return 0
	}
	return w.want
}

// along moves the walker on its path. It turns around at the ends of a loop.
func (w *walker) along(way float64) {
	if w.path == nil {
		return
	}
	end := w.path.Length()
	if w.back {
		way = -way
	}
	w.s += way
	if w.s >= 0 && w.s <= end {
		return
	}
	w.s = math.Max(0, math.Min(end, w.s))
	if w.loop {
		w.back = !w.back
		w.cleared = w.walked
		w.pausing = w.stream.Range(3, 15)
	} else {
		w.v = 0
	}
}

// ended reports whether the walker is at the end of a path that does not loop.
func (w *walker) ended() bool { return !w.loop && w.path != nil && w.s >= w.path.Length() }

// heading returns the direction of the path at the walker.
func (w *walker) heading() float64 {
	yaw := w.path.At(w.s).Yaw
	if w.back {
		yaw += math.Pi
	}
	return yaw
}

// ahead returns the point dist farther along the walker's path.
func (w *walker) ahead(dist float64) geom.Vec {
	if w.back {
		dist = -dist
	}
	return w.path.At(w.s + dist).Pos()
}

// left returns the distance to the end of the path, m.
func (w *walker) left() float64 {
	if w.back {
		return w.s
	}
	return w.path.Length() - w.s
}

// reach returns the pedestrian's look-ahead distance, m: half a meter plus the
// stopping distance.
func (w *walker) reach() float64 { return 0.5 + 0.15*w.v + w.v*w.v/(2*stepUp) }

func (w *walker) show(a *actor.Actor, before float64) {
	s := &a.State
	if w.path != nil {
		p := w.path.At(w.s)
		turn := geom.WrapAngle(w.heading() - s.Pose.Yaw)
		turn = math.Max(-turnRate*clock.Step, math.Min(turnRate*clock.Step, turn))
		s.Pose = geom.Pose{X: p.X, Y: p.Y, Yaw: geom.WrapAngle(s.Pose.Yaw + turn)}
		s.YawRate = turn / clock.Step
	}
	s.Speed, s.Accel = w.v, (w.v-before)/clock.Step
	s.Gait = geom.WrapAngle(s.Gait + math.Pi*w.v*clock.Step/stride)
}

// speed sets the desired speed; zero stops.
func (w *walker) speed(v float64) {
	w.held = v <= 0
	if v > 0 {
		w.want = v
	}
}
