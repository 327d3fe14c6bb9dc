package traffic

// MOBIL holds the parameters of the lane-change model of Kesting, Treiber and
// Helbing, "General lane-changing model MOBIL for car-following models",
// Transportation Research Record 1999 (2007). The paper's symbols are in
// parentheses.
type MOBIL struct {
	Politeness float64 // weight of the other drivers' loss (p)
	Threshold  float64 // minimum gain of a change, m/s² (Δa_th)
	KeepRight  float64 // bias toward the right, m/s² (Δa_bias)
	SafeBrake  float64 // maximum braking imposed on the follower, m/s² (b_safe)
}

// DefaultMOBIL returns the parameters of the paper with its usual politeness.
func DefaultMOBIL() MOBIL {
	return MOBIL{Politeness: 0.25, Threshold: 0.15, KeepRight: 0.2, SafeBrake: 4}
}

// ChangeEffect holds the accelerations that a lane change affects, m/s²: of the
// changing driver, the new follower and the old follower, each before and after.
type ChangeEffect struct {
	Own, OwnAfter float64
	New, NewAfter float64
	Old, OldAfter float64
}

// Safe reports whether neither the new follower nor the changing driver must
// brake harder than SafeBrake.
func (p *MOBIL) Safe(x *ChangeEffect) bool {
	return x.NewAfter >= -p.SafeBrake && x.OwnAfter >= -p.SafeBrake
}

// Worth reports whether the gain of the change, with the losses of others
// weighted by politeness, exceeds the threshold (equations 2 and 5 of the
// paper). The bias raises the threshold to the left and lowers it to the right.
func (p *MOBIL) Worth(x *ChangeEffect, left bool) bool {
	gain := x.OwnAfter - x.Own + p.Politeness*((x.NewAfter-x.New)+(x.OldAfter-x.Old))
	if left {
		return gain > p.Threshold+p.KeepRight
	}
	return gain > p.Threshold-p.KeepRight
}
