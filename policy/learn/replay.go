package learn

import (
	"math"

	"roadloop/sim/rng"
)

// replay is a buffer of the latest transitions, sampled in proportion to a power of their
// last error (prioritized replay, Schaul et al. 2016). With exponent 0 it samples uniformly.
type replay struct {
	capacity, size int // size: values of an observation
	exponent       float64

	count, next int
	obs, after  []float32 // [capacity, size]
	actions     []int32
	rewards     []float32 // the discounted sum of n steps
	discounts   []float32 // of the value after: 0 if the episode terminated
	tree        []float64 // sums of priorities, a complete binary tree; leaves begin at capacity
	highest     float64   // priority so far; new transitions have it
}

func newReplay(capacity, size int, exponent float64) *replay {
	leaves := 1
	for leaves < capacity {
		leaves *= 2
	}
	return &replay{capacity: capacity, size: size, exponent: exponent, highest: 1,
		obs: make([]float32, capacity*size), after: make([]float32, capacity*size),
		actions: make([]int32, capacity), rewards: make([]float32, capacity), discounts: make([]float32, capacity),
		tree: make([]float64, 2*leaves)}
}

// add stores a transition in place of the oldest.
func (b *replay) add(obs, after []float32, action int, reward, discount float64) {
	i := b.next
	copy(b.obs[i*b.size:(i+1)*b.size], obs)
	copy(b.after[i*b.size:(i+1)*b.size], after)
	b.actions[i], b.rewards[i], b.discounts[i] = int32(action), float32(reward), float32(discount)
	b.set(i, b.highest)
	b.next = (i + 1) % b.capacity
	b.count = min(b.count+1, b.capacity)
}

// set changes the weight of a transition in the tree.
func (b *replay) set(i int, priority float64) {
	k := len(b.tree)/2 + i
	b.tree[k] = priority
	for k /= 2; k > 0; k /= 2 {
		b.tree[k] = b.tree[2*k] + b.tree[2*k+1]
	}
}

// update sets the priority of a transition to a power of its error.
func (b *replay) update(i int, err float64) {
	p := math.Pow(math.Abs(err)+1e-3, b.exponent)
	b.highest = max(b.highest, p)
	b.set(i, p)
}

// sample draws transitions, one from each of equal parts of the total priority, and their
// weights, which undo the preference for beta = 1; the largest weight is 1.
func (b *replay) sample(r *rng.Stream, beta float64, dst []int, weights []float32) {
	total := b.tree[1]
	part := total / float64(len(dst))
	most := 0.0
	for n := range dst {
		at := (float64(n) + r.Float64()) * part
		k := 1
		for k < len(b.tree)/2 {
			k *= 2
			if left := b.tree[k]; at >= left && b.tree[k+1] > 0 {
				at -= left
				k++
			}
		}
		dst[n] = k - len(b.tree)/2
		w := math.Pow(float64(b.count)*b.tree[k]/total, -beta)
		weights[n] = float32(w)
		most = max(most, w)
	}
	for n := range weights {
		weights[n] /= float32(most)
	}
}
