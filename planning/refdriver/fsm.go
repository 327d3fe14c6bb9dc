package refdriver

import "math"

// FSM is the Fuzzy Safety Model (Mattas et al., "Fuzzy surrogate safety metrics
// for real-time assessment of rear-end collision risk", Accident Analysis and
// Prevention 148, 2020): it brakes gently if the gap is unsafe for a braking
// leader, and harder as the gap becomes unsafe at the current speeds.
type FSM struct {
	Tau           float64 // reaction time, s
	Comfort, Hard float64 // b_c and b_m: comfortable and maximum braking of the ego, m/s²
	Lead          float64 // b_l: assumed maximum braking of the other, m/s²
	Margin, Spare float64 // m_d and m_s, m
	Early         float64 // margin by which the ego must have passed before the other arrives, s
}

// NewFSM returns the model with the paper's parameters.
func NewFSM() FSM {
	return FSM{Tau: 0.75, Comfort: 4, Hard: 6, Lead: 7, Margin: 2, Spare: 2, Early: 0.1}
}

// Name returns fsm.
func (FSM) Name() string { return "fsm" }

// PFS returns the proactive fuzzy surrogate at ego speed u behind another at
// speed w with gap d, for a braking leader: 0 if comfortable braking is
// sufficient, 1 if maximum braking is not.
func (f FSM) PFS(u, w, d float64) float64 {
	stop := u * f.Tau
	other := w * w / (2 * f.Lead)
	safe := stop + u*u/(2*f.Comfort) - other + f.Spare
	unsafe := stop + u*u/(2*f.Hard) - other
	return between(d-f.Margin, safe, unsafe)
}

// CFS returns the critical fuzzy surrogate at ego speed u and acceleration a
// behind another with constant speed w and gap d: 0 if comfortable braking
// after the reaction time is sufficient, 1 if maximum braking is not.
func (f FSM) CFS(u, w, d, a float64) float64 {
	if u <= w {
		return 0
	}
	bounded := math.Max(a, -f.Comfort)
	after := u + bounded*f.Tau
	if after < w {
		// The speeds are equal before the reaction time is over.
		if d < (u-w)*(u-w)/math.Abs(2*a) {
			return 1
		}
		return 0
	}
	reacting := (u + bounded*f.Tau/2 - w) * f.Tau
	braking := func(b float64) float64 { return reacting + (after-w)*(after-w)/(2*b) }
	return between(d, braking(f.Comfort), braking(f.Hard))
}

// between returns 0 above safe, 1 below unsafe, and a linear interpolation in between.
func between(d, safe, unsafe float64) float64 {
	switch {
	case d > safe:
		return 0
	case d < unsafe:
		return 1
	}
	return (d - safe) / (unsafe - safe)
}

// Assess combines both metrics, unless the ego will have passed before the other
// is in its path. For the proactive metric an oncoming car counts as standing.
func (f FSM) Assess(s *Situation) Assessment {
	if s.Behind || s.Side > 0 && f.passes(s) {
		return Assessment{}
	}
	a := Assessment{CFS: f.CFS(s.Speed, s.Other, s.Gap, s.Accel), PFS: f.PFS(s.Speed, math.Max(0, s.Other), s.Gap)}
	a.Unsafe = a.CFS+a.PFS != 0
	if a.Decel = a.PFS * f.Comfort; a.CFS > 0 {
		a.Decel = f.Comfort + a.CFS*(f.Hard-f.Comfort)
	}
	a.Decel = math.Min(a.Decel, maxBrake)
	return a
}

// passes reports whether the ego has passed the other before the other enters
// its path.
func (f FSM) passes(s *Situation) bool {
	return s.Closing <= 0 || s.Side/s.Closing > s.Clear/s.approach()+f.Early
}

// Response returns no response during the reaction time, then growing braking.
func (f FSM) Response() Response { return Response{Reaction: f.Tau, Jerk: brakeJerk} }

// Headway returns the gap with a proactive metric of 0 behind another at the
// same speed.
func (f FSM) Headway(speed float64) float64 {
	return speed*f.Tau + speed*speed/(2*f.Comfort) - speed*speed/(2*f.Lead) + f.Spare + f.Margin
}
