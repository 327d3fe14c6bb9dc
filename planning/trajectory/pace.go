package trajectory

import "math"

// crawl is the speed below which a leader is ignored for lane changes, m/s: it
// waits for a light, or the car passes it as an obstacle.
const crawl = 2.0

// pace returns the possible mean speed on the line of the view over the next
// Patience seconds. It is limited by the leaders, after closing up to them, and
// by the end of the line.
func (p *Planner) pace() float64 {
	v, over := &p.view, p.params.GainHorizon
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

// gainOf returns the speed gain of the line of the view over the current line
// with the pace present, as a share of the cruising speed. The gain falls to 0
// near the point where the route leaves the line, to prevent overtaking before an
// exit.
func (p *Planner) gainOf(line int, present float64) float64 {
	gain := (p.pace() - present) / math.Max(1, p.cruiseAt(p.view.S))
	if l := &p.route.Lines[line]; l.Rank < p.route.Last {
		gain *= math.Max(0, math.Min(1, (l.End-p.view.Front-leaveRoom)/leaveRoom))
	}
	return gain
}

// leaveRoom is the distance reserved for leaving a line, m.
const leaveRoom = 200.0
