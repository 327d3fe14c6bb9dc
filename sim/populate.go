package sim

import (
	"fmt"
	"math"

	"roadloop/sim/actor"
	"roadloop/sim/geom"
	"roadloop/sim/rng"
	"roadloop/sim/road"
)

// Crowd is the number of actors of each type to put on a map.
type Crowd struct {
	Cars        int // including a few vans
	Trucks      int // including buses
	Cyclists    int // including motorcycles
	Pedestrians int // on sidewalks, roadsides and crosswalks
	Parked      int // cars at the roadside
}

// Total returns the total number of actors.
func (c *Crowd) Total() int { return c.Cars + c.Trucks + c.Cyclists + c.Pedestrians + c.Parked }

// Populate returns the actors of a crowd on m for the given seed: vehicles with Drive
// on free sections of lanes, pedestrians that walk along and cross the road, and parked
// cars. They keep clear of the ego and of others, which are already placed. Vehicles
// have at least 20 m between bumpers if the map has enough room, and else at least 3
// m. If the map has no room for all, Populate returns fewer actors.
func Populate(m *road.Map, seed uint64, ego Start, others []ActorSpec, c Crowd) []ActorSpec {
	p := populator{m: m, random: rng.New(seed, "crowd", "places")}
	p.take(p.body(actor.Car, ego), clearances[0])
	for i := range others {
		p.other(&others[i])
	}
	p.drivers(c.Cars, []actor.Kind{actor.Car, actor.Car, actor.Car, actor.Van})
	p.drivers(c.Trucks, []actor.Kind{actor.Truck, actor.Truck, actor.Bus})
	p.drivers(c.Cyclists, []actor.Kind{actor.Cyclist, actor.Cyclist, actor.Motorcycle})
	p.fillRemaining()
	for range c.Parked {
		p.parked()
	}
	for range c.Pedestrians {
		p.pedestrian()
	}
	return p.out
}

// populator keeps track of the free space on a map.
type populator struct {
	m      *road.Map
	random rng.Stream
	taken  []taken
	stands []geom.OBB   // the boxes in taken that never move
	left   []actor.Kind // drivers not placed yet
	lanes  []road.LaneID
	out    []ActorSpec
}

// taken is the space of an actor: its box, and the distance that it keeps free in
// front and behind, m.
type taken struct {
	box   geom.OBB
	spare float64
}

// clearances are the distances that drivers keep free in front and behind, m. The
// largest one that fits is used.
var clearances = [...]float64{10, 6, 3, 1.5}

// sideClearance is the distance that actors keep free on each side, m.
const sideClearance = 0.3

// tries is the number of random places tried for one actor before it is left out.
const tries = 20

func (p *populator) add(a ActorSpec) {
	a.Name = fmt.Sprintf("%v %d", a.Kind, len(p.out)+1)
	p.out = append(p.out, a)
}

// body returns the box of an actor of kind k at s.
func (p *populator) body(k actor.Kind, s Start) geom.OBB {
	pose, err := place(p.m, &s)
	if err != nil {
		return geom.OBB{}
	}
	a := actor.Actor{Shape: actor.DefaultShape(k), State: actor.State{Pose: pose}}
	return a.Box()
}

// other reserves the space of an actor that is already placed. For a pedestrian it
// is at the start of the path.
func (p *populator) other(a *ActorSpec) {
	start, spare := a.Start, 3.0
	switch b := a.Behavior.(type) {
	case Drive, Follow:
		spare = clearances[0]
	case Walk:
		if len(b.Path) > 0 {
			start = Start{Pose: &geom.Pose{X: b.Path[0].X, Y: b.Path[0].Y}}
		}
	default:
		p.stands = append(p.stands, p.body(a.Kind, start).Inflate(spare, sideClearance))
	}
	p.take(p.body(a.Kind, start), spare)
}

func (p *populator) take(b geom.OBB, spare float64) { p.taken = append(p.taken, taken{b, spare}) }

// claim reserves the space b if it is free, and reports whether it was free. Between a
// driver that keeps less than spares[0] free and another one, the smaller distance
// applies to both.
func (p *populator) claim(b geom.OBB, spare float64) bool {
	room := b.Inflate(spare, sideClearance)
	for _, t := range p.taken {
		keeps := t.spare
		if spare > 1 {
			keeps = math.Min(keeps, spare)
		}
		if geom.Overlap(t.box.Inflate(keeps, sideClearance), room) {
			return false
		}
	}
	p.take(b, spare)
	return true
}

// lane draws a lane outside junctions, with a probability proportional to its
// usable length, and a point on it.
func (p *populator) lane() (*road.Lane, float64) {
	total := 0.0
	for i := range p.m.Lanes {
		total += p.length(i)
	}
	at := p.random.Float64() * total
	for i := range p.m.Lanes {
		if at < p.length(i) {
			return &p.m.Lanes[i], margin + at
		}
		at -= p.length(i)
	}
	return &p.m.Lanes[0], margin
}

// margin is the minimum distance of a placed actor from either end of a lane, m.
const margin = 3.0

// length returns the usable length of lane i.
func (p *populator) length(i int) float64 {
	l := &p.m.Lanes[i]
	if l.Junction >= 0 {
		return 0
	}
	return math.Max(0, l.Center.Length()-20)
}

// drivers places n drivers of random kinds out of kinds.
func (p *populator) drivers(n int, kinds []actor.Kind) {
	for range n {
		kind := kinds[p.random.IntN(len(kinds))]
		if !p.driver(kind) {
			p.left = append(p.left, kind)
		}
	}
}

// driver places a driver at a random point and reports whether there was room.
func (p *populator) driver(kind actor.Kind) bool {
	for range tries {
		if l, s := p.lane(); p.driverAt(kind, l, s, clearances[0]) {
			return true
		}
	}
	return false
}

// driverAt places a driver at s of lane l if there is room.
func (p *populator) driverAt(kind actor.Kind, l *road.Lane, s, spare float64) bool {
	start := Start{Lane: l.ID, S: s, Speed: 0.7 * l.SpeedLimit}
	if kind == actor.Cyclist {
		start.Speed = 4
	}
	if !p.claim(p.body(kind, start), spare) {
		return false
	}
	p.add(ActorSpec{Kind: kind, Start: start, Behavior: Drive{SafeStart: true}})
	return true
}

// fillRemaining places the remaining drivers in random order. It scans all lanes once for
// each kind and distance in spares, so that the distances shrink only as much as
// necessary.
func (p *populator) fillRemaining() {
	for i := len(p.left) - 1; i > 0; i-- {
		j := p.random.IntN(i + 1)
		p.left[i], p.left[j] = p.left[j], p.left[i]
	}
	for _, spare := range clearances[1:] {
		left := p.left
		p.left = nil
		from := make([]spot, len(actor.Kinds()))
		for _, kind := range left {
			if at := &from[kind]; !p.next(kind, spare, at) {
				p.left = append(p.left, kind)
			}
		}
	}
}

// spot is a point on the lanes of a map.
type spot struct {
	lane int
	s    float64
}

// next places a driver at the first free point from at on, and advances at to that
// point.
func (p *populator) next(kind actor.Kind, spare float64, at *spot) bool {
	const step = 1.0 // m
	for ; at.lane < len(p.m.Lanes); at.lane, at.s = at.lane+1, 0 {
		for ; at.s < p.length(at.lane); at.s += step {
			if p.driverAt(kind, &p.m.Lanes[at.lane], margin+at.s, spare) {
				return true
			}
		}
	}
	return false
}

// parked puts a car to the right of a rightmost lane, clear of the lane.
func (p *populator) parked() {
	for range tries {
		l, s := p.lane()
		if l.Right != road.None || l.StopS-s < 15 {
			continue
		}
		half := actor.DefaultShape(actor.Car).Width / 2
		start := Start{Lane: l.ID, S: s, D: -l.Width/2 - half - p.random.Range(0, 0.4)}
		if body := p.body(actor.Car, start); p.claim(body, 1) {
			p.stands = append(p.stands, body.Inflate(1, sideClearance))
			p.add(ActorSpec{Kind: actor.Car, Start: start})
			return
		}
	}
}

func (p *populator) pedestrian() {
	kind := actor.Pedestrian
	if p.random.Chance(0.2) {
		kind = actor.Child
	}
	path := p.walk()
	for range tries {
		if !p.obstructed(path) {
			break
		}
		path = p.walk()
	}
	p.add(ActorSpec{Kind: kind, Behavior: Walk{Path: path, Wary: true, Loop: true}})
}

func (p *populator) walk() []geom.Vec {
	switch {
	case len(p.m.Crosswalks) > 0 && p.random.Chance(0.4):
		return p.overCrosswalk()
	case p.random.Chance(0.25):
		return p.acrossRoad()
	}
	path := p.alongRoad()
	for n := 0; n < tries && p.onRoad(path); n++ {
		path = p.alongRoad()
	}
	return path
}

// obstructed reports whether a static actor blocks a walk.
func (p *populator) obstructed(path []geom.Vec) bool {
	for i := range len(path) - 1 {
		d := path[i+1].Sub(path[i])
		step := geom.OBB{Center: path[i].Lerp(path[i+1], 0.5), Yaw: d.Angle(), Length: d.Norm() + 1, Width: 1}
		for _, b := range p.stands {
			if geom.Overlap(step, b) {
				return true
			}
		}
	}
	return false
}

// onRoad reports whether a walk touches a lane.
func (p *populator) onRoad(path []geom.Vec) bool {
	for _, q := range path {
		p.lanes = p.m.LanesAt(p.lanes[:0], q)
		if len(p.lanes) > 0 {
			return true
		}
	}
	return false
}

// alongRoad returns a walk of 20 to 60 m along the right edge of a road.
func (p *populator) alongRoad() []geom.Vec {
	l, s := p.lane()
	l = p.rightmost(l)
	d := -l.Width/2 - p.random.Range(2.5, 3.3)
	end := math.Min(s+p.random.Range(20, 60), l.Center.Length()-1)
	var path []geom.Vec
	for ; s < end; s += 2 {
		path = append(path, l.Center.Offset(s, d).Pos())
	}
	path = append(path, l.Center.Offset(end, d).Pos())
	if len(path) < 2 {
		path = append(path, l.Center.Offset(end-3, d).Pos())
	}
	return path
}

// overCrosswalk returns a walk over a crosswalk, from 1.5 m before it to 1.5 m past it.
func (p *populator) overCrosswalk() []geom.Vec {
	c := &p.m.Crosswalks[p.random.IntN(len(p.m.Crosswalks))]
	axis := c.B.Sub(c.A)
	u := axis.Scale(1 / axis.Norm())
	side := u.Left().Scale(p.random.Range(-0.35, 0.35) * c.Width)
	return p.either(c.A.Add(side).Sub(u.Scale(1.5)), c.B.Add(side).Add(u.Scale(1.5)))
}

// acrossRoad returns a walk across all lanes of a road away from junctions.
func (p *populator) acrossRoad() []geom.Vec {
	l, s := p.lane()
	right, left := p.rightmost(l), l
	for left.Left != road.None {
		left = &p.m.Lanes[left.Left]
	}
	if left.Opposite != road.None {
		left = p.rightmost(&p.m.Lanes[left.Opposite])
	}
	from := right.Center.Offset(s, -right.Width/2-1.5)
	across := from.Forward().Left()
	_, d := left.Center.Project(from.Pos())
	return p.either(from.Pos(), from.Pos().Add(across.Scale(math.Abs(d)+left.Width/2+1.5)))
}

// rightmost returns the rightmost lane next to l in its direction.
func (p *populator) rightmost(l *road.Lane) *road.Lane {
	for l.Right != road.None {
		l = &p.m.Lanes[l.Right]
	}
	return l
}

// either returns the path from a to b, or from b to a, at random.
func (p *populator) either(a, b geom.Vec) []geom.Vec {
	if p.random.Chance(0.5) {
		a, b = b, a
	}
	return []geom.Vec{a, b}
}
