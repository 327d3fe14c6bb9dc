package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"roadloop/perception/inference"
	"roadloop/perception/network"
	"roadloop/perception/training/corruption"
	"roadloop/perception/training/dataset"
	"roadloop/perception/training/eval"
	"roadloop/perception/training/eval/page"
	"roadloop/perception/training/stream"
	"roadloop/scenarios/whole"
)

// evaluation is what eval was asked for.
type evaluation struct {
	model, split, html, corrupt string
	data, annotations           string
	count, corrupted, workers   int
	seed                        uint64
	asJSON, bf16, skipUnknown   bool
	quiet                       bool
}

func newEval() *cobra.Command {
	var e evaluation
	cmd := &cobra.Command{
		Use:   "eval",
		Short: "Score the perception network on frames it was not trained on",
		Long: `Score the perception network on simulated frames. The held-out split has maps,
situations and weather that training never uses; validation has unseen maps and
situations only. Measured are COCO's average precisions by class, distance and height
in the image, nuScenes' NDS, KITTI's precision seen from above, CULane's and
TuSimple's lane scores, drivable area, signals, calibration and latency.

--corruptions repeats it on frames made worse in nine ways and five degrees; --html
writes a page with plots and pictures of the worst mistakes.`,
		Example: `  roadloop eval --frames 2000
  roadloop eval --html out/eval.html --corruptions all
  roadloop eval --corruptions fog,night,shift
  roadloop eval --model out/train/model.rlm --split validation --json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := e.check(cmd); err != nil {
				return err
			}
			return e.run(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	fl := cmd.Flags()
	fl.StringVar(&e.model, "model", "", "model `file`, or small, instead of the network that comes along")
	intVar(fl, &e.count, "frames", 2000, 1, mostInt, "frames to score")
	fl.Uint64Var(&e.seed, "seed", 1, "seed of the frames")
	choiceVar(fl, &e.split, "split", string(stream.HeldOut), splits, "train, validation or held-out")
	fl.StringVar(&e.data, "data", "", "score on the frames of a data set in this `folder`: roadloop, COCO or KITTI")
	fl.BoolVar(&e.skipUnknown, "skip-unknown", false, "leave out labels of unknown classes in --data")
	fl.StringVar(&e.annotations, "annotations", "", "COCO's `file` of labels in --data, where there are several")
	fl.StringVar(&e.html, "html", "", "write a page to this `file`")
	fl.StringVar(&e.corrupt, "corruptions", "", "all, or a `list` of noise, blur, dirt, jpeg, fog, rain, night, glare, shift")
	intVar(fl, &e.corrupted, "corrupted", 200, 1, mostInt, "frames of each corruption and degree")
	intVar(fl, &e.workers, "workers", runtime.NumCPU(), 1, maxJobs, "frames scored at a time; the result does not depend on it")
	fl.BoolVar(&e.bf16, "bf16", false, "multiply in bfloat16, on processors that can: faster, less exact")
	fl.BoolVar(&e.asJSON, "json", false, "print JSON")
	fl.BoolVar(&e.quiet, "quiet", false, "no progress")
	return cmd
}

// check refuses flags that would have no effect.
func (e *evaluation) check(cmd *cobra.Command) error {
	if e.data == "" {
		return refuseFlags(cmd, "has no effect without --data", "skip-unknown", "annotations")
	}
	return refuseFlags(cmd, "has no effect with --data: it chooses simulated frames", "seed", "split")
}

// run evaluates and writes what was asked for.
func (e *evaluation) run(ctx context.Context, out, talk io.Writer) error {
	kinds, err := corruptionsNamed(e.corrupt)
	if err != nil {
		return err
	}
	if err := checkFiles(sideFile{"--html", e.html}); err != nil {
		return err
	}
	w, err := await(ctx, func() (*network.Weights, error) { return loadModel(e.model) })
	if err != nil {
		return err
	}
	frames, err := await(ctx, func() (func(corruption.Corruption) (eval.Frames, error), error) {
		return e.supply(w, talk, len(kinds) > 0)
	})
	if err != nil {
		return err
	}
	t := trial{evaluation: e, weights: w, frames: frames, kinds: kinds}
	r, err := t.judge(ctx, talk)
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

// supply returns what makes the frames to be scored, corrupted or not.
func (e *evaluation) supply(w *network.Weights, talk io.Writer, corrupt bool) (func(corruption.Corruption) (eval.Frames, error), error) {
	if e.data == "" {
		return func(c corruption.Corruption) (eval.Frames, error) {
			return stream.NewMaker(stream.Stream{Config: w.Config, Seed: e.seed, Split: stream.Split(e.split), Corruption: c})
		}, nil
	}
	if corrupt {
		return nil, errors.New("--corruptions: only simulated frames can be corrupted, not those of --data")
	}
	set, err := dataset.Open(e.data, dataset.Options{SkipUnknown: e.skipUnknown, Annotations: e.annotations})
	if err != nil {
		return nil, named("--data", err)
	}
	noteSet(set, talk)
	e.count = min(e.count, set.Len())
	return func(corruption.Corruption) (eval.Frames, error) { return set.Reader(w.Config) }, nil
}

// noteSet prints what of a data set was left out or changed.
func noteSet(set *dataset.Set, talk io.Writer) {
	for _, c := range set.Skipped() {
		fmt.Fprintf(talk, "left out: %d labels of class %q\n", c.Labels, c.Class)
	}
	if n := set.Clipped(); n > 0 {
		fmt.Fprintf(talk, "cut at the edge of their picture: %d boxes that reach up to 3 px out of it\n", n)
	}
	if set.Unlabelled() {
		fmt.Fprintln(talk, "warning: no frame has a label to find, so that every detection counts as a false alarm")
	}
}

// trial is a network and what it is judged on.
type trial struct {
	*evaluation
	weights *network.Weights
	frames  func(corruption.Corruption) (eval.Frames, error)
	kinds   []corruption.Kind
}

// judgment judges on n frames.
func (t *trial) judgment(c corruption.Corruption, n int) *eval.Judgment {
	return &eval.Judgment{
		Engine: t.engine, Frames: func() (eval.Frames, error) { return t.frames(c) },
		Count: n, Workers: t.workers,
	}
}

// engine runs the network as it is to be judged.
func (t *trial) engine() (inference.Engine, error) {
	return inference.NewNativeWith(t.weights, network.RunnerConfig{BF16: t.bf16})
}

// judge measures all that was asked for.
func (t *trial) judge(ctx context.Context, talk io.Writer) (*eval.Report, error) {
	total := t.count
	if len(t.kinds) > 0 {
		total += t.corrupted * (1 + len(t.kinds)*corruption.Severities)
	}
	c := newMeter(talk, total, "frames", t.quiet)
	defer c.clear()
	clean := t.judgment(corruption.Corruption{}, t.count)
	clean.Done = c.at
	r, err := clean.Run(ctx)
	if err != nil {
		return nil, err
	}
	if t.data == "" {
		r.Split, r.Seed = t.split, t.seed
	}
	if len(t.kinds) > 0 {
		done := t.count
		r.Robustness, err = eval.Stress(ctx, t.kinds,
			func(c corruption.Corruption) *eval.Judgment { return t.judgment(c, t.corrupted) },
			func(corruption.Corruption) { done += t.corrupted; c.at(done) })
		if err != nil {
			return nil, err
		}
	}
	r.Latency, err = t.latency()
	return r, err
}

// latency times the network on the first frame.
func (t *trial) latency() (*eval.Latency, error) {
	engine, err := t.engine()
	if err != nil {
		return nil, err
	}
	defer engine.Close()
	frames, err := t.frames(corruption.Corruption{})
	if err != nil {
		return nil, err
	}
	f, err := frames.Frame(0)
	if err != nil {
		return nil, err
	}
	return eval.Measure(engine, f)
}

// writePage writes the page of the report.
func (t *trial) writePage(r *eval.Report) error {
	engine, err := t.engine()
	if err != nil {
		return err
	}
	defer engine.Close()
	frames, err := t.frames(corruption.Corruption{})
	if err != nil {
		return err
	}
	name := t.model
	if name == "" {
		name = "the bundled network"
	}
	p := page.Page{Title: "Evaluation of " + name, Report: r, Engine: engine, Frames: frames}
	html, err := p.Render()
	if err != nil {
		return err
	}
	return whole.Write(t.html, html)
}

// corruptionsNamed returns the kinds of a list.
func corruptionsNamed(list string) ([]corruption.Kind, error) {
	switch list {
	case "":
		return nil, nil
	case "all":
		return corruption.Kinds(), nil
	}
	var kinds []corruption.Kind
	for name := range strings.SplitSeq(list, ",") {
		k, err := corruption.ParseKind(name)
		if err != nil {
			return nil, fmt.Errorf("--corruptions: %w", err)
		}
		kinds = append(kinds, k)
	}
	return kinds, nil
}

// splits are the names of the parts of all simulated frames.
var splits = []string{string(stream.Train), string(stream.Validation), string(stream.HeldOut)}
