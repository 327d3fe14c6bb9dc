package report

import (
	"encoding/base64"
	"errors"
	"fmt"
	"os"

	"roadloop"
	"roadloop/perception"
	"roadloop/scenarios/replay"
	"roadloop/sim/clock"
	"roadloop/sim/sensor"
)

// filmPeriod is the number of decisions between frames of a video.
const filmPeriod = int(clock.PerSecond / clock.DriverPeriod / filmRate)

// cameraVideo records the images of the front camera of a run, one every filmPeriod decisions from the
// first image on, so that the video plays in real time, and the detections of the network
// in each. It keeps the first error.
type cameraVideo struct {
	camera string        // its name
	dir    *videoDir     // nil to record only detections: the page renders the images again
	video  *pendingVideo // nil before the first frame
	from   float64       // time of the first frame, s
	left   int           // decisions until the next frame
	last   sensor.Frame
	now    replay.FrameDetections   // detections in last
	sights []replay.FrameDetections // one per frame
	err    error
}

// watch records the newest camera image every filmPeriod decisions.
func (f *cameraVideo) watch(m *roadloop.Step) {
	if f.err != nil {
		return
	}
	var frame *sensor.Frame
	if m.Obs != nil {
		frame = m.Obs.Frame(f.camera)
	}
	if frame != nil {
		f.setFrame(frame, perception.NewestImage(m.Images(), f.camera))
	} else if f.last.Cal == nil {
		return // the camera has delivered no image yet
	}
	if f.left--; f.left > 0 {
		return
	}
	f.left = filmPeriod
	if len(f.sights) == 0 {
		f.from = m.Time.Seconds()
	}
	f.sights = append(f.sights, f.now)
	if f.dir != nil {
		f.err = f.writeFrame()
	}
}

// setFrame stores a new image and its detections, nil for none.
func (f *cameraVideo) setFrame(frame *sensor.Frame, read *perception.Image) {
	f.last.Cal = frame.Cal
	if f.dir != nil {
		f.last.Pix = append(f.last.Pix[:0], frame.Pix...)
	}
	f.now = replay.FrameDetections{}
	if read != nil {
		f.now = replay.NewFrameDetections(frame.Cal, read)
	}
}

// writeFrame appends the newest image to the video.
func (f *cameraVideo) writeFrame() (err error) {
	if f.video == nil {
		if f.video, err = f.dir.open(f.last.Cal.Width, f.last.Cal.Height); err != nil {
			return err
		}
	}
	return f.video.Write(f.last.Pix)
}

// finish returns the video as base64 of MP4, nil for a case without one.
func (f *cameraVideo) finish() ([]byte, error) {
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

// discard removes the video.
func (f *cameraVideo) discard() error {
	if f.video == nil {
		return nil
	}
	if err := errors.Join(f.video.Close(), os.Remove(f.video.path)); err != nil {
		return fmt.Errorf("removing a video: %w", err)
	}
	return nil
}
