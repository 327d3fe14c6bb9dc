package inference

import (
	"image"
	"image/color"
	"testing"

	"roadloop/perception"
	"roadloop/sim/sensor"
)

func TestPictureShowsDetections(t *testing.T) {
	cal := sensor.Camera{Width: 32, Height: 20}
	f := &sensor.Frame{Cal: &cal, Pix: make([]uint8, 3*32*20)}
	f.Pix[3*(5*32+4)] = 200
	found := &perception.Image{Detections: []perception.Detection{
		{Class: perception.Car, Box: perception.Box{X0: 10, Y0: 8, X1: 20, Y1: 16}, Distance: 12}}}
	im := DrawImage(f, found)
	if im.Bounds() != image.Rect(0, 0, 64, 40) {
		t.Fatalf("bounds %v, want twice the camera's", im.Bounds())
	}
	if got := im.RGBAAt(8, 10); got != (color.RGBA{200, 0, 0, 255}) {
		t.Errorf("pixel of the camera is %v", got)
	}
	if got := im.RGBAAt(20, 24); got != ClassColors[perception.Car] {
		t.Errorf("left side of the box is %v, want %v", got, ClassColors[perception.Car])
	}
	if got := im.RGBAAt(30, 24); got != (color.RGBA{A: 255}) {
		t.Errorf("inside the box is %v, want it untouched", got)
	}
}
