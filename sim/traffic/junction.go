package traffic

import (
	"math"

	"roadloop/sim/road"
)

// crossing is agent i's passage of one conflict area of a junction.
type crossing struct {
	conflict        *road.Conflict
	arrives, clears float64 // times until its front enters and its rear leaves, s
	margin          float64 // s
	merges          bool    // both lanes go on as the same lane
}

// yieldPoint returns the distance from the front of agent i to where it must
// wait for others to cross or join junction lane l; +Inf if the way is clear.
// Lane l begins passed ahead of its front; line is the distance of the stop line
// before it, +Inf if there is none ahead.
func (t *Traffic) yieldPoint(env *Env, i int, m *IDM, l *road.Lane, passed, line float64) float64 {
	c := &t.agents[i].car
	long := env.Actors[i].Shape.Length
	nearest := math.Inf(1)
	for k := range l.Conflicts {
		f := &l.Conflicts[k]
		at := passed + f.Start
		if at < -entered {
			continue
		}
		x := crossing{conflict: f, margin: c.marginOf(env.Now), merges: t.net.lanes[l.ID].merges[k]}
		x.arrives = travelTime(at, c.v, m.A, m.V0)
		x.clears = travelTime(passed+f.End+long, c.v, m.A, m.V0)
		if t.occupied(i, &x) || f.Yield && t.approached(env, i, &x) {
			nearest = math.Min(nearest, waitAt(at, line))
		}
	}
	return nearest
}

// waitAt returns where to wait for a conflict area that begins at: at the stop
// line if it is still ahead, else just before the area.
func waitAt(at, line float64) float64 {
	if line < at {
		return math.Max(line, 0)
	}
	return math.Max(at-waitMargin, 0)
}

const (
	entered    = 1.5 // how far the front is in a conflict area when one goes on, m
	waitMargin = 1.5 // kept before a conflict area while waiting, m
)

// travelTime returns the time to go dist from speed v, speeding up at a to most.
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

// occupied reports whether a body is in the conflict area and will not have left
// it when agent i arrives.
func (t *Traffic) occupied(i int, x *crossing) bool {
	f := x.conflict
	for j := range t.occ.lanes[f.With] {
		e := &t.occ.lanes[f.With][j]
		if e.who == i || e.rear > f.OtherEnd || e.front < f.OtherStart || t.isOn(e.who, x) {
			continue
		}
		if x.merges && e.v > 2 {
			continue // its tail leads me: see leader
		}
		if left := (f.OtherEnd - e.rear) / math.Max(e.v, 0.1); left > x.arrives-0.3 {
			return true
		}
	}
	return false
}

// isOn reports whether the body is a vehicle whose own lane is not the other
// lane of the conflict, so that it is a matter of another conflict or a leader.
func (t *Traffic) isOn(who int, x *crossing) bool {
	if who == egoIndex || t.agents[who].mode != driving {
		return false
	}
	c := &t.agents[who].car
	return c.path[0] != x.conflict.With && c.prev != x.conflict.With && c.path[1] != x.conflict.With
}

// approached reports whether someone with the right of way is coming so soon
// that agent i cannot clear the conflict area with its margin.
func (t *Traffic) approached(env *Env, i int, x *crossing) bool {
	f := x.conflict
	for j := range t.occ.lanes[f.With] {
		e := &t.occ.lanes[f.With][j]
		if e.who != i && e.front < f.OtherStart && t.coming(e, f.OtherStart-e.front, x) {
			return true
		}
	}
	for _, p := range t.net.m.Lanes[f.With].Prev {
		if t.upstream(env, i, p, f.OtherStart, x, 2) {
			return true
		}
	}
	return false
}

// upstream looks for traffic to the conflict area on lane p, which ends dist
// before the area, and on the lanes before it to the given depth.
func (t *Traffic) upstream(env *Env, i int, p road.LaneID, dist float64, x *crossing, depth int) bool {
	l := &t.net.m.Lanes[p]
	length := t.net.lanes[p].length
	red := l.Control == road.SignalControl && lightOf(env, l) == road.Red
	for j := range t.occ.lanes[p] {
		e := &t.occ.lanes[p][j]
		if e.who == i || !t.heads(e, x.conflict.With) || red && e.front < l.StopS+1 {
			continue
		}
		if t.coming(e, dist+length-e.front, x) {
			return true
		}
	}
	if depth == 0 || red || dist+length > sight {
		return false
	}
	for _, q := range l.Prev {
		if t.upstream(env, i, q, dist+length, x, depth-1) {
			return true
		}
	}
	return false
}

// heads reports whether the body may be on its way to lane to: agents by their
// plan, the ego in any case.
func (t *Traffic) heads(e *entry, to road.LaneID) bool {
	if e.who == egoIndex {
		return e.v > 0
	}
	if t.agents[e.who].mode != driving || !e.native {
		return false
	}
	for _, id := range t.agents[e.who].car.path {
		if id == to {
			return true
		}
	}
	return false
}

// coming reports whether a body dist before the conflict area takes the gap
// that x needs. One that stands is taken to start at 2 m/s when it speeds up.
func (t *Traffic) coming(e *entry, dist float64, x *crossing) bool {
	v := e.v
	if e.a > 0.2 {
		v = math.Max(v, 2)
	}
	if v < 0.3 {
		return false
	}
	long := e.front - e.rear
	enters := dist / v
	leaves := (dist + x.conflict.OtherEnd - x.conflict.OtherStart + long) / v
	return enters < x.clears+x.margin && leaves > x.arrives-0.5*x.margin
}
