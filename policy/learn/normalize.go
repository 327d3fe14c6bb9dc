package learn

import (
	"fmt"
	"math"
	"slices"

	"roadloop/policy"
)

// moments are running mean and variance of several values (Welford, in batches after Chan
// et al. 1979).
type moments struct {
	Count float64   `json:"count"`
	Mean  []float64 `json:"mean,omitempty"`
	M2    []float64 `json:"m2,omitempty"` // sums of squared deviations
}

func newMoments(n int) moments { return moments{Mean: make([]float64, n), M2: make([]float64, n)} }

// add includes one sample.
func (m *moments) add(x []float32) {
	m.Count++
	for i, v := range x {
		d := float64(v) - m.Mean[i]
		m.Mean[i] += d / m.Count
		m.M2[i] += d * (float64(v) - m.Mean[i])
	}
}

// check returns an error unless these are moments of n values.
func (m *moments) check(n int) error {
	if len(m.Mean) != n || len(m.M2) != n || !(m.Count >= 0) {
		return fmt.Errorf("normalizer of %d values, want %d", len(m.Mean), n)
	}
	for i := range m.Mean {
		if math.IsNaN(m.Mean[i]) || math.IsInf(m.Mean[i], 0) || !(m.M2[i] >= 0) {
			return fmt.Errorf("normalizer: mean %g and squared deviations %g", m.Mean[i], m.M2[i])
		}
	}
	return nil
}

// std returns the standard deviation of value i, at least a little.
func (m *moments) std(i int) float64 {
	return math.Sqrt(max(m.M2[i]/max(m.Count, 1), 1e-8))
}

// Normalizer scales observations to mean 0 and standard deviation 1, and clips them at
// ±10. The values of a Set share the moments of their column, over the rows that are
// present; the column of presence stays. Bytes of images become -1..1.
type Normalizer struct {
	Inputs []moments `json:"inputs"` // none: no normalization
}

// NewNormalizer returns one for the inputs of a network, without any samples.
func NewNormalizer(inputs []Input) *Normalizer {
	n := &Normalizer{}
	for i := range inputs {
		n.Inputs = append(n.Inputs, newMoments(inputs[i].moments()))
	}
	return n
}

// check returns an error unless the normalizer is one for the inputs of a network, or none.
func (z *Normalizer) check(inputs []Input) error {
	if len(z.Inputs) == 0 {
		return nil
	}
	if len(z.Inputs) != len(inputs) {
		return fmt.Errorf("normalizer of %d inputs, want %d", len(z.Inputs), len(inputs))
	}
	for i := range inputs {
		if err := z.Inputs[i].check(inputs[i].moments()); err != nil {
			return fmt.Errorf("input %s: %w", inputs[i].Space.Name, err)
		}
	}
	return nil
}

// clone returns a copy.
func (z *Normalizer) clone() *Normalizer {
	c := &Normalizer{}
	for _, m := range z.Inputs {
		c.Inputs = append(c.Inputs, moments{m.Count, slices.Clone(m.Mean), slices.Clone(m.M2)})
	}
	return c
}

// moments is the number of values of which moments are taken: none of an image.
func (in *Input) moments() int {
	if in.Encoder.image() {
		return 0
	}
	return in.columns()
}

// observe includes a batch of values of an input, [n, size].
func (z *Normalizer) observe(inputs []Input, k int, values []float32) {
	m := &z.Inputs[k]
	width := len(m.Mean)
	for ; len(values) > 0; values = values[width:] {
		if inputs[k].Encoder != Set || values[0] != 0 {
			m.add(values[:width])
		}
	}
}

// apply writes the scaled values of an input, [n, size], from observation first of src on.
func (z *Normalizer) apply(inputs []Input, k int, dst []float32, src policy.Array, first int) {
	at := first * inputs[k].Space.Size()
	if inputs[k].Encoder.image() {
		scalePixels(dst, src.Bytes[at:at+len(dst)])
		return
	}
	z.scale(inputs, k, dst, src.Floats[at:at+len(dst)])
}

func (z *Normalizer) scale(inputs []Input, k int, dst, values []float32) {
	if len(z.Inputs) == 0 || z.Inputs[k].Count == 0 {
		copy(dst, values)
		return
	}
	m := &z.Inputs[k]
	width := len(m.Mean)
	first := 0
	if inputs[k].Encoder == Set {
		first = 1
	}
	scale := make([]float32, width)
	mean := make([]float32, width)
	for i := range width {
		scale[i], mean[i] = float32(1/m.std(i)), float32(m.Mean[i])
	}
	for at := 0; at < len(values); at += width {
		x, y := values[at:at+width], dst[at:at+width]
		if first == 1 {
			if y[0] = x[0]; x[0] == 0 {
				clear(y)
				continue
			}
		}
		for i := first; i < width; i++ {
			y[i] = min(max((x[i]-mean[i])*scale[i], -10), 10)
		}
	}
}
