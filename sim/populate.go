package sim

import (
	"fmt"
	"math"

	"roadloop/sim/actor"
	"roadloop/sim/geom"
	"roadloop/sim/rng"
	"roadloop/sim/road"
)

// Crowd says how many of each to put on a map.
type Crowd struct {
	Cars        int // a few vans among them
	Trucks      int // and buses
	Cyclists    int // and motorcycles
	Pedestrians int // on sidewalks, roadsides and crosswalks
	Parked      int // cars beside the road
}

// Populate returns a crowd on m for the given seed: drivers of their own on
// free stretches of lanes, people who walk along and cross, parked cars. Nobody
// is nearer than 15 m to the start of the ego on its lane. Where the map has no
// room for all, fewer are returned.
func Populate(m *road.Map, seed uint64, ego Start, c Crowd) []ActorSpec {
	p := populator{m: m, random: rng.New(seed, "crowd", "places")}
	p.taken = append(p.taken, p.body(actor.Car, ego))
	for range c.Cars {
		p.driver([]actor.Kind{actor.Car, actor.Car, actor.Car, actor.Van})
	}
	for range c.Trucks {
		p.driver([]actor.Kind{actor.Truck, actor.Truck, actor.Bus})
	}
	for range c.Cyclists {
		p.driver([]actor.Kind{actor.Cyclist, actor.Cyclist, actor.Motorcycle})
	}
	for range c.Parked {
		p.parked()
	}
	for range c.Pedestrians {
		p.pedestrian()
	}
	return p.out
}

// populator keeps track of the room that is left on a map.
type populator struct {
	m      *road.Map
	random rng.Stream
	taken  []geom.OBB
	stands []geom.OBB // of it, what will not move
	lanes  []road.LaneID
	out    []ActorSpec
}

// tries is how often a place is drawn for one actor before it is left out.
const tries = 20

func (p *populator) add(a ActorSpec) {
	a.Name = fmt.Sprintf("%v %d", a.Kind, len(p.out)+1)
	p.out = append(p.out, a)
}

// body returns the room that an actor of kind k at s needs, with 10 m to spare
// before and behind it.
func (p *populator) body(k actor.Kind, s Start) geom.OBB {
	pose, err := place(p.m, &s)
	if err != nil {
		return geom.OBB{}
	}
	a := actor.Actor{Shape: actor.DefaultShape(k), State: actor.State{Pose: pose}}
	return a.Box().Inflate(10, 0.3)
}

// claim takes the room if it is free.
func (p *populator) claim(b geom.OBB) bool {
	for _, t := range p.taken {
		if geom.Overlap(t, b) {
			return false
		}
	}
	p.taken = append(p.taken, b)
	return true
}

// lane draws a lane outside junctions, each meter of the map alike, and a place
// on it.
func (p *populator) lane() (*road.Lane, float64) {
	total := 0.0
	for i := range p.m.Lanes {
		total += p.length(i)
	}
	at := p.random.Float64() * total
	for i := range p.m.Lanes {
		if at < p.length(i) {
			return &p.m.Lanes[i], 3 + at
		}
		at -= p.length(i)
	}
	return &p.m.Lanes[0], 3
}

// length returns the usable length of lane i.
func (p *populator) length(i int) float64 {
	l := &p.m.Lanes[i]
	if l.Junction >= 0 {
		return 0
	}
	return math.Max(0, l.Center.Length()-20)
}

func (p *populator) driver(kinds []actor.Kind) {
	kind := kinds[p.random.IntN(len(kinds))]
	for range tries {
		l, s := p.lane()
		start := Start{Lane: l.ID, S: s, Speed: 0.7 * l.SpeedLimit}
		if kind == actor.Cyclist {
			start.Speed = 4
		}
		if p.claim(p.body(kind, start)) {
			p.add(ActorSpec{Kind: kind, Start: start, Behavior: Drive{}})
			return
		}
	}
}

// parked puts a car beside the right edge of a rightmost lane, clear of it.
func (p *populator) parked() {
	for range tries {
		l, s := p.lane()
		if l.Right != road.None || l.StopS-s < 15 {
			continue
		}
		half := actor.DefaultShape(actor.Car).Width / 2
		start := Start{Lane: l.ID, S: s, D: -l.Width/2 - half - p.random.Range(0, 0.4)}
		if room := p.body(actor.Car, start).Inflate(-9, 0); p.claim(room) {
			p.stands = append(p.stands, room)
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

// obstructed reports whether something that stands is in the way of a walk.
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

// alongRoad returns a walk of 20 to 60 m beside the right edge of a road.
func (p *populator) alongRoad() []geom.Vec {
	l, s := p.lane()
	for l.Right != road.None {
		l = &p.m.Lanes[l.Right]
	}
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
	right, left := l, l
	for right.Right != road.None {
		right = &p.m.Lanes[right.Right]
	}
	for left.Left != road.None {
		left = &p.m.Lanes[left.Left]
	}
	if left.Opposite != road.None {
		left = &p.m.Lanes[left.Opposite]
		for left.Right != road.None {
			left = &p.m.Lanes[left.Right]
		}
	}
	from := right.Center.Offset(s, -right.Width/2-1.5)
	across := from.Forward().Left()
	_, d := left.Center.Project(from.Pos())
	return p.either(from.Pos(), from.Pos().Add(across.Scale(math.Abs(d)+left.Width/2+1.5)))
}

// either returns the way from a to b or back.
func (p *populator) either(a, b geom.Vec) []geom.Vec {
	if p.random.Chance(0.5) {
		a, b = b, a
	}
	return []geom.Vec{a, b}
}
