package metrics

import (
	"fmt"
	"math"
	"slices"

	"roadloop/planning"
	"roadloop/planning/route"
	"roadloop/sim/geom"
	"roadloop/sim/road"
)

// sightRange is the range ahead in which a lead is searched, and rearRange the range
// behind in which others are considered, m.
const sightRange, rearRange = 150.0, 40.0

// corridors are the paths ahead from the lanes of the ego: along its route where it
// continues, straight on elsewhere.
type corridors struct {
	log   *DriveLog
	paths map[road.LaneID]*route.Path
}

// from returns the path ahead that begins with a lane.
func (c *corridors) from(id road.LaneID) *route.Path {
	if p, ok := c.paths[id]; ok {
		return p
	}
	r, err := route.New(c.log.Map, planning.Route{Lanes: c.lanes(id)})
	if err != nil {
		panic(fmt.Sprintf("lane %d of a valid map has no path: %v", id, err))
	}
	p := r.Lines[0].Path
	c.paths[id] = p
	return p
}

// lanes returns the lanes of the path ahead.
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

// branch returns the lane to follow: that of the route, else the straight one, else the
// first.
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

// projection is a box projected onto a path: its center in Frenet coordinates, its half
// extents and its velocity, along and across the path.
type projection struct {
	s, d         float64 // m
	along, aside float64 // half extents, m
	vs, vd       float64 // m/s
}

// project returns the projection of a box onto a path, between its s from and to.
func project(p *route.Path, b geom.OBB, v geom.Vec, from, to float64) projection {
	var h projection
	h.s, h.d = p.Project(b.Center, from, to)
	f := p.At(h.s).Pose.Forward()
	sin, cos := math.Sincos(b.Yaw)
	along, aside := math.Abs(f.X*cos+f.Y*sin), math.Abs(f.X*sin-f.Y*cos)
	h.along = (along*b.Length + aside*b.Width) / 2
	h.aside = (aside*b.Length + along*b.Width) / 2
	h.vs, h.vd = v.Dot(f), v.Dot(f.Left())
	return h
}
