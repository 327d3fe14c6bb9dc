package route

import (
	"math"

	"roadloop/sim/geom"
	"roadloop/sim/road"
)

// Spacing is the distance between the samples of a path, m.
const Spacing = 0.5

// bendWindow is the half width of the window for curvature, m. It smooths the
// kinks at lane joints.
const bendWindow = 2.0

// Sample is the state of a path at one arc length.
type Sample struct {
	Pose      geom.Pose
	Curvature float64 // 1/m, positive to the left
	Limit     float64 // speed limit, m/s
	// Left and Right are the distances from the path to the edges of the lanes
	// of this direction, and LeftRoad that to the left edge of the road, all
	// positive, m.
	Left, Right, LeftRoad float64
}

// Piece is the section of a path on one lane.
type Piece struct {
	Lane       road.LaneID
	Start, End float64 // on the path, m
}

// Path is a smooth line along consecutive lanes, with stop lines, crosswalks
// and conflicts. S is the arc length from its start. It is immutable.
type Path struct {
	Pieces     []Piece
	Stops      []Stop
	Crosswalks []Crosswalk
	Conflicts  []Conflict
	// End is the arc length by which the car must have left the path or must stop, m.
	End float64

	samples []Sample
}

// Stop is the stop line of a lane with traffic control.
type Stop struct {
	S       float64 // of the line
	Exit    float64 // end of the lane, where the junction begins
	Lane    road.LaneID
	Control road.Control
	Signal  road.SignalID
}

// Crosswalk is a zebra crossing over the path.
type Crosswalk struct {
	Start, End float64 // on the path
	Index      int     // in Map.Crosswalks
}

// Conflict is a section of the path that overlaps another lane of a junction.
type Conflict struct {
	road.Conflict // Start and End are along the path
	Lane          road.LaneID
	Line          float64 // stop line before it, -1 if there is none
	Control       road.Control
	Signal        road.SignalID
}

// Length returns the arc length of the path, m.
func (p *Path) Length() float64 { return float64(len(p.samples)-1) * Spacing }

// Samples returns the samples, Spacing apart; the caller must not change them.
func (p *Path) Samples() []Sample { return p.samples }

// index returns the sample at or before s and the fraction to the next, 0..1;
// outside the path the fraction extrapolates.
func (p *Path) index(s float64) (int, float64) {
	x := s / Spacing
	i := max(0, min(int(x), len(p.samples)-2))
	return i, x - float64(i)
}

// At returns the interpolated sample at s; before the start and past the end it
// extrapolates straight.
func (p *Path) At(s float64) Sample {
	i, t := p.index(s)
	a, b := &p.samples[i], &p.samples[i+1]
	r := *a
	r.Pose.X += t * (b.Pose.X - a.Pose.X)
	r.Pose.Y += t * (b.Pose.Y - a.Pose.Y)
	if t < 0 || t > 1 {
		if t > 1 {
			r.Pose.Yaw = b.Pose.Yaw
		}
		r.Curvature = 0
		return r
	}
	r.Pose.Yaw = geom.WrapAngle(a.Pose.Yaw + t*geom.WrapAngle(b.Pose.Yaw-a.Pose.Yaw))
	r.Curvature += t * (b.Curvature - a.Curvature)
	return r
}

// Curvature returns the curvature at s, 1/m.
func (p *Path) Curvature(s float64) float64 {
	i, t := p.index(s)
	if t < 0 || t > 1 {
		return 0
	}
	return p.samples[i].Curvature + t*(p.samples[i+1].Curvature-p.samples[i].Curvature)
}

// Project returns the Frenet coordinates of the point of the path between from
// and to that is nearest to v.
func (p *Path) Project(v geom.Vec, from, to float64) (s, d float64) {
	first, _ := p.index(from)
	last, _ := p.index(to)
	const stride = 8 // samples; the refinement closes the gap
	best, at := math.Inf(1), first
	for i := first; ; i += stride {
		i = min(i, last+1)
		if dist := v.Sub(p.samples[i].Pose.Pos()); dist.Dot(dist) < best {
			best, at = dist.Dot(dist), i
		}
		if i > last {
			break
		}
	}
	return p.Refine(v, float64(at)*Spacing)
}

// Refine returns the Frenet coordinates of v near the guess, by Newton steps
// along the tangent. It requires points that are nearer than the radius of
// curvature of the path.
func (p *Path) Refine(v geom.Vec, guess float64) (s, d float64) {
	s = guess
	for range 4 {
		at := p.At(s)
		local := at.Pose.ToLocal(v)
		d = local.Y
		step := local.X / math.Max(0.3, 1-at.Curvature*d)
		s += step
		if math.Abs(step) < 1e-3 {
			break
		}
	}
	return s, d
}

// LaneAt returns the lane at s.
func (p *Path) LaneAt(s float64) road.LaneID {
	for i := range p.Pieces {
		if s < p.Pieces[i].End {
			return p.Pieces[i].Lane
		}
	}
	return p.Pieces[len(p.Pieces)-1].Lane
}

// Profile returns the speed at each sample: within the speed limit, with a
// lateral acceleration of at most lateral and a deceleration before slower
// samples of at most brake (both m/s²).
func (p *Path) Profile(lateral, brake float64) []float64 {
	v := make([]float64, len(p.samples))
	for i := len(v) - 1; i >= 0; i-- {
		at := &p.samples[i]
		v[i] = math.Min(at.Limit, math.Sqrt(lateral/math.Max(1e-6, math.Abs(at.Curvature))))
		if i+1 < len(v) {
			v[i] = math.Min(v[i], math.Sqrt(v[i+1]*v[i+1]+2*brake*Spacing))
		}
	}
	return v
}
