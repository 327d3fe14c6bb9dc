package training

import (
	"fmt"
	"math"
	"strings"

	"roadloop/perception/network"
	"roadloop/sim/rng"
)

// Tune selects the tensors of a network that a training changes. Statistics of
// normalizations are always updated.
type Tune string

// Values of Tune.
const (
	TuneAll     Tune = ""        // everything
	TuneDecoder Tune = "decoder" // the encoder is frozen
	TuneHeads   Tune = "heads"   // only the last convolution (linear probe)
	TuneNorms   Tune = "norms"   // scales and shifts of normalizations, and the heads
	// TuneLoRA learns a low-rank change of every kernel (Hu et al. 2021), as a matrix
	// of output channels by the other axes; and the heads.
	TuneLoRA Tune = "lora"
)

// check returns an error for an unknown value.
func (t Tune) check() error {
	switch t {
	case TuneAll, TuneDecoder, TuneHeads, TuneNorms, TuneLoRA:
		return nil
	}
	return fmt.Errorf("training: tuning %q, want decoder, heads, norms or lora", string(t))
}

// moves reports whether a tensor of the network is trained directly.
func (t Tune) moves(p *network.Param) bool {
	layer, tensor, _ := strings.Cut(p.Name, ".")
	switch {
	case t == TuneAll || layer == "heads":
		return true
	case t == TuneDecoder:
		return !network.Encoder(layer)
	case t == TuneNorms:
		return tensor == "scale" || tensor == "shift"
	}
	return false
}

// learnable is a tensor that AdamW trains: a tensor of the network, a factor of a
// low-rank change, or the weights of the tasks.
type learnable struct {
	data, gradient []float32
	m, v           []float32 // the moments
	decay          bool
	start          []float32 // values toward which L2-SP pulls, nil without it
}

func newLearnable(data, gradient []float32, decay bool) *learnable {
	return &learnable{data: data, gradient: gradient, decay: decay,
		m: make([]float32, len(data)), v: make([]float32, len(data))}
}

// adapter is a low-rank change of a kernel: W = W₀ + B·A, with B, rows × rank,
// initially zero and A, rank × columns, initially random.
type adapter struct {
	kernel, gradient []float32 // of the network
	base             []float32 // W₀
	rows, rank       int
	a, b             *learnable
}

func newAdapter(p *network.Param, gradient []float32, rank int, seed uint64) *adapter {
	rows := p.Shape[0]
	columns := len(p.Data) / rows
	factor := func(n int) *learnable { return newLearnable(make([]float32, n), make([]float32, n), true) }
	ad := &adapter{
		kernel: p.Data, gradient: gradient, base: append([]float32(nil), p.Data...), rows: rows, rank: rank,
		a: factor(rank * columns), b: factor(rows * rank),
	}
	r := rng.New(seed, "training/"+p.Name, "lora")
	for i := range ad.a.data {
		ad.a.data[i] = float32(r.Norm() / math.Sqrt(float64(columns)))
	}
	return ad
}

// pull computes the gradients of the factors from that of the kernel: ∂B = ∂W·Aᵀ, ∂A = Bᵀ·∂W.
func (ad *adapter) pull() {
	columns := len(ad.kernel) / ad.rows
	clear(ad.a.gradient)
	for o := range ad.rows {
		dw := ad.gradient[o*columns : (o+1)*columns]
		for k := range ad.rank {
			a, da := ad.a.data[k*columns:(k+1)*columns], ad.a.gradient[k*columns:(k+1)*columns]
			b, sum := ad.b.data[o*ad.rank+k], float32(0)
			for i, d := range dw {
				sum += d * a[i]
				da[i] += b * d
			}
			ad.b.gradient[o*ad.rank+k] = sum
		}
	}
}

// push writes the changed kernel.
func (ad *adapter) push() {
	columns := len(ad.kernel) / ad.rows
	copy(ad.kernel, ad.base)
	for o := range ad.rows {
		w := ad.kernel[o*columns : (o+1)*columns]
		for k := range ad.rank {
			b := ad.b.data[o*ad.rank+k]
			for i, a := range ad.a.data[k*columns : (k+1)*columns] {
				w[i] += b * a
			}
		}
	}
}

// taskWeights are learned weights of the parts of the loss (Kendall, Gal and Cipolla
// 2018): part i has the weight w·exp(−sᵢ) and the penalty sᵢ, so that uncertain tasks
// weigh less.
type taskWeights struct {
	base network.LossConfig
	s    *learnable
}

func newTaskWeights(base network.LossConfig) *taskWeights {
	n := len(parts(&base))
	return &taskWeights{base, newLearnable(make([]float32, n), make([]float32, n), false)}
}

// parts returns the weights of the loss's parts.
func parts(c *network.LossConfig) []*float32 {
	return []*float32{&c.Heat, &c.Offset, &c.Size, &c.Distance, &c.Heading, &c.Drivable, &c.Lanes}
}

// pull sets the gradient of sᵢ, 1 − w·exp(−sᵢ)·Lᵢ, from the parts of a loss.
func (w *taskWeights) pull(l *network.Losses) {
	values := [...]float64{l.Heat, l.Offset, l.Size, l.Distance, l.Heading, l.Drivable, l.Lanes}
	for i, base := range parts(&w.base) {
		w.s.gradient[i] = float32(1 - float64(*base)*math.Exp(-float64(w.s.data[i]))*values[i])
	}
}

// push sets the weights of the graphs for the next step.
func (w *taskWeights) push(c *network.LossConfig) {
	now := parts(c)
	for i, base := range parts(&w.base) {
		*now[i] = *base * float32(math.Exp(-float64(w.s.data[i])))
	}
}
