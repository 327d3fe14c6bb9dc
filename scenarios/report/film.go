package report

import (
	"encoding/base64"
	"errors"
	"fmt"
	"image"
	"image/color"
	"os"

	"roadloop"
	"roadloop/perception"
	"roadloop/perception/overlay"
	"roadloop/sim/clock"
)

// filmPeriod is the number of decisions from one picture of a film to the next.
const filmPeriod = int(clock.PerSecond / clock.DriverPeriod / filmRate)

// film takes pictures of what the camera saw, one every filmPeriod decisions from
// the first frame on, so that it plays in the time of the run. The first error
// sticks.
type film struct {
	studio *studio
	video  *video // nil before the first picture
	from   float64
	left   int         // decisions until the next picture
	last   *image.RGBA // picture to repeat where the camera dropped a frame
	err    error
}

// watch takes a picture now and then.
func (f *film) watch(m *roadloop.Moment) {
	if f.err != nil {
		return
	}
	if f.left--; f.left > 0 {
		return
	}
	seen := m.Obs != nil && len(m.Obs.Frames) > 0
	switch {
	case seen:
		f.last = picture(m)
	case f.video == nil:
		return // the camera has shown nothing yet
	}
	f.left = filmPeriod
	if f.video == nil {
		f.from = m.Time.Seconds()
		if f.video, f.err = f.studio.open(f.last.Bounds().Size()); f.err != nil {
			return
		}
	}
	f.err = f.video.write(f.last)
}

// finish returns the film as base64 of MP4, nil for a case without one.
func (f *film) finish() ([]byte, error) {
	if f == nil || f.video == nil {
		return nil, f.failure()
	}
	if f.err != nil {
		return nil, errors.Join(f.err, f.discard())
	}
	data, err := f.video.finish()
	if err != nil {
		return nil, err
	}
	return base64.StdEncoding.AppendEncode(nil, data), nil
}

// failure is what went wrong while filming.
func (f *film) failure() error {
	if f == nil {
		return nil
	}
	return f.err
}

// discard drops what was filmed.
func (f *film) discard() error {
	if f == nil || f.video == nil {
		return nil
	}
	if err := errors.Join(f.video.w.Close(), os.Remove(f.video.path)); err != nil {
		return fmt.Errorf("dropping a film: %w", err)
	}
	return nil
}

// picture is the newest frame with what the network found in it and a caption.
func picture(m *roadloop.Moment) *image.RGBA {
	im := overlay.Picture(&m.Obs.Frames[len(m.Obs.Frames)-1], lastImage(m))
	caption(im, m)
	return im
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
