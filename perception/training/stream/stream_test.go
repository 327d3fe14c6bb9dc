package stream

import (
	"testing"

	"roadloop/perception/network"
)

// BenchmarkStream measures whole training frames on one core: map, situation,
// picture, labels and target.
func BenchmarkStream(b *testing.B) {
	s := Stream{Config: network.DefaultConfig(), Seed: 1, Split: Train}
	m, err := NewMaker(s)
	if err != nil {
		b.Fatal(err)
	}
	image, target := make([]float32, s.Config.ImageSize()), make([]float32, s.Config.TargetSize())
	n := int64(0)
	for b.Loop() {
		f, err := m.Frame(n)
		if err != nil {
			b.Fatal(err)
		}
		m.Encode(f, image, target)
		n++
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "frames/s")
}
