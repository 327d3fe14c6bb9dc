package onednn

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// Known answers of a 1×1 convolution of two channels: plain, with ReLU, accumulated,
// and with only the second of the kernel's two channels.
func TestConv(t *testing.T) {
	x := []float32{1, 2, 3, 4} // two pixels of two channels
	for name, c := range map[string]struct {
		shape ConvShape
		x, w  []float32
		want  []float32
	}{
		"plain":      {ConvShape{In: 2}, x, []float32{1, -1}, []float32{9, 9}},
		"bias":       {ConvShape{In: 2, ReLU: true}, x, []float32{-10, 1}, []float32{2, 0}},
		"accumulate": {ConvShape{In: 2, Accumulate: true}, x, []float32{1, 1}, []float32{113, 117}},
		"slice":      {ConvShape{In: 1, Of: 2}, []float32{2, 3}, []float32{5, 7}[1:], []float32{24, 31}},
	} {
		s := c.shape
		s.N, s.H, s.W, s.Out, s.K, s.Stride = 1, 1, 2, 1, 1, 1
		conv, err := NewConv(s)
		if err != nil {
			t.Fatal(err)
		}
		defer conv.Close()
		if err := conv.Pack(c.w); err != nil {
			t.Fatal(err)
		}
		y := []float32{100, 100}
		if err := conv.Forward(c.x, []float32{10}, y); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(y, c.want) {
			t.Errorf("%s: %v, want %v", name, y, c.want)
		}
	}
}

func TestUpAndItsTranspose(t *testing.T) {
	s := Size{N: 1, H: 1, W: 2, C: 2}
	y := make([]float32, 16)
	if err := Up(s, []float32{1, 2, 3, 4}, y); err != nil {
		t.Fatal(err)
	}
	row := []float32{1, 2, 1, 2, 3, 4, 3, 4}
	if !slices.Equal(y, append(slices.Clone(row), row...)) {
		t.Errorf("upsampled to %v", y)
	}
	dx := make([]float32, 4)
	if err := UpGrad(s, y, dx); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(dx, []float32{4, 8, 12, 16}) {
		t.Errorf("sums are %v", dx)
	}
}

// Wrong groups and lengths are errors: C must not read beyond the end.
func TestRejectsBadInput(t *testing.T) {
	if _, err := NewConv(ConvShape{N: 1, H: 4, W: 4, In: 6, Out: 6, K: 3, Stride: 1, Groups: 4}); err == nil {
		t.Error("accepted 6 channels in 4 groups")
	}
	if _, err := NewConv(ConvShape{N: 1, H: -4, W: 4, In: 6, Out: 6, K: 3, Stride: 1}); err == nil || !strings.Contains(err.Error(), "oneDNN") {
		t.Errorf("a negative height: error %v", err)
	}
	conv, err := NewConv(ConvShape{N: 1, H: 2, W: 2, In: 1, Out: 1, K: 1, Stride: 1, Training: true})
	if err != nil {
		t.Fatal(err)
	}
	defer conv.Close()
	pool, err := NewPool(PoolShape{N: 1, H: 2, W: 2, C: 1, K: 2, Stride: 2, Max: true})
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	norm, err := NewNorm(NormShape{N: 1, H: 2, W: 2, C: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer norm.Close()
	add, err := NewAdd(4, true)
	if err != nil {
		t.Fatal(err)
	}
	defer add.Close()
	one, four := make([]float32, 1), make([]float32, 4)
	affine := &Affine{one, one, one, nil}
	for name, err := range map[string]error{
		"pack": conv.Pack(nil), "forward": conv.Forward(four, one, one), "weights": conv.WeightsGrad(four, four, nil, one),
		"data": conv.DataGrad(one, four, one), "pool": pool.Forward(four, four), "pool gradient": pool.Grad(four, four),
		"norm": norm.Forward(four, affine, four), "norm gradient": norm.Grad(four, affine, four, four, one, one),
		"add": add.Forward(four, four, one), "add gradient": add.Grad(one, four, four),
		"up": Up(Size{1, 1, 1, 1}, one, one), "up gradient": UpGrad(Size{1, 1, 1, 1}, one, one),
	} {
		if err == nil {
			t.Errorf("%s: accepted wrong lengths", name)
		}
	}
	if !HasBF16() {
		if _, err := NewConv(ConvShape{N: 1, H: 2, W: 2, In: 1, Out: 1, K: 1, Stride: 1, BF16: true}); !errors.Is(err, ErrNoBF16) {
			t.Errorf("error %v, want %v", err, ErrNoBF16)
		}
	}
}

func TestBuffer(t *testing.T) {
	for _, n := range []int{1, 1000, 1 << 20} {
		b, free, err := NewBuffer(n)
		if err != nil {
			t.Fatal(err)
		}
		if len(b) != n || slices.Max(b) != 0 {
			t.Errorf("a buffer of %d has %d values up to %g", n, len(b), slices.Max(b))
		}
		b[n-1] = 1
		free()
	}
}
