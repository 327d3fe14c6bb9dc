package metrics

import "math"

// TimeHeadway returns gap/v, s: the time that a car at speed v needs to reach the
// present position of the lead. NaN for a car that stands.
func TimeHeadway(gap, v float64) float64 {
	if v < 0.1 {
		return math.NaN()
	}
	return gap / v
}

// DRAC returns the deceleration rate to avoid a crash (Almqvist, Hydén and Risser,
// 1991), m/s²: closing²/(2·gap), with the closing speed to a lead of constant speed. 0
// if it does not close in, NaN in contact.
func DRAC(gap, closing float64) float64 {
	switch {
	case gap <= 0:
		return math.NaN()
	case closing <= 0:
		return 0
	}
	return closing * closing / (2 * gap)
}

// MTTC returns the modified time to collision (Ozbay et al., 2008), s: the time until a
// gap closes if both keep their accelerations. gained is the follower's acceleration
// minus the lead's. The result is the smallest positive root of
// gap - closing·t - gained·t²/2 = 0; +Inf if there is none. A gained within ±0.1 m/s²
// counts as 0.
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
	// This form of the quadratic formula has no cancellation for the nearer root.
	sum := closing + math.Sqrt(root)
	if sum <= 0 {
		return math.Inf(1)
	}
	return 2 * gap / sum
}

// R157Gap returns the minimum distance to a lead that UN Regulation 157 (2021,
// 5.2.3.3) requires of an automated lane keeping system at speed v, m: the time gap of
// its table times v, at least 2 m. The table ends at 60 km/h; its last time gap applies
// above.
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
// (Minderhoud and Bovy, 2001): the time with TTC below τ*, s, and the integral of
// 1/TTC - 1/τ* over that time. Contact (TTC 0) counts for the former only.
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

// slopeReach is the half window of a slope, steps.
const slopeReach = 5

// slope writes to dst the derivative of x over time: at each step the slope of the
// least-squares line within slopeReach steps, which is less noisy than differences. With
// equal steps it equals the filter of Savitzky and Golay (1964) of order 2. Undefined
// values are skipped.
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
