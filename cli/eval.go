package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"roadloop/drivers"
	"roadloop/internal/fileio"
	"roadloop/perception/camera"
	"roadloop/perception/inference"
	"roadloop/perception/network"
	"roadloop/perception/training/dataset"
	"roadloop/perception/training/eval"
	"roadloop/perception/training/synth"
)

type evalFlags struct {
	registry                    *drivers.Registry
	model, split, html, corrupt string
	data, annotations, channel  string
	results, resultFormat       string
	count, corrupted, workers   int
	seed                        uint64
	asJSON, bf16, skipUnknown   bool
	skipBad                     bool
	quiet                       bool
	cameraFlags
	views   string
	hints   camera.Hints
	cameras []camera.Known // of the frames of --data
	axes    []string
	chosen  []synth.Axis // of axes, once checked
}

func newEval(r *drivers.Registry) *cobra.Command {
	e := evalFlags{registry: r}
	cmd := &cobra.Command{
		Use:   "eval",
		Short: "Evaluate the perception network",
		Long: `Evaluate the perception network on simulated frames. The held-out split has maps,
situations and weather that training never uses; the validation split has only unseen
maps and situations. Metrics: COCO AP by class, distance and height in the image,
nuScenes NDS, KITTI bird's-eye-view AP, CULane and TuSimple lane scores, drivable area,
signals, calibration and latency.

--data evaluates on pictures of any camera. They are resampled to the camera of the
network, by the calibration of the data set, by the flags, or by a horizon that is
estimated from the pictures. All boxes of the labels count, in pixels of the pictures;
small sets have confidence intervals.

--results writes the detections, and the true objects in the same layout, to a folder, so
that other programs can compute the figures again:

  coco      detections.json and truth.json, for pycocotools
  kitti     results/data/*.txt and label_2/*.txt, for KITTI's development kit
  nuscenes  detections.json and truth.json, for nuscenes-devkit

--corruptions repeats the evaluation on corrupted frames: nine kinds, five severities.
--html writes a page with plots and images of the worst errors.`,
		Example: `  roadloop eval --frames 2000
  roadloop eval --html out/eval.html --corruptions all
  roadloop eval --corruptions fog,night,shift
  roadloop eval --data frames --focal 1158
  roadloop eval --data kitti --results out/kitti --results-format kitti
  roadloop eval --model out/train/model.rlm --split validation --json`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := e.check(cmd); err != nil {
				return err
			}
			var err error
			if e.hints, err = e.cameraFlags.hints(cmd); err != nil {
				return err
			}
			return e.run(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	fl := cmd.Flags()
	registerModel(fl, &e.model)
	intVar(fl, &e.count, "frames", 2000, 1, maxInt, "number of frames; all of --data without this flag")
	fl.Uint64Var(&e.seed, "seed", 1, "seed of the frames")
	choiceVar(fl, &e.split, "split", string(synth.HeldOut), splits, "one of train, validation, held-out; with --data the part of\nthat name, if its files separate parts (default validation)")
	axesVar(fl, &e.axes, "none")
	fl.StringVar(&e.data, "data", "", "evaluate on the data set in this `folder` or described by this file, as in train")
	registerDataFlags(fl, &e.skipUnknown, &e.skipBad, &e.annotations, &e.channel)
	e.cameraFlags.register(fl)
	viewsVar(fl, &e.views)
	fl.StringVar(&e.html, "html", "", "write an HTML report to this `file`")
	fl.StringVar(&e.results, "results", "", "write detections and true objects to this `folder`")
	choiceVar(fl, &e.resultFormat, "results-format", "coco", resultFormats, "format of --results: coco, kitti or nuscenes")
	fl.StringVar(&e.corrupt, "corruptions", "", "also evaluate under corruptions: all, or a `list` of noise, blur, dirt, jpeg, fog, rain, night, glare, shift")
	intVar(fl, &e.corrupted, "corrupted", 200, 1, maxInt, "frames per corruption and severity")
	intVar(fl, &e.workers, "workers", runtime.NumCPU(), 1, maxJobs, "frames to evaluate in parallel; does not change the result")
	fl.BoolVar(&e.bf16, "bf16", false, "multiply in bfloat16 if the processor can: faster, less precise")
	fl.BoolVar(&e.asJSON, "json", false, "print JSON instead of text")
	fl.BoolVar(&e.quiet, "quiet", false, "hide progress")
	return cmd
}

// check rejects flags that have no effect.
func (e *evalFlags) check(cmd *cobra.Command) error {
	if e.results == "" {
		if err := refuseFlags(cmd, "has no effect without --results", "results-format"); err != nil {
			return err
		}
	}
	var err error
	if e.chosen, err = synth.ParseAxes(e.axes); err != nil {
		return named("--axes", err)
	}
	if e.data == "" {
		return refuseFlags(cmd, "has no effect without --data", slices.Concat(onlyWithData, []string{"views"}, cameraFlagNames)...)
	}
	if !cmd.Flags().Changed("split") {
		e.split = ""
	}
	if !cmd.Flags().Changed("frames") {
		e.count = maxInt
	}
	return refuseFlags(cmd, "has no effect with --data: it selects simulated frames", "seed", "axes")
}

// run evaluates and writes the report.
func (e *evalFlags) run(ctx context.Context, out, stderr io.Writer) error {
	kinds, err := corruptionsNamed(e.corrupt)
	if err != nil {
		return err
	}
	if err := errors.Join(checkFiles(sideFile{"--html", e.html}), checkFolder("--results", e.results)); err != nil {
		return err
	}
	n, err := await(ctx, func() (*drivers.Network, error) { return e.registry.Network(e.model) })
	if err != nil {
		return err
	}
	frames, err := await(ctx, func() (func(synth.Corruption) (eval.Frames, error), error) {
		return e.frameSource(ctx, n.Config, stderr, len(kinds) > 0)
	})
	if err != nil {
		return err
	}
	t := evaluator{evalFlags: e, network: n, frames: frames, kinds: kinds}
	r, err := t.judge(ctx, stderr)
	if err != nil {
		return err
	}
	if e.asJSON {
		err = printJSON(out, r)
	} else {
		err = r.WriteTable(out)
	}
	if e.html != "" {
		err = errors.Join(err, named("--html", t.writePage(r)))
	}
	return err
}

// frameSource returns a constructor of frame sources, with or without corruption.
func (e *evalFlags) frameSource(ctx context.Context, size network.Config, stderr io.Writer, corrupt bool) (func(synth.Corruption) (eval.Frames, error), error) {
	if e.data == "" {
		return func(c synth.Corruption) (eval.Frames, error) {
			return synth.NewGenerator(synth.Stream{Config: size, Seed: e.seed, Split: synth.Split(e.split), Axes: e.chosen, Corruption: c})
		}, nil
	}
	if corrupt {
		return nil, errors.New("--corruptions needs simulated frames; remove --data")
	}
	set, err := e.openSet(ctx, size, stderr)
	if err != nil {
		return nil, named("--data", err)
	}
	noteSet(set, stderr)
	e.cameras = set.Cameras()
	for i := range e.cameras {
		noteCamera(stderr, &e.cameras[i], "frame")
	}
	e.limit(set.Len(), stderr)
	return func(synth.Corruption) (eval.Frames, error) { return set.Reader(size) }, nil
}

// limit limits the number of frames to the n of the data set, and prints a note if only a part
// of it is evaluated.
func (e *evalFlags) limit(n int, stderr io.Writer) {
	if e.count < n && !e.quiet && !e.asJSON {
		fmt.Fprintf(stderr, "first %d of %d frames\n", e.count, n)
	}
	e.count = min(e.count, n)
}

// openSet opens the data set: the part that --split names, or that for validation, if its
// files separate parts.
func (e *evalFlags) openSet(ctx context.Context, size network.Config, stderr io.Writer) (*dataset.Set, error) {
	o := dataset.Options{
		SkipUnknown: e.skipUnknown, SkipBad: e.skipBad, Annotations: e.annotations, Channel: e.channel, Split: synth.Split(e.split), Camera: e.hints,
	}
	if e.split == "" {
		splits, err := dataset.Splits(e.data, o)
		if err != nil {
			return nil, err
		}
		if slices.Contains(splits, synth.Validation) {
			o.Split = synth.Validation
			fmt.Fprintln(stderr, "the data set has several parts: evaluating on that for validation (--split)")
		}
	}
	set, err := dataset.Open(e.data, o)
	if err != nil {
		return nil, err
	}
	if e.skipBad {
		m := newMeter(stderr, set.Len(), "picture", e.quiet)
		defer m.clear()
		n := 0
		err = set.Prepare(ctx, size, e.workers, nil, func() { n++; m.at(n) })
	}
	return set, err
}

// evaluator is a network and its evaluation data.
type evaluator struct {
	*evalFlags
	network *drivers.Network
	frames  func(synth.Corruption) (eval.Frames, error)
	kinds   []synth.CorruptionKind
}

// judgment returns the evaluation on n frames.
func (t *evaluator) judgment(c synth.Corruption, n int) *eval.Evaluation {
	return &eval.Evaluation{
		Engine: t.engine, Frames: func() (eval.Frames, error) { return t.frames(c) },
		Count: n, Workers: t.workers, Tiles: t.views == manyViews,
	}
}

// engine opens the network with the precision that the flags ask for.
func (t *evaluator) engine() (inference.Engine, error) {
	return t.network.NewEngine(network.RunnerConfig{BF16: t.bf16})
}

// judge runs all evaluations.
func (t *evaluator) judge(ctx context.Context, stderr io.Writer) (*eval.Report, error) {
	total := t.count
	if len(t.kinds) > 0 {
		total += t.corrupted * (1 + len(t.kinds)*synth.Severities)
	}
	c := newMeter(stderr, total, "frame", t.quiet)
	defer c.clear()
	files, err := t.openResults()
	if err != nil {
		return nil, err
	}
	defer files.discard()
	clean := t.judgment(synth.Corruption{}, t.count)
	clean.Done = c.at
	files.attach(clean)
	r, err := clean.Run(ctx)
	if err != nil {
		return nil, err
	}
	if err := files.close(); err != nil {
		return nil, err
	}
	r.Model, r.Cameras, r.Data = t.network.SHA256, t.cameras, t.data
	if t.data == "" {
		r.Split, r.Seed, r.Axes = t.split, t.seed, t.chosen
	}
	if len(t.kinds) > 0 {
		done := t.count
		r.Robustness, err = eval.EvaluateRobustness(ctx, t.kinds,
			func(c synth.Corruption) *eval.Evaluation { return t.judgment(c, t.corrupted) },
			func(synth.Corruption) { done += t.corrupted; c.at(done) })
		if err != nil {
			return nil, err
		}
	}
	r.Latency, err = t.latency()
	return r, err
}

// latency measures the latency of the network on the first frame.
func (t *evaluator) latency() (*eval.Latency, error) {
	engine, err := t.engine()
	if err != nil {
		return nil, err
	}
	defer engine.Close()
	frames, err := t.frames(synth.Corruption{})
	if err != nil {
		return nil, err
	}
	f, err := frames.Frame(0)
	if err != nil {
		return nil, err
	}
	return eval.Measure(engine, f)
}

func (t *evaluator) writePage(r *eval.Report) error {
	engine, err := t.engine()
	if err != nil {
		return err
	}
	defer engine.Close()
	frames, err := t.frames(synth.Corruption{})
	if err != nil {
		return err
	}
	name := t.model
	if name == "" {
		name = "the bundled network"
	}
	p := eval.Page{Title: "Evaluation of " + name, Report: r, Engine: engine, Frames: frames, Tiles: t.views == manyViews}
	html, err := p.Render()
	if err != nil {
		return err
	}
	return fileio.Write(t.html, html)
}

// corruptionsNamed parses a list of corruption kinds.
func corruptionsNamed(list string) ([]synth.CorruptionKind, error) {
	switch list {
	case "":
		return nil, nil
	case "all":
		return synth.CorruptionKinds(), nil
	}
	var kinds []synth.CorruptionKind
	for name := range strings.SplitSeq(list, ",") {
		k, err := synth.ParseCorruptionKind(name)
		if err != nil {
			return nil, fmt.Errorf("--corruptions: %w", err)
		}
		kinds = append(kinds, k)
	}
	return kinds, nil
}

// splits are the names of the splits of the simulated frames.
var splits = []string{string(synth.Train), string(synth.Validation), string(synth.HeldOut)}
