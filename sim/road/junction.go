package road

import (
	"math"
	"sort"

	"roadloop/sim/geom"
)

// arm is a road that meets a junction with one of its ends.
type arm struct {
	road  *roadway
	atEnd bool // the end, not the start, of the reference line is at the junction
	minor bool // gives way if signs control the junction
	// crosswalk puts a zebra crossing across the arm.
	crosswalk bool
}

// incoming returns the lanes that lead into the junction, right to left.
func (a *arm) incoming() []LaneID {
	if a.atEnd {
		return a.road.forward
	}
	return a.road.backward
}

// outgoing returns the lanes that lead out of the junction, right to left.
func (a *arm) outgoing() []LaneID {
	if a.atEnd {
		return a.road.backward
	}
	return a.road.forward
}

// mouth returns the pose of the reference line's end at the junction, with the
// heading out of the junction along the arm.
func (a *arm) mouth() geom.Pose {
	if a.atEnd {
		p := a.road.ref.At(a.road.ref.Length())
		p.Yaw = geom.WrapAngle(p.Yaw + math.Pi)
		return p
	}
	return a.road.ref.At(0)
}

// edges returns the distances from the reference line to the left and right
// paved edges, in the direction out of the junction.
func (a *arm) edges() (left, right float64) {
	left, right = a.road.section.half()
	if a.atEnd {
		left, right = right, left
	}
	return left, right
}

// Positions of road markings before a junction, measured from the mouth backward, m.
const (
	stopLineBack      = 1.0
	crosswalkBack     = 1.2
	crosswalkWidth    = 3.0
	stopBeforeZebra   = crosswalkBack + crosswalkWidth + 1.0
	crossingClearance = 2.3 // center-line distance below which two lanes conflict, m
)

// connection is a junction lane with its arms, for right of way.
type connection struct {
	lane     LaneID
	from, to int // arms
}

// addJunction joins arms. The result does not depend on their order.
func (b *builder) addJunction(arms []arm, control Control, plan SignalPlan) {
	sort.SliceStable(arms, func(i, j int) bool { return arms[i].mouth().Yaw < arms[j].mouth().Yaw })
	id := len(b.m.Junctions)
	j := Junction{Center: junctionCenter(arms)}
	var cons []connection
	for from := range arms {
		for to := range arms {
			if from != to {
				cons = b.connectArms(cons, arms, from, to, id)
			}
		}
	}
	for _, c := range cons {
		j.Lanes = append(j.Lanes, c.lane)
	}
	b.findConflicts(arms, cons, control)
	j.Outline = b.paveJunction(arms, j.Center)
	b.m.Junctions = append(b.m.Junctions, j)
	for i := range arms {
		b.controlArm(arms, i, control, plan)
	}
}

func junctionCenter(arms []arm) geom.Vec {
	var c geom.Vec
	for i := range arms {
		c = c.Add(arms[i].mouth().Pos().Scale(1 / float64(len(arms))))
	}
	return c
}

// turnOf classifies the heading change between two arms.
func turnOf(from, to geom.Pose) (Turn, float64) {
	delta := geom.WrapAngle(to.Yaw - from.Yaw - math.Pi)
	switch {
	case delta > 0.6:
		return LeftTurn, delta
	case delta < -0.6:
		return RightTurn, delta
	}
	return Straight, delta
}

// connectArms adds the lanes from one arm to another: right turns from the
// rightmost lane, left turns from the leftmost, straight from all.
func (b *builder) connectArms(cons []connection, arms []arm, from, to, junction int) []connection {
	in, out := arms[from].incoming(), arms[to].outgoing()
	if len(in) == 0 || len(out) == 0 {
		return cons
	}
	turn, _ := turnOf(arms[from].mouth(), arms[to].mouth())
	for i, id := range in {
		target := min(i, len(out)-1)
		switch {
		case turn == RightTurn && i > 0, turn == LeftTurn && i < len(in)-1:
			continue
		case turn == LeftTurn:
			target = len(out) - 1
		}
		a, z := b.lane(id), b.lane(out[target])
		pts := geom.Connect(a.Center.At(a.Center.Length()), z.Center.At(0), 1)
		limit := math.Min(a.SpeedLimit, z.SpeedLimit)
		c := b.newLane(pts, math.Min(a.Width, z.Width), limit)
		b.lane(c).Junction, b.lane(c).Turn = junction, turn
		b.link(id, c)
		b.link(c, out[target])
		cons = append(cons, connection{c, from, to})
	}
	return cons
}

// findConflicts records the conflict area and the right of way for each pair of
// connections from different arms.
func (b *builder) findConflicts(arms []arm, cons []connection, control Control) {
	for i, p := range cons {
		for _, q := range cons[i+1:] {
			if p.from == q.from {
				continue
			}
			c, ok := overlap(b.lane(p.lane), b.lane(q.lane))
			if !ok {
				continue
			}
			c.Yield = b.yields(arms, p, q, control)
			b.addConflict(p.lane, c, b.yields(arms, q, p, control))
		}
	}
}

// addConflict adds conflict c to lane id, and to the other lane, which yields or not.
func (b *builder) addConflict(id LaneID, c Conflict, otherYields bool) {
	l, other := b.lane(id), b.lane(c.With)
	l.Conflicts = append(l.Conflicts, c)
	other.Conflicts = append(other.Conflicts, Conflict{With: id, Start: c.OtherStart, End: c.OtherEnd,
		OtherStart: c.Start, OtherEnd: c.End, Yield: otherYields})
}

// overlap returns the sections of two lanes that are closer to each other than
// crossingClearance.
func overlap(a, z *Lane) (Conflict, bool) {
	c := Conflict{With: z.ID, Start: math.Inf(1), OtherStart: math.Inf(1)}
	const step = 0.5
	for s := 0.0; s <= a.Center.Length(); s += step {
		t, d := z.Center.Project(a.Center.At(s).Pos())
		if math.Abs(d) > crossingClearance || t < 0 || t > z.Center.Length() {
			continue
		}
		c.Start, c.End = math.Min(c.Start, s), math.Max(c.End, s)
		c.OtherStart, c.OtherEnd = math.Min(c.OtherStart, t), math.Max(c.OtherEnd, t)
	}
	return c, c.End > c.Start
}

// yields reports whether traffic on p gives way to traffic on q.
func (b *builder) yields(arms []arm, p, q connection, control Control) bool {
	turnP, turnQ := b.lane(p.lane).Turn, b.lane(q.lane).Turn
	opposite := math.Abs(geom.WrapAngle(arms[p.from].mouth().Yaw-arms[q.from].mouth().Yaw)) > 2.2
	if control == StopSign || control == Yield {
		if arms[p.from].minor != arms[q.from].minor {
			return arms[p.from].minor
		}
	}
	switch {
	case opposite:
		return turnP == LeftTurn && turnQ != LeftTurn
	case control == SignalControl:
		return false // crossing directions never have green together
	case control == Free:
		return fromTheRight(arms[p.from].mouth(), arms[q.from].mouth())
	}
	return false
}

// fromTheRight reports whether traffic from arm q comes from the right of
// traffic from arm p.
func fromTheRight(p, q geom.Pose) bool {
	return geom.WrapAngle(q.Yaw-p.Yaw) > 0.3 && geom.WrapAngle(q.Yaw-p.Yaw) < 2.8
}

// controlArm adds the stop lines, crosswalk and signal of an arm.
func (b *builder) controlArm(arms []arm, i int, control Control, plan SignalPlan) {
	a := &arms[i]
	if control == Yield || control == StopSign {
		if !a.minor {
			control = Free
		}
	}
	back := stopLineBack
	if a.crosswalk {
		back = stopBeforeZebra
		b.addCrosswalk(a)
	}
	signal := NoSignal
	if control == SignalControl && len(a.incoming()) > 0 {
		signal = b.addSignal(arms, i, plan)
	}
	for _, id := range a.incoming() {
		l := b.lane(id)
		l.Control, l.Signal = control, signal
		l.StopS = math.Max(0, l.Center.Length()-back)
	}
}

// addSignal adds the signal head of an arm at the far right corner of the
// junction, where it is visible from the stop line.
func (b *builder) addSignal(arms []arm, i int, plan SignalPlan) SignalID {
	in := arms[i].mouth()
	heading := geom.WrapAngle(in.Yaw + math.Pi)
	inbound := geom.Pose{X: in.X, Y: in.Y, Yaw: heading}
	// In the direction out of the junction, incoming traffic is on the left.
	inner, _ := arms[i].edges()
	depth := crossingDepth(arms, inbound)
	round := math.Max(0, depth/2-inner) / 4 // cut of the rounded corner
	at := inbound.ToWorld(geom.Vec{X: depth + round + 1, Y: -inner - round - 1})
	id := SignalID(len(b.m.Signals))
	phase := int(math.Round(math.Abs(geom.WrapAngle(heading-arms[0].mouth().Yaw))/(math.Pi/2))) % 2
	if phase == 1 {
		plan.Offset += (plan.Green + plan.Amber + plan.Red) / 2
	}
	b.m.Signals = append(b.m.Signals, Signal{
		ID: id, Pos: at, Height: 3.3, Yaw: in.Yaw, Lanes: append([]LaneID(nil), arms[i].incoming()...), Plan: plan,
	})
	return id
}

// crossingDepth returns the distance beyond its mouth at which an arm's traffic
// has passed the crossing roads, or reached the far side if no road crosses.
func crossingDepth(arms []arm, inbound geom.Pose) float64 {
	var crossing, far float64
	for i := range arms {
		mouth := arms[i].mouth()
		far = math.Max(far, inbound.ToLocal(mouth.Pos()).X)
		if math.Abs(math.Sin(mouth.Yaw-inbound.Yaw)) < 0.5 {
			continue
		}
		left, right := arms[i].edges()
		for _, y := range [...]float64{left, -right} {
			crossing = math.Max(crossing, inbound.ToLocal(mouth.ToWorld(geom.Vec{Y: y})).X)
		}
	}
	if crossing > 0 {
		return crossing
	}
	return far
}

// addCrosswalk paints a zebra crossing across an arm.
func (b *builder) addCrosswalk(a *arm) {
	mouth := a.mouth()
	left, right := a.edges()
	mid := crosswalkBack + crosswalkWidth/2
	cw := Crosswalk{
		A:     mouth.ToWorld(geom.Vec{X: mid, Y: left}),
		B:     mouth.ToWorld(geom.Vec{X: mid, Y: -right}),
		Width: crosswalkWidth,
	}
	for _, id := range a.incoming() {
		end := b.lane(id).Center.Length()
		cw.Spans = append(cw.Spans, Span{id, end - mid - crosswalkWidth/2, end - mid + crosswalkWidth/2})
	}
	for _, id := range a.outgoing() {
		cw.Spans = append(cw.Spans, Span{id, mid - crosswalkWidth/2, mid + crosswalkWidth/2})
	}
	b.m.Crosswalks = append(b.m.Crosswalks, cw)
}

// paveJunction lays the asphalt of a junction, with rounded corners, and the
// sidewalks around them. It returns the outline.
func (b *builder) paveJunction(arms []arm, center geom.Vec) []geom.Vec {
	var outline []geom.Vec
	for i := range arms {
		a, z := &arms[i], &arms[(i+1)%len(arms)]
		left, _ := a.edges()
		_, right := z.edges()
		from := a.mouth()
		to := z.mouth()
		corner := cornerCurve(from, left, to, right)
		outline = append(outline, corner...)
		walk := math.Min(a.road.section.sidewalk, z.road.section.sidewalk)
		if walk > 0 {
			b.m.Surfaces = append(b.m.Surfaces, Surface{
				Kind: Sidewalk, Left: corner, Right: cornerCurve(from, left+walk, to, right+walk), CurbLeft: true,
			})
		}
	}
	ring := append(append([]geom.Vec(nil), outline...), outline[0])
	hub := make([]geom.Vec, len(ring))
	for i := range hub {
		hub[i] = center
	}
	b.m.Surfaces = append(b.m.Surfaces, Surface{Kind: Asphalt, Left: hub, Right: ring})
	return outline
}

// cornerCurve returns the curb from the left edge of one mouth to the right edge
// of the next mouth counter-clockwise.
func cornerCurve(from geom.Pose, left float64, to geom.Pose, right float64) []geom.Vec {
	p0 := from.ToWorld(geom.Vec{Y: left})
	p2 := to.ToWorld(geom.Vec{Y: -right})
	p1 := p0.Lerp(p2, 0.5)
	u, v := from.Forward(), to.Forward()
	if cross := u.Cross(v); math.Abs(cross) > 0.3 {
		t := p2.Sub(p0).Cross(v) / cross
		p1 = p0.Add(u.Scale(t))
	}
	const n = 8
	pts := make([]geom.Vec, 0, n+1)
	for i := range n + 1 {
		t := float64(i) / n
		pts = append(pts, p0.Lerp(p1, t).Lerp(p1.Lerp(p2, t), t))
	}
	return pts
}
