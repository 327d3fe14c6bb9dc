// Package export writes what the cameras, the detector and the tracker of a drive saw, for
// other programs: detections and true objects (COCO, KITTI, nuScenes), tracks in the image
// and true tracks in the folders of TrackEval (MOTChallenge, KITTI), states of all road users
// as CSV, and MCAP files for Foxglove and Rerun.
//
// Each camera of a case is a sequence named CASE-CAMERA, such as cut-in-1-camera. Its
// images are the frames that reached the driver, numbered from 0. Files do not depend on the
// number of workers.
package export

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"roadloop"
	"roadloop/internal/fileio"
	"roadloop/scenarios/runner"
)

// Formats of detections and of tracks.
const (
	COCO     = "coco"
	KITTI    = "kitti"
	NuScenes = "nuscenes"
	MOT      = "mot"
)

// Options say what to write. Empty folders are not written.
type Options struct {
	// Detections is a folder with a folder for each sequence, in DetectionFormat: COCO, KITTI
	// or NuScenes.
	Detections, DetectionFormat string
	// Tracks is a folder in the layout of TrackEval, in TrackFormat: MOT or KITTI.
	Tracks, TrackFormat string
	// States is a folder with a CSV file for each case.
	States string
	// MCAP is a folder with an MCAP file for each case.
	MCAP string
}

// Any reports whether there is something to write.
func (o *Options) Any() bool { return o.Detections+o.Tracks+o.States+o.MCAP != "" }

// Exporter writes the files of cases. Watch is safe for concurrent use; Add is called in the
// order of the cases.
type Exporter struct {
	options Options

	mu        sync.Mutex
	recorders map[*runner.Spec]*recorder
	tracked   []sequence // of all cases
}

// New returns an exporter.
func New(o Options) *Exporter {
	return &Exporter{options: o, recorders: make(map[*runner.Spec]*recorder)}
}

// Watch returns a watcher of a case; see runner.Options.
func (e *Exporter) Watch(spec *runner.Spec) func(*roadloop.Step) {
	r := newRecorder(&e.options, spec)
	e.mu.Lock()
	defer e.mu.Unlock()
	e.recorders[spec] = r
	return r.watch
}

// Add completes the files of a case.
func (e *Exporter) Add(out *runner.Outcome) error {
	e.mu.Lock()
	r := e.recorders[out.Spec]
	delete(e.recorders, out.Spec)
	e.mu.Unlock()
	if r == nil || out.Err != nil {
		return r.discard()
	}
	sequences, err := r.finish(out)
	if err != nil {
		return errors.Join(fmt.Errorf("%s: %w", out.Case.ID(), err), r.discard())
	}
	e.tracked = append(e.tracked, sequences...)
	if e.options.States != "" {
		return writeStates(filepath.Join(e.options.States, CaseName(out.Spec)+".csv"), out.Log)
	}
	return nil
}

// Close writes the files about all sequences, and removes those of unfinished cases.
func (e *Exporter) Close() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	var errs []error
	for _, r := range e.recorders {
		errs = append(errs, r.discard())
	}
	clear(e.recorders)
	if e.options.Tracks != "" && len(e.tracked) > 0 {
		errs = append(errs, e.writeSequences())
	}
	return errors.Join(errs...)
}

// CaseName returns the name of a case's files, such as cut-in-1.
func CaseName(spec *runner.Spec) string {
	return spec.Case.Scenario.Slug() + "-" + spec.Case.Label()
}

// writeSequences writes the lists of sequences that TrackEval needs, and our own figures.
func (e *Exporter) writeSequences() error {
	slices.SortStableFunc(e.tracked, func(a, b sequence) int { return cmp.Compare(a.Name, b.Name) })
	var list strings.Builder
	path := filepath.Join(e.options.Tracks, "seqmap.txt")
	if e.options.TrackFormat == KITTI {
		path = filepath.Join(e.options.Tracks, "gt", "evaluate_tracking.seqmap.training")
	} else {
		list.WriteString("name\n")
	}
	for _, s := range e.tracked {
		if e.options.TrackFormat == KITTI {
			fmt.Fprintf(&list, "%s empty %06d %06d\n", s.Name, 0, s.Frames)
		} else {
			list.WriteString(s.Name + "\n")
		}
	}
	figures, err := json(e.tracked)
	return errors.Join(err, fileio.Write(path, []byte(list.String())), fileio.Write(filepath.Join(e.options.Tracks, "tracking.json"), figures))
}
