package ui

import (
	"math"
	"testing"

	"github.com/hajimehoshi/ebiten/v2"
	"github.com/hajimehoshi/ebiten/v2/vector"
)

// The shapes of a frame, gathered by the painter or drawn by package vector.
func BenchmarkShapes(b *testing.B) {
	screen, pixel := ebiten.NewImage(1280, 720), make([]byte, 4*1280*720)
	b.Run("painter", func(b *testing.B) {
		p := NewPainter(Dark())
		for b.Loop() {
			c := p.Begin(screen, 1)
			for i := range 150 {
				at := Point{float64(i%15) * 80, float64(i/15) * 70}
				c.RoundRect(Rect{at.X, at.Y, 60, 20}, 4, c.Theme.Raised)
				c.Polyline(wave(at), 2, c.Theme.Accent)
				c.Circle(at, 6, c.Theme.Bad)
			}
			p.End()
			screen.ReadPixels(pixel) // executes the commands
		}
	})
	b.Run("vector", func(b *testing.B) {
		t := Dark()
		smooth := func(col Color) *vector.DrawPathOptions {
			op := &vector.DrawPathOptions{AntiAlias: true}
			op.ColorScale.ScaleWithColor(col)
			return op
		}
		for b.Loop() {
			for i := range 150 {
				at := Point{float64(i%15) * 80, float64(i/15) * 70}
				x, y := float32(at.X), float32(at.Y)
				var box, line vector.Path
				box.MoveTo(x+4, y)
				box.ArcTo(x+60, y, x+60, y+20, 4)
				box.ArcTo(x+60, y+20, x, y+20, 4)
				box.ArcTo(x, y+20, x, y, 4)
				box.ArcTo(x, y, x+60, y, 4)
				box.Close()
				vector.FillPath(screen, &box, nil, smooth(t.Raised))
				for _, q := range wave(at) {
					line.LineTo(float32(q.X), float32(q.Y))
				}
				vector.StrokePath(screen, &line, &vector.StrokeOptions{Width: 2}, smooth(t.Accent))
				vector.FillCircle(screen, x, y, 6, t.Bad, true)
			}
			screen.ReadPixels(pixel)
		}
	})
}

// wave returns a line at a place.
func wave(at Point) []Point {
	line := make([]Point, 8)
	for i := range line {
		line[i] = at.Add(Point{8 * float64(i), 30 + 6*math.Sin(float64(i))})
	}
	return line
}
