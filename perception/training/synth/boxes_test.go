package synth

import (
	"fmt"
	"image"
	"math"
	"testing"

	"roadloop/sim/label"
	"roadloop/sim/raster"
	"roadloop/sim/scene"
)

// alone renders single objects of frames, one sample in the center of each pixel.
type alone struct {
	group    int64
	renderer *raster.Renderer
	list     scene.List
}

// mask returns the bounds and the number of pixels of an object of the generator's
// current frame when nothing else is drawn.
func (a *alone) mask(m *Generator, id uint16) (bounds image.Rectangle, pixels int) {
	if a.renderer == nil || a.group != m.group {
		a.renderer, a.group = raster.New(&m.capture.actual, raster.Channels{Instance: true, Coarse: true}), m.group
	}
	a.list.View, a.list.Conditions = m.capture.list.View, m.capture.list.Conditions
	a.list.Instances = a.list.Instances[:0]
	for _, in := range m.capture.list.Instances {
		if in.ID == id {
			a.list.Instances = append(a.list.Instances, in)
		}
	}
	return maskOf(a.renderer.Render(&a.list), id)
}

// maskOf returns the bounds and the number of the pixels of an instance.
func maskOf(im *raster.Image, id uint16) (bounds image.Rectangle, pixels int) {
	for y := range im.Height {
		for x, v := range im.Instance[y*im.Width : (y+1)*im.Width] {
			if v == id {
				bounds = bounds.Union(image.Rect(x, y, x+1, y+1))
				pixels++
			}
		}
	}
	return bounds, pixels
}

// beyond returns how far bounds reach out of the amodal box of a label, px, and how far
// the box reaches out of them.
func beyond(o *label.Object, b image.Rectangle) (out, in float64) {
	sides := [...]float64{o.X0 - float64(b.Min.X), o.Y0 - float64(b.Min.Y), float64(b.Max.X) - o.X1, float64(b.Max.Y) - o.Y1}
	for _, d := range sides {
		out, in = max(out, d), max(in, -d)
	}
	return out, in
}

// The amodal box of a label holds every pixel that shows the object, and every pixel that
// would show it if nothing hid it. It is not larger than these need. The modal box bounds
// the visible pixels. Visible is the share of visible pixels.
func TestBoxesFitMasks(t *testing.T) {
	t.Run("plain", func(t *testing.T) { testBoxesFitMasks(t, 400, nil) })
	t.Run("all axes", func(t *testing.T) { testBoxesFitMasks(t, 200, Axes()) })
}

func testBoxesFitMasks(t *testing.T, frames int64, axes []Axis) {
	if testing.Short() {
		frames = 60
	}
	s := testStream(HeldOut)
	s.Seed, s.Axes = 9, axes
	m, err := NewGenerator(s)
	if err != nil {
		t.Fatal(err)
	}
	var single alone
	labels := 0
	for i := range frames {
		f, err := m.Frame(i)
		if err != nil {
			t.Fatal(err)
		}
		for k := range f.Objects {
			o := &f.Objects[k]
			at := fmt.Sprintf("frame %d, %s at %.1f m", i, Class(o), o.Distance)
			modal, pixels := maskOf(f.Image, o.ID)
			if modal != o.Modal || pixels != o.Pixels {
				t.Errorf("%s: modal box %v of %d px, the mask has %v of %d", at, o.Modal, o.Pixels, modal, pixels)
			}
			if out, _ := beyond(o, modal); out > 1 {
				t.Errorf("%s: visible pixels reach %.2f px out of the box", at, out)
			}
			whole, all := single.mask(m, o.ID)
			if all == 0 { // it covers no center of a pixel
				continue
			}
			labels++
			if out, _ := beyond(o, whole); out > 1 {
				t.Errorf("%s: pixels reach %.2f px out of the box", at, out)
			}
			if _, in := beyond(o, whole.Union(modal)); in > 1 {
				t.Errorf("%s: the box reaches %.2f px out of the pixels", at, in)
			}
			if want := min(1, float64(pixels)/float64(all)); math.Abs(o.Visible-want) > .02 {
				t.Errorf("%s: %.3f visible, the masks have %d of %d px", at, o.Visible, pixels, all)
			}
		}
	}
	if labels < int(frames) {
		t.Errorf("only %d labels in %d frames", labels, frames)
	}
}
