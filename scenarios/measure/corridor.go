package measure

import (
	"fmt"
	"math"
	"slices"

	"roadloop/planning"
	"roadloop/planning/route"
	"roadloop/scenarios/record"
	"roadloop/sim/geom"
	"roadloop/sim/road"
)

// sightRange is how far ahead a lead is looked for, and rearRange how far behind
// others are looked at, m.
const sightRange, rearRange = 150.0, 40.0

// corridors are the ways on from the lanes that the ego was on: along its route
// where that goes on, straight on elsewhere.
type corridors struct {
	log   *record.Log
	paths map[road.LaneID]*route.Path
}

// from returns the way on that begins with a lane.
func (c *corridors) from(id road.LaneID) *route.Path {
	if p, ok := c.paths[id]; ok {
		return p
	}
	r, err := route.New(c.log.Map, planning.Route{Lanes: c.lanes(id)})
	if err != nil {
		panic(fmt.Sprintf("lane %d of a map that was built has no way on: %v", id, err))
	}
	p := r.Lines[0].Path
	c.paths[id] = p
	return p
}

// lanes returns the lanes of the way on.
func (c *corridors) lanes(id road.LaneID) []road.LaneID {
	m := c.log.Map
	way := []road.LaneID{id}
	for length := 0.0; length < sightRange; length += m.Lanes[id].Center.Length() {
		next := m.Lanes[id].Next
		if len(next) == 0 {
			break
		}
		id = c.branch(next)
		if slices.Contains(way, id) {
			break
		}
		way = append(way, id)
	}
	return way
}

// branch returns the lane to take: that of the route, the straight one, the first.
func (c *corridors) branch(next []road.LaneID) road.LaneID {
	best := next[0]
	for _, id := range next {
		if slices.Contains(c.log.Route.Lanes, id) {
			return id
		}
		if c.log.Map.Lanes[id].Turn == road.Straight && c.log.Map.Lanes[best].Turn != road.Straight {
			best = id
		}
	}
	return best
}

// shadow is where a box lies along a path: its middle in Frenet coordinates, how
// far it reaches from there along and across, and its velocity along and across.
type shadow struct {
	s, d         float64 // m
	along, aside float64 // half extents, m
	vs, vd       float64 // m/s
}

// cast returns the shadow of a box on a path between from and to.
func cast(p *route.Path, b geom.OBB, v geom.Vec, from, to float64) shadow {
	var h shadow
	h.s, h.d = p.Project(b.Center, from, to)
	f := p.At(h.s).Pose.Forward()
	sin, cos := math.Sincos(b.Yaw)
	along, aside := math.Abs(f.X*cos+f.Y*sin), math.Abs(f.X*sin-f.Y*cos)
	h.along = (along*b.Length + aside*b.Width) / 2
	h.aside = (aside*b.Length + along*b.Width) / 2
	h.vs, h.vd = v.Dot(f), v.Dot(f.Left())
	return h
}
