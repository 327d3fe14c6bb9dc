package refdriver

import "math"

// Reg157 brakes as UN R157, paragraph 5.2.5.2, requires of a system at a cut-in:
// whenever the time to collision, at the lateral distance Notice, is long enough
// to stop the approach with Brake after Reaction.
type Reg157 struct {
	Notice float64 // between the sides, m
	Brake  float64 // m/s²
	// Reaction and Grace are added to the braking time, s.
	Reaction, Grace float64
	Behind          float64 // time headway at which it follows, s
}

// NewReg157 returns the model with the parameters of the regulation.
func NewReg157() Reg157 {
	return Reg157{Notice: 0.5, Brake: 6, Reaction: 0.35, Grace: 0.1, Behind: 2}
}

// Name returns reg157.
func (Reg157) Name() string { return "reg157" }

// Assess compares the time to collision with v_rel/(2·6 m/s²) + 0.35 s + 0.1 s.
func (r Reg157) Assess(s *Situation) Assessment {
	v := s.approach()
	switch {
	case s.Evident:
	case s.Behind || s.Side > r.Notice || math.Abs(s.Gap/v) > v/(2*r.Brake)+r.Reaction+r.Grace:
		return Assessment{}
	}
	return Assessment{Unsafe: true, Decel: r.Brake}
}

// Response returns constant braking after the reaction.
func (r Reg157) Response() Response { return Response{Reaction: r.Reaction} }

// Headway returns the gap of the human driver: the gap of the regulation is shorter.
func (r Reg157) Headway(speed float64) float64 { return r.Behind * speed }
