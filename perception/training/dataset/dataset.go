// Package dataset exports labelled frames to a folder, for inspection and for training
// with other programs, and reads labelled frames from folders for training and
// evaluation. The frames show random worlds of a stream, or recorded drives.
//
// It writes roadloop's own format, COCO, KITTI, KITTI's tracking layout, YOLO, TuSimple
// and nuScenes, with checksums and a datasheet; it reads all of them except the tracking
// layout, and CULane. Frame i of a seed is always the same, so any frame can be reproduced
// alone. Files are written atomically, and an interrupted export is completed by writing it
// again. The number of goroutines does not change any file.
//
// Boxes are [x0, y0, x1, y1] in pixels, (0, 0) is the upper left corner of the image.
// They bound what is drawn of an object, including hidden parts, clipped to the image.
package dataset

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"roadloop/internal/fileio"
	"roadloop/perception/training/synth"
	"roadloop/sim/rig"
)

// MaxFrame is the largest number of a frame.
const MaxFrame = 999_999_999

// Export configures the export of a data set.
type Export struct {
	// Stream makes the frames of random worlds, if there are no drives.
	Stream synth.Stream
	// Drives are recorded drives. Their frames are numbered one after the other.
	Drives   []Drive
	Format   Format    // "" means Roadloop
	Channels []Channel // written as additional pictures
	// Rig is the name of a rig of package rig with several cameras; "" means the front
	// camera alone. Each camera has its own data set, in a folder that is named after it,
	// unless the format holds all cameras. The frames with one number show the same moment.
	Rig string
	// Sensors are the cameras, the lidar and the radars to write, instead of the cameras of
	// Rig.
	Sensors *rig.Config
	// Val and Test are the percentages of maps for the validation and the test list, in
	// formats with lists. Frames of one map are in one list.
	Val, Test int
	// Frames is the number of frames of random worlds, First the number of the first one.
	First, Frames int
	// Jobs is the number of goroutines that render; 0 means 1.
	Jobs int
	// Program is the name of the command line, Flags are its flags for the drives and the
	// sensors, and Build is the version of roadloop, for the datasheet.
	Program, Flags, Build string
	// Done is called after each frame with the number of frames so far, of all data sets;
	// it may be nil.
	Done func(n int)
}

// Write writes the data set to dir and creates dir if needed. Existing frames are
// kept and stay part of the data set; temporary files of a killed export are removed.
// Write returns an error if dir contains a data set of another stream or format, or
// other files. It returns the context's error when ctx ends. Only one export at a
// time may write to a folder.
func (e *Export) Write(ctx context.Context, dir string) error {
	sensors, err := e.sensors()
	if err != nil {
		return fmt.Errorf("data set %s: %w", dir, err)
	}
	l, err := e.layout()
	if err != nil {
		return fmt.Errorf("data set %s: %w", dir, err)
	}
	if err := checkSensors(&sensors, l); err != nil {
		return fmt.Errorf("data set %s: %w", dir, err)
	}
	if sensors.Cameras() == 1 && e.Rig == "" || l.holds().rig {
		return e.write(ctx, dir, "", sensors, e.Done)
	}
	written := 0
	for s := range rig.Of[rig.Camera](&sensors) {
		done := func(n int) {
			if e.Done != nil {
				e.Done(written + n)
			}
		}
		if err := e.write(ctx, filepath.Join(dir, s.Name), s.Name, onlyCamera(sensors, s.Name), done); err != nil {
			return err
		}
		written += e.len()
	}
	return nil
}

// Folders returns the number of data sets that Write writes: one, or one for each camera.
func (e *Export) Folders() (int, error) {
	sensors, err := e.sensors()
	if err != nil {
		return 0, err
	}
	l, err := e.layout()
	if err != nil || l.holds().rig {
		return 1, err
	}
	return sensors.Cameras(), nil
}

// layout returns the layout of the export.
func (e *Export) layout() (layout, error) {
	if e.Format == "" {
		e.Format = Roadloop
	}
	return e.Format.layout()
}

// len returns the number of frames.
func (e *Export) len() int {
	if len(e.Drives) == 0 {
		return e.Frames
	}
	n := 0
	for i := range e.Drives {
		n += len(e.Drives[i].Worlds)
	}
	return n
}

// write writes the data set of the sensors. camera is the camera of the rig if each
// camera has its own data set.
func (e *Export) write(ctx context.Context, dir, camera string, sensors rig.Config, done func(int)) error {
	w, err := e.open(dir, camera, sensors)
	if err != nil {
		return fmt.Errorf("data set %s: %w", dir, err)
	}
	if err := w.frames(ctx, max(e.Jobs, 1), done); err != nil {
		if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
			return err
		}
		return fmt.Errorf("data set %s: %w", dir, err)
	}
	if err := w.finish(); err != nil {
		return fmt.Errorf("data set %s: %w", dir, err)
	}
	return nil
}

// writer writes a data set.
type writer struct {
	dir      string
	manifest manifest
	layout   layout
	about    about
	source   source
	shared   sync.Map // paths of the map masks that are written
}

// about is what a datasheet says of the program.
type about struct{ program, flags, build string }

// open checks the export and writes or checks the manifest of the folder.
func (e *Export) open(dir, camera string, sensors rig.Config) (*writer, error) {
	if e.First < 0 || e.Frames < 0 || e.First > MaxFrame || e.Frames > MaxFrame-e.First+1 {
		return nil, fmt.Errorf("%d frames from number %d on: want numbers from 0 to %d", e.Frames, e.First, MaxFrame)
	}
	l, err := e.layout()
	if err != nil {
		return nil, err
	}
	depth := false
	for _, c := range e.Channels {
		if err := c.check(); err != nil {
			return nil, err
		}
		if l.holds().rig {
			return nil, fmt.Errorf("channel %s: format %s has no folder for it", c, e.Format)
		}
		depth = depth || c == Depth
	}
	src, err := e.source(sensors, depth)
	if err != nil {
		return nil, err
	}
	m, err := newManifest(e, camera, &sensors)
	if err != nil {
		return nil, err
	}
	w := &writer{dir: dir, layout: l, source: src, manifest: m, about: about{program: e.Program, flags: e.Flags, build: e.Build}}
	if err := w.manifest.claim(dir); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Join(dir, partsFolder), 0o755); err != nil {
		return nil, err
	}
	return w, fileio.RemoveTemporary(dir)
}

// batch is the number of consecutive frames that one goroutine renders at a time: those of
// a map.
const batch = synth.FramesPerMap

// frames writes all frames with a number of goroutines.
func (w *writer) frames(ctx context.Context, jobs int, done func(int)) error {
	first, end := w.source.numbers()
	var next atomic.Int64
	next.Store(int64(first / batch))
	var counting sync.Mutex
	count := 0
	g, ctx := errgroup.WithContext(ctx)
	for range jobs {
		g.Go(func() error {
			p, err := w.source.producer()
			if err != nil {
				return err
			}
			for {
				c := int(next.Add(1) - 1)
				if c*batch >= end {
					return nil
				}
				for i := max(c*batch, first); i < min((c+1)*batch, end); i++ {
					if err := ctx.Err(); err != nil {
						return err
					}
					if err := w.frame(p, i); err != nil {
						return fmt.Errorf("frame %d: %w", i, err)
					}
					counting.Lock()
					count++
					if done != nil {
						done(count)
					}
					counting.Unlock()
				}
			}
		})
	}
	return g.Wait()
}

// frame writes a frame, unless it exists.
func (w *writer) frame(make producer, i int) error {
	if _, ok := readPart(w.dir, i); ok {
		return nil
	}
	s, err := make.moment(i)
	if err != nil {
		return err
	}
	files, labels, err := w.layout.frame(s)
	if err != nil {
		return err
	}
	pictures, err := s.pictures(w.layout, w.manifest.Channels)
	if err != nil {
		return err
	}
	p, err := newPart(s, w.layout, labels)
	if err != nil {
		return err
	}
	for _, f := range append(pictures, files...) {
		if err := w.writeOnce(&f); err != nil {
			return err
		}
		p.Sums[f.path] = f.sum()
	}
	return p.write(w.dir)
}

// writeOnce writes a file, unless it is the mask of a map and another frame wrote it.
func (w *writer) writeOnce(f *file) error {
	if strings.HasPrefix(f.path, masks) {
		if _, written := w.shared.LoadOrStore(f.path, true); written {
			return nil
		}
	}
	return f.write(w.dir)
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
	files = append(files, metadataFile(parts), sheet)
	for _, f := range files {
		if err := f.write(w.dir); err != nil {
			return err
		}
	}
	return sums(parts, append(files, about)).write(w.dir)
}
