package trajectory

import "math"

// crawl is the speed of a leader below which its lane is no reason to change: it
// waits for a light, or is passed as an obstacle, m/s.
const crawl = 2.0

// pace returns the mean speed that the line in view lets the car make over the
// next Patience seconds: that of the first leader once the car has closed up to
// it, and no more than takes it to the end of the line.
func (p *Planner) pace() float64 {
	v, over := &p.view, p.params.Patience
	best := math.Min(p.cruiseAt(v.S), math.Max(0, v.Path.End-v.Front)/over)
	for i := range v.Others {
		o := &v.Others[i]
		at := o.At[0]
		gap := at.S - o.Along - v.Front
		if gap < 0 || o.Speed < crawl || o.Track.Existence < p.params.Behavior.Existence ||
			math.Abs(at.D) > o.Across+p.car.HalfWidth+0.25 {
			continue
		}
		way := gap - p.params.Standoff - p.params.Headway*o.Speed + o.Speed*over
		best = math.Min(best, math.Max(o.Speed, way/over))
	}
	return best
}

// gainOf returns how much faster the line in view is than the present one at the
// given pace, as a share of the cruising speed; little where the route leaves the
// line soon, so that nobody overtakes before an exit.
func (p *Planner) gainOf(line int, present float64) float64 {
	gain := (p.pace() - present) / math.Max(1, p.cruiseAt(p.view.S))
	if l := &p.route.Lines[line]; l.Rank < p.route.Last {
		gain *= math.Max(0, math.Min(1, (l.End-p.view.Front-leaveRoom)/leaveRoom))
	}
	return gain
}

// leaveRoom is the way that leaving a line is given, m.
const leaveRoom = 200.0
