package learn

import (
	"math"

	"roadloop/policy"
	"roadloop/sim/rng"
)

// replay is a buffer of the latest transitions, sampled in proportion to a power of their
// last error (prioritized replay, Schaul et al. 2016). With exponent 0 it samples uniformly.
type replay struct {
	capacity int
	spaces   []policy.Space // of observations
	exponent float64

	Count, Next int
	Obs, After  []policy.Array // [capacity, shape]
	Actions     []int32
	Rewards     []float32 // the discounted sum of n steps
	Discounts   []float32 // of the value after: 0 if the episode terminated
	Ends        []float32 // of the price of a termination: 0 if the episode goes on
	Tree        []float64 // sums of priorities, a complete binary tree; leaves are its second half
	Highest     float64   // priority so far; new transitions have it
}

func newReplay(capacity int, spaces []policy.Space, exponent float64) *replay {
	leaves := 1
	for leaves < capacity {
		leaves *= 2
	}
	return &replay{capacity: capacity, spaces: spaces, exponent: exponent, Highest: 1,
		Obs: policy.NewArrays(spaces, capacity), After: policy.NewArrays(spaces, capacity),
		Actions: make([]int32, capacity), Rewards: make([]float32, capacity), Discounts: make([]float32, capacity), Ends: make([]float32, capacity),
		Tree: make([]float64, 2*leaves)}
}

// transition is what a replay buffer holds of an action, without its observations.
type transition struct {
	action                int
	reward, discount, end float64
}

// add stores a transition in place of the oldest: from observation j of obs to observation k
// of after.
func (b *replay) add(obs []policy.Array, j int, after []policy.Array, k int, t transition) {
	i := b.Next
	storeAll(b.Obs, i, obs, j, b.spaces)
	storeAll(b.After, i, after, k, b.spaces)
	b.Actions[i], b.Rewards[i], b.Discounts[i], b.Ends[i] = int32(t.action), float32(t.reward), float32(t.discount), float32(t.end)
	b.set(i, b.Highest)
	b.Next = (i + 1) % b.capacity
	b.Count = min(b.Count+1, b.capacity)
}

// set changes the weight of a transition in the tree.
func (b *replay) set(i int, priority float64) {
	k := len(b.Tree)/2 + i
	b.Tree[k] = priority
	for k /= 2; k > 0; k /= 2 {
		b.Tree[k] = b.Tree[2*k] + b.Tree[2*k+1]
	}
}

// update sets the priority of a transition to a power of its error.
func (b *replay) update(i int, err float64) {
	p := math.Pow(math.Abs(err)+1e-3, b.exponent)
	b.Highest = max(b.Highest, p)
	b.set(i, p)
}

// sample draws transitions, one from each of equal parts of the total priority, and their
// weights, which undo the preference for beta = 1; the largest weight is 1.
func (b *replay) sample(r *rng.Stream, beta float64, dst []int, weights []float32) {
	total := b.Tree[1]
	part := total / float64(len(dst))
	most := 0.0
	for n := range dst {
		at := (float64(n) + r.Float64()) * part
		k := 1
		for k < len(b.Tree)/2 {
			k *= 2
			if left := b.Tree[k]; at >= left && b.Tree[k+1] > 0 {
				at -= left
				k++
			}
		}
		dst[n] = k - len(b.Tree)/2
		w := math.Pow(float64(b.Count)*b.Tree[k]/total, -beta)
		weights[n] = float32(w)
		most = max(most, w)
	}
	for n := range weights {
		weights[n] /= float32(most)
	}
}

// load copies a saved state, and reports whether it is that of a buffer of this size.
func (b *replay) load(s *replay) bool {
	if s.Count < 0 || s.Count > b.capacity || s.Next < 0 || s.Next >= b.capacity || len(s.Actions) != len(b.Actions) || len(s.Tree) != len(b.Tree) ||
		!copyArrays(b.Obs, s.Obs) || !copyArrays(b.After, s.After) ||
		!copyTensors([][]float32{b.Rewards, b.Discounts, b.Ends}, [][]float32{s.Rewards, s.Discounts, s.Ends}) {
		return false
	}
	copy(b.Actions, s.Actions)
	copy(b.Tree, s.Tree)
	b.Count, b.Next, b.Highest = s.Count, s.Next, s.Highest
	return true
}
