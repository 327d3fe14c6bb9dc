package road

import (
	"cmp"
	"errors"
	"fmt"
	"math"
)

// Kind is a kind of procedural map.
type Kind string

// Kinds of procedural maps.
const (
	KindStraight   Kind = "straight"   // one road
	KindArc        Kind = "arc"        // straight, arc, straight
	KindCurve      Kind = "curve"      // straight, clothoid, arc, clothoid, straight
	KindSCurve     Kind = "s-curve"    // two such curves in opposite directions
	KindMerge      Kind = "merge"      // a one-way road that an on-ramp joins
	KindExit       Kind = "exit"       // a one-way road that an off-ramp leaves
	KindDrop       Kind = "lane-drop"  // a one-way road whose right lane ends
	KindFourWay    Kind = "four-way"   // a junction of four arms
	KindTee        Kind = "tee"        // a junction of three arms
	KindRoundabout Kind = "roundabout" // a ring that four arms meet
	KindTown       Kind = "town"       // a grid of streets
)

// Kinds lists all kinds of procedural maps.
func Kinds() []Kind {
	return []Kind{KindStraight, KindArc, KindCurve, KindSCurve, KindMerge, KindExit, KindDrop, KindFourWay, KindTee, KindRoundabout, KindTown}
}

// Params describes a procedural map. Zero fields take the value in brackets.
//
// Lanes of a single road are numbered along the driving direction of the first
// one: 0 is the rightmost lane, and after the last forward lane come the oncoming
// lanes, again from right to left as their drivers see them. At junctions the
// first arm is the one that the traffic comes from which drives along +x.
type Params struct {
	Kind      Kind
	Lanes     int     // in each direction, without the one that begins or ends [1]
	OneWay    bool    // no oncoming lanes
	LaneWidth float64 // m [3.5]
	Length    float64 // of the road, of each arm, or of a town's block, m [400; arms 150; blocks 90]
	Radius    float64 // of curves, signed, positive to the left, m [150]; of a roundabout [16]
	Angle     float64 // change of heading of a curve, rad [1]
	// Taper is the length of the lane on which one enters, leaves, or that ends, m
	// [200; merge a third of Length]. Before and after a ramp the road goes on for a
	// third of Length, after a lane drop for Length.
	Taper      float64
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
	length := 400.0
	switch p.Kind {
	case KindFourWay, KindTee, KindRoundabout:
		length = 150
	case KindTown:
		length = 90
	}
	p.Length = cmp.Or(p.Length, length)
	p.Taper = cmp.Or(p.Taper, p.taper())
	p.LaneWidth = cmp.Or(p.LaneWidth, 3.5)
	if p.Kind == KindRoundabout {
		p.Radius = cmp.Or(p.Radius, usualRing)
	}
	p.Radius = cmp.Or(p.Radius, 150)
	p.Angle = cmp.Or(p.Angle, 1)
	p.SpeedLimit = cmp.Or(p.SpeedLimit, 50/3.6)
	p.Lanes = cmp.Or(p.Lanes, 1)
	p.Columns = cmp.Or(p.Columns, 3)
	p.Rows = cmp.Or(p.Rows, 2)
	return p, p.check()
}

// taper returns the usual length of the lane that begins or ends on the way.
func (p *Params) taper() float64 {
	if p.Kind == KindMerge {
		return p.Length / 3
	}
	return 200
}

// ParamError is a parameter that makes no map.
type ParamError struct {
	Param string // as scenario files call it, such as lane_width
	// Min and Max bound the magnitude of the parameter, SI; both are 0 where the fault is
	// not a matter of bounds.
	Min, Max float64
	Reason   string // what is wrong, or why the bounds are those
}

// Error names the parameter, its bounds and the reason.
func (e *ParamError) Error() string {
	switch {
	case e.Max == 0:
		return e.Param + ": " + e.Reason
	case e.Reason == "":
		return fmt.Sprintf("%s is outside %g to %g", e.Param, e.Min, e.Max)
	}
	return fmt.Sprintf("%s is outside %g to %g, %s", e.Param, e.Min, e.Max, e.Reason)
}

// check reports the first field out of range.
func (p *Params) check() error {
	for _, f := range []struct {
		name      string
		v, lo, hi float64
	}{
		{"lanes", float64(p.Lanes), 1, 5},
		{"lane_width", p.LaneWidth, 2.5, 5},
		{"length", p.Length, 60, 20000},
		{"radius", math.Abs(p.Radius), 15, maxRadius},
		{"angle", math.Abs(p.Angle), 0.01, 3},
		{"taper", p.Taper, 15, 2000},
		{"speed_limit", p.SpeedLimit, 1, 70},
		{"wear", p.Wear, 0, 1},
		{"columns", float64(p.Columns), 1, 12},
		{"rows", float64(p.Rows), 1, 12},
	} {
		if !(f.v >= f.lo && f.v <= f.hi) {
			return &ParamError{Param: f.name, Min: f.lo, Max: f.hi}
		}
	}
	return errors.Join(p.checkRoundabout(), p.checkCurve())
}

const (
	maxRadius = 1e6 // m
	// maxArc bounds the length of a curve, and so the memory that a map takes, m.
	maxArc = 1e5
)

// innerRadius is what a curve leaves at least of its radius at the inner edge of
// the road: less, and a car of 2.6 m wheelbase could not follow the inner lane.
const innerRadius = 5.0 // m

// checkCurve reports a curve so tight that the inner edge of the road would fold.
func (p *Params) checkCurve() error {
	if p.Kind != KindArc && p.Kind != KindCurve && p.Kind != KindSCurve {
		return nil
	}
	sec := p.section()
	left, right := sec.half()
	if least := math.Max(left, right) + sec.sidewalk + innerRadius; math.Abs(p.Radius) < least {
		return &ParamError{Param: "radius", Min: least, Max: maxRadius, Reason: "which a curve needs for a road of this width"}
	}
	if math.Abs(p.Radius*p.Angle) > maxArc {
		return &ParamError{Param: "radius", Min: 15, Max: maxArc / math.Abs(p.Angle), Reason: "where the curve is 100 km long"}
	}
	return nil
}

// section returns the cross-section that the parameters ask for.
func (p *Params) section() section {
	s := section{
		forward: p.Lanes, backward: p.Lanes, width: p.LaneWidth, limit: p.SpeedLimit,
		shoulder: 0.6,
		edge:     Marking{Kind: MarkSolid, Wear: p.Wear},
		divider:  Marking{Kind: MarkDashed, Wear: p.Wear},
		center:   Marking{Kind: MarkDashed, Yellow: p.Yellow, Wear: p.Wear},
	}
	if p.OneWay {
		s.backward = 0
		s.center.Kind = MarkSolid
	} else if p.Lanes > 1 {
		s.center.Kind = MarkDouble
	}
	if p.Urban {
		s.shoulder, s.sidewalk = 0.3, 2.5
	}
	if p.Unmarked {
		s.edge, s.divider, s.center = Marking{}, Marking{}, Marking{}
	}
	return s
}
