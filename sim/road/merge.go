package road

import "roadloop/sim/geom"

// rampLength is the length of ramps, m.
const rampLength = 120.0

// straight builds a road along +x from x0 to x1.
func (g *generator) straight(x0, x1 float64, sec section) roadway {
	return *g.road(geom.SampleCurve(geom.Pose{X: x0}, []geom.CurveSegment{{Length: x1 - x0}}, 2), sec)
}

// through makes a one-way road along +x with an additional right lane from x0 to
// x1, of the taper's length, and returns that section. The lanes are in this
// order: the lanes before, from right to left; the additional lane and the lanes
// next to it; the lanes after.
func (g *generator) through() (during roadway, x0, x1 float64) {
	g.p.OneWay = true
	sec := g.p.section()
	wide := sec
	wide.forward++
	third := g.p.Length / 3
	x0, x1 = third, third+g.p.Taper
	before := g.straight(0, x0, sec)
	during = g.straight(x0, x1, wide)
	after := g.straight(x1, x1+third, sec)
	for i := range before.forward {
		g.link(before.forward[i], during.forward[i+1])
		g.link(during.forward[i+1], after.forward[i])
	}
	return during, x0, x1
}

// merge makes a road that a ramp joins from the right by an acceleration lane. The
// ramp's lane comes last.
func (g *generator) merge() {
	during, x0, _ := g.through()
	d := (float64(g.p.Lanes) + 1) * g.p.LaneWidth
	end := geom.Pose{X: x0, Y: -d + g.p.LaneWidth}
	start := geom.Pose{X: x0 - rampLength, Y: -d - 16, Yaw: 0.2}
	g.link(g.ramp(start, end).forward[0], during.forward[0])
}

// exit makes a road with a ramp that leaves to the right by a deceleration
// lane. The ramp's lane comes last.
func (g *generator) exit() {
	during, _, x1 := g.through()
	d := (float64(g.p.Lanes) + 1) * g.p.LaneWidth
	start := geom.Pose{X: x1, Y: -d + g.p.LaneWidth}
	end := geom.Pose{X: x1 + rampLength, Y: -d - 16, Yaw: -0.2}
	g.link(during.forward[0], g.ramp(start, end).forward[0])
}

// ramp builds a road of one lane.
func (g *generator) ramp(from, to geom.Pose) roadway {
	sec := g.p.section()
	sec.forward = 1
	return *g.road(geom.Connect(from, to, 2), sec)
}

// drop makes a one-way road along +x. Its rightmost lane ends after the taper's
// length; the pavement narrows over dropWedge behind the end. The lanes are in
// this order: the lanes before, from right to left; the lanes after.
func (g *generator) drop() {
	g.p.OneWay = true
	sec := g.p.section()
	wide := sec
	wide.forward++
	during := g.straight(0, g.p.Taper, wide)
	after := g.straight(g.p.Taper, g.p.Taper+g.p.Length, sec)
	for i := range after.forward {
		g.link(during.forward[i+1], after.forward[i])
	}
	_, near := sec.half()
	_, far := wide.half()
	x := g.p.Taper
	g.m.Surfaces = append(g.m.Surfaces, Surface{
		Kind:  Asphalt,
		Left:  []geom.Vec{{X: x, Y: -near}, {X: x + dropWedge, Y: -near}},
		Right: []geom.Vec{{X: x, Y: -far}, {X: x + dropWedge, Y: -near - 0.01}},
	})
}

// dropWedge is the length over which the pavement narrows after a lane, m.
const dropWedge = 40.0
