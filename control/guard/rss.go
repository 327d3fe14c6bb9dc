package guard

import "math"

// RSS holds the parameters of Responsibility-Sensitive Safety (Shalev-Shwartz,
// Shammah and Shashua, "On a formal model of safe and scalable self-driving
// cars", 2017). Times are s, accelerations m/s², distances m.
type RSS struct {
	Reaction      float64 // ρ, of the car that must respond
	OtherReaction float64 // ρ of the other
	Accel         float64 // most that a car speeds up while it reacts
	MinBrake      float64 // least that it then brakes
	MaxBrake      float64 // most that the car ahead brakes
	MinBrakeRight float64 // least that one brakes in its own lane for an oncoming car
	LateralAccel  float64
	LateralBrake  float64
	Margin        float64 // μ, lateral room for wobbling
}

// ConservativeRSS returns the conservative start set of the ad-rss library.
func ConservativeRSS() RSS {
	return RSS{
		Reaction: 1, OtherReaction: 2, Accel: 3.5, MinBrake: 4, MaxBrake: 8, MinBrakeRight: 3,
		LateralAccel: 0.2, LateralBrake: 0.8, Margin: 0.1,
	}
}

// Behind returns the safe distance of a car at speed rear behind one at speed
// lead, both in the same direction (definition 1).
func (r *RSS) Behind(rear, lead float64) float64 {
	top := rear + r.Reaction*r.Accel
	d := rear*r.Reaction + r.Accel*r.Reaction*r.Reaction/2 + top*top/(2*r.MinBrake) - lead*lead/(2*r.MaxBrake)
	return math.Max(0, d)
}

// Oncoming returns the safe distance between a car at speed own in its lane and
// one that comes against it at speed other, both positive (definition 2).
func (r *RSS) Oncoming(own, other float64) float64 {
	stop := func(v, reaction, brake float64) float64 {
		top := v + reaction*r.Accel
		return (v+top)/2*reaction + top*top/(2*brake)
	}
	return stop(own, r.Reaction, r.MinBrakeRight) + stop(other, r.OtherReaction, r.MinBrake)
}

// Beside returns the safe lateral distance of a car whose sideways speed is left
// from one to its right whose sideways speed is right, both positive toward the
// right of the former (definition 6).
func (r *RSS) Beside(left, right float64) float64 {
	l := left + r.Reaction*r.LateralAccel
	o := right - r.OtherReaction*r.LateralAccel
	way := (left+l)/2*r.Reaction + l*math.Abs(l)/(2*r.LateralBrake) -
		((right+o)/2*r.OtherReaction + o*math.Abs(o)/(2*r.LateralBrake))
	return r.Margin + math.Max(0, way)
}
