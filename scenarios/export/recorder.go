package export

import (
	stdjson "encoding/json"
	"errors"
	"fmt"
	"path/filepath"

	"roadloop"
	"roadloop/internal/fileio"
	"roadloop/perception"
	"roadloop/perception/inference"
	"roadloop/perception/results"
	"roadloop/perception/scoring"
	"roadloop/perception/training/synth"
	"roadloop/scenarios/runner"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/label"
	"roadloop/sim/raster"
	"roadloop/sim/rig"
	"roadloop/sim/scene"
	"roadloop/sim/sensor"
)

// sequence holds our own figures of a sequence of tracks. They equal TrackEval's of the
// format MOT.
type sequence struct {
	Name    string                  `json:"sequence"`
	Frames  int                     `json:"frames"`
	Figures *scoring.TrackingReport `json:"figures"` // null without road users
}

func json(v any) ([]byte, error) {
	data, err := stdjson.MarshalIndent(v, "", "  ")
	return append(data, '\n'), err
}

// recorder records the frames of a case.
type recorder struct {
	options *Options
	spec    *runner.Spec
	builder *scene.Builder
	cameras []*camera // in order of their first frames
	drive   *drive    // nil without MCAP
	err     error     // the first one
}

func newRecorder(o *Options, spec *runner.Spec) *recorder {
	return &recorder{options: o, spec: spec}
}

// camera writes the sequence of a camera.
type camera struct {
	name     string // of the sensor
	cal      *sensor.Camera
	frames   int
	renderer *raster.Renderer
	list     scene.List
	labeler  label.Labeler

	truth, found  results.Writer // detections, nil if not written
	gt, tracks    results.Writer // tracks, nil if not written
	tracking      scoring.Tracking
	truths, dets  []results.Object // of the current frame
	gtBoxes, seen []results.Object
}

// watch records a step.
func (r *recorder) watch(s *roadloop.Step) {
	if r.err == nil {
		r.err = r.step(s)
	}
}

func (r *recorder) step(s *roadloop.Step) error {
	if r.options.Detections+r.options.Tracks+r.options.MCAP == "" {
		return nil
	}
	if r.options.MCAP != "" {
		if err := r.openDrive(); err != nil {
			return err
		}
		if err := r.drive.step(s); err != nil {
			return err
		}
	}
	if !fresh(s) {
		return nil
	}
	for i := range s.Obs.Frames {
		f := &s.Obs.Frames[i]
		if exposure, ok := f.Truth.(*rig.Exposure); ok {
			if err := r.frame(s, f, exposure.View()); err != nil {
				return fmt.Errorf("frame of %s at %s: %w", f.Sensor, f.Time, err)
			}
		}
	}
	return nil
}

// fresh reports whether the observation and the decision of a step are new: the step at the
// end of a drive repeats those of the step before.
func fresh(s *roadloop.Step) bool { return s.Obs.Now == s.Time }

// frame records a frame.
func (r *recorder) frame(s *roadloop.Step, f *sensor.Frame, view scene.FrameState) error {
	c, err := r.camera(f)
	if err != nil {
		return err
	}
	im := results.Image{
		Index: c.frames, ID: fmt.Sprint(c.frames + 1), Name: fmt.Sprintf("%06d.png", c.frames),
		Width: f.Cal.Width, Height: f.Cal.Height, Camera: f.Cal, Ego: view.Ego,
	}
	c.frames++
	view.Cal = f.Cal
	r.label(c, &view)
	c.detections(s, f)
	c.tracked(s, f)
	if r.drive != nil {
		if err := r.drive.frame(f, c); err != nil {
			return err
		}
	}
	var errs []error
	for _, out := range []struct {
		w       results.Writer
		objects []results.Object
	}{{c.truth, c.truths}, {c.found, c.dets}, {c.gt, c.gtBoxes}, {c.tracks, c.seen}} {
		if out.w != nil {
			errs = append(errs, out.w.Write(&im, out.objects))
		}
	}
	return errors.Join(errs...)
}

// label labels the frame. The true boxes of detections bound what is drawn of an object,
// as those that the network learns; those of tracks bound the pixels that show it.
func (r *recorder) label(c *camera, view *scene.FrameState) {
	r.builder.Build(&c.list, view)
	objects := c.labeler.Objects(c.renderer.Render(&c.list), &c.list, r.spec.Drive.World.Map, view)
	c.truths, c.gtBoxes = c.truths[:0], c.gtBoxes[:0]
	for i := range objects {
		o := &objects[i]
		t := trueObject(o, view)
		c.truths = append(c.truths, t)
		if o.IsSignal {
			continue
		}
		t.Box = perception.Box{X0: float64(o.Modal.Min.X), Y0: float64(o.Modal.Min.Y), X1: float64(o.Modal.Max.X), Y1: float64(o.Modal.Max.Y)}
		c.gtBoxes = append(c.gtBoxes, t)
	}
}

// trueObject converts a label.
func trueObject(o *label.Object, view *scene.FrameState) results.Object {
	ignore := !synth.Labeled(o)
	t := results.Object{
		Class: synth.Class(o).String(), ID: int64(o.ID), Box: perception.Box{X0: o.X0, Y0: o.Y0, X1: o.X1, Y1: o.Y1},
		Area: float64(o.Pixels), Visible: o.Visible, Truncated: o.Truncated, Ignore: ignore, Region: ignore,
		Space: &results.Space{
			Pos: o.Pos, Bottom: o.Bottom, Top: o.Top, Heading: geom.WrapAngle(o.Heading + view.Cal.Mount.Yaw), Length: o.Length, Width: o.Width,
		},
	}
	for i := range view.Actors {
		if a := &view.Actors[i]; !o.IsSignal && uint16(a.ID)+1 == o.ID {
			v := geom.Pose{Yaw: -view.Ego.Yaw}.ToWorld(a.Velocity())
			t.Space.Vel = &v
		}
	}
	return t
}

// detections converts what the detector read from the frame.
func (c *camera) detections(s *roadloop.Step, f *sensor.Frame) {
	c.dets = c.dets[:0]
	sizes := inference.Footprints()
	for _, im := range s.Images() {
		if im.Sensor != f.Sensor || im.Time != f.Time {
			continue
		}
		for i := range im.Detections {
			d := &im.Detections[i]
			c.dets = append(c.dets, results.FromDetection(d, f.Cal, sizes[d.Class]))
		}
	}
}

// tracked projects the tracks to the time and the image of the frame, and counts them.
func (c *camera) tracked(s *roadloop.Step, f *sensor.Frame) {
	c.seen = c.seen[:0]
	if s.Scene != nil {
		c.seen = projectTracks(c.seen, s.Scene, f)
	}
	boxes := func(list []results.Object) (out []scoring.TrackBox) {
		for _, o := range list {
			out = append(out, scoring.TrackBox{ID: int(o.ID), Box: o.Box, Ignore: o.Ignore})
		}
		return out
	}
	c.tracking.AddBoxes(boxes(c.gtBoxes), boxes(c.seen))
}

// camera returns the recorder of a frame's camera.
func (r *recorder) camera(f *sensor.Frame) (*camera, error) {
	for _, c := range r.cameras {
		if c.name == f.Sensor {
			return c, nil
		}
	}
	if r.builder == nil {
		var err error
		if r.builder, err = scene.NewBuilder(r.spec.Drive.World.Map); err != nil {
			return nil, err
		}
	}
	c := &camera{name: f.Sensor, cal: f.Cal, renderer: raster.New(f.Cal, raster.Channels{Class: true, Instance: true, Uncolored: true})}
	r.cameras = append(r.cameras, c)
	return c, errors.Join(r.openDetections(c), r.openTracks(c))
}

// sequence returns the name of a camera's sequence.
func (r *recorder) sequence(c *camera) string { return CaseName(r.spec) + "-" + c.name }

// openDetections creates the files of detections.
func (r *recorder) openDetections(c *camera) error {
	if r.options.Detections == "" {
		return nil
	}
	dir := filepath.Join(r.options.Detections, r.sequence(c))
	var err [2]error
	switch r.options.DetectionFormat {
	case KITTI:
		c.truth, err[0] = results.NewKITTITruth(filepath.Join(dir, "label_2"))
		c.found, err[1] = results.NewKITTI(filepath.Join(dir, "results", "data"))
	case NuScenes:
		c.truth, err[0] = results.NewNuScenesTruth(filepath.Join(dir, "truth.json"))
		c.found, err[1] = results.NewNuScenes(filepath.Join(dir, "detections.json"), results.NuScenesMeta{Camera: true})
	default:
		c.truth, err[0] = results.NewCOCOTruth(filepath.Join(dir, "truth.json"), results.Categories())
		c.found, err[1] = results.NewCOCO(filepath.Join(dir, "detections.json"), results.Categories())
	}
	return errors.Join(err[0], err[1])
}

// openTracks creates the files of tracks.
func (r *recorder) openTracks(c *camera) error {
	if r.options.Tracks == "" {
		return nil
	}
	name := r.sequence(c)
	found := filepath.Join(r.options.Tracks, "trackers", "roadloop", "data", name+".txt")
	var err [2]error
	if r.options.TrackFormat == KITTI {
		c.gt, err[0] = results.NewKITTITrackingTruth(filepath.Join(r.options.Tracks, "gt", "label_02", name+".txt"))
		c.tracks, err[1] = results.NewKITTITracking(found)
	} else {
		c.gt, err[0] = results.NewMOTTruth(filepath.Join(r.options.Tracks, "gt", name, "gt", "gt.txt"))
		c.tracks, err[1] = results.NewMOT(found)
	}
	return errors.Join(err[0], err[1])
}

// writers returns the writers of all cameras.
func (r *recorder) writers() (out []results.Writer) {
	for _, c := range r.cameras {
		for _, w := range []results.Writer{c.truth, c.found, c.gt, c.tracks} {
			if w != nil {
				out = append(out, w)
			}
		}
	}
	return out
}

// finish completes the files, and returns the sequences of tracks.
func (r *recorder) finish(out *runner.Outcome) ([]sequence, error) {
	if r.err != nil {
		return nil, r.err
	}
	if len(r.cameras) == 0 && r.options.Detections+r.options.Tracks != "" {
		return nil, errors.New("no camera frame reached the driver; detections and tracks need a driver with sensors")
	}
	if r.drive != nil {
		if err := r.drive.finish(out); err != nil {
			return nil, err
		}
	}
	for _, w := range r.writers() {
		if err := w.Close(); err != nil {
			return nil, err
		}
	}
	var sequences []sequence
	for _, c := range r.cameras {
		if c.tracks == nil {
			continue
		}
		s := sequence{Name: r.sequence(c), Frames: c.frames}
		if figures, ok := c.tracking.Report(); ok {
			s.Figures = &figures
		}
		sequences = append(sequences, s)
		if r.options.TrackFormat == MOT {
			if err := r.writeInfo(c); err != nil {
				return nil, err
			}
		}
	}
	return sequences, nil
}

// writeInfo writes MOTChallenge's seqinfo.ini.
func (r *recorder) writeInfo(c *camera) error {
	text := fmt.Sprintf("[Sequence]\nname=%s\nimDir=img1\nframeRate=%d\nseqLength=%d\nimWidth=%d\nimHeight=%d\nimExt=.png\n",
		r.sequence(c), r.rate(c), c.frames, c.cal.Width, c.cal.Height)
	return fileio.Write(filepath.Join(r.options.Tracks, "gt", r.sequence(c), "seqinfo.ini"), []byte(text))
}

// rate returns the frames per second of a camera, 0 if unknown.
func (r *recorder) rate(c *camera) int {
	for _, s := range r.spec.Drive.Rig.Sensors {
		if s.Name == c.name && s.Period > 0 {
			return int(clock.PerSecond / s.Period)
		}
	}
	return 0
}

// discard removes the incomplete files. r may be nil.
func (r *recorder) discard() error {
	if r == nil {
		return nil
	}
	var errs []error
	for _, w := range r.writers() {
		errs = append(errs, w.Discard())
	}
	if r.drive != nil {
		errs = append(errs, r.drive.discard())
	}
	return errors.Join(errs...)
}
