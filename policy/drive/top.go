package drive

import (
	"math"

	"roadloop/sim/actor"
	"roadloop/sim/geom"
	"roadloop/sim/road"
)

// The view from above: topSize × topSize pixels of topScale meters; forward is up, the
// ego's rear axle is in the middle, topBehind pixels above the lower edge.
const (
	topSize   = 96
	topScale  = .5
	topBehind = 24
)

// Channels of Top, each 0 or 255, except for the road: 128, and 255 on the lines between lanes.
const (
	topRoad = iota
	topRoute
	topVehicles
	topOthers // on foot, on two wheels, obstacles
	topStop   // stop lines of the route that require a stop now: red, amber or a sign
	// TopChannels is their number.
	TopChannels = iota
)

// tiles is the road of a map from above, one byte for each square of topScale meters.
type tiles struct {
	origin geom.Vec
	nx, ny int
	pixels []byte
}

// newTiles draws the road of a map.
func newTiles(m *road.Map) *tiles {
	lo, hi := m.Bounds()
	t := &tiles{origin: lo, nx: int((hi.X-lo.X)/topScale) + 1, ny: int((hi.Y-lo.Y)/topScale) + 1}
	t.pixels = make([]byte, t.nx*t.ny)
	for i := range t.pixels {
		p := geom.Vec{X: (float64(i%t.nx) + .5) * topScale, Y: (float64(i/t.nx) + .5) * topScale}
		if m.Drivable(lo.Add(p)) {
			t.pixels[i] = 128
		}
	}
	for i := range m.Lanes {
		l := &m.Lanes[i]
		if l.Junction >= 0 {
			continue
		}
		for s := 0.0; s < l.Center.Length(); s += topScale / 2 {
			for _, side := range [...]float64{-.5, .5} {
				if at, ok := t.index(l.Center.Offset(s, side*l.Width).Pos()); ok {
					t.pixels[at] = 255
				}
			}
		}
	}
	return t
}

// index returns the square of a point; ok is false outside of the map.
func (t *tiles) index(p geom.Vec) (i int, ok bool) {
	x, y := int(math.Floor((p.X-t.origin.X)/topScale)), int(math.Floor((p.Y-t.origin.Y)/topScale))
	return y*t.nx + x, x >= 0 && y >= 0 && x < t.nx && y < t.ny
}

// observeTop writes Top.
func (e *Env) observeTop(dst []byte) {
	clear(dst)
	pose := e.world.Ego().State.Pose
	ahead, left := pose.Forward().Scale(topScale), pose.Forward().Left().Scale(topScale)
	t := e.site.roadTiles()
	for row := range topSize {
		p := pose.Pos().Add(ahead.Scale(topSize - topBehind - float64(row) - .5)).Add(left.Scale(topSize/2 - .5))
		for column := range topSize {
			if i, ok := t.index(p); ok {
				dst[(row*topSize+column)*TopChannels+topRoad] = t.pixels[i]
			}
			p = p.Sub(left)
		}
	}
	top := topImage{dst, pose}
	c := e.course
	l := c.line()
	const step = 2.0 // m
	for s := c.s - topBehind*topScale; s < c.s+topSize*topScale; s += step {
		at := l.At(s).Pose
		top.box(geom.OBB{Center: at.Pos(), Yaw: at.Yaw, Length: step + .5, Width: 1.5}, topRoute)
	}
	for i := c.stop; i < len(l.Stops); i++ {
		s := &l.Stops[i]
		if light := e.light(s.Signal); light == road.Red || light == road.Amber || s.Control == road.StopSign || s.Control == road.Yield {
			at := l.At(s.S).Pose
			top.box(geom.OBB{Center: at.Pos(), Yaw: at.Yaw, Length: 1, Width: 3.5}, topStop)
		}
	}
	top.actor(e.world.Ego())
	actors := e.world.Actors()
	for i := range actors {
		top.actor(&actors[i])
	}
}

// topImage is an image that is drawn, in the frame of a pose.
type topImage struct {
	pixels []byte
	pose   geom.Pose
}

func (t *topImage) actor(a *actor.Actor) {
	channel := topVehicles
	if kindColumn(a.Kind) > 1 {
		channel = topOthers
	}
	box := a.Box()
	box.Length, box.Width = max(box.Length, topScale), max(box.Width, topScale)
	t.box(box, channel)
}

// box fills the pixels with a center in a box.
func (t *topImage) box(b geom.OBB, channel int) {
	at := t.pose.Relative(geom.Pose{X: b.Center.X, Y: b.Center.Y, Yaw: b.Yaw})
	u, v := topSize/2-at.Y/topScale, topSize-topBehind-at.X/topScale // pixel column and row of the center
	sin, cos := math.Sincos(at.Yaw)
	halfV := (math.Abs(cos)*b.Length + math.Abs(sin)*b.Width) / 2 / topScale
	halfU := (math.Abs(sin)*b.Length + math.Abs(cos)*b.Width) / 2 / topScale
	for row := max(0, int(math.Ceil(v-halfV-.5))); row <= min(topSize-1, int(math.Floor(v+halfV-.5))); row++ {
		for column := max(0, int(math.Ceil(u-halfU-.5))); column <= min(topSize-1, int(math.Floor(u+halfU-.5))); column++ {
			x, y := (v-float64(row)-.5)*topScale, (u-float64(column)-.5)*topScale
			if math.Abs(cos*x+sin*y) <= b.Length/2 && math.Abs(cos*y-sin*x) <= b.Width/2 {
				t.pixels[(row*topSize+column)*TopChannels+channel] = 255
			}
		}
	}
}
