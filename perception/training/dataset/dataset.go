// Package dataset exports frames of a stream with their labels to a folder, for
// inspection and for training with other programs, and reads labelled frames from
// folders for training and evaluation.
//
// It writes roadloop's own format, COCO, KITTI, YOLO and TuSimple, with checksums and
// a datasheet; it reads the first three. Frame i of a seed is always the same, so any
// frame can be reproduced alone. Files are written atomically, and an interrupted
// export is completed by writing it again.
//
// Boxes are [x0, y0, x1, y1] in pixels, (0, 0) is the upper left corner of the image.
// They bound the projection of an object's 3-D box, including hidden parts, clipped
// to the image.
package dataset

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"roadloop/internal/fileio"
	"roadloop/perception/network"
	"roadloop/perception/training/synth"
	"roadloop/sim/rig"
)

// MaxFrame is the largest number of a frame.
const MaxFrame = 999_999_999

// Export configures the export of a data set.
type Export struct {
	Stream   synth.Stream
	Format   Format    // "" means Roadloop
	Channels []Channel // written as additional pictures
	// Rig is the name of a rig of package rig with several cameras; "" means the front
	// camera alone. Each camera has its own data set, in a folder that is named after it. The
	// frames with one number show the same moment.
	Rig string
	// Frames is the number of frames, First the number of the first one.
	First, Frames int
	// Program is the name of the command line and Build the version of roadloop, for the
	// datasheet.
	Program, Build string
	// Done is called after each frame with the number of frames so far, of all cameras; it
	// may be nil.
	Done func(n int)
}

// Write writes the data set to dir and creates dir if needed. Existing frames are
// kept and stay part of the data set; temporary files of a killed export are removed.
// Write returns an error if dir contains a data set of another stream or format, or
// other files. It returns the context's error when ctx ends. Only one export at a
// time may write to a folder.
func (e *Export) Write(ctx context.Context, dir string) error {
	if e.Rig == "" {
		return e.write(ctx, dir, "")
	}
	c, err := rig.Named(e.Rig)
	if err != nil {
		return fmt.Errorf("data set %s: %w", dir, err)
	}
	written := 0
	for s, m := range rig.Of[rig.Camera](&c) {
		one := *e
		one.Stream.Camera = &m.Calibration
		one.Done = func(n int) {
			if e.Done != nil {
				e.Done(written + n)
			}
		}
		if err := one.write(ctx, filepath.Join(dir, s.Name), s.Name); err != nil {
			return err
		}
		written += e.Frames
	}
	return nil
}

// write writes the data set of one camera of the rig, "" for the front camera alone.
func (e *Export) write(ctx context.Context, dir, camera string) error {
	w, err := e.open(dir, camera)
	if err != nil {
		return fmt.Errorf("data set %s: %w", dir, err)
	}
	for i := range e.Frames {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := w.frame(e.First + i); err != nil {
			return fmt.Errorf("data set %s: frame %d: %w", dir, e.First+i, err)
		}
		if e.Done != nil {
			e.Done(i + 1)
		}
	}
	if err := w.finish(); err != nil {
		return fmt.Errorf("data set %s: %w", dir, err)
	}
	return nil
}

// writer writes a data set.
type writer struct {
	dir           string
	manifest      manifest
	layout        layout
	program       string
	build         string
	maker         *synth.Generator
	input, target []float32
}

// open checks the export and writes or checks the manifest of the folder.
func (e *Export) open(dir, camera string) (*writer, error) {
	if e.First < 0 || e.Frames < 0 || e.First > MaxFrame || e.Frames > MaxFrame-e.First+1 {
		return nil, fmt.Errorf("%d frames from number %d on: want numbers from 0 to %d", e.Frames, e.First, MaxFrame)
	}
	if e.Format == "" {
		e.Format = Roadloop
	}
	l, err := e.Format.layout()
	if err != nil {
		return nil, err
	}
	s := e.Stream
	for _, c := range e.Channels {
		if err := c.check(); err != nil {
			return nil, err
		}
		s.Depth = s.Depth || c == Depth
	}
	maker, err := synth.NewGenerator(s)
	if err != nil {
		return nil, err
	}
	w := &writer{
		dir: dir, layout: l, program: e.Program, build: e.Build, maker: maker, manifest: newManifest(e, camera),
		input: make([]float32, s.Config.ImageSize()), target: make([]float32, s.Config.TargetSize()),
	}
	if err := w.manifest.claim(dir); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Join(dir, partsFolder), 0o755); err != nil {
		return nil, err
	}
	return w, fileio.RemoveTemporary(dir)
}

// frame writes a frame, unless it exists.
func (w *writer) frame(i int) error {
	if _, ok := readPart(w.dir, i); ok {
		return nil
	}
	f, err := w.maker.Frame(int64(i))
	if err != nil {
		return err
	}
	w.maker.Encode(f, w.input, w.target)
	s := exportFrame{Frame: f, number: i, drivable: channel(w.target, network.DrivableChannel)}
	files, labels, err := w.layout.frame(&s)
	if err != nil {
		return err
	}
	pictures, err := s.pictures(w.layout.picture(i), w.manifest.Channels)
	if err != nil {
		return err
	}
	p, err := newPart(&s, labels)
	if err != nil {
		return err
	}
	for _, f := range append(pictures, files...) {
		if err := f.write(w.dir); err != nil {
			return err
		}
		p.Sums[f.path] = f.sum()
	}
	return p.write(w.dir)
}

// finish writes the files about all frames of the folder.
func (w *writer) finish() error {
	parts, err := readParts(w.dir)
	if err != nil {
		return err
	}
	files, err := w.layout.finish(parts)
	if err != nil {
		return err
	}
	sheet, err := w.datasheet(parts)
	if err != nil {
		return err
	}
	about, err := w.manifest.file()
	if err != nil {
		return err
	}
	files = append(files, sheet)
	for _, f := range files {
		if err := f.write(w.dir); err != nil {
			return err
		}
	}
	return sums(parts, append(files, about)).write(w.dir)
}

// channel returns one channel of a target.
func channel(target []float32, k int) []float32 {
	out := make([]float32, 0, len(target)/network.TargetChannels)
	for ; k < len(target); k += network.TargetChannels {
		out = append(out, target[k])
	}
	return out
}
