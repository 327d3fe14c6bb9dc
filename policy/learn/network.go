// Package learn trains driving policies with gorgonia: networks over vectors, sets of road
// users and images; deep Q-learning; and proximal policy optimization.
//
// Everything that is drawn at random comes from seeded streams, and sums have a fixed order:
// the same recipe gives the same policy, byte for byte, for any number of workers.
package learn

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"roadloop/policy"
	"roadloop/sim/rng"
)

// Encoder says how a network reads an observation.
type Encoder string

// Encoders.
const (
	// Flat reads all values as one vector.
	Flat Encoder = "flat"
	// Set reads rows of features, of which the first row is the ego and the first feature
	// is presence: a shared network embeds each row, and the maximum over the other rows
	// that are present joins the embedding of the ego (PointNet, Qi et al. 2017). The order
	// of the other rows does not matter.
	Set Encoder = "set"
)

// Input is an observation that a network reads.
type Input struct {
	Space   policy.Space `json:"space"`
	Encoder Encoder      `json:"encoder"`
	Hidden  []int        `json:"hidden,omitempty"` // widths of the encoder's layers
}

// Config is the architecture of a network: an encoder for each input, then one tower for each
// group of outputs. A tower has hidden layers with ReLU over all encoders, and linear outputs.
type Config struct {
	Inputs []Input `json:"inputs"`
	Hidden []int   `json:"hidden"`
	// Outputs are the numbers of outputs of each tower.
	Outputs []int `json:"outputs"`
}

// Check returns an error for an architecture that cannot be built.
func (c *Config) Check() error {
	if n := len(c.Inputs); n < 1 || n > maxLayers || len(c.Outputs) < 1 || len(c.Outputs) > maxLayers {
		return fmt.Errorf("a network with %d inputs and %d groups of outputs, want 1 to %d", n, len(c.Outputs), maxLayers)
	}
	for _, in := range c.Inputs {
		s := &in.Space
		if _, err := spaceSize(s); err != nil {
			return fmt.Errorf("input %s: %w", s.Name, err)
		}
		switch {
		case s.Kind != policy.Box:
			return fmt.Errorf("input %s is of kind %s, want %s", s.Name, s.Kind, policy.Box)
		case in.Encoder == Set && (len(s.Shape) != 2 || s.Shape[0] < 2 || len(in.Hidden) == 0):
			return fmt.Errorf("input %s of shape %v with %d layers is no set of two or more rows", s.Name, s.Shape, len(in.Hidden))
		case in.Encoder != Set && in.Encoder != Flat:
			return fmt.Errorf("input %s has the unknown encoder %q", s.Name, in.Encoder)
		}
		if err := checkWidths(in.Hidden); err != nil {
			return err
		}
	}
	return errors.Join(checkWidths(c.Hidden), checkWidths(c.Outputs))
}

// Bounds of a network.
const (
	maxWidth  = 1 << 16
	maxLayers = 64
)

// spaceSize returns the number of values of a space, or an error if there are too many.
func spaceSize(s *policy.Space) (int, error) {
	n := 1
	for _, d := range s.Shape {
		if d < 1 || d > maxWidth || n*d > maxWidth {
			return 0, fmt.Errorf("the shape %v has not 1 to %d values", s.Shape, maxWidth)
		}
		n *= d
	}
	return n, nil
}

func checkWidths(widths []int) error {
	if len(widths) > maxLayers {
		return fmt.Errorf("%d layers, want at most %d", len(widths), maxLayers)
	}
	for _, w := range widths {
		if w < 1 || w > maxWidth {
			return fmt.Errorf("a layer of width %d, want 1 to %d", w, maxWidth)
		}
	}
	return nil
}

// Param is a tensor of weights.
type Param struct {
	Name  string
	Shape []int // kernels are [out, in, 1, 1]
	Data  []float32
}

// Weights are the parameters of a network.
type Weights struct {
	Config Config
	Params []Param
}

// NewWeights returns random weights (He et al. 2015), with outputs scaled by scale: a small
// one makes the first policy nearly uniform.
func NewWeights(c Config, seed uint64, scale float64) (*Weights, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	w := newZeros(c)
	for k, l := range c.layers() {
		r := rng.New(seed, l.name, "weights")
		std := math.Sqrt(2 / float64(l.in))
		if !l.relu {
			std = scale / math.Sqrt(float64(l.in))
		}
		kernel := w.Params[2*k].Data
		for i := range kernel {
			kernel[i] = float32(std * r.Norm())
		}
	}
	return w, nil
}

// newZeros returns weights of 0.
func newZeros(c Config) *Weights {
	w := &Weights{Config: c}
	for _, l := range c.layers() {
		w.Params = append(w.Params,
			Param{l.name + ".kernel", []int{l.out, l.in, 1, 1}, make([]float32, l.in*l.out)},
			Param{l.name + ".bias", []int{l.out}, make([]float32, l.out)})
	}
	return w
}

// count returns the number of parameters.
func (c *Config) count() int64 {
	n := int64(0)
	for _, l := range c.layers() {
		n += int64(l.in+1) * int64(l.out)
	}
	return n
}

// Clone returns a copy.
func (w *Weights) Clone() *Weights {
	c := &Weights{Config: w.Config, Params: slices.Clone(w.Params)}
	for i := range c.Params {
		c.Params[i].Data = slices.Clone(c.Params[i].Data)
	}
	return c
}

// CopyFrom sets the values to those of weights of the same network.
func (w *Weights) CopyFrom(src *Weights) {
	for i := range w.Params {
		copy(w.Params[i].Data, src.Params[i].Data)
	}
}

// approach moves the values by a share of the way to those of weights of the same network.
func (w *Weights) approach(to *Weights, share float32) {
	for i := range w.Params {
		x := w.Params[i].Data
		for k, v := range to.Params[i].Data {
			x[k] += share * (v - x[k])
		}
	}
}

// Count returns the number of parameters.
func (w *Weights) Count() int {
	n := 0
	for _, p := range w.Params {
		n += len(p.Data)
	}
	return n
}

// dense is a fully connected layer.
type dense struct {
	name    string
	in, out int
	relu    bool
}

// layers lists the dense layers, in the order in which they run.
func (c *Config) layers() []dense {
	var out []dense
	features := 0
	for i := range c.Inputs {
		layers, w := c.Inputs[i].layers()
		out = append(out, layers...)
		features += w
	}
	for t, outputs := range c.Outputs {
		width := features
		for i, h := range c.Hidden {
			out = append(out, dense{fmt.Sprintf("tower%d.hidden%d", t, i), width, h, true})
			width = h
		}
		out = append(out, dense{fmt.Sprintf("tower%d.output", t), width, outputs, false})
	}
	return out
}

// columns is the number of values that an encoder reads at once: those of a row of a Set.
func (in *Input) columns() int {
	if in.Encoder == Set {
		return in.Space.Shape[1]
	}
	return in.Space.Size()
}

// layers lists the dense layers of an encoder and returns the number of its outputs.
func (in *Input) layers() (out []dense, width int) {
	width = in.columns()
	for i, h := range in.Hidden {
		out = append(out, dense{fmt.Sprintf("%s.%d", in.Space.Name, i), width, h, true})
		width = h
	}
	if in.Encoder == Set {
		width *= 2
	}
	return out, width
}
