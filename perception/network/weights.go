package network

import (
	"fmt"
	"math"
	"slices"

	"roadloop/internal/onednn"
	"roadloop/sim/rng"
)

// Param is a learned tensor.
type Param struct {
	Name  string
	Shape []int
	Data  []float32
	// Decay is true if weight decay applies: to kernels, not to biases and norms.
	Decay bool
}

// Weights are the parameters of a network and the running statistics of its
// normalizations.
type Weights struct {
	Config Config
	// Params are kernels (OIHW), scales and shifts, or the bias of the heads, in
	// order of the layers.
	Params []Param
	// Stats are running means and variances, in order of the layers. They are not
	// learned by gradient.
	Stats []Param
}

// heatPrior is the logit of the heat map before training: objects are rare.
const heatPrior = -3.5

// NewWeights returns random weights: kernels by He et al. (2015),
// scales 1, shifts 0.
func NewWeights(c Config, seed uint64) (*Weights, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	w := &Weights{Config: c}
	layers := c.layers()
	for _, l := range layers {
		if !l.learned() {
			continue
		}
		in := layers[l.in[0]].c / l.groups
		r := rng.New(seed, "network/"+l.name, "weights")
		kernel := w.param(l.name+".kernel", true, l.c, in, l.k, l.k)
		std := math.Sqrt(2 / float64(in*l.k*l.k))
		if l.kind == head {
			std = 0.01
		}
		for i := range kernel {
			kernel[i] = float32(std * r.Norm())
		}
		if l.kind == head {
			bias := w.param(l.name+".bias", false, l.c)
			if c.Heads == 0 {
				fill(bias[HeatChannel:OffsetChannel], heatPrior)
			}
			continue
		}
		fill(w.param(l.name+".scale", false, l.c), 1)
		w.param(l.name+".shift", false, l.c)
		w.stat(l.name+".mean", l.c)
		fill(w.stat(l.name+".var", l.c), 1)
	}
	return w, nil
}

func fill(s []float32, v float32) {
	for i := range s {
		s[i] = v
	}
}

func (w *Weights) param(name string, decay bool, shape ...int) []float32 {
	n := 1
	for _, s := range shape {
		n *= s
	}
	w.Params = append(w.Params, Param{Name: name, Shape: shape, Data: make([]float32, n), Decay: decay})
	return w.Params[len(w.Params)-1].Data
}

func (w *Weights) stat(name string, n int) []float32 {
	w.Stats = append(w.Stats, Param{Name: name, Shape: []int{n}, Data: make([]float32, n)})
	return w.Stats[len(w.Stats)-1].Data
}

// CopyMatching copies the tensors of another network with the same name and shape, and
// returns their number. A driving network takes all tensors except the heads from a
// pretrained one.
func (w *Weights) CopyMatching(from *Weights) int {
	n := 0
	theirs := from.tensors()
	for _, p := range w.tensors() {
		for _, q := range theirs {
			if p.Name == q.Name && slices.Equal(p.Shape, q.Shape) {
				copy(p.Data, q.Data)
				n++
			}
		}
	}
	return n
}

// Calibrate calibrates the scores of objects to probabilities: heat-map logits x
// become (x − shift)/temperature. It changes the weights of the heads, so every
// engine computes the calibrated scores and the model file needs no extra field.
func (w *Weights) Calibrate(temperature, shift float64) error {
	if !(temperature > 0) || math.IsInf(temperature, 0) || math.IsNaN(shift) || math.IsInf(shift, 0) {
		return fmt.Errorf("network: calibrating with temperature %g and shift %g", temperature, shift)
	}
	layers := w.Config.layers()
	heads := &layers[len(layers)-1]
	kernel, bias := w.find(heads.name+".kernel"), w.find(heads.name+".bias")
	per := len(kernel) / heads.c
	for c := HeatChannel; c < OffsetChannel; c++ {
		for i := range per {
			kernel[c*per+i] /= float32(temperature)
		}
		bias[c] = float32((float64(bias[c]) - shift) / temperature)
	}
	return nil
}

// Count returns the number of learned values.
func (w *Weights) Count() int {
	n := 0
	for i := range w.Params {
		n += len(w.Params[i].Data)
	}
	return n
}

// Clone returns a deep copy.
func (w *Weights) Clone() *Weights {
	c := &Weights{Config: w.Config, Params: append([]Param(nil), w.Params...), Stats: append([]Param(nil), w.Stats...)}
	for _, list := range [][]Param{c.Params, c.Stats} {
		for i := range list {
			list[i].Data = append([]float32(nil), list[i].Data...)
		}
	}
	return c
}

// find returns the data of a named tensor.
func (w *Weights) find(name string) []float32 {
	for _, list := range [][]Param{w.Params, w.Stats} {
		for i := range list {
			if list[i].Name == name {
				return list[i].Data
			}
		}
	}
	return nil
}

// folded returns kernel and bias of a layer with its normalization folded in, for
// inference.
func (w *Weights) folded(l *layer) (kernel, bias []float32, err error) {
	kernel = append([]float32(nil), w.find(l.name+".kernel")...)
	if l.kind == head {
		return kernel, append([]float32(nil), w.find(l.name+".bias")...), nil
	}
	scale, shift := w.find(l.name+".scale"), w.find(l.name+".shift")
	mean, variance := w.find(l.name+".mean"), w.find(l.name+".var")
	if len(kernel) == 0 || len(scale) != l.c || len(shift) != l.c || len(mean) != l.c || len(variance) != l.c {
		return nil, nil, fmt.Errorf("network: weights of layer %s are missing", l.name)
	}
	bias = make([]float32, l.c)
	per := len(kernel) / l.c
	for o := range l.c {
		f := scale[o] / float32(math.Sqrt(float64(variance[o])+onednn.Epsilon))
		for i := range per {
			kernel[o*per+i] *= f
		}
		bias[o] = shift[o] - mean[o]*f
	}
	return kernel, bias, nil
}
