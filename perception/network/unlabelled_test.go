package network

import (
	"math"
	"slices"
	"testing"

	"roadloop/perception"
	"roadloop/sim/rng"
)

// Unlabelled cells do not contribute to the loss: neither heads nor targets there
// change the result.
func TestLossIgnoresUnlabelledCells(t *testing.T) {
	const cells = 8
	c := tiny()
	cfg := DefaultLoss()
	for name, part := range map[string]struct {
		blank    func(target []float32)
		channels []int // of the heads, excluded
		of       func(*Losses) float64
	}{
		"place": {func(t []float32) { t[IgnorePlace] = 1 },
			[]int{DistanceChannel, HeadingChannel, HeadingChannel + 1}, func(l *Losses) float64 { return l.Distance + l.Heading }},
		"drivable": {func(t []float32) { t[IgnoreDrivable] = 1 },
			[]int{DrivableChannel}, func(l *Losses) float64 { return l.Drivable }},
		"class": {func(t []float32) {
			for k := range OffsetChannel {
				t[HeatChannel+k] = -1
			}
		}, []int{HeatChannel, HeatChannel + int(perception.Cone)}, func(l *Losses) float64 { return l.Heat }},
	} {
		heads, targets := make([]float32, cells*HeadChannels), make([]float32, cells*TargetChannels)
		grad := make([]float32, len(heads))
		randomBatch(&Graph{Targets: targets}, &c, 9)
		r := rng.New(4, "test", name)
		for i := range heads {
			heads[i] = float32(r.Norm())
		}
		labelled := slices.Clone(targets)
		for i := range cells {
			part.blank(targets[i*TargetChannels:][:TargetChannels])
		}
		got := cfg.Loss(heads, targets, grad)
		if v := part.of(&got); v != 0 {
			t.Errorf("%s: loss %g of unlabelled cells", name, v)
		}
		for i, g := range grad {
			if slices.Contains(part.channels, i%HeadChannels) && g != 0 {
				t.Errorf("%s: gradient %g at channel %d", name, g, i%HeadChannels)
			}
		}
		if whole := cfg.Loss(heads, labelled, grad); whole.Total-got.Total <= 0 || math.Abs(whole.Lanes-got.Lanes) != 0 {
			t.Errorf("%s: losses %+v, labelled %+v", name, got, whole)
		}
	}
}

// Unlabelled cells do not reduce the mean over the labelled ones.
func TestLossIsMeanOfLabelledCells(t *testing.T) {
	c := LossConfig{Drivable: 1}
	one := make([]float32, TargetChannels)
	one[DrivableChannel] = 1
	two := append(slices.Clone(one), make([]float32, TargetChannels)...)
	two[TargetChannels+IgnoreDrivable] = 1
	heads, grad := make([]float32, 2*HeadChannels), make([]float32, 2*HeadChannels)
	got := c.Loss(heads, two, grad)
	if want := math.Ln2; math.Abs(got.Drivable-want) > 1e-6 || math.Abs(float64(grad[DrivableChannel])+.5) > 1e-6 {
		t.Errorf("loss %g, gradient %g; want %g, -0.5", got.Drivable, grad[DrivableChannel], want)
	}
}
