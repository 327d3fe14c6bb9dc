package cli

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"time"

	"github.com/dustin/go-humanize/english"

	"roadloop/perception/boxtrack"
	"roadloop/perception/camera"
	"roadloop/perception/inference"
	"roadloop/perception/inference/capture"
)

// detection processes the inputs of a command.
type detection struct {
	*detectFlags
	detector pictureDetector
	stderr   io.Writer
	sinks    *detectSinks
	meter    *meter
	start    time.Time
	count    int // frames processed
	views    int // of a picture, at most

	horizons map[image.Point]*float64 // estimated, as shares of the height; nil without estimate
	noted    map[camera.Known]bool
	widest   int         // width of the widest picture, px
	size     image.Point // of the frames of the video or sequence
	frame    capture.Frame
	found    inference.Found
}

// shown is a processed frame.
type shown struct {
	group  int    // index of the argument
	path   string // of the picture or the video
	index  int    // of the frame in its video; -1 for a picture
	frame  *capture.Frame
	camera camera.Camera
	known  camera.Known
	found  *inference.Found
	tracks []boxtrack.Track // of a video
	ids    []int64          // of the tracks, by detection; 0 for none
}

// all processes all inputs. An input that cannot be read is reported, and the others are
// processed; the error then counts such inputs.
func (d *detection) all(ctx context.Context, groups []inputGroup) error {
	d.horizons, d.noted = make(map[image.Point]*float64), make(map[camera.Known]bool)
	total := 0
	for _, g := range groups {
		total += len(g.files)
	}
	d.meter = newMeter(d.stderr, total, "input", d.quiet)
	if d.live {
		d.meter = newMeter(d.stderr, 0, "frame", true) // video shows the progress
		v, err := await(ctx, func() (capture.Video, error) { return capture.OpenWebcam(d.webcam) })
		if err != nil {
			return err
		}
		return d.video(ctx, v, shown{path: fmt.Sprintf("webcam %d", d.webcam)}, nil)
	}
	sizes := d.pictures(groups)
	var tracker *boxtrack.Tracker
	if d.sequence {
		tracker = boxtrack.New(boxtrack.Config{})
	}
	failed, done := 0, 0
	for i, g := range groups {
		for _, in := range g.files {
			if err := ctx.Err(); err != nil {
				return err
			}
			err := d.input(ctx, i, in, sizes, tracker)
			switch broken := (*brokenInput)(nil); {
			case errors.As(err, &broken):
				d.meter.clear()
				fmt.Fprintln(d.stderr, broken.err)
				failed++
			case err != nil:
				return err
			}
			done++
			d.meter.note = fmt.Sprintf("%.3g frames/s", float64(d.count)/time.Since(d.start).Seconds())
			d.meter.at(done)
		}
	}
	if failed > 0 {
		return missing(failed, total)
	}
	return nil
}

// brokenInput is the error of an input that cannot be read.
type brokenInput struct{ err error }

func (b *brokenInput) Error() string { return b.err.Error() }
func (b *brokenInput) Unwrap() error { return b.err }

// pictures returns the picture files by size, for the estimation of the horizon, and sets
// the width of the widest one.
func (d *detection) pictures(groups []inputGroup) map[image.Point][]string {
	sizes := make(map[image.Point][]string)
	for _, g := range groups {
		for _, in := range g.files {
			if in.Video {
				continue
			}
			if w, h, err := capture.Size(in.Path); err == nil { // processing reports the error
				sizes[image.Pt(w, h)] = append(sizes[image.Pt(w, h)], in.Path)
				d.widest = max(d.widest, w)
			}
		}
	}
	return sizes
}

// input processes a picture or a video.
func (d *detection) input(ctx context.Context, group int, in capture.Input, sizes map[image.Point][]string, tracker *boxtrack.Tracker) error {
	s := shown{group: group, path: in.Path, index: -1}
	if in.Video {
		v, err := capture.OpenVideo(in.Path)
		if err != nil {
			return &brokenInput{err}
		}
		row, err := videoHorizon(ctx, in.Path)
		if err != nil {
			return errors.Join(err, v.Close())
		}
		return d.video(ctx, v, s, row)
	}
	if err := capture.Read(in.Path, &d.frame); err != nil {
		return &brokenInput{err}
	}
	size := image.Pt(d.frame.Width, d.frame.Height)
	if _, known := d.horizons[size]; !known {
		d.horizons[size] = picturesHorizon(sizes[size])
	}
	if tracker != nil {
		if err := d.sameSize(&s, &d.frame); err != nil {
			return err
		}
		s.index = d.count
		d.frame.Time = float64(d.count) / d.rate
	}
	s.frame = &d.frame
	return d.process(&s, d.widest, d.horizons[size], tracker)
}

// video processes the frames of a video or a webcam. Where share, the row of the horizon, is
// nil, it is estimated from the first frames.
func (d *detection) video(ctx context.Context, v capture.Video, s shown, share *float64) (err error) {
	defer func() {
		if e := errors.Join(v.Close(), d.sinks.endVideo()); e != nil {
			err = e // an output that is lost ends the command, a broken input does not
		}
	}()
	tracker := boxtrack.New(boxtrack.Config{})
	d.size = image.Point{}
	if err := d.sinks.startVideo(&s, v.Rate()); err != nil {
		return err
	}
	total := min(d.frames, v.Frames()) // 0 if unknown
	if v.Frames() == 0 && d.frames < maxInt {
		total = d.frames
	}
	frames := newMeter(d.stderr, total, "frame", d.quiet)
	defer frames.clear()
	live := liveHorizon{on: share == nil}
	for i := range d.frames {
		if err := ctx.Err(); err != nil {
			return err
		}
		switch err := v.Next(&d.frame); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return &brokenInput{err}
		}
		if live.on {
			share = live.update(&d.frame, i)
		}
		if err := d.sameSize(&s, &d.frame); err != nil {
			return err
		}
		s.index, s.frame = i, &d.frame
		if err := d.process(&s, d.frame.Width, share, tracker); err != nil {
			return err
		}
		frames.at(i + 1)
	}
	return nil
}

// sameSize returns an error for a frame that has another size than those before it in its
// video or sequence: tracks and videos have one size.
func (d *detection) sameSize(s *shown, f *capture.Frame) error {
	size := image.Pt(f.Width, f.Height)
	if d.size == (image.Point{}) {
		d.size = size
	}
	if size != d.size {
		return &brokenInput{fmt.Errorf("%s: a frame of %d×%d px, those before it have %d×%d", s.path, size.X, size.Y, d.size.X, d.size.Y)}
	}
	return nil
}

// liveHorizon estimates the horizon of a webcam from its first frames.
type liveHorizon struct {
	on    bool
	rows  []float64
	share *float64
}

// update returns the estimate with a frame. It changes seldom, because the view changes with
// it.
func (h *liveHorizon) update(f *capture.Frame, i int) *float64 {
	const frames, step = 40, 10
	if i > frames {
		return h.share
	}
	if row, ok := camera.FindHorizon(f.RGB, f.Width, f.Height); ok {
		h.rows = append(h.rows, row/float64(f.Height))
	}
	if i%step == 0 || h.share == nil {
		h.share = median(h.rows)
	}
	return h.share
}

// process detects in a frame and passes it on. width is that of pictures with the given focal
// length.
func (d *detection) process(s *shown, width int, share *float64, tracker *boxtrack.Tracker) error {
	h := d.hints
	h.FocalWidth = width
	var err error
	s.camera, s.known.Knowledge, err = h.Camera(s.frame.Width, s.frame.Height, func() (float64, bool) {
		if share == nil {
			return 0, false
		}
		return *share * float64(s.frame.Height), true
	})
	if err == nil {
		err = d.detector.Detect(s.frame.RGB, &s.camera, &d.found)
	}
	if err != nil {
		return &brokenInput{fmt.Errorf("%s: %w", s.path, err)}
	}
	if s.known.Horizon == camera.Estimated {
		s.known.HorizonShare = *share
	}
	if !d.noted[s.known] {
		d.noted[s.known] = true
		d.noteCamera(s)
	}
	s.found = &d.found
	s.ids = s.ids[:0]
	if tracker != nil {
		s.ids = append(s.ids, make([]int64, len(d.found.Detections))...)
		s.tracks = tracker.Update(s.frame.Time, d.found.Detections)
		for _, t := range s.tracks {
			s.ids[t.Detection] = t.ID
		}
	}
	d.count++
	d.views = max(d.views, d.found.Views)
	return d.sinks.write(s)
}

// noteCamera prints what is estimated or assumed of a camera, and which part of the road ahead
// the pictures do not show.
func (d *detection) noteCamera(s *shown) {
	d.meter.clear()
	noteAssumptions(d.stderr, fmt.Sprintf("camera of %s (%d×%d px)", s.path, s.frame.Width, s.frame.Height), &s.known)
}

// horizonPictures is the number of pictures from which the horizon is estimated.
const horizonPictures = 15

// picturesHorizon returns the median estimate of the horizon over pictures of one size, as a
// share of the height; nil if none shows it.
func picturesHorizon(paths []string) *float64 {
	var f capture.Frame
	var rows []float64
	n := min(len(paths), horizonPictures)
	for i := range n {
		if capture.Read(paths[i*len(paths)/n], &f) != nil {
			continue // processing reports the error
		}
		if row, ok := camera.FindHorizon(f.RGB, f.Width, f.Height); ok {
			rows = append(rows, row/float64(f.Height))
		}
	}
	return median(rows)
}

// videoHorizon is picturesHorizon for the beginning of a video.
func videoHorizon(ctx context.Context, path string) (*float64, error) {
	const step = 5 // frames
	v, err := capture.OpenVideo(path)
	if err != nil {
		return nil, nil // processing reports the error
	}
	defer v.Close()
	var f capture.Frame
	var rows []float64
	for i := range horizonPictures * step {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if v.Next(&f) != nil {
			break
		}
		if i%step != 0 {
			continue
		}
		if row, ok := camera.FindHorizon(f.RGB, f.Width, f.Height); ok {
			rows = append(rows, row/float64(f.Height))
		}
	}
	return median(rows), nil
}

func median(rows []float64) *float64 {
	m, ok := camera.Median(rows)
	if !ok {
		return nil
	}
	return &m
}

// summary describes the detections of a picture, as "2 cars, 1 truck".
func (s *shown) summary() string {
	counts := make(map[string]int)
	var order []string
	for i := range s.found.Detections {
		name := s.found.Detections[i].Class.String()
		if counts[name]++; counts[name] == 1 {
			order = append(order, name)
		}
	}
	text := ""
	for _, name := range order {
		if text != "" {
			text += ", "
		}
		text += english.Plural(counts[name], name, "")
	}
	if text == "" {
		text = "nothing"
	}
	return text
}
