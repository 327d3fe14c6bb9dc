// Package dataset writes frames of a stream with their labels to a folder, for
// people to look at and for other programs to train on, and reads labelled frames
// of folders as training and evaluation want them.
//
// Written are roadloop's own format, COCO, KITTI, YOLO and TuSimple's, with
// checksums and a datasheet; read are the first three. Frame i of a seed is the same
// whenever it is written, so any can be made again without the rest. Files appear
// whole or not at all, and a folder whose writing was interrupted is completed by
// writing it again.
//
// Boxes are [x0, y0, x1, y1] in pixels, (0, 0) the upper left corner of the image.
// They bound the projection of an object's 3-D box, hidden parts included, cut at
// the edge of the image.
package dataset

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"roadloop/perception/network"
	"roadloop/perception/training"
	"roadloop/perception/training/stream"
)

// MaxFrame is the largest number of a frame.
const MaxFrame = 999_999_999

// Export is a data set to be written.
type Export struct {
	Stream   stream.Stream
	Format   Format    // "" stands for Roadloop
	Channels []Channel // written as pictures beside the frames
	// Frames are written, from number First on.
	First, Frames int
	// Build names the program that writes, for the datasheet.
	Build string
	// Done is called after each frame with their number so far; it may be nil.
	Done func(n int)
}

// Write writes the data set to dir, which it makes if need be. Frames that are there
// already are kept and stay part of it, and temporary files of a killed export are
// removed. It fails if dir holds anything else: a data set of another stream or format, or
// files that are no data set. It stops with the context's error when ctx ends. Only one
// export at a time may write to a folder.
func (e *Export) Write(ctx context.Context, dir string) error {
	w, err := e.open(dir)
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
	build         string
	maker         *stream.Maker
	input, target []float32
}

// open checks what is to be written and claims the folder.
func (e *Export) open(dir string) (*writer, error) {
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
	maker, err := stream.NewMaker(s)
	if err != nil {
		return nil, err
	}
	w := &writer{
		dir: dir, layout: l, build: e.Build, maker: maker, manifest: newManifest(e),
		input: make([]float32, s.Config.ImageSize()), target: make([]float32, s.Config.TargetSize()),
	}
	if err := w.manifest.claim(dir); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Join(dir, partsFolder), 0o755); err != nil {
		return nil, err
	}
	return w, training.RemoveTemporary(dir)
}

// frame writes a frame, unless it is there.
func (w *writer) frame(i int) error {
	if _, ok := readPart(w.dir, i); ok {
		return nil
	}
	f, err := w.maker.Frame(int64(i))
	if err != nil {
		return err
	}
	w.maker.Encode(f, w.input, w.target)
	s := shot{Frame: f, number: i, drivable: channel(w.target, network.DrivableChannel)}
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

// finish writes what is about all frames of the folder.
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
