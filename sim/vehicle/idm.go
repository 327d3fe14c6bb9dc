package vehicle

import "math"

// IDM holds the parameters of the Intelligent Driver Model (Treiber, Hennecke
// and Helbing, "Congested traffic states in empirical observations and
// microscopic simulations", Phys. Rev. E 62, 2000).
type IDM struct {
	V0    float64 // desired speed, m/s
	T     float64 // time headway, s
	S0    float64 // gap at standstill, m
	A     float64 // acceleration, m/s²
	B     float64 // comfortable deceleration, m/s²
	Delta float64 // acceleration exponent; 4 in all published sets
}

// HighwayIDM returns the highway parameters of Treiber and Kesting, "Traffic
// Flow Dynamics" (2013), table 11.2.
func HighwayIDM() IDM { return IDM{V0: 120 / 3.6, T: 1, S0: 2, A: 1, B: 1.5, Delta: 4} }

// CityIDM returns the city parameters of the same table.
func CityIDM() IDM { return IDM{V0: 54 / 3.6, T: 1, S0: 2, A: 1, B: 1.5, Delta: 4} }

// Treiber2000IDM returns the parameters of the paper from 2000.
func Treiber2000IDM() IDM { return IDM{V0: 120 / 3.6, T: 1.6, S0: 2, A: 0.73, B: 1.67, Delta: 4} }

// Accel returns the acceleration at speed v with a gap (bumper to bumper, m) to
// a leader at speed lead. An infinite gap means a free road. At a gap of zero
// or less the result is -Inf; the caller limits it.
func (p *IDM) Accel(v, gap, lead float64) float64 {
	if math.IsInf(gap, 1) {
		return p.FreeAccel(v)
	}
	if gap <= 0 {
		return math.Inf(-1)
	}
	q := p.wantedGap(v, lead) / gap
	return p.FreeAccel(v) - p.A*q*q
}

// FollowAccel returns the acceleration at speed v behind a leader at speed lead if only
// the gap counts and not the desired speed: A·(1 - (s*/gap)²), with the interaction
// term of the model. gap must be positive, m.
func (p *IDM) FollowAccel(v, gap, lead float64) float64 {
	q := p.wantedGap(v, lead) / gap
	return p.A * (1 - q*q)
}

// FreeAccel returns the acceleration at speed v on a free road. Above the desired speed the
// deceleration is at most B, as in the improved model of Treiber and Kesting
// (2013), section 11.3.7; the plain formula would brake unrealistically hard.
func (p *IDM) FreeAccel(v float64) float64 {
	r := v / math.Max(p.V0, 0.1)
	var pow float64
	if p.Delta == 4 {
		pow = r * r * r * r
	} else {
		pow = math.Pow(r, p.Delta)
	}
	return math.Max(-p.B, p.A*(1-pow))
}

// wantedGap returns s*, the desired gap at speed v behind a leader at speed
// lead.
func (p *IDM) wantedGap(v, lead float64) float64 {
	return p.S0 + math.Max(0, v*p.T+v*(v-lead)/(2*math.Sqrt(p.A*p.B)))
}

// EquilibriumGap returns the gap of drivers that follow each other at the
// constant speed v < V0.
func (p *IDM) EquilibriumGap(v float64) float64 {
	return (p.S0 + v*p.T) / math.Sqrt(1-math.Pow(v/p.V0, p.Delta))
}
