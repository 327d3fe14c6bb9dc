package cli

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"sync"
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
	number   int // of the last picture or frame, broken ones included, from 1
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
	number int    // among all pictures and frames of the command, broken ones included, from 1
	index  int    // of the frame in its video or sequence; -1 for a picture
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
		return d.video(ctx, v, shown{path: fmt.Sprintf("webcam %d", d.webcam)}, func() *float64 { return nil })
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
		return d.video(ctx, v, s, sync.OnceValue(func() *float64 { return videoHorizon(ctx, in.Path) }))
	}
	d.number++
	s.number = d.number
	if err := capture.Read(in.Path, &d.frame); err != nil {
		return &brokenInput{err}
	}
	if tracker != nil {
		if err := d.sameSize(&s, &d.frame); err != nil {
			return err
		}
		s.index = d.number - 1
		d.frame.Time = float64(s.index) / d.rate
	}
	s.frame = &d.frame
	return d.process(&s, d.widest, tracker, func() *float64 {
		size := image.Pt(d.frame.Width, d.frame.Height)
		share, known := d.horizons[size]
		if !known {
			share = picturesHorizon(ctx, sizes[size])
			d.horizons[size] = share
		}
		return share
	})
}

// video processes the frames of a video or a webcam. Where nothing else determines the horizon,
// it is that of estimate, or else estimated again with each of the first frames.
func (d *detection) video(ctx context.Context, v capture.Video, s shown, estimate func() *float64) (err error) {
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
	var live liveHorizon
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
		d.number++
		if err := d.sameSize(&s, &d.frame); err != nil {
			return err
		}
		s.number, s.index, s.frame = d.number, i, &d.frame
		if err := d.process(&s, d.frame.Width, tracker, func() *float64 {
			if share := estimate(); share != nil {
				return share
			}
			return live.update(&d.frame, i)
		}); err != nil {
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
	shares []float64
	share  *float64
}

// update returns the estimate with a frame. It changes seldom, because the view changes with
// it.
func (h *liveHorizon) update(f *capture.Frame, i int) *float64 {
	const frames, step = 40, 10
	if i > frames {
		return h.share
	}
	if row, ok := camera.FindHorizon(f.RGB, f.Width, f.Height); ok {
		h.shares = append(h.shares, row/float64(f.Height))
	}
	if i%step == 0 || h.share == nil {
		h.share = camera.Median(h.shares)
	}
	return h.share
}

// process detects in a frame and passes it on. width is that of pictures with the given focal
// length. horizon is called if nothing else determines the horizon, and returns its row as a
// share of the height, or nil.
func (d *detection) process(s *shown, width int, tracker *boxtrack.Tracker, horizon func() *float64) error {
	h := d.hints
	h.FocalWidth = width
	var err error
	var share *float64
	s.camera, s.known.Knowledge, err = h.Camera(s.frame.Width, s.frame.Height, func() (float64, bool) {
		if share = horizon(); share == nil {
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

// picturesHorizon estimates the horizon from pictures of one size. A picture that cannot be read
// is left out: processing it reports the error.
func picturesHorizon(ctx context.Context, paths []string) *float64 {
	var f capture.Frame
	return camera.EstimateHorizon(len(paths), func(i int) ([]byte, int, int, bool) {
		if ctx.Err() != nil || capture.Read(paths[i], &f) != nil {
			return nil, 0, 0, false
		}
		return f.RGB, f.Width, f.Height, true
	})
}

// videoHorizon estimates the horizon from the beginning of a video.
func videoHorizon(ctx context.Context, path string) *float64 {
	const frames = 75
	v, err := capture.OpenVideo(path)
	if err != nil {
		return nil // processing reports the error
	}
	defer v.Close()
	var f capture.Frame
	next := 0
	return camera.EstimateHorizon(frames, func(i int) ([]byte, int, int, bool) {
		for ; next <= i; next++ {
			if ctx.Err() != nil || v.Next(&f) != nil {
				return nil, 0, 0, false
			}
		}
		return f.RGB, f.Width, f.Height, true
	})
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
