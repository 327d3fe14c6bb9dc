package report

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"

	"roadloop"
	"roadloop/perception"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/sensor"
)

// filmPeriod is the number of decisions from one picture of a film to the next.
const filmPeriod = int(clock.PerSecond / clock.DriverPeriod / filmRate)

// film takes pictures of what the camera saw, one every filmPeriod decisions from
// the first frame on, so that it plays in the time of the run, and notes what the
// network found in each. The first error sticks.
type film struct {
	studio *studio
	video  *video // nil before the first picture
	from   float64
	left   int // decisions until the next picture
	last   sensor.Frame
	now    sight   // what was found in last
	sights []sight // one a picture
	err    error
}

// sight is what the network found in a picture, in pixels of the camera; the page
// draws it onto the film.
type sight struct {
	Found      []found           `json:"found,omitempty"`
	Boundaries []json.RawMessage `json:"lines,omitempty"` // of lanes: x and y in turns, a column
}

// found is a detection.
type found struct {
	Class    string `json:"c"`
	Box      [4]int `json:"b"` // left, top, right, bottom
	Distance int    `json:"d"` // dm
	Score    int    `json:"p"` // percent
}

// watch takes a picture now and then. Where the camera dropped a frame it repeats
// the last one.
func (f *film) watch(m *roadloop.Moment) {
	if f.err != nil {
		return
	}
	if f.left--; f.left > 0 {
		return
	}
	if m.Obs != nil && len(m.Obs.Frames) > 0 {
		f.look(&m.Obs.Frames[len(m.Obs.Frames)-1], m.Thoughts.Images)
	} else if f.video == nil {
		return // the camera has shown nothing yet
	}
	f.left = filmPeriod
	if f.video == nil {
		f.from = m.Time.Seconds()
		if f.video, f.err = f.studio.open(f.last.Cal.Width, f.last.Cal.Height); f.err != nil {
			return
		}
	}
	f.err = f.video.write(f.last.Pix)
	f.sights = append(f.sights, f.now)
}

// look takes in a new frame and what was read from it, if anything.
func (f *film) look(frame *sensor.Frame, read []perception.Image) {
	f.last = sensor.Frame{Cal: frame.Cal, Pix: append(f.last.Pix[:0], frame.Pix...)}
	f.now = sight{}
	if len(read) == 0 {
		return
	}
	im := &read[len(read)-1]
	for i := range im.Detections {
		f.now.Found = append(f.now.Found, newFound(&im.Detections[i]))
	}
	for i := range im.Boundaries {
		f.now.Boundaries = append(f.now.Boundaries, onImage(frame.Cal, im.Boundaries[i].Points))
	}
}

func newFound(d *perception.Detection) found {
	round := func(x float64) int { return int(math.Round(x)) }
	return found{
		Class: d.Class.String(), Distance: round(d.Distance * deci), Score: round(100 * d.Score),
		Box: [4]int{round(d.Box.X0), round(d.Box.Y0), round(d.Box.X1), round(d.Box.Y1)},
	}
}

// onImage returns where points on the ground, in the vehicle frame, are in the
// image: x and y in turns.
func onImage(cal *sensor.Camera, pts []geom.Vec) json.RawMessage {
	var uv []float64
	for _, p := range pts {
		if u, v, _, ok := cal.Project(p.X, p.Y, 0); ok {
			uv = append(uv, u, v)
		}
	}
	return column(len(uv), 1, func(i int) float64 { return uv[i] })
}

// finish returns the film as base64 of MP4, nil for a case without one.
func (f *film) finish() ([]byte, error) {
	switch {
	case f.err != nil:
		return nil, errors.Join(f.err, f.discard())
	case f.video == nil:
		return nil, nil
	}
	data, err := f.video.finish()
	if err != nil {
		return nil, err
	}
	return base64.StdEncoding.AppendEncode(nil, data), nil
}

// discard drops what was filmed.
func (f *film) discard() error {
	if f.video == nil {
		return nil
	}
	if err := errors.Join(f.video.w.Close(), os.Remove(f.video.path)); err != nil {
		return fmt.Errorf("dropping a film: %w", err)
	}
	return nil
}
