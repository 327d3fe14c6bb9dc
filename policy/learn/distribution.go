package learn

import (
	"math"

	"roadloop/policy"
	"roadloop/sim/rng"
)

// distribution turns the outputs of a policy into actions: a categorical one for a
// discrete action, and independent normal ones for values within bounds. The raw action
// of the latter is in units in which the bounds are ±1; it is clipped when applied.
type distribution struct {
	space   policy.Space
	dims    int
	choices int // 0 if continuous
}

func newDistribution(space *policy.Space) distribution {
	d := distribution{space: *space, dims: space.Size()}
	if space.Kind == policy.Discrete {
		d.choices = space.N
	}
	return d
}

// outputs is the number of outputs: logits, or means and logarithms of the standard
// deviations.
func (d *distribution) outputs() int {
	if d.choices > 0 {
		return d.choices
	}
	return 2 * d.dims
}

// modes is the number of outputs of a policy without spread: logits or means.
func (d *distribution) modes() int {
	if d.choices > 0 {
		return d.choices
	}
	return d.dims
}

// Bounds of the logarithm of a standard deviation, and its value for an output of 0.
const (
	leastLogStd = -3.0
	mostLogStd  = .5
	firstLogStd = -1.0
)

// logStd returns the logarithm of a standard deviation and its slope by the output.
func logStd(out float32) (s, slope float32) {
	switch v := out + firstLogStd; {
	case v < leastLogStd:
		return leastLogStd, 0
	case v > mostLogStd:
		return mostLogStd, 0
	default:
		return v, 1
	}
}

// sample draws a raw action and returns the logarithm of its probability.
func (d *distribution) sample(r *rng.Stream, out, raw []float32) float32 {
	if d.choices > 0 {
		at, total := r.Float64(), logSum(out[:d.choices])
		k := 0
		for ; k < d.choices-1; k++ {
			if at -= math.Exp(float64(out[k] - total)); at < 0 {
				break
			}
		}
		raw[0] = float32(k)
	} else {
		for i := range raw {
			s, _ := logStd(out[d.dims+i])
			raw[i] = out[i] + float32(math.Exp(float64(s))*r.Norm())
		}
	}
	p, _ := d.logp(out, raw)
	return p
}

// mode writes the most likely raw action.
func (d *distribution) mode(out, raw []float32) {
	if d.choices > 0 {
		raw[0] = float32(best(out[:d.choices]))
		return
	}
	copy(raw, out[:d.dims])
}

// action converts a raw action to one of the space.
func (d *distribution) action(raw, action []float32) {
	if d.choices > 0 {
		action[0] = raw[0]
		return
	}
	middle, half := (d.space.High+d.space.Low)/2, (d.space.High-d.space.Low)/2
	for i, v := range raw {
		action[i] = float32(min(max(middle+half*float64(v), d.space.Low), d.space.High))
	}
}

// raw converts an action of the space to a raw one.
func (d *distribution) raw(action, raw []float32) {
	if d.choices > 0 {
		raw[0] = action[0]
		return
	}
	middle, half := (d.space.High+d.space.Low)/2, (d.space.High-d.space.Low)/2
	for i, v := range action {
		raw[i] = float32((float64(v) - middle) / half)
	}
}

// offset adds an offset within -1..1, in units in which the bounds are ±1, to an action. A
// discrete one becomes another number.
func (d *distribution) offset(action, by []float32) {
	if d.choices > 0 {
		action[0] = float32(min(int(float64(by[0]+1)/2*float64(d.choices)), d.choices-1))
		return
	}
	half := (d.space.High - d.space.Low) / 2
	for i := range action {
		action[i] = float32(min(max(float64(action[i])+half*float64(by[i]), d.space.Low), d.space.High))
	}
}

// logSum is the logarithm of the sum of exponentials.
func logSum(x []float32) float32 {
	most := x[0]
	for _, v := range x[1:] {
		most = max(most, v)
	}
	sum := 0.0
	for _, v := range x {
		sum += math.Exp(float64(v - most))
	}
	return most + float32(math.Log(sum))
}

// logp returns the logarithm of the probability of a raw action, and the entropy.
func (d *distribution) logp(out, raw []float32) (logp, entropy float32) {
	if d.choices > 0 {
		total := logSum(out[:d.choices])
		for _, v := range out[:d.choices] {
			entropy -= float32(math.Exp(float64(v-total))) * (v - total)
		}
		return out[int(raw[0])] - total, entropy
	}
	const logTwoPi = 1.8378770664093453
	for i, v := range raw {
		s, _ := logStd(out[d.dims+i])
		z := float64(v-out[i]) * math.Exp(float64(-s))
		logp -= float32(z*z/2+logTwoPi/2) + s
		entropy += s + float32(.5+logTwoPi/2)
	}
	return logp, entropy
}

// gradient adds the gradient of dlogp·logp + dentropy·entropy with respect to the outputs.
func (d *distribution) gradient(out, raw []float32, dlogp, dentropy float32, grad []float32) {
	if d.choices > 0 {
		total := logSum(out[:d.choices])
		_, entropy := d.logp(out, raw)
		for k, v := range out[:d.choices] {
			p := float32(math.Exp(float64(v - total)))
			grad[k] += -dlogp*p - dentropy*p*(v-total+entropy)
		}
		grad[int(raw[0])] += dlogp
		return
	}
	for i, v := range raw {
		s, slope := logStd(out[d.dims+i])
		inv := float32(math.Exp(float64(-s)))
		z := (v - out[i]) * inv
		grad[i] += dlogp * z * inv
		grad[d.dims+i] += slope * (dlogp*(z*z-1) + dentropy)
	}
}
