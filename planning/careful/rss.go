package careful

// RSS brakes when the distances of Responsibility-Sensitive Safety are violated
// along and across the way at once (Shalev-Shwartz, Shammah and Shashua, "On a
// formal model of safe and scalable self-driving cars", 2017).
type RSS struct {
	Rho    float64 // response time, s
	Accel  float64 // a_max,accel: most that the rear car speeds up meanwhile, m/s²
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
	fast := v + r.Rho*r.Accel
	return v*r.Rho + r.Accel*r.Rho*r.Rho/2 + fast*fast/(2*r.Brake) - lead*lead/(2*r.Brake)
}

// Beside returns the safe distance to a car that comes nearer at the given
// lateral speed, m and m/s (definition 6 of the paper, with the own car straight
// on).
func (r RSS) Beside(closing float64) float64 {
	fast := closing + r.Across*r.Rho
	return r.Mu + (2*closing+r.Across*r.Rho)*r.Rho/2 + fast*fast/(2*r.Across)
}

// Assess tells that both distances are violated. It takes an oncoming car for one
// that stands.
func (r RSS) Assess(s *Situation) Assessment {
	if s.Behind || s.Gap >= r.Along(s.Speed, max(0, s.Other)) || s.Side >= r.Beside(s.Closing) {
		return Assessment{}
	}
	return Assessment{Unsafe: true, Urge: hardest}
}

// Manner returns the response of an attentive driver.
func (r RSS) Manner() Manner { return Manner{Reaction: r.Rho, Jerk: pedal} }

// Headway returns the gap at which a car that follows at the other's speed is
// just safe when the other brakes: the safe distance after the response time,
// with the way that the other loses until then.
func (r RSS) Headway(speed float64) float64 {
	lead := max(0, speed-r.Rho*r.Brake)
	return r.Along(speed, lead) + r.Brake*r.Rho*r.Rho/2
}
