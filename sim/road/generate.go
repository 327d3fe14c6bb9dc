package road

import (
	"fmt"
	"math"
	"strconv"

	"roadloop/sim/geom"
	"roadloop/sim/rng"
)

// Kind is a kind of procedural map.
type Kind string

// Kinds of procedural maps.
const (
	KindStraight Kind = "straight" // one road
	KindArc      Kind = "arc"      // straight, arc, straight
	KindCurve    Kind = "curve"    // straight, clothoid, arc, clothoid, straight
	KindSCurve   Kind = "s-curve"  // two such curves in opposite directions
	KindMerge    Kind = "merge"    // a one-way road that an on-ramp joins
	KindFourWay  Kind = "four-way" // a junction of four arms
	KindTee      Kind = "tee"      // a junction of three arms
	KindTown     Kind = "town"     // a grid of streets
)

// Kinds lists all kinds of procedural maps.
func Kinds() []Kind {
	return []Kind{KindStraight, KindArc, KindCurve, KindSCurve, KindMerge, KindFourWay, KindTee, KindTown}
}

// Params describes a procedural map. Zero fields take the value in brackets.
//
// Lanes of a single road are numbered along the driving direction of the first
// one: 0 is the rightmost lane, and after the last forward lane come the oncoming
// lanes, again from right to left as their drivers see them. At junctions the
// first arm is the one that the traffic comes from which drives along +x.
type Params struct {
	Kind       Kind
	Lanes      int     // in each direction [1]
	OneWay     bool    // no oncoming lanes
	LaneWidth  float64 // m [3.5]
	Length     float64 // of the road, of each arm, or of a town's block, m [400; arms 150; blocks 90]
	Radius     float64 // of curves, signed, positive to the left, m [150]
	Angle      float64 // change of heading of a curve, rad [1]
	SpeedLimit float64 // m/s [13.9]
	Control    Control // of junctions
	Crosswalks bool    // zebra crossings at junctions; on a single road one at half its length
	Urban      bool    // curbs, sidewalks and buildings instead of grass and trees
	Wear       float64 // of the markings, 0..1
	Unmarked   bool    // no markings at all
	Yellow     bool    // yellow center line
	Columns    int     // of a town's junctions [3]
	Rows       int     // [2]
	Seed       uint64  // of scenery, signal phases and everything left to chance
}

// withDefaults returns p with its zero fields filled in, or an error that names
// the field out of range.
func (p Params) withDefaults() (Params, error) {
	fill := func(v *float64, def float64) {
		if *v == 0 {
			*v = def
		}
	}
	length := 400.0
	switch p.Kind {
	case KindFourWay, KindTee:
		length = 150
	case KindTown:
		length = 90
	}
	fill(&p.Length, length)
	fill(&p.LaneWidth, 3.5)
	fill(&p.Radius, 150)
	fill(&p.Angle, 1)
	fill(&p.SpeedLimit, 50/3.6)
	p.Lanes = max(p.Lanes, 1)
	if p.Columns == 0 {
		p.Columns = 3
	}
	if p.Rows == 0 {
		p.Rows = 2
	}
	return p, p.check()
}

// check reports the first field out of range.
func (p *Params) check() error {
	for _, f := range []struct {
		name      string
		v, lo, hi float64
	}{
		{"lanes", float64(p.Lanes), 1, 5},
		{"lane width", p.LaneWidth, 2.5, 5},
		{"length", p.Length, 60, 20000},
		{"radius", math.Abs(p.Radius), 15, 1e6},
		{"angle", math.Abs(p.Angle), 0.01, 3},
		{"speed limit", p.SpeedLimit, 1, 70},
		{"wear", p.Wear, 0, 1},
		{"columns", float64(p.Columns), 1, 12},
		{"rows", float64(p.Rows), 1, 12},
	} {
		if !(f.v >= f.lo && f.v <= f.hi) {
			return fmt.Errorf("%s is %g, want %g to %g", f.name, f.v, f.lo, f.hi)
		}
	}
	return nil
}

// Generate makes a map. The same parameters give the same map.
func Generate(p Params) (*Map, error) {
	p, err := p.withDefaults()
	if err != nil {
		return nil, fmt.Errorf("map %s: %w", p.Kind, err)
	}
	b := &builder{}
	g := generator{builder: b, p: p, random: rng.New(p.Seed, "map/"+string(p.Kind), "shape")}
	switch p.Kind {
	case KindStraight, KindArc, KindCurve, KindSCurve:
		g.single()
	case KindMerge:
		g.merge()
	case KindFourWay:
		g.crossing(4)
	case KindTee:
		g.crossing(3)
	case KindTown:
		g.town()
	default:
		return nil, fmt.Errorf("unknown kind of map %q", p.Kind)
	}
	m, err := b.finish(string(p.Kind) + "-" + strconv.FormatUint(p.Seed, 10))
	if err != nil {
		return nil, err
	}
	s := scenery{m: m, random: rng.New(p.Seed, "map/"+string(p.Kind), "scenery"), urban: p.Urban}
	s.furnish(g.roads)
	return m, nil
}

// generator holds a map in the making.
type generator struct {
	*builder
	p      Params
	random rng.Stream
	roads  []roadway
}

// section returns the cross-section that the parameters ask for.
func (g *generator) section() section {
	s := section{
		forward: g.p.Lanes, backward: g.p.Lanes, width: g.p.LaneWidth, limit: g.p.SpeedLimit,
		shoulder: 0.6,
		edge:     Marking{Kind: MarkSolid, Wear: g.p.Wear},
		divider:  Marking{Kind: MarkDashed, Wear: g.p.Wear},
		center:   Marking{Kind: MarkDashed, Yellow: g.p.Yellow, Wear: g.p.Wear},
	}
	if g.p.OneWay {
		s.backward = 0
		s.center.Kind = MarkSolid
	} else if g.p.Lanes > 1 {
		s.center.Kind = MarkDouble
	}
	if g.p.Urban {
		s.shoulder, s.sidewalk = 0.3, 2.5
	}
	if g.p.Unmarked {
		s.edge, s.divider, s.center = Marking{}, Marking{}, Marking{}
	}
	return s
}

func (g *generator) road(pts []geom.Vec, sec section) *roadway {
	g.roads = append(g.roads, g.addRoad(pts, sec))
	return &g.roads[len(g.roads)-1]
}

// single makes one road along +x from the origin.
func (g *generator) single() {
	pieces := g.pieces()
	r := g.road(geom.Trace(geom.Pose{}, pieces, 2), g.section())
	if g.p.Crosswalks {
		g.crossMiddle(r)
	}
}

// pieces returns the shape of a single road of the given kind.
func (g *generator) pieces() []geom.Piece {
	k := 1 / g.p.Radius
	arc := math.Abs(g.p.Radius * g.p.Angle)
	// A clothoid third of the turn at either end.
	turn := []geom.Piece{{Length: arc / 2, K1: k}, {Length: arc / 2, K0: k, K1: k}, {Length: arc / 2, K0: k}}
	var curve []geom.Piece
	switch g.p.Kind {
	case KindStraight:
		return []geom.Piece{{Length: g.p.Length}}
	case KindArc:
		curve = []geom.Piece{{Length: arc, K0: k, K1: k}}
	case KindSCurve:
		curve = append(curve, turn...)
		for _, p := range turn {
			curve = append(curve, geom.Piece{Length: p.Length, K0: -p.K0, K1: -p.K1})
		}
	default:
		curve = turn
	}
	used := 0.0
	for _, p := range curve {
		used += p.Length
	}
	straight := math.Max(60, (g.p.Length-used)/2)
	return append(append([]geom.Piece{{Length: straight}}, curve...), geom.Piece{Length: straight})
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

// merge makes a one-way road along +x that a ramp joins from the right: a third
// of the length before, an acceleration lane of a third, a third after.
func (g *generator) merge() {
	g.p.OneWay = true
	sec := g.section()
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

// crossing makes a junction of n arms at the origin; the first arm leads to it
// along +x, so that its traffic comes from -x.
func (g *generator) crossing(n int) {
	sec := g.section()
	left, _ := sec.half()
	mouth := left + 6 + g.random.Range(0, 2)
	angles := []float64{math.Pi, 0, math.Pi / 2, -math.Pi / 2}
	var arms []arm
	first := len(g.roads)
	for i, a := range angles[:n] {
		out := geom.Unit(a)
		far, near := out.Scale(mouth+g.p.Length), out.Scale(mouth)
		length := geom.Piece{Length: g.p.Length}
		if i == 0 { // forward lanes lead to the junction
			g.road(geom.Trace(geom.Pose{X: far.X, Y: far.Y, Yaw: a + math.Pi}, []geom.Piece{length}, 2), sec)
		} else {
			g.road(geom.Trace(geom.Pose{X: near.X, Y: near.Y, Yaw: a}, []geom.Piece{length}, 2), sec)
		}
	}
	for i := range n {
		arms = append(arms, arm{road: &g.roads[first+i], atEnd: i == 0, minor: i >= 2, crosswalk: g.p.Crosswalks})
	}
	g.addJunction(arms, g.p.Control, g.plan())
}

// plan draws a signal cycle whose two phases never overlap: green, 3 s of amber,
// and red until the other direction has had its turn, with 1 s of all red.
func (g *generator) plan() Plan {
	green := g.random.Range(8, 16)
	const amber, allRed = 3, 1
	return Plan{Green: green, Amber: amber, Red: green + amber + 2*allRed, Offset: g.random.Range(0, 2*green+10)}
}

// town makes a grid of streets with junctions of two to four arms.
func (g *generator) town() {
	sec := g.section()
	left, _ := sec.half()
	mouth := left + 6
	g.roads = make([]roadway, 0, 2*g.p.Columns*g.p.Rows) // arms keep pointers into it
	arms := make([][]arm, g.p.Columns*g.p.Rows)
	join := func(a, b int, from, to geom.Vec) {
		dir := to.Sub(from).Scale(1 / to.Dist(from))
		start := from.Add(dir.Scale(mouth))
		r := g.road(geom.Trace(geom.Pose{X: start.X, Y: start.Y, Yaw: dir.Angle()},
			[]geom.Piece{{Length: to.Dist(from) - 2*mouth}}, 2), sec)
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
