package road

import (
	"math"

	"roadloop/sim/geom"
)

// Dimensions of a roundabout.
const (
	defaultRingRadius = 16.0 // radius of the ring lane's center line, m
	// ringEntry is the angle between the axis of an arm and the points where its
	// lanes join and leave the ring, about the center of the ring, rad.
	ringEntry = 35 * math.Pi / 180
	ringRoom  = 1.2 // asphalt on either side of the ring lane, m
	// mergeLength is the length of the ring after an entry that must be free to
	// enter, m. Farther on, vehicles follow each other.
	mergeLength = 5.0
	// ringClearance is the distance from the ring lane's center line below which an
	// entry lane conflicts with the ring, m. It is larger than at crossings, since long
	// vehicles swing out.
	ringClearance = crossingClearance + 0.8
)

// checkRoundabout returns an error for parameters that do not fit a roundabout.
func (p *Params) checkRoundabout() error {
	switch {
	case p.Kind != KindRoundabout:
		return nil
	case p.Lanes != 1:
		return &ParamError{Param: "lanes", Reason: "a roundabout has one lane in each direction"}
	case p.OneWay:
		return &ParamError{Param: "one_way", Reason: "a roundabout has one lane in each direction"}
	case p.Control != Free && p.Control != Yield:
		return &ParamError{Param: "control", Reason: "every vehicle that enters a roundabout yields"}
	case p.Radius < 0:
		return &ParamError{Param: "radius", Reason: "that of a roundabout is positive"}
	case p.Radius > 40:
		return &ParamError{Param: "radius", Min: 15, Max: 40, Reason: "the largest of a roundabout"}
	}
	return nil
}

// ring is a roundabout under construction, with its center at the origin.
type ring struct {
	radius, width float64 // of the lane's center line; of the lane
	entry         float64 // length of the path from an arm to the ring, m
	arms          []arm
}

// roundabout makes a counter-clockwise ring of one lane with four arms. Entering
// traffic yields to traffic on the ring. As at other junctions, every connection
// from one arm to another is a separate lane.
func (g *generator) roundabout() {
	sec := g.p.section()
	r := ring{radius: g.p.Radius, width: sec.width}
	mouth := r.mouth()
	for i, a := range [...]float64{math.Pi, 0, math.Pi / 2, -math.Pi / 2} {
		out := geom.Unit(a)
		far, near := out.Scale(mouth+g.p.Length), out.Scale(mouth)
		length := []geom.CurveSegment{{Length: g.p.Length}}
		if i == 0 { // forward lanes lead to the ring
			g.road(geom.SampleCurve(geom.Pose{X: far.X, Y: far.Y, Yaw: a + math.Pi}, length, 2), sec)
		} else {
			g.road(geom.SampleCurve(geom.Pose{X: near.X, Y: near.Y, Yaw: a}, length, 2), sec)
		}
	}
	for i := range g.roads {
		r.arms = append(r.arms, arm{road: &g.roads[i], atEnd: i == 0, minor: true, crosswalk: g.p.Crosswalks})
	}
	g.addRing(&r)
}

// mouth returns the distance from the center at which the arms end, so that
// their lanes turn smoothly onto the ring.
func (r *ring) mouth() float64 {
	turn := (math.Pi/2 - ringEntry) / 2
	return r.radius*math.Cos(ringEntry) + (r.radius*math.Sin(ringEntry)-r.width/2)/math.Tan(turn)
}

// on returns the pose on the ring at an angle about the center.
func (r *ring) on(angle float64) geom.Pose {
	p := geom.Unit(angle).Scale(r.radius)
	return geom.Pose{X: p.X, Y: p.Y, Yaw: geom.WrapAngle(angle + math.Pi/2)}
}

// ringWay is a connection around the ring, from angle at over a sweep of over.
type ringWay struct {
	connection
	at, over float64 // rad
}

func (b *builder) addRing(r *ring) {
	id := len(b.m.Junctions)
	j := Junction{Outline: r.circle(r.radius + r.width/2 + ringRoom)}
	b.paveRing(r)
	var ways []ringWay
	for from := range r.arms {
		for to := range r.arms {
			if from != to {
				w := b.connectRing(r, from, to)
				b.lane(w.lane).Junction = id
				j.Lanes = append(j.Lanes, w.lane)
				ways = append(ways, w)
			}
		}
	}
	for i := range ways {
		for k := range ways {
			if ways[i].from != ways[k].from {
				b.ringConflict(r, &ways[i], &ways[k])
			}
		}
	}
	b.m.Junctions = append(b.m.Junctions, j)
	for i := range r.arms {
		b.controlArm(r.arms, i, Yield, SignalPlan{})
	}
}

// connectRing adds the lane from one arm around the ring to another.
func (b *builder) connectRing(r *ring, from, to int) ringWay {
	in, out := r.arms[from].incoming()[0], r.arms[to].outgoing()[0]
	begin, end := r.arms[from].mouth(), r.arms[to].mouth()
	w := ringWay{at: begin.Yaw + ringEntry}
	w.over = math.Mod(end.Yaw-ringEntry-w.at+4*math.Pi, 2*math.Pi)
	a, z := b.lane(in), b.lane(out)
	entry := geom.Connect(a.Center.At(a.Center.Length()), r.on(w.at), 0.5)
	pts := append(entry, geom.SampleCurve(r.on(w.at), []geom.CurveSegment{{Length: r.radius * w.over, K0: 1 / r.radius, K1: 1 / r.radius}}, 0.5)...)
	pts = append(pts, geom.Connect(r.on(w.at+w.over), z.Center.At(0), 0.5)...)
	turn, _ := turnOf(begin, end)
	w.connection = connection{b.newLane(pts, a.Width, math.Min(a.SpeedLimit, z.SpeedLimit)), from, to}
	b.lane(w.lane).Turn = turn
	b.link(in, w.lane)
	b.link(w.lane, out)
	r.entry = lengthOf(entry)
	return w
}

func lengthOf(pts []geom.Vec) float64 {
	length := 0.0
	for i := 1; i < len(pts); i++ {
		length += pts[i].Dist(pts[i-1])
	}
	return length
}

// ringConflict records the conflict between p, which enters the ring and yields,
// and q, if q passes the entry.
func (b *builder) ringConflict(r *ring, p, q *ringWay) {
	passes := math.Mod(p.at-q.at+4*math.Pi, 2*math.Pi)
	if passes >= q.over {
		return
	}
	lane := b.lane(p.lane)
	start := r.entry
	for start > 0 && lane.Center.At(start-0.5).Pos().Norm() < r.radius+ringClearance {
		start -= 0.5
	}
	there := r.entry + passes*r.radius // arc length at which q passes
	b.addConflict(p.lane, Conflict{
		With: q.lane, Start: math.Max(0, start), End: math.Min(r.entry+mergeLength, lane.Center.Length()),
		OtherStart: there - (r.entry - start), OtherEnd: there + mergeLength, Yield: true,
	}, false)
}

// circle returns points on a closed circle about the center.
func (r *ring) circle(radius float64) []geom.Vec {
	const n = 64
	pts := make([]geom.Vec, n+1)
	for i := range pts {
		pts[i] = geom.Unit(2 * math.Pi * float64(i%n) / n).Scale(radius)
	}
	return pts
}

// paveRing adds the asphalt of a ring and of its entries and exits, and in towns the
// sidewalk around it. The center stays grass.
func (b *builder) paveRing(r *ring) {
	outer, inner := r.radius+r.width/2+ringRoom, r.radius-r.width/2-ringRoom
	walk := r.arms[0].road.section.sidewalk
	if walk > 0 {
		b.m.Surfaces = append(b.m.Surfaces, Surface{Kind: Sidewalk, Left: r.circle(outer), Right: r.circle(outer + walk), CurbLeft: true})
	}
	b.m.Surfaces = append(b.m.Surfaces, Surface{Kind: Asphalt, Left: r.circle(inner), Right: r.circle(outer), CurbLeft: true})
	for i := range r.arms {
		a := &r.arms[i]
		yaw := a.mouth().Yaw
		in, out := b.lane(a.incoming()[0]), b.lane(a.outgoing()[0])
		b.paveWay(geom.Connect(in.Center.At(in.Center.Length()), r.on(yaw+ringEntry), 1), r.width)
		b.paveWay(geom.Connect(r.on(yaw-ringEntry), out.Center.At(0), 1), r.width)
	}
}

// paveWay adds asphalt under a lane through pts and slightly beyond its ends, so
// that there are no gaps.
func (b *builder) paveWay(pts []geom.Vec, width float64) {
	line, err := geom.NewPolyline(pts)
	if err != nil {
		b.fail("ring: %w", err)
		return
	}
	const lap = 1.0 // m
	before, behind := line.At(-lap).Pos(), line.At(line.Length()+lap).Pos()
	if line, err = geom.NewPolyline(append(append([]geom.Vec{before}, pts...), behind)); err != nil {
		b.fail("ring: %w", err)
		return
	}
	half := width/2 + 0.6
	b.m.Surfaces = append(b.m.Surfaces, Surface{Kind: Asphalt, Left: offsetLine(&line, half), Right: offsetLine(&line, -half)})
}
