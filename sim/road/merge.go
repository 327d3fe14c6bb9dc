package road

import "roadloop/sim/geom"

// merge makes a one-way road along +x that a ramp joins from the right: a third
// of the length before, an acceleration lane of a third, a third after.
func (g *generator) merge() {
	g.p.OneWay = true
	sec := g.p.section()
	third := g.p.Length / 3
	line := func(x0, x1 float64) []geom.Vec {
		return geom.Trace(geom.Pose{X: x0}, []geom.Piece{{Length: x1 - x0}}, 2)
	}
	before := *g.road(line(0, third), sec)
	wide := sec
	wide.forward++
	during := *g.road(line(third, 2*third), wide)
	after := *g.road(line(2*third, 3*third), sec)
	for i := range before.forward {
		g.link(before.forward[i], during.forward[i+1])
		g.link(during.forward[i+1], after.forward[i])
	}
	rampSection := sec
	rampSection.forward = 1
	d := (float64(g.p.Lanes) + 1) * sec.width
	end := geom.Pose{X: third, Y: -d + sec.width}
	start := geom.Pose{X: third - 120, Y: -d - 16, Yaw: 0.2}
	ramp := *g.road(geom.Connect(start, end, 2), rampSection)
	g.link(ramp.forward[0], during.forward[0])
}
