package traffic

import (
	"math"
	"slices"

	"roadloop/sim/actor"
	"roadloop/sim/geom"
	"roadloop/sim/road"
)

// occupancy lists the actors on each lane in order of arc length. It is a
// snapshot of one tick, rebuilt without allocation.
type occupancy struct {
	net     *network // shared and constant
	lanes   [][]entry
	touched []road.LaneID // lanes with a list that is not empty
	near    []place       // scratch
}

// entry is an actor on a lane, in the lane's Frenet frame.
type entry struct {
	agent       *agent  // nil for the ego
	rear, front float64 // bumpers, m
	right, left float64 // sides, m to the left of the lane's center line
	v           float64 // speed along the lane, m/s; negative against it
	a           float64 // acceleration along the lane, m/s²
	native      bool    // the actor follows this lane
}

func newOccupancy(n *network) occupancy {
	return occupancy{net: n, lanes: make([][]entry, len(n.lanes))}
}

// update makes the snapshot of the agents and the ego.
func (o *occupancy) update(agents []agent, env *Env) {
	for _, id := range o.touched {
		o.lanes[id] = o.lanes[id][:0]
	}
	o.touched = o.touched[:0]
	o.cover(nil, env.Ego, 0)
	for i := range agents {
		g := &agents[i]
		switch g.mode {
		case driving:
			o.coverCar(g)
		case walking:
			o.cover(g, &env.Actors[i], 1)
		default:
			o.cover(g, &env.Actors[i], 0)
		}
	}
}

// add inserts e, keeping the lane's list sorted by the rear bumper.
func (o *occupancy) add(id road.LaneID, e entry) {
	list := o.lanes[id]
	if len(list) == 0 {
		o.touched = append(o.touched, id)
	}
	list = append(list, e)
	i := len(list) - 1
	for i > 0 && list[i-1].rear > e.rear {
		list[i] = list[i-1]
		i--
	}
	list[i] = e
	o.lanes[id] = list
}

// cover adds an actor that follows no lane, such as the ego or a pedestrian, to
// every lane that it overlaps now or within ahead seconds at its current
// velocity.
func (o *occupancy) cover(g *agent, a *actor.Actor, ahead float64) {
	box := a.Box()
	reach := ahead * a.State.Speed
	box.Center = box.Center.Add(geom.Unit(box.Yaw).Scale(reach / 2))
	box.Length += reach
	half := math.Hypot(box.Length, box.Width) / 2
	o.near = o.net.lanesNear(o.near[:0], box.Center, half)
	for _, p := range o.near {
		l := &o.net.lanes[p.lane]
		sin, cos := math.Sincos(box.Yaw - l.Center.At(p.s).Yaw)
		long := (math.Abs(cos)*box.Length + math.Abs(sin)*box.Width) / 2
		lat := (math.Abs(sin)*box.Length + math.Abs(cos)*box.Width) / 2
		e := entry{agent: g, rear: p.s - long, front: p.s + long, right: p.d - lat, left: p.d + lat,
			v: cos * a.State.Speed, a: cos * a.State.Accel}
		if e.left > -l.Width/2 && e.right < l.Width/2 && e.front > 0 && e.rear < l.length {
			o.add(p.lane, e)
		}
	}
}

// coverCar adds a vehicle that follows a lane to that lane, to the lanes of its
// front and rear, to branches that it has not yet cleared, and to the adjacent
// lane that it overlaps.
func (o *occupancy) coverCar(g *agent) {
	c := &g.car
	half := c.shape.Width / 2
	e := entry{agent: g, rear: c.rear(c.s), front: c.front(c.s), right: c.d - half, left: c.d + half, v: c.v, a: c.a, native: true}
	if c.tight() {
		swing := (c.shape.RearToCenter + c.shape.Length/2) * math.Sin(c.turned())
		e = e.reaching(e.right+swing, e.left+swing)
	}
	l := c.here()
	o.add(l.ID, e.reaching(c.shift.to-half, c.shift.to+half))
	e.native = false
	if e.rear < 0 && c.prev != road.None {
		o.add(c.prev, e.shifted(o.net.lanes[c.prev].length))
	}
	if e.front > l.length && c.lanes[1] != road.None {
		o.add(c.lanes[1], e.shifted(-l.length))
	}
	for _, sib := range l.siblings {
		if e.rear < sib.until {
			o.add(sib.lane, e)
		}
	}
	o.coverNeighbor(l, e)
}

// coverNeighbor adds e, given on lane l, to the adjacent lane that it overlaps
// by more than a margin.
func (o *occupancy) coverNeighbor(l *laneInfo, e entry) {
	const hand = 0.1
	if e.left > l.Width/2+hand {
		if l.Left != road.None {
			o.coverBeside(l, l.Left, e, l.left, 1)
		} else if l.Opposite != road.None {
			o.coverOpposite(l, e)
		}
	}
	if e.right < -l.Width/2-hand && l.Right != road.None {
		o.coverBeside(l, l.Right, e, l.right, -1)
	}
}

// coverBeside adds e, given on lane l, to its neighbor to, with side +1 for
// left; way maps arc lengths between them.
func (o *occupancy) coverBeside(l *laneInfo, to road.LaneID, e entry, way laneMap, side float64) {
	e = e.shifted(way.at(e.rear) - e.rear)
	gap := side * (l.Width + o.net.lanes[to].Width) / 2
	e.left -= gap
	e.right -= gap
	o.add(to, e)
}

// coverOpposite adds e, given on lane l, to the adjacent oncoming lane.
func (o *occupancy) coverOpposite(l *laneInfo, e entry) {
	gap := (l.Width + o.net.lanes[l.Opposite].Width) / 2
	long := e.front - e.rear
	e.rear = l.opposite.at(e.front)
	e.front = e.rear + long
	e.left, e.right = gap-e.right, gap-e.left
	e.v, e.a = -e.v, -e.a
	o.add(l.Opposite, e)
}

// reaching returns e widened to the range from right to left, so that others give
// room to a vehicle that changes to their lane.
func (e entry) reaching(right, left float64) entry {
	e.right, e.left = math.Min(e.right, right), math.Max(e.left, left)
	return e
}

// shifted returns e with its arc lengths moved by ds.
func (e entry) shifted(ds float64) entry {
	e.rear += ds
	e.front += ds
	return e
}

// mayReach reports whether the actor may be on its way to lane to. Agents are
// checked by their path; the ego always counts.
func (e *entry) mayReach(to road.LaneID) bool {
	if e.agent == nil {
		return e.v > 0
	}
	return e.agent.mode == driving && e.native && slices.Contains(e.agent.car.lanes[:], to)
}

// elsewhere reports whether the actor is a vehicle on a lane other than id, and neither comes
// from id nor enters it next.
func (e *entry) elsewhere(id road.LaneID) bool {
	if e.agent == nil || e.agent.mode != driving {
		return false
	}
	c := &e.agent.car
	return c.lanes[0] != id && c.prev != id && c.lanes[1] != id
}
