package report

import (
	"encoding/base64"
	"errors"
	"fmt"
	"os"

	"roadloop"
	"roadloop/perception"
	"roadloop/scenarios/report/replay"
	"roadloop/sim/clock"
	"roadloop/sim/sensor"
)

// filmPeriod is the number of decisions from one picture of a film to the next.
const filmPeriod = int(clock.PerSecond / clock.DriverPeriod / filmRate)

// film takes pictures of what the camera saw, one every filmPeriod decisions from
// the first frame on, so that it plays in the time of the run, and notes what the
// network found in each. The first error sticks.
type film struct {
	studio *studio // nil where only what was found is noted: the page takes the pictures again
	video  *video  // nil before the first picture
	from   float64 // time of the first picture, s
	left   int     // decisions until the next picture
	last   sensor.Frame
	now    replay.Sight   // what was found in last
	sights []replay.Sight // one a picture
	err    error
}

// watch takes a picture now and then, of the newest frame that the camera delivered.
func (f *film) watch(m *roadloop.Step) {
	if f.err != nil {
		return
	}
	if m.Obs != nil && len(m.Obs.Frames) > 0 {
		f.look(&m.Obs.Frames[len(m.Obs.Frames)-1], m.Images())
	} else if f.last.Cal == nil {
		return // the camera has shown nothing yet
	}
	if f.left--; f.left > 0 {
		return
	}
	f.left = filmPeriod
	if len(f.sights) == 0 {
		f.from = m.Time.Seconds()
	}
	f.sights = append(f.sights, f.now)
	if f.studio != nil {
		f.err = f.expose()
	}
}

// look takes in a new frame and what was read from it, if anything.
func (f *film) look(frame *sensor.Frame, read []perception.Image) {
	f.last.Cal = frame.Cal
	if f.studio != nil {
		f.last.Pix = append(f.last.Pix[:0], frame.Pix...)
	}
	f.now = replay.Sight{}
	if len(read) > 0 {
		f.now = replay.NewSight(frame.Cal, &read[len(read)-1])
	}
}

// expose appends the newest frame to the video.
func (f *film) expose() (err error) {
	if f.video == nil {
		if f.video, err = f.studio.open(f.last.Cal.Width, f.last.Cal.Height); err != nil {
			return err
		}
	}
	return f.video.Write(f.last.Pix)
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
	if err := errors.Join(f.video.Close(), os.Remove(f.video.path)); err != nil {
		return fmt.Errorf("dropping a film: %w", err)
	}
	return nil
}
