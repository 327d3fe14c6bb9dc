package traffic

import (
	"math"

	"roadloop/sim/actor"
)

// sidestep predicts where a vehicle is across a lane while it moves sideways.
type sidestep struct {
	shift     shift
	aside     float64 // from d on the vehicle's lane to d on the lane in question, m
	v         float64 // speed now, m/s
	accel     float64 // hardest acceleration, m/s²
	half      float64 // half the vehicle's width, m
	wheelbase float64 // m
	nose      float64 // from the rear axle to the front bumper, m
}

// sidestep returns the prediction for the running shift of c, on the lane with its
// middle at -aside in the frame of the lane of c.
func (c *car) sidestep(a *actor.Actor, aside float64) sidestep {
	return sidestep{c.shift, aside, c.v, c.idm.A, a.Shape.Width / 2, c.wheelbase, a.Shape.RearToCenter + a.Shape.Length/2}
}

// stopped is the speed below which drivers pass a body as they pass one that stands,
// m/s.
const stopped = 1.0

// noseSwing is how much earlier than a straight body a turned one reaches what is
// ahead, m: half its width times the sine of the usual turn.
const noseSwing = 0.4

// strip returns the strip that the vehicle takes at d.
func (k *sidestep) strip(d float64) corridor {
	return corridor{d + k.aside - k.half - sideRoom, d + k.aside + k.half + sideRoom}
}

// clears reports whether the vehicle is out of the way of e, which stands gap ahead
// of its front, from its arrival there to the end of the shift. Above shiftSpeed a
// faster vehicle moves less to the side per meter, so the prediction assumes that it
// accelerates.
func (k *sidestep) clears(e *entry, gap float64) bool {
	if !k.shift.active || math.Abs(e.v) > stopped || k.strip(k.shift.to).meets(e) {
		return false
	}
	const parts = 4 // of the flank, which long vehicles drag across the inside of the curve
	for part := range parts + 1 {
		at := k.nose * (1 - float64(part)/parts) // before the rear axle
		run := gap + k.nose - at
		if part == 0 {
			run -= noseSwing
		}
		if k.strip(k.offset(math.Max(0, run), at)).meets(e) {
			return false
		}
	}
	return true
}

// offset returns d of the point at before the rear axle, once the vehicle has gone on
// by run.
func (k *sidestep) offset(run, at float64) float64 {
	fastest := math.Sqrt(k.v*k.v + 2*k.accel*run)
	share := math.Min(1, k.shift.share+run/k.shift.way(fastest))
	return k.shift.at(share) + at*math.Sin(k.shift.turned(share, fastest, k.wheelbase))
}
