package synth

import "roadloop/sim/rng"

// Sampler samples frames that repeat: a new permutation for every pass. It is not safe
// for concurrent use; equal decks give equal orders.
type Sampler struct {
	Seed   uint64
	Name   Split // distinguishes the orders of one seed
	Frames int64 // 0 means that no frame repeats

	pass  int64
	order []int64
}

// sampler returns the order of a stream's frames.
func (s *Stream) sampler() Sampler { return Sampler{Seed: s.Seed, Name: s.Split, Frames: s.Frames} }

// Frame returns the number of the i-th frame.
func (d *Sampler) Frame(i int64) int64 {
	n := d.Frames
	if n <= 0 {
		return i
	}
	if pass := i / n; d.order == nil || pass != d.pass {
		d.pass, d.order = pass, d.order[:0]
		r := rng.New(d.Seed, name(d.Name, pass), "order")
		for k := range n {
			d.order = append(d.order, k)
			j := r.IntN(len(d.order))
			d.order[k], d.order[j] = d.order[j], d.order[k]
		}
	}
	return d.order[i%n]
}
