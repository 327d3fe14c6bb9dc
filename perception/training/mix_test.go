package training

import (
	"context"
	"testing"
)

// numbered is a source of which each frame holds its sign and its number.
type numbered float32

func (s numbered) Filler() (Filler, error) {
	return func(_ context.Context, index int64, b *Batch) error {
		for k := range b.Images {
			b.Images[k] = float32(s) * float32(index*int64(len(b.Images))+int64(k)+1)
			b.Targets[k] = b.Images[k]
		}
		return nil
	}, nil
}

// Frames have the given ratio from the first batch on, none of a source is left out or
// repeated, and the sequence does not depend on the size of a batch.
func TestMix(t *testing.T) {
	for share, want := range map[float64][]float32{
		.5:  {-1, 1, -2, 2, -3, 3, -4, 4, -5, 5, -6, 6},
		.25: {-1, -2, -3, 1, -4, -5, -6, 2, -7, -8, -9, 3},
		.75: {-1, 1, 2, 3, -2, 4, 5, 6, -3, 7, 8, 9},
	} {
		for _, n := range []int{1, 2, 3, 4, 6, 12} {
			fill, err := Mix{First: numbered(1), Second: numbered(-1), Share: share, Image: 1, Target: 1}.Filler()
			if err != nil {
				t.Fatal(err)
			}
			for index := range len(want) / n {
				b := Batch{Images: make([]float32, n), Targets: make([]float32, n)}
				if err := fill(t.Context(), int64(index), &b); err != nil {
					t.Fatal(err)
				}
				for k := range n {
					if at := index*n + k; b.Images[k] != want[at] || b.Targets[k] != want[at] {
						t.Errorf("share %g, batches of %d: frame %d is %g, want %g", share, n, at, b.Images[k], want[at])
					}
				}
			}
		}
	}
	for _, share := range []float64{0, 1, -1, 2} {
		if _, err := (Mix{First: numbered(1), Second: numbered(-1), Share: share, Image: 1, Target: 1}).Filler(); err == nil {
			t.Errorf("accepted a share of %g", share)
		}
	}
}
