package traffic

// MOBIL holds the parameters of the lane-change model of Kesting, Treiber and
// Helbing, "General lane-changing model MOBIL for car-following models",
// Transportation Research Record 1999 (2007), whose symbols are in parentheses.
type MOBIL struct {
	Politeness float64 // weight of the others' loss (p)
	Threshold  float64 // gain that makes a change worth it, m/s² (Δa_th)
	KeepRight  float64 // bias toward the right, m/s² (Δa_bias)
	SafeBrake  float64 // hardest braking one may force on the follower, m/s² (b_safe)
}

// DefaultMOBIL returns the parameters of the paper with its usual politeness.
func DefaultMOBIL() MOBIL {
	return MOBIL{Politeness: 0.25, Threshold: 0.15, KeepRight: 0.2, SafeBrake: 4}
}

// Exchange is what a lane change would do to the accelerations of those whom it
// touches, m/s²: the changing driver's own, that of the new follower, and that of
// the old follower, each before and after.
type Exchange struct {
	Own, OwnAfter float64
	New, NewAfter float64
	Old, OldAfter float64
}

// Safe reports whether the new follower need not brake harder than SafeBrake,
// nor the changing driver.
func (p *MOBIL) Safe(x *Exchange) bool {
	return x.NewAfter >= -p.SafeBrake && x.OwnAfter >= -p.SafeBrake
}

// Worth reports whether the change pays: its gain, with the others' losses
// weighed by politeness, exceeds the threshold (equations 2 and 5 of the paper).
// Toward the left the bias adds to the threshold, toward the right it lowers it.
func (p *MOBIL) Worth(x *Exchange, left bool) bool {
	gain := x.OwnAfter - x.Own + p.Politeness*((x.NewAfter-x.New)+(x.OldAfter-x.Old))
	if left {
		return gain > p.Threshold+p.KeepRight
	}
	return gain > p.Threshold-p.KeepRight
}
