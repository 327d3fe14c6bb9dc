package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"roadloop/perception/inference"
	"roadloop/perception/network"
	"roadloop/perception/training"
	"roadloop/perception/training/corruption"
	"roadloop/perception/training/eval"
	"roadloop/perception/training/eval/page"
	"roadloop/perception/training/stream"
)

// evaluation is what eval was asked for.
type evaluation struct {
	model, split, html, corrupt string
	frames, corrupted, workers  int
	seed                        uint64
	asJSON, bf16                bool
}

func newEval() *cobra.Command {
	e := evaluation{split: string(stream.HeldOut)}
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
			return e.run(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	fl := cmd.Flags()
	fl.StringVar(&e.model, "model", "", "model `file` instead of the one that comes along")
	fl.IntVar(&e.frames, "frames", 2000, "frames to score")
	fl.Uint64Var(&e.seed, "seed", 1, "seed of the frames")
	fl.StringVar(&e.split, "split", e.split, "train, validation or held-out")
	fl.StringVar(&e.html, "html", "", "write a page to this `file`")
	fl.StringVar(&e.corrupt, "corruptions", "", "all, or a `list` of noise, blur, dirt, jpeg, fog, rain, night, glare, shift")
	fl.IntVar(&e.corrupted, "corrupted", 200, "frames of each corruption and degree")
	fl.IntVar(&e.workers, "workers", runtime.NumCPU(), "frames scored at a time; the result does not depend on it")
	fl.BoolVar(&e.bf16, "bf16", false, "multiply in bfloat16, on processors that can: faster, less exact")
	fl.BoolVar(&e.asJSON, "json", false, "print JSON")
	return cmd
}

// run evaluates and writes what was asked for.
func (e *evaluation) run(ctx context.Context, out, talk io.Writer) error {
	split, err := splitNamed(e.split)
	if err != nil {
		return err
	}
	kinds, err := corruptionsNamed(e.corrupt)
	if err != nil {
		return err
	}
	w, err := loadModel(e.model)
	if err != nil {
		return err
	}
	s := stream.Stream{Config: w.Config, Seed: e.seed, Split: split}
	r, err := e.judge(ctx, w, s, kinds, talk)
	if err != nil {
		return err
	}
	if e.html != "" {
		if err := e.writePage(w, s, r); err != nil {
			return err
		}
	}
	if e.asJSON {
		enc := json.NewEncoder(out)
		enc.SetIndent("", "  ")
		return enc.Encode(r)
	}
	return r.WriteTable(out)
}

// judge measures all that was asked for.
func (e *evaluation) judge(ctx context.Context, w *network.Weights, s stream.Stream, kinds []corruption.Kind, talk io.Writer) (*eval.Report, error) {
	judgment := func(s stream.Stream, n int) *eval.Judgment {
		return &eval.Judgment{
			Engine: func() (inference.Engine, error) { return e.engine(w) },
			Frames: func() (eval.Frames, error) { return stream.NewMaker(s) },
			Count:  n, Workers: e.workers,
		}
	}
	total := e.frames
	if len(kinds) > 0 {
		total += e.corrupted * (1 + len(kinds)*corruption.Severities)
	}
	c := newCounter(talk, total, "frames")
	defer c.end()
	clean := judgment(s, e.frames)
	clean.Done = c.at
	r, err := clean.Run(ctx)
	if err != nil {
		return nil, err
	}
	r.Split, r.Seed = string(s.Split), s.Seed
	if len(kinds) > 0 {
		done := e.frames
		r.Robustness, err = eval.Stress(ctx, kinds, func(c corruption.Corruption) *eval.Judgment {
			worse := s
			worse.Corruption = c
			return judgment(worse, e.corrupted)
		}, func(corruption.Corruption) {
			done += e.corrupted
			c.at(done)
		})
		if err != nil {
			return nil, err
		}
	}
	r.Latency, err = e.latency(w, s)
	return r, err
}

// engine runs the network as it is to be judged.
func (e *evaluation) engine(w *network.Weights) (inference.Engine, error) {
	return inference.NewNativeWith(w, network.RunnerConfig{BF16: e.bf16})
}

// latency times the network on a frame of the stream.
func (e *evaluation) latency(w *network.Weights, s stream.Stream) (*eval.Latency, error) {
	engine, err := e.engine(w)
	if err != nil {
		return nil, err
	}
	defer engine.Close()
	m, err := stream.NewMaker(s)
	if err != nil {
		return nil, err
	}
	f, err := m.Frame(0)
	if err != nil {
		return nil, err
	}
	return eval.Measure(engine, f)
}

// writePage writes the page of the report.
func (e *evaluation) writePage(w *network.Weights, s stream.Stream, r *eval.Report) error {
	engine, err := e.engine(w)
	if err != nil {
		return err
	}
	defer engine.Close()
	frames, err := stream.NewMaker(s)
	if err != nil {
		return err
	}
	name := e.model
	if name == "" {
		name = "the network that comes along"
	}
	p := page.Page{Title: "roadloop eval: " + name, Report: r, Engine: engine, Frames: frames}
	html, err := p.Render()
	if err != nil {
		return err
	}
	return training.WriteFile(e.html, html)
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

// splitNamed returns the split of that name.
func splitNamed(name string) (stream.Split, error) {
	switch s := stream.Split(name); s {
	case stream.Train, stream.Validation, stream.HeldOut:
		return s, nil
	}
	return "", fmt.Errorf("--split %q: want train, validation or held-out", name)
}

// counter shows on a terminal how much is done, how fast, and how long the rest takes.
type counter struct {
	w     io.Writer
	total int
	unit  string
	start time.Time
	shown bool
}

func newCounter(w io.Writer, total int, unit string) *counter {
	return &counter{w: w, total: total, unit: unit, start: time.Now(), shown: isTerminal(w)}
}

// at tells that n are done.
func (c *counter) at(n int) {
	if !c.shown || n == 0 {
		return
	}
	took := time.Since(c.start)
	left := took / time.Duration(n) * time.Duration(c.total-n)
	fmt.Fprintf(c.w, "\r\033[K%d of %d %s, %.0f a second, %v left", n, c.total, c.unit, float64(n)/took.Seconds(), left.Round(time.Second))
}

// end clears the line.
func (c *counter) end() {
	if c.shown {
		fmt.Fprint(c.w, "\r\033[K")
	}
}
