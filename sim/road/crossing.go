package road

import (
	"math"

	"roadloop/sim/geom"
)

// crossing makes a junction of n arms at the origin; traffic on the first arm
// drives to it along +x.
func (g *generator) crossing(n int) {
	sec := g.p.section()
	left, _ := sec.half()
	mouth := left + 6 + g.random.Range(0, 2)
	angles := []float64{math.Pi, 0, math.Pi / 2, -math.Pi / 2}
	var arms []arm
	first := len(g.roads)
	for i, a := range angles[:n] {
		out := geom.Unit(a)
		far, near := out.Scale(mouth+g.p.Length), out.Scale(mouth)
		length := geom.CurveSegment{Length: g.p.Length}
		if i == 0 { // forward lanes lead to the junction
			g.road(geom.SampleCurve(geom.Pose{X: far.X, Y: far.Y, Yaw: a + math.Pi}, []geom.CurveSegment{length}, 2), sec)
		} else {
			g.road(geom.SampleCurve(geom.Pose{X: near.X, Y: near.Y, Yaw: a}, []geom.CurveSegment{length}, 2), sec)
		}
	}
	for i := range n {
		arms = append(arms, arm{road: &g.roads[first+i], atEnd: i == 0, minor: i >= 2, crosswalk: g.p.Crosswalks})
	}
	g.addJunction(arms, g.p.Control, g.plan())
}

// plan draws a signal cycle with two phases that never overlap: green, 3 s of
// amber, and red during the phase of the other direction, with 1 s of all-red in
// between.
func (g *generator) plan() SignalPlan {
	green := g.random.Range(8, 16)
	const amber, allRed = 3, 1
	return SignalPlan{Green: green, Amber: amber, Red: green + amber + 2*allRed, Offset: g.random.Range(0, 2*green+10)}
}

// town makes a grid of streets with junctions of two to four arms.
func (g *generator) town() {
	sec := g.p.section()
	left, _ := sec.half()
	mouth := left + 6
	g.roads = make([]roadway, 0, 2*g.p.Columns*g.p.Rows) // fixed capacity, since arms keep pointers into it
	arms := make([][]arm, g.p.Columns*g.p.Rows)
	join := func(a, b int, from, to geom.Vec) {
		dir := to.Sub(from).Scale(1 / to.Dist(from))
		start := from.Add(dir.Scale(mouth))
		r := g.road(geom.SampleCurve(geom.Pose{X: start.X, Y: start.Y, Yaw: dir.Angle()},
			[]geom.CurveSegment{{Length: to.Dist(from) - 2*mouth}}, 2), sec)
		minor := dir.Y != 0
		arms[a] = append(arms[a], arm{road: r, minor: minor, crosswalk: g.p.Crosswalks})
		arms[b] = append(arms[b], arm{road: r, atEnd: true, minor: minor, crosswalk: g.p.Crosswalks})
	}
	pitch := g.p.Length + 2*mouth
	at := func(c, r int) geom.Vec { return geom.Vec{X: float64(c) * pitch, Y: float64(r) * pitch} }
	for r := range g.p.Rows {
		for c := range g.p.Columns {
			if c+1 < g.p.Columns {
				join(r*g.p.Columns+c, r*g.p.Columns+c+1, at(c, r), at(c+1, r))
			}
			if r+1 < g.p.Rows {
				join(r*g.p.Columns+c, (r+1)*g.p.Columns+c, at(c, r), at(c, r+1))
			}
		}
	}
	for _, a := range arms {
		g.townJunction(a)
	}
}

// townJunction joins the arms of one corner of a town.
func (g *generator) townJunction(arms []arm) {
	control := g.p.Control
	if len(arms) < 3 {
		control = Free // a bend
		for i := range arms {
			arms[i].crosswalk = false
		}
	}
	if len(arms) > 0 {
		g.addJunction(arms, control, g.plan())
	}
}
