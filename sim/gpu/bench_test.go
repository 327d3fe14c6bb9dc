package gpu_test

import (
	"fmt"
	"image"
	"testing"

	"github.com/hajimehoshi/ebiten/v2"

	"roadloop/sim/gpu"
	"roadloop/sim/sensor"
)

// BenchmarkDraw draws frames of library scenarios in several sizes and waits for the GPU.
func BenchmarkDraw(b *testing.B) {
	cal := sensor.FrontCamera()
	scenes := moments(b, &cal, 6)
	for _, c := range []struct{ w, h, samples int }{{320, 192, 2}, {800, 480, 1}, {800, 480, 2}} {
		b.Run(fmt.Sprintf("%dx%d/samples=%d", c.w, c.h, c.samples*c.samples), func(b *testing.B) {
			r := gpu.NewSampled(&cal, c.w, c.h, c.samples)
			dst := ebiten.NewImage(c.w, c.h)
			pixel := dst.SubImage(image.Rect(0, 0, 1, 1)).(*ebiten.Image)
			done := make([]byte, 4)
			n := 0
			for b.Loop() {
				r.Draw(dst, &scenes[n%len(scenes)].list)
				pixel.ReadPixels(done)
				n++
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "frames/s")
		})
	}
}
