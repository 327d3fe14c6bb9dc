package measure

import "math"

// g is the standard acceleration of gravity, m/s².
const g = 9.80665

// TimeHeadway returns gap/v, s: how long a car at speed v takes to where the lead
// is now. NaN for a car that stands.
func TimeHeadway(gap, v float64) float64 {
	if v < 0.1 {
		return math.NaN()
	}
	return gap / v
}

// DRAC returns the deceleration rate to avoid a crash (Almqvist, Hydén and Risser,
// 1991) of a car that closes in at speed closing on a lead that keeps its own, m/s²:
// closing²/(2·gap). 0 when it does not close in, NaN in contact.
func DRAC(gap, closing float64) float64 {
	switch {
	case gap <= 0:
		return math.NaN()
	case closing <= 0:
		return 0
	}
	return closing * closing / (2 * gap)
}

// MTTC returns the modified time to collision (Ozbay et al., 2008), s: when a gap
// closes if both keep their accelerations, gained being the follower's less the
// lead's. That is the smallest positive root of gap - closing·t - gained·t²/2 = 0;
// +Inf where there is none. Where gained is within 0.1 m/s² it is taken for 0.
func MTTC(gap, closing, gained float64) float64 {
	const none = 0.1
	if gap <= 0 {
		return 0
	}
	if math.Abs(gained) <= none {
		if closing <= 0 {
			return math.Inf(1)
		}
		return gap / closing
	}
	root := closing*closing + 2*gained*gap
	if root < 0 {
		return math.Inf(1)
	}
	// In this form of the quadratic formula nothing cancels for the nearer root.
	sum := closing + math.Sqrt(root)
	if sum <= 0 {
		return math.Inf(1)
	}
	return 2 * gap / sum
}

// R157Gap returns the least distance to a lead that UN Regulation 157 (2021,
// 5.2.3.3) asks of an automated lane keeping system at speed v, m: the time gap of
// its table times v, at least 2 m. Beyond the table's 60 km/h its last time gap is kept.
func R157Gap(v float64) float64 {
	kmh := 3.6 * v
	t := 1.0
	switch {
	case kmh >= 60:
		t = 1.6
	case kmh >= 10:
		t = 1.1 + (kmh-10)/100
	case kmh > 7.2:
		t = 1 + 0.1*(kmh-7.2)/(10-7.2)
	}
	return math.Max(2, v*t)
}

// criticalTTC is τ*, the time to collision below which exposure counts, s: the
// default of CommonRoad-CriMe (Lin and Althoff, 2023).
const criticalTTC = 2.0

// exposure returns the time exposed and the time integrated time to collision
// (Minderhoud and Bovy, 2001): how long it was below τ*, s, and the integral of
// 1/TTC - 1/τ* over that time. Contact, where it is 0, counts for the former only.
func exposure(times, ttc []float64) (tet, tit float64) {
	for i := 1; i < len(times); i++ {
		if v, dt := ttc[i], times[i]-times[i-1]; v < criticalTTC {
			tet += dt
			if v > 0 {
				tit += (1/v - 1/criticalTTC) * dt
			}
		}
	}
	return tet, tit
}

// slopeReach is how far to both sides values are used for a slope, steps.
const slopeReach = 5

// slope writes to dst the derivative of x over time: at each step that of the
// straight line that fits best within slopeReach steps, which takes off the
// trembling that plain differences show. With equal steps that is the filter of
// Savitzky and Golay (1964) of order 2. Undefined values are left out.
func slope(dst, times, x []float64) {
	for i := range x {
		dst[i] = fit(times, x, max(0, i-slopeReach), min(len(x), i+slopeReach+1))
	}
}

// fit returns the slope of the line through x from step a to before step b, NaN
// with fewer than two values.
func fit(times, x []float64, a, b int) float64 {
	var n, t, y, tt, ty float64
	for i := a; i < b; i++ {
		if !math.IsNaN(x[i]) {
			at := times[i] - times[a]
			n, t, y, tt, ty = n+1, t+at, y+x[i], tt+at*at, ty+at*x[i]
		}
	}
	return (n*ty - t*y) / (n*tt - t*t) // 0/0 with fewer than two
}
