package report

import (
	"fmt"
	"image"
	"image/color"

	"roadloop"
	"roadloop/perception"
	"roadloop/perception/overlay"
)

// film keeps pictures of what the camera saw.
type film struct {
	frames []*image.RGBA
	seen   int // decisions
}

// watch keeps a picture now and then.
func (f *film) watch(m *roadloop.Moment) {
	f.seen++
	if (f.seen-1)%filmPeriod != 0 || m.Obs == nil || len(m.Obs.Frames) == 0 {
		return
	}
	frame := &m.Obs.Frames[len(m.Obs.Frames)-1]
	im := overlay.Picture(frame, lastImage(m))
	caption(im, m)
	f.frames = append(f.frames, im)
}

func lastImage(m *roadloop.Moment) *perception.Image {
	if n := len(m.Thoughts.Images); n > 0 {
		return &m.Thoughts.Images[n-1]
	}
	return nil
}

// caption writes time, speed and reason into the lower left corner.
func caption(im *image.RGBA, m *roadloop.Moment) {
	text := fmt.Sprintf("%v  %3.0f km/h", m.Time, 3.6*m.World.Ego().State.Speed)
	if p := m.Thoughts.Plan; p != nil {
		text += "  " + p.Reason
	}
	if g := m.Thoughts.Guard; g.Active {
		text += "  " + g.Reason
	}
	bottom := im.Bounds().Max.Y
	for y := bottom - 18; y < bottom; y++ {
		for x := range im.Bounds().Max.X {
			c := im.RGBAAt(x, y)
			im.SetRGBA(x, y, color.RGBA{c.R / 3, c.G / 3, c.B / 3, 255})
		}
	}
	overlay.Text(im, 6, bottom-5, text, color.RGBA{255, 255, 255, 255})
}
