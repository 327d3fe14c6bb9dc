package stream

import "roadloop/sim/rng"

// Deck orders frames that are shown again and again: a new permutation for every
// pass. It is not safe for concurrent use; equal decks give equal orders.
type Deck struct {
	Seed   uint64
	Name   Split // of what is ordered, as other decks of the seed have other names
	Frames int64 // 0 shows none twice

	pass  int64
	order []int64
}

// deck returns the order of a stream's frames.
func (s *Stream) deck() Deck { return Deck{Seed: s.Seed, Name: s.Split, Frames: s.Frames} }

// Frame returns the number of the frame to show as the i-th.
func (d *Deck) Frame(i int64) int64 {
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
