package traffic

import (
	"math"

	"roadloop/sim/road"
	"roadloop/sim/vehicle"
)

// crossing is agent i's passage of one conflict area of a junction.
type crossing struct {
	conflict        *road.Conflict
	arrives, clears float64 // times until the front enters and the rear leaves, s
	margin          float64 // s
	merges          bool    // both lanes have the same successor
}

// yieldPoint returns the distance from the front of agent i to the point where
// it must wait for traffic that crosses or joins junction lane l; +Inf if it may
// go. Lane l begins passed meters ahead of the front; line is the distance of
// the stop line before it, +Inf if there is none ahead.
func (t *Traffic) yieldPoint(env *Env, i int, m *vehicle.IDM, l *road.Lane, passed, line float64) float64 {
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
// there when agent i arrives.
func (t *Traffic) occupied(i int, x *crossing) bool {
	f := x.conflict
	for j := range t.occ.lanes[f.With] {
		e := &t.occ.lanes[f.With][j]
		if e.agent == i || e.rear > f.OtherEnd || e.front < f.OtherStart || t.isOn(e.agent, x) {
			continue
		}
		if x.merges && e.v > 2 {
			continue // its tail is handled by leader
		}
		if left := (f.OtherEnd - e.rear) / math.Max(e.v, 0.1); left > x.arrives-0.3 {
			return true
		}
	}
	return false
}

// isOn reports whether the actor is a vehicle on a lane other than the
// conflicting one, so that another conflict or the leader covers it.
func (t *Traffic) isOn(agent int, x *crossing) bool {
	if agent == egoIndex || t.agents[agent].mode != driving {
		return false
	}
	c := &t.agents[agent].car
	return c.path[0] != x.conflict.With && c.prev != x.conflict.With && c.path[1] != x.conflict.With
}

// approached reports whether traffic with the right of way arrives before agent
// i can clear the conflict area with its margin.
func (t *Traffic) approached(env *Env, i int, x *crossing) bool {
	f := x.conflict
	for j := range t.occ.lanes[f.With] {
		e := &t.occ.lanes[f.With][j]
		if e.agent != i && e.front < f.OtherStart && t.coming(e, f.OtherStart-e.front, x) {
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

// upstream reports whether there is such traffic on lane p, which ends dist
// before the conflict area, or on up to depth lanes before it.
func (t *Traffic) upstream(env *Env, i int, p road.LaneID, dist float64, x *crossing, depth int) bool {
	l := &t.net.m.Lanes[p]
	length := t.net.lanes[p].length
	red := l.Control == road.SignalControl && lightOf(env, l) == road.Red
	for j := range t.occ.lanes[p] {
		e := &t.occ.lanes[p][j]
		if e.agent == i || !t.mayReach(e, x.conflict.With) || red && e.front < l.StopS+1 {
			continue
		}
		if t.coming(e, dist+length-e.front, x) {
			return true
		}
	}
	if depth == 0 || red || dist+length > lookAhead {
		return false
	}
	for _, q := range l.Prev {
		if t.upstream(env, i, q, dist+length, x, depth-1) {
			return true
		}
	}
	return false
}

// mayReach reports whether the actor may be on its way to lane to. Agents are
// checked by their path; the ego always counts.
func (t *Traffic) mayReach(e *entry, to road.LaneID) bool {
	if e.agent == egoIndex {
		return e.v > 0
	}
	if t.agents[e.agent].mode != driving || !e.native {
		return false
	}
	for _, id := range t.agents[e.agent].car.path {
		if id == to {
			return true
		}
	}
	return false
}

// coming reports whether an actor dist before the conflict area takes the gap
// that x needs. A standing actor that accelerates is assumed to start at 2 m/s.
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
