package vehicle

import "math"

// RSS holds the parameters of Responsibility-Sensitive Safety (Shalev-Shwartz,
// Shammah and Shashua, "On a formal model of safe and scalable self-driving
// cars", 2017). Times are s, accelerations m/s², distances m.
type RSS struct {
	Reaction      float64 // ρ of the car that must respond
	OtherReaction float64 // ρ of the other
	Accel         float64 // maximum acceleration during the reaction time
	MinBrake      float64 // minimum braking after the reaction time
	MaxBrake      float64 // maximum braking of the car ahead
	MinBrakeRight float64 // minimum braking of a car in its correct lane for an oncoming car
	LateralAccel  float64
	LateralBrake  float64
	Margin        float64 // μ, lateral margin for fluctuations
}

// ConservativeRSS returns the conservative default parameters of the ad-rss library.
func ConservativeRSS() RSS {
	return RSS{
		Reaction: 1, OtherReaction: 2, Accel: 3.5, MinBrake: 4, MaxBrake: 8, MinBrakeRight: 3,
		LateralAccel: 0.2, LateralBrake: 0.8, Margin: 0.1,
	}
}

// Behind returns the safe distance of a car at speed rear behind one at speed
// lead, both in the same direction (definition 1).
func (r *RSS) Behind(rear, lead float64) float64 {
	return math.Max(0, r.LostBehind(rear, lead))
}

// LostBehind returns the gap that a car at speed rear loses to one at speed lead until
// both stand: the term of definition 1 without its bound at 0. It is negative if the
// lead needs so much farther to stop that the gap grows.
func (r *RSS) LostBehind(rear, lead float64) float64 {
	top := rear + r.Reaction*r.Accel
	return rear*r.Reaction + r.Accel*r.Reaction*r.Reaction/2 + top*top/(2*r.MinBrake) - lead*lead/(2*r.MaxBrake)
}

// Oncoming returns the safe distance between a car at speed own in its lane and
// an oncoming car at speed other, both positive (definition 2).
func (r *RSS) Oncoming(own, other float64) float64 {
	stop := func(v, reaction, brake float64) float64 {
		top := v + reaction*r.Accel
		return (v+top)/2*reaction + top*top/(2*brake)
	}
	return stop(own, r.Reaction, r.MinBrakeRight) + stop(other, r.OtherReaction, r.MinBrake)
}

// Beside returns the safe lateral distance between two cars with the lateral
// speeds left and right of the left and the right car, both positive to the
// right (definition 6).
func (r *RSS) Beside(left, right float64) float64 {
	l := left + r.Reaction*r.LateralAccel
	o := right - r.OtherReaction*r.LateralAccel
	way := (left+l)/2*r.Reaction + l*math.Abs(l)/(2*r.LateralBrake) -
		((right+o)/2*r.OtherReaction + o*math.Abs(o)/(2*r.LateralBrake))
	return r.Margin + math.Max(0, way)
}
