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
	// PilotNet reads an image by five convolutions, those of Bojarski et al. (2016). The last
	// two have stride 2 as long as more than 8 rows remain.
	PilotNet Encoder = "pilotnet"
	// Residual reads an image by a convolution and three stages of halved resolution, each
	// with a residual block (He et al. 2016). It has no normalization: the blocks begin as
	// identities (Zhang et al. 2019).
	Residual Encoder = "residual"
)

// image reports whether the encoder reads images.
func (e Encoder) image() bool { return e == PilotNet || e == Residual }

// Input is an observation that a network reads.
type Input struct {
	Space   policy.Space `json:"space"`
	Encoder Encoder      `json:"encoder"`
	Hidden  []int        `json:"hidden,omitempty"` // widths of the encoder's layers, of images: after the convolutions
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
		case in.Encoder.image():
			if s.Kind != policy.Image || len(s.Shape) != 3 || s.Shape[0] < minImage || s.Shape[1] < minImage || len(in.Hidden) == 0 {
				return fmt.Errorf("input %s of shape %v with %d layers is no image of %d×%d or more pixels", s.Name, s.Shape, len(in.Hidden), minImage, minImage)
			}
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
	maxPixels = 1 << 20 // values of an image
	minImage  = 32      // height and width
)

// spaceSize returns the number of values of a space, or an error if there are too many.
func spaceSize(s *policy.Space) (int, error) {
	n, most := 1, maxWidth
	if s.Kind == policy.Image {
		most = maxPixels
	}
	for _, d := range s.Shape {
		if d < 1 || d > most || n*d > most {
			return 0, fmt.Errorf("the shape %v has not 1 to %d values", s.Shape, most)
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
	Shape []int // kernels are [out, in, height, width]
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
		std := math.Sqrt(2 / float64(l.in*l.k*l.k))
		switch {
		case l.skip: // the block begins as the identity
			std = 0
		case !l.relu:
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
			Param{l.name + ".kernel", []int{l.out, l.in, l.k, l.k}, make([]float32, l.in*l.out*l.k*l.k)},
			Param{l.name + ".bias", []int{l.out}, make([]float32, l.out)})
	}
	return w
}

// count returns the number of parameters.
func (c *Config) count() int64 {
	n := int64(0)
	for _, l := range c.layers() {
		n += int64(l.in*l.k*l.k+1) * int64(l.out)
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

// layer is a convolution of an image, or a fully connected layer: one of 1×1.
type layer struct {
	name      string
	in, out   int // channels
	k, stride int // of the kernel
	relu      bool
	skip      bool // before ReLU, the input of the layer before is added
}

// dense returns a fully connected layer.
func dense(name string, in, out int, relu bool) layer {
	return layer{name: name, in: in, out: out, k: 1, stride: 1, relu: relu}
}

// layers lists the layers, in the order in which they run.
func (c *Config) layers() []layer {
	var out []layer
	features := 0
	for i := range c.Inputs {
		layers, w := c.Inputs[i].layers()
		out = append(out, layers...)
		features += w
	}
	for t, outputs := range c.Outputs {
		width := features
		for i, h := range c.Hidden {
			out = append(out, dense(fmt.Sprintf("tower%d.hidden%d", t, i), width, h, true))
			width = h
		}
		out = append(out, dense(fmt.Sprintf("tower%d.output", t), width, outputs, false))
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

// convolutions lists the convolutions of an image and returns the size of their output.
func (in *Input) convolutions() (out []layer, h, w, channels int) {
	h, w, channels = in.Space.Shape[0], in.Space.Shape[1], in.Space.Shape[2]
	add := func(k, stride, to int, skip bool) {
		out = append(out, layer{fmt.Sprintf("%s.conv%d", in.Space.Name, len(out)), channels, to, k, stride, true, skip})
		h, w, channels = (h+stride-1)/stride, (w+stride-1)/stride, to
	}
	if in.Encoder == PilotNet {
		for _, to := range [...]int{24, 36, 48} {
			add(5, 2, to, false)
		}
		for range 2 {
			add(3, 1+min(1, h/9), 64, false)
		}
		return out, h, w, channels
	}
	add(5, 2, 24, false)
	for _, to := range [...]int{32, 48, 64} {
		add(3, 2, to, false)
		add(3, 1, to, false)
		add(3, 1, to, true)
	}
	return out, h, w, channels
}

// layers lists the layers of an encoder and returns the number of its outputs.
func (in *Input) layers() (out []layer, width int) {
	width = in.columns()
	if in.Encoder.image() {
		var h, w, channels int
		out, h, w, channels = in.convolutions()
		width = h * w * channels
	}
	for i, h := range in.Hidden {
		out = append(out, dense(fmt.Sprintf("%s.%d", in.Space.Name, i), width, h, true))
		width = h
	}
	if in.Encoder == Set {
		width *= 2
	}
	return out, width
}
