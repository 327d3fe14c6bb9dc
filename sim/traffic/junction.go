package traffic

import (
	"math"

	"roadloop/sim/road"
)

// crossing is a car's passage of one conflict area of a junction.
type crossing struct {
	*road.Conflict
	by              *driver
	arrives, clears float64 // times until the front enters and the rear leaves, s
	margin          float64 // s
	merges          bool    // both lanes have the same successor
}

// yieldPoint returns the distance from the front to the point where
// the driver must wait for traffic that crosses or joins junction lane l; +Inf if it may
// go. Lane l begins passed meters ahead of the front; line is the distance of
// the stop line before it, +Inf if there is none ahead.
func (d *driver) yieldPoint(l *laneInfo, passed, line float64) float64 {
	nearest := math.Inf(1)
	for k := range l.Conflicts {
		f := &l.Conflicts[k]
		at := passed + f.Start
		if at < -entered {
			continue
		}
		x := crossing{Conflict: f, by: d, margin: d.marginOf(d.env.Now), merges: l.merges[k]}
		x.arrives = travelTime(at, d.v, d.model.A, d.model.V0)
		x.clears = travelTime(passed+f.End+d.shape.Length, d.v, d.model.A, d.model.V0)
		if x.occupied() || f.Yield && x.approached() {
			nearest = math.Min(nearest, waitAt(at, line))
		}
	}
	return nearest
}

// waitAt returns the waiting point for a conflict area that begins at at: the
// stop line if it is still ahead, else just before the area.
func waitAt(at, line float64) float64 {
	if line < at {
		return math.Max(line, 0)
	}
	return math.Max(at-waitMargin, 0)
}

const (
	entered    = 1.5 // distance of the front inside a conflict area from which the driver goes on, m
	waitMargin = 1.5 // distance kept from a conflict area while waiting, m
)

// travelTime returns the time to cover dist from speed v with acceleration a up to the
// speed most.
func travelTime(dist, v, a, most float64) float64 {
	if dist <= 0 {
		return 0
	}
	most = math.Max(most, v+0.1)
	run := (most*most - v*v) / (2 * a)
	if dist <= run {
		return (math.Sqrt(v*v+2*a*dist) - v) / a
	}
	return (most-v)/a + (dist-run)/most
}

// occupied reports whether an actor is in the conflict area and will still be
// there when the car arrives. An actor elsewhere counts at another conflict or as the
// leader.
func (x *crossing) occupied() bool {
	list := x.by.occ.lanes[x.With]
	for j := range list {
		e := &list[j]
		if e.agent == x.by.self || e.rear > x.OtherEnd || e.front < x.OtherStart || e.elsewhere(x.With) {
			continue
		}
		if x.merges && e.v > 2 {
			continue // its tail is handled by leader
		}
		if left := (x.OtherEnd - e.rear) / math.Max(e.v, 0.1); left > x.arrives-0.3 {
			return true
		}
	}
	return false
}

// approached reports whether traffic with the right of way arrives before the car
// can clear the conflict area with its margin.
func (x *crossing) approached() bool {
	list := x.by.occ.lanes[x.With]
	for j := range list {
		e := &list[j]
		if e.agent != x.by.self && e.front < x.OtherStart && x.takenBy(e, x.OtherStart-e.front) {
			return true
		}
	}
	return x.upstream(&x.by.net.lanes[x.With], x.OtherStart, 3)
}

// upstream reports whether there is such traffic on up to depth lanes before l, which
// begins dist before the conflict area.
func (x *crossing) upstream(l *laneInfo, dist float64, depth int) bool {
	for _, id := range l.Prev {
		p := &x.by.net.lanes[id]
		red := p.Control == road.SignalControl && p.Light(x.by.env.Signals) == road.Red
		if x.taken(p, dist+p.length, red) {
			return true
		}
		if depth > 1 && !red && dist+p.length <= lookAhead && x.upstream(p, dist+p.length, depth-1) {
			return true
		}
	}
	return false
}

// taken reports whether there is such traffic on lane p, which begins dist before the
// conflict area. At a red light, only traffic beyond the stop line counts.
func (x *crossing) taken(p *laneInfo, dist float64, red bool) bool {
	list := x.by.occ.lanes[p.ID]
	for j := range list {
		e := &list[j]
		if e.agent == x.by.self || !e.mayReach(x.With) || red && e.front < p.StopS+1 {
			continue
		}
		if x.takenBy(e, dist-e.front) {
			return true
		}
	}
	return false
}

// takenBy reports whether an actor dist before the conflict area takes the gap
// that the car needs. A standing actor that accelerates is assumed to start at 2 m/s.
func (x *crossing) takenBy(e *entry, dist float64) bool {
	v := e.v
	if e.a > 0.2 {
		v = math.Max(v, 2)
	}
	if v < 0.3 {
		return false
	}
	long := e.front - e.rear
	enters := dist / v
	leaves := (dist + x.OtherEnd - x.OtherStart + long) / v
	return enters < x.clears+x.margin && leaves > x.arrives-0.5*x.margin
}
