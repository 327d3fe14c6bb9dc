package traffic

import (
	"math"
)

// sidestep predicts the lateral position of a vehicle during a lateral move.
type sidestep struct {
	shift     shift
	aside     float64 // d on the given lane minus d on the vehicle's lane, m
	v         float64 // speed now, m/s
	accel     float64 // maximum acceleration, m/s²
	half      float64 // half the vehicle's width, m
	wheelbase float64 // m
	nose      float64 // from the rear axle to the front bumper, m
}

// sidestep returns the prediction for the current shift of c, on the lane with its
// center line at -aside in the frame of c's lane.
func (c *car) sidestep(aside float64) sidestep {
	return sidestep{c.shift, aside, c.v, c.idm.A, c.shape.Width / 2, c.wheelbase, c.shape.RearToCenter + c.shape.Length/2}
}

// nearlyStanding is the speed below which drivers treat an actor as standing, m/s.
const nearlyStanding = 1.0

// turnedExtent is the additional forward extent of a turned vehicle, m: half its
// width times the sine of the usual relative heading.
const turnedExtent = 0.4

// strip returns the lateral range of the vehicle at d.
func (k *sidestep) strip(d float64) corridor {
	return corridor{d + k.aside - k.half - sideClearance, d + k.aside + k.half + sideClearance}
}

// clears reports whether the vehicle avoids e, which is gap meters ahead of its
// front, from its arrival there to the end of the shift. Above shiftSpeed a faster
// vehicle moves less sideways per meter, so the prediction assumes acceleration.
func (k *sidestep) clears(e *entry, gap float64) bool {
	if !k.shift.active || math.Abs(e.v) > nearlyStanding || k.strip(k.shift.to).meets(e) {
		return false
	}
	const parts = 4 // checked points along the side: long vehicles cut the inside of the curve
	for part := range parts + 1 {
		at := k.nose * (1 - float64(part)/parts) // distance ahead of the rear axle
		run := gap + k.nose - at
		if part == 0 {
			run -= turnedExtent
		}
		if k.strip(k.offset(math.Max(0, run), at)).meets(e) {
			return false
		}
	}
	return true
}

// offset returns d of the point at meters ahead of the rear axle, after the vehicle
// has moved run meters.
func (k *sidestep) offset(run, at float64) float64 {
	fastest := math.Sqrt(k.v*k.v + 2*k.accel*run)
	share := math.Min(1, k.shift.share+run/k.shift.way(fastest))
	return k.shift.at(share) + at*math.Sin(k.shift.turned(share, fastest, k.wheelbase))
}
