package refdriver

import "roadloop/sim/vehicle"

// RSS brakes if the longitudinal and the lateral distance of
// Responsibility-Sensitive Safety are both violated (Shalev-Shwartz, Shammah
// and Shashua, "On a formal model of safe and scalable self-driving cars",
// 2017).
type RSS struct {
	Rho    float64 // response time, s
	Accel  float64 // a_max,accel: maximum acceleration of the rear car during the response time, m/s²
	Brake  float64 // b: of both cars, m/s²
	Across float64 // lateral acceleration and braking of the other, m/s²
	Mu     float64 // lateral margin, m
}

// NewRSS returns the model with the parameters of the comparison published with
// UN R157.
func NewRSS() RSS { return RSS{Rho: 0.75, Accel: 3, Brake: 6, Across: 1, Mu: 0.3} }

// Name returns rss.
func (RSS) Name() string { return "rss" }

// Along returns the safe distance behind a car, m (definition 1 of the paper,
// without the bound at 0). v and lead are the speeds, m/s.
func (r RSS) Along(v, lead float64) float64 {
	safe := vehicle.RSS{Reaction: r.Rho, Accel: r.Accel, MinBrake: r.Brake, MaxBrake: r.Brake}
	return safe.LostBehind(v, lead)
}

// Beside returns the safe lateral distance to a car with the given lateral
// closing speed, m and m/s: definition 6 of the paper for an ego without lateral
// motion, in the form of the published comparison. It equals vehicle.RSS.Beside
// where closing is at least -Across·Rho/2, except for rounding.
func (r RSS) Beside(closing float64) float64 {
	fast := closing + r.Across*r.Rho
	return r.Mu + (2*closing+r.Across*r.Rho)*r.Rho/2 + fast*fast/(2*r.Across)
}

// Assess reports Unsafe if both distances are violated. An oncoming car counts as
// standing.
func (r RSS) Assess(s *Situation) Assessment {
	if s.Behind || s.Gap >= r.Along(s.Speed, max(0, s.Other)) || s.Side >= r.Beside(s.Closing) {
		return Assessment{}
	}
	return Assessment{Unsafe: true, Decel: maxBrake}
}

// Response returns the response of an attentive driver.
func (r RSS) Response() Response { return Response{Reaction: r.Rho, Jerk: brakeJerk} }

// Headway returns the minimum gap at equal speeds that is safe if the other
// brakes: the safe distance after the response time plus the distance lost
// until then.
func (r RSS) Headway(speed float64) float64 {
	lead := max(0, speed-r.Rho*r.Brake)
	return r.Along(speed, lead) + r.Brake*r.Rho*r.Rho/2
}
