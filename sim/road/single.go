package road

import (
	"math"

	"roadloop/sim/geom"
)

// single makes one road along +x from the origin.
func (g *generator) single() {
	pieces := g.pieces()
	r := g.road(geom.SampleCurve(geom.Pose{}, pieces, 2), g.p.section())
	if g.p.Crosswalks {
		g.crossMiddle(r)
	}
}

// pieces returns the shape of a single road.
func (g *generator) pieces() []geom.CurveSegment {
	k := 1 / g.p.Radius
	arc := math.Abs(g.p.Radius * g.p.Angle)
	// A clothoid at each end takes a quarter of the heading change.
	turn := []geom.CurveSegment{{Length: arc / 2, K1: k}, {Length: arc / 2, K0: k, K1: k}, {Length: arc / 2, K0: k}}
	var curve []geom.CurveSegment
	switch g.p.Kind {
	case KindStraight:
		return []geom.CurveSegment{{Length: g.p.Length}}
	case KindArc:
		curve = []geom.CurveSegment{{Length: arc, K0: k, K1: k}}
	case KindSCurve:
		curve = append(curve, turn...)
		for _, p := range turn {
			curve = append(curve, geom.CurveSegment{Length: p.Length, K0: -p.K0, K1: -p.K1})
		}
	default:
		curve = turn
	}
	used := 0.0
	for _, p := range curve {
		used += p.Length
	}
	straight := math.Max(60, (g.p.Length-used)/2)
	return append(append([]geom.CurveSegment{{Length: straight}}, curve...), geom.CurveSegment{Length: straight})
}

// crossMiddle paints a zebra crossing over the middle of a single road.
func (g *generator) crossMiddle(r *roadway) {
	mid := r.ref.Length() / 2
	left, right := r.section.half()
	cw := Crosswalk{A: r.ref.Offset(mid, left).Pos(), B: r.ref.Offset(mid, -right).Pos(), Width: crosswalkWidth}
	for _, id := range append(append([]LaneID(nil), r.forward...), r.backward...) {
		s, _ := g.lane(id).Center.Project(r.ref.At(mid).Pos())
		cw.Spans = append(cw.Spans, Span{id, s - crosswalkWidth/2, s + crosswalkWidth/2})
	}
	g.m.Crosswalks = append(g.m.Crosswalks, cw)
}
