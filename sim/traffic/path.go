package traffic

import (
	"roadloop/sim/rng"
	"roadloop/sim/road"
)

// pathLen is the number of lanes that a driver plans ahead, including the current one.
const pathLen = 8

// path is the lanes that a car takes: along its route, then with turns drawn from the
// driver's stream.
type path struct {
	net     *network // shared and constant
	stream  rng.Stream
	prev    road.LaneID          // the lane before lanes[0], or road.None
	lanes   [pathLen]road.LaneID // lanes[0] is the current lane; None ends it
	route   route
	routeAt int // index in route of the last of the lanes that came from it
}

// here returns the current lane.
func (p *path) here() *laneInfo { return &p.net.lanes[p.lanes[0]] }

// start plans the path from lane id on.
func (p *path) start(id road.LaneID) {
	for i := range p.lanes {
		p.lanes[i] = road.None
	}
	p.lanes[0] = id
	p.routeAt = p.route.after(p.routeAt, id)
	if last := len(p.route.lanes) - 1; last >= 0 && p.routeAt == last && p.route.lanes[last] != id {
		p.routeAt = -1 // on a lane parallel to the last one the route is complete
	}
	p.extend()
}

// extend fills the end of the path.
func (p *path) extend() {
	for i := 1; i < pathLen; i++ {
		if p.lanes[i] != road.None {
			continue
		}
		next := p.after(&p.net.lanes[p.lanes[i-1]])
		if next == road.None {
			return
		}
		p.lanes[i] = next
	}
}

// after returns the next lane after l, or None at a dead end. If the route
// requires a neighbor next, the path continues parallel to that neighbor
// if possible, so that the driver looks ahead while it waits to change.
func (p *path) after(l *laneInfo) road.LaneID {
	if k := p.routeAt; k >= 0 && k+1 < len(p.route.ways) && p.route.has(k, l.ID) {
		if to := p.net.successor(l.ID, p.route.ways[k+1]); to != road.None {
			p.routeAt++
			return to
		}
	}
	switch len(l.Next) {
	case 0:
		return road.None
	case 1:
		return l.Next[0]
	}
	return l.Next[p.stream.IntN(len(l.Next))]
}

// advance moves to the next lane of the path and reports whether there is one.
func (p *path) advance() bool {
	if p.lanes[1] == road.None {
		return false
	}
	p.prev = p.lanes[0]
	copy(p.lanes[:], p.lanes[1:])
	p.lanes[pathLen-1] = road.None
	p.extend()
	return true
}

// switchTo moves to the parallel lane to.
func (p *path) switchTo(to road.LaneID) {
	p.prev = road.None
	p.routeAt = p.route.before(p.routeAt, p.lanes[0])
	p.start(to)
}

// needs returns the neighboring lane to which the car must change because of its
// route or the end of the lane, or None.
func (p *path) needs() road.LaneID {
	l := p.here()
	if i := p.route.before(p.routeAt, l.ID) + 1; i > 0 && i < len(p.route.lanes) && p.net.areNeighbors(l.ID, p.route.lanes[i]) {
		return p.route.lanes[i]
	}
	switch {
	case !l.deadEnd:
		return road.None
	case goesOn(p.net.m, l.Left):
		return l.Left
	}
	return l.Right
}

// keepsRoute reports whether the car can change to lane to and drive the rest of its route.
func (p *path) keepsRoute(to road.LaneID) bool {
	at := p.route.before(p.routeAt, p.lanes[0])
	return at < 0 || p.route.has(at, to)
}
