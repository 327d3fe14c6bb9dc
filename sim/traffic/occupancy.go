package traffic

import (
	"math"

	"roadloop/sim/actor"
	"roadloop/sim/geom"
	"roadloop/sim/road"
)

// occupancy lists the actors on each lane in order of arc length. It is a
// snapshot of one tick, rebuilt without allocation.
type occupancy struct {
	lanes   [][]entry
	touched []road.LaneID // lanes with a list that is not empty
	near    []place       // scratch
	ids     []road.LaneID // scratch
}

// entry is an actor on a lane, in the lane's Frenet frame.
type entry struct {
	agent       int     // index of the agent, or egoIndex
	rear, front float64 // bumpers, m
	right, left float64 // sides, m to the left of the lane's center line
	v           float64 // speed along the lane, m/s; negative against it
	a           float64 // acceleration along the lane, m/s²
	native      bool    // the actor follows this lane
}

func newOccupancy(n int) occupancy { return occupancy{lanes: make([][]entry, n)} }

func (o *occupancy) reset() {
	for _, id := range o.touched {
		o.lanes[id] = o.lanes[id][:0]
	}
	o.touched = o.touched[:0]
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

// updateOccupancy updates the snapshot on which drivers decide.
func (t *Traffic) updateOccupancy(env *Env) {
	t.occ.reset()
	t.claims = t.claims[:0]
	t.cover(egoIndex, env.Ego, 0)
	for i := range t.agents {
		a := &env.Actors[i]
		switch t.agents[i].mode {
		case driving:
			t.coverCar(i, a)
		case walking:
			t.cover(i, a, 1)
			t.claim(i, a)
		default:
			t.cover(i, a, 0)
		}
	}
}

// cover adds an actor that follows no lane, such as the ego or a pedestrian, to
// every lane that it overlaps now or within ahead seconds at its current
// velocity.
func (t *Traffic) cover(agent int, a *actor.Actor, ahead float64) {
	box := a.Box()
	reach := ahead * a.State.Speed
	box.Center = box.Center.Add(geom.Unit(box.Yaw).Scale(reach / 2))
	box.Length += reach
	half := math.Hypot(box.Length, box.Width) / 2
	t.occ.near = t.net.lanesNear(t.occ.near[:0], box.Center, half)
	for _, p := range t.occ.near {
		l := &t.net.m.Lanes[p.lane]
		sin, cos := math.Sincos(box.Yaw - l.Center.At(p.s).Yaw)
		long := (math.Abs(cos)*box.Length + math.Abs(sin)*box.Width) / 2
		lat := (math.Abs(sin)*box.Length + math.Abs(cos)*box.Width) / 2
		e := entry{agent: agent, rear: p.s - long, front: p.s + long, right: p.d - lat, left: p.d + lat,
			v: cos * a.State.Speed, a: cos * a.State.Accel}
		if e.left > -l.Width/2 && e.right < l.Width/2 && e.front > 0 && e.rear < t.net.lanes[p.lane].length {
			t.occ.add(p.lane, e)
		}
	}
}

// coverCar adds a vehicle that follows a lane to that lane, to the lanes of its
// front and rear, to branches that it has not yet cleared, and to the adjacent
// lane that it overlaps.
func (t *Traffic) coverCar(i int, a *actor.Actor) {
	c := &t.agents[i].car
	half, mid := a.Shape.Width/2, a.Shape.RearToCenter
	e := entry{agent: i, rear: c.s + mid - a.Shape.Length/2, front: c.s + mid + a.Shape.Length/2,
		right: c.d - half, left: c.d + half, v: c.v, a: c.a, native: true}
	if c.tight() {
		swing := (mid + a.Shape.Length/2) * math.Sin(c.turned())
		e = e.reaching(e.right+swing, e.left+swing)
	}
	id := c.path[0]
	length := t.net.lanes[id].length
	t.occ.add(id, e.reaching(c.shift.to-half, c.shift.to+half))
	e.native = false
	if e.rear < 0 && c.prev != road.None {
		t.occ.add(c.prev, e.shifted(t.net.lanes[c.prev].length))
	}
	if e.front > length && c.path[1] != road.None {
		t.occ.add(c.path[1], e.shifted(-length))
	}
	for _, sib := range t.net.lanes[id].siblings {
		if e.rear < sib.until {
			t.occ.add(sib.lane, e)
		}
	}
	t.coverNeighbor(id, e)
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

// coverNeighbor adds e, given on lane id, to the adjacent lane that it overlaps
// by more than a margin.
func (t *Traffic) coverNeighbor(id road.LaneID, e entry) {
	const hand = 0.1
	l := &t.net.m.Lanes[id]
	if e.left > l.Width/2+hand {
		if l.Left != road.None {
			t.coverBeside(id, l.Left, e, t.net.lanes[id].left, 1)
		} else if l.Opposite != road.None {
			t.coverOpposite(id, e)
		}
	}
	if e.right < -l.Width/2-hand && l.Right != road.None {
		t.coverBeside(id, l.Right, e, t.net.lanes[id].right, -1)
	}
}

// coverBeside adds e, given on lane id, to its neighbor to, with side +1 for
// left; way maps arc lengths between them.
func (t *Traffic) coverBeside(id, to road.LaneID, e entry, way laneMap, side float64) {
	e = e.shifted(way.at(e.rear) - e.rear)
	gap := side * (t.net.m.Lanes[id].Width + t.net.m.Lanes[to].Width) / 2
	e.left -= gap
	e.right -= gap
	t.occ.add(to, e)
}

// coverOpposite adds e, given on lane id, to the adjacent oncoming lane.
func (t *Traffic) coverOpposite(id road.LaneID, e entry) {
	l := &t.net.m.Lanes[id]
	o := &t.net.m.Lanes[l.Opposite]
	gap := (l.Width + o.Width) / 2
	long := e.front - e.rear
	e.rear = t.net.lanes[id].opposite.at(e.front)
	e.front = e.rear + long
	e.left, e.right = gap-e.right, gap-e.left
	e.v, e.a = -e.v, -e.a
	t.occ.add(l.Opposite, e)
}
