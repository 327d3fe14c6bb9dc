package raster

import "roadloop/sim/scene"

// noise is the noise of an image: a random number for each channel of each pixel.
type noise struct {
	gain  int32  // in 1/65536 of an 8-bit level, for the table's 1/256 of a standard deviation
	state uint32 // of the generator, before the first pixel
	// levels holds numbers from texture.gauss by channel, red, green, blue, and pixel.
	levels [3][]int16
	// The vector form divides the image into parts and generates their noise at the same
	// time. skip advances the generator by one part.
	part int // pixels
	skip jump
}

// noiseParts is the number of parts: four vectors of generators hide the latency of one.
const noiseParts = 4 * lanes

func (n *noise) init(pixels int) {
	n.part = (pixels + noiseParts - 1) / noiseParts
	n.skip = steps(3 * n.part)
	for k := range n.levels {
		n.levels[k] = make([]int16, noiseParts*n.part)
	}
}

// start begins a frame.
func (n *noise) start(v *scene.View) {
	n.gain = int32(v.Noise * 256)
	n.state = uint32(v.NoiseSeed) ^ uint32(v.NoiseSeed>>32) | 1
}

// fill generates the noise of an image.
func (n *noise) fill(t *texture) {
	state := n.state
	for i := range n.levels[0] {
		for k := range n.levels {
			state = xorshift(state)
			n.levels[k][i] = t.gauss[state>>20]
		}
	}
}

// xorshift returns the next state of the generator (Marsaglia 2003, 13-17-5).
func xorshift(state uint32) uint32 {
	state ^= state << 13
	state ^= state >> 17
	state ^= state << 5
	return state
}

// jump is a number of steps of the generator. They are linear over bits: jump[i] is the
// result for bit i.
type jump [32]uint32

// steps returns a jump of n steps.
func steps(n int) jump {
	var all, power jump
	for i := range all {
		all[i], power[i] = 1<<i, xorshift(1<<i)
	}
	for ; n > 0; n >>= 1 {
		if n&1 != 0 {
			all = power.after(&all)
		}
		power = power.after(&power)
	}
	return all
}

// after returns the jump a followed by j.
func (j *jump) after(a *jump) (both jump) {
	for i, bits := range a {
		both[i] = j.of(bits)
	}
	return both
}

// of returns the state after the jump.
func (j *jump) of(state uint32) (next uint32) {
	for i := range j {
		next ^= j[i] & -(state >> i & 1)
	}
	return next
}
