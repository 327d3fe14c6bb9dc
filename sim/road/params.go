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
	KindMerge      Kind = "merge"      // a one-way road with an on-ramp
	KindExit       Kind = "exit"       // a one-way road with an off-ramp
	KindDrop       Kind = "lane-drop"  // a one-way road with a right lane that ends
	KindFourWay    Kind = "four-way"   // a junction of four arms
	KindTee        Kind = "tee"        // a junction of three arms
	KindRoundabout Kind = "roundabout" // a ring with four arms
	KindTown       Kind = "town"       // a grid of streets
)

// Kinds lists all kinds of procedural maps.
func Kinds() []Kind {
	return []Kind{KindStraight, KindArc, KindCurve, KindSCurve, KindMerge, KindExit, KindDrop, KindFourWay, KindTee, KindRoundabout, KindTown}
}

// Params describes a procedural map. Zero fields stand for the value in brackets.
//
// The lanes of a single road are numbered in the driving direction of the first
// one: lane 0 is the rightmost lane. After the last forward lane follow the
// oncoming lanes, from right to left in their driving direction. At junctions the
// traffic on the first arm drives along +x.
type Params struct {
	Kind      Kind
	Lanes     int     // in each direction, without a lane that begins or ends [1]
	OneWay    bool    // no oncoming lanes
	LaneWidth float64 // m [3.5]
	Length    float64 // of the road, of each arm, or of a town block, m [400; arms 150; blocks 90]
	Radius    float64 // of curves, signed, positive to the left, m [150]; of a roundabout [16]
	Angle     float64 // change of heading of a curve, rad [1]
	// Taper is the length of an acceleration lane, a deceleration lane or a lane
	// that ends, m [200; merge a third of Length]. The road extends a third of
	// Length before and after a ramp, and Length after a lane drop.
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
	Seed       uint64  // of scenery, signal phases and all other random choices
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
		p.Radius = cmp.Or(p.Radius, defaultRingRadius)
	}
	p.Radius = cmp.Or(p.Radius, 150)
	p.Angle = cmp.Or(p.Angle, 1)
	p.SpeedLimit = cmp.Or(p.SpeedLimit, 50/3.6)
	p.Lanes = cmp.Or(p.Lanes, 1)
	p.Columns = cmp.Or(p.Columns, 3)
	p.Rows = cmp.Or(p.Rows, 2)
	return p, p.check()
}

// taper returns the default of Taper.
func (p *Params) taper() float64 {
	if p.Kind == KindMerge {
		return p.Length / 3
	}
	return 200
}

// ParamError is an invalid map parameter.
type ParamError struct {
	Param string // name in scenario files, such as lane_width
	// Min and Max bound the magnitude of the parameter, SI; both are 0 if the fault is
	// not a bound.
	Min, Max float64
	Reason   string // the fault, or the reason for the bounds
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

// check returns an error for the first field out of range.
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

// innerRadius is the minimum radius of a curve at the inner edge of the road. On
// a smaller one a car of 2.6 m wheelbase could not follow the inner lane.
const innerRadius = 5.0 // m

// checkCurve returns an error for a curve that is too tight for the width of the road, or
// too long.
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

// section returns the cross-section for the parameters.
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
