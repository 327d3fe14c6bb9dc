package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dustin/go-humanize/english"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"roadloop/perception"
	"roadloop/perception/network"
	"roadloop/perception/training"
	"roadloop/perception/training/dataset"
	"roadloop/perception/training/experiment"
	"roadloop/perception/training/synth"
)

type trainFlags struct {
	steps, epoch, frames   int64
	seed                   uint64
	out, from, task, tune  string
	data                   []string
	annotations, channel   string
	cache                  cacheFlags
	mix, l2sp              float64
	without                []string
	axes                   axesFlags
	show                   string
	batch, rank, judge     int
	patience               int
	rate, dropout          float64
	plain, learnWeights    bool
	small, bf16            bool
	skipUnknown, skipBad   bool
	resume, dryRun, asJSON bool
}

func newTrain() *cobra.Command {
	f := trainFlags{batch: 16}
	cmd := &cobra.Command{
		Use:   "train",
		Short: "Train the perception network on simulated frames",
		Long: `Train the perception network on frames that are rendered during training. The --out
folder gets recipe.json, a checkpoint every two minutes and after every epoch, best.rlm,
model.rlm, model.onnx, epochs.json, and event files for TensorBoard. --resume continues
an interrupted run and ends with the same weights.

--task masked and --task next pretrain without labels. --from starts with the weights of
a model; --tune selects the part of it that is trained.

--data trains on labelled pictures: a folder in the format of roadloop, COCO, KITTI, YOLO,
TuSimple, CULane or nuScenes, a COCO label file, or a dataset.yaml of YOLO. Repeat it for
several. Labels that a data set lacks, such as distances or lanes, do not count in the loss.
The part that its files separate for validation (val2017, valid, ImageSets/val.txt, …) is
for validation, else the last tenth. --mix adds simulated frames to every batch.

A network that is fine-tuned on few frames forgets what they do not show. With --from and up
to ` + strconv.Itoa(experiment.FewFrames) + ` frames, half of every batch is simulated unless --mix, --l2sp or --tune is given;
--mix 1 trains on the data alone.`,
		Example: `  roadloop train --out out/train                  the recipe of the bundled network
  roadloop train --out out/train --resume          continue an interrupted run
  roadloop train --small --out out/small           the smaller, faster network
  roadloop train --data out/coco --from out/train/model.rlm --out out/tuned
  roadloop train --data kitti --data coco/annotations/instances_train2017.json --mix 0.5
  roadloop train --data data/nuscenes --skip-bad   leave out what cannot be read
  roadloop train --axes none --out out/plain       frames with the appearance of the scenarios
  roadloop train --dry-run                         estimate time and memory
  roadloop train --task masked --out out/pre --steps 3000
  roadloop train --from out/pre/model.rlm --frames 200 --tune decoder --out out/few`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return f.train(cmd) },
	}
	fl := cmd.Flags()
	int64Var(fl, &f.steps, "steps", 24000, 1, maxInt, "optimizer steps")
	fl.Var(&checked[int]{&f.batch, "int", strconv.Atoi, evenBatch, fmt.Sprintf("an even integer from 2 to %d", maxBatch)}, "batch", "frames per step, an even number")
	fl.Uint64Var(&f.seed, "seed", 1, "seed of the weights and the data")
	fl.StringVar(&f.out, "out", "out/train", "output `folder`")
	fl.BoolVar(&f.resume, "resume", false, "continue from the checkpoint in --out; other flags are ignored")
	fl.BoolVar(&f.dryRun, "dry-run", false, "run a few steps and estimate time and memory")
	fl.BoolVar(&f.asJSON, "json", false, "print JSON instead of text")
	fl.StringVar(&f.from, "from", "", "start from this model `file`")
	fl.BoolVar(&f.small, "small", false, "train the smaller, faster network")
	fl.BoolVar(&f.bf16, "bf16", false, "multiply in bfloat16 if the processor can: faster, less precise")
	choiceVar(fl, &f.task, "task", "", []string{"masked", "next"}, "pretrain without labels: masked or next")
	choiceVar(fl, &f.tune, "tune", "", []string{"decoder", "heads", "norms", "lora"}, "train only this part: decoder, heads, norms or lora")
	intVar(fl, &f.rank, "rank", 4, 1, 64, "rank of --tune lora")
	floatVar(fl, &f.rate, "rate", 0, "a number above 0 and ≤ 10", func(v float64) bool { return v > 0 && v <= 10 }, "peak learning rate (default the recipe's)")
	floatVar(fl, &f.dropout, "dropout", 0, "a number ≥ 0 and below 1", func(v float64) bool { return v >= 0 && v < 1 }, "dropout rate of the features before the heads, ≥ 0 and below 1")
	fl.BoolVar(&f.learnWeights, "learn-weights", false, "learn the weights of the loss terms")
	int64Var(fl, &f.frames, "frames", 0, 0, maxInt, "train on this number of frames repeatedly; 0 never repeats a frame")
	fl.StringArrayVar(&f.data, "data", nil, "train on the data set in this `folder` or described by this file; repeatable")
	registerDataFlags(fl, &f.skipUnknown, &f.skipBad, &f.annotations, &f.channel)
	f.cache.register(fl)
	floatVar(fl, &f.mix, "mix", 0, "a number above 0 and ≤ 1", func(v float64) bool { return v > 0 && v <= 1 }, "share of frames from --data in every batch; the others are simulated (default 1,\nor 0.5 when few frames are fine-tuned)")
	floatVar(fl, &f.l2sp, "l2sp", 0, "a number ≥ 0", func(v float64) bool { return v >= 0 && v <= maxL2SP }, "pull the weights toward those of --from with this strength (L2-SP), for example 10")
	fl.BoolVar(&f.plain, "plain", false, "disable augmentation")
	f.axes.register(fl, "all")
	fl.StringSliceVar(&f.without, "without", nil, "road user `classes` to exclude")
	fl.StringVar(&f.show, "show", "", "road user `class` that every frame must show")
	int64Var(fl, &f.epoch, "epoch", 500, 1, maxInt, "steps between validations")
	intVar(fl, &f.judge, "judge", 150, 0, maxInt, "validation frames; 0 disables validation")
	intVar(fl, &f.patience, "patience", 0, 0, maxInt, "stop after this many epochs without improvement; 0 never stops early")
	return cmd
}

// maxL2SP bounds --l2sp, far above any useful strength.
const maxL2SP = 1e6

// maxBatch bounds the frames of a step. All of them are in memory: 30 GiB.
const maxBatch = 1024

// evenBatch reports whether a batch has two equal halves, which are processed in
// parallel.
func evenBatch(n int) bool { return n >= 2 && n <= maxBatch && n%2 == 0 }

// recipe returns the recipe that the flags describe.
func (f *trainFlags) recipe() experiment.Recipe {
	r := experiment.DefaultRecipe(f.steps)
	r.Training.Seed, r.Data.Seed = f.seed, f.seed
	if f.small {
		r.Training.Network = network.SmallConfig()
	}
	r.Training.BF16 = f.bf16
	r.Training.Batch, r.Training.Dropout, r.Training.LearnWeights = f.batch, f.dropout, f.learnWeights
	r.Training.Task, r.Training.Tune = training.Task(f.task), training.Tune(f.tune)
	if r.Training.Tune == training.TuneLoRA {
		r.Training.Rank = f.rank
	}
	if f.rate > 0 {
		r.Training.Schedule.Peak = f.rate
	}
	r.Data.Frames, r.Data.ExcludeClasses, r.Data.RequireClass = f.frames, f.without, f.show
	r.Data.Axes, r.Data.AxisShare = f.axes.chosen()
	for _, path := range f.data {
		r.Data.Sets = append(r.Data.Sets, experiment.DataSet{
			Path: path, Annotations: f.annotations, Channel: f.channel, SkipUnknown: f.skipUnknown, SkipBad: f.skipBad,
		})
	}
	r.Data.Mix, r.Training.L2SP = f.mix, f.l2sp
	if f.plain {
		r.Data.Augment = synth.Augmentation{}
	}
	r.Epoch, r.ValFrames, r.Patience = f.epoch, f.judge, f.patience
	return r
}

func (f *trainFlags) train(cmd *cobra.Command) error {
	if err := exclusive(cmd, "resume", "dry-run"); err != nil {
		return err
	}
	if len(f.data) == 0 && !f.resume {
		if err := refuseFlags(cmd, "has no effect without --data", append([]string{"mix", "cache", "cache-limit"}, onlyWithData...)...); err != nil {
			return err
		}
	}
	if f.from == "" && !f.resume {
		if err := refuseFlags(cmd, "has no effect without --from", "l2sp"); err != nil {
			return err
		}
	}
	if f.l2sp > 0 && f.tune == string(training.TuneLoRA) {
		return errors.New("--l2sp has no effect with --tune lora")
	}
	if f.patience > 0 && f.judge == 0 && !f.resume {
		return fmt.Errorf("--patience %d: needs validation, but --judge is 0", f.patience)
	}
	if err := f.axes.check(cmd); err != nil && !f.resume {
		return err
	}
	if len(f.data) > 0 && !(f.mix > 0 && f.mix < 1) {
		if err := refuseFlags(cmd, "has no effect with --data: it selects simulated frames", "axes"); err != nil {
			return err
		}
	}
	for _, name := range f.without {
		if _, err := perception.ParseClass(name); err != nil {
			return named("--without", err)
		}
	}
	if f.show != "" {
		if _, err := perception.ParseClass(f.show); err != nil {
			return named("--show", err)
		}
	}
	ctx := cmd.Context()
	var initial *experiment.Initial
	if f.from != "" {
		var err error
		if initial, err = await(ctx, func() (*experiment.Initial, error) { return experiment.ReadInitial(f.from) }); err != nil {
			return named("--from", err)
		}
	}
	if f.dryRun {
		return f.estimate(ctx, cmd.OutOrStdout(), initial)
	}
	if f.resume {
		f.noteIgnored(cmd)
	} else if err := checkFolder("--out", f.out); err != nil {
		return err
	}
	var cache *dataset.Cache
	if len(f.data) > 0 { // before the folder of the run exists
		var err error
		if cache, err = f.cache.open(); err != nil {
			return named("--cache", err)
		}
	}
	r, err := await(ctx, func() (*experiment.Experiment, error) { return f.open(initial) })
	if err != nil {
		return err
	}
	defer r.Close()
	if f.resume && len(r.Recipe().Data.Sets) > 0 {
		if cache, err = f.cache.open(); err != nil {
			return named("--cache", err)
		}
	}
	r.Cache = cache
	p := trainProgress{w: cmd.ErrOrStderr(), terminal: isTerminal(cmd.ErrOrStderr()), start: time.Now(), judge: r.Recipe().ValFrames > 0}
	if err := r.Train(ctx, experiment.Callbacks{Data: p.data, Prepared: p.prepared, Step: p.step, Epoch: p.epoch}); err != nil {
		return err
	}
	noteCache(r.Cache, p.w)
	if f.resume && p.first == 0 && !p.validated {
		fmt.Fprintf(p.w, "the run in %s has already ended\n", f.out)
	}
	fmt.Fprintln(p.w, "model:", filepath.Join(f.out, experiment.ModelFile))
	if f.asJSON {
		return json.NewEncoder(cmd.OutOrStdout()).Encode(r.Epochs())
	}
	return nil
}

// noteIgnored prints the flags that --resume ignores.
func (f *trainFlags) noteIgnored(cmd *cobra.Command) {
	var ignored []string
	cmd.Flags().Visit(func(fl *pflag.Flag) {
		if !slices.Contains([]string{"resume", "out", "json", "isa", "cache", "cache-limit"}, fl.Name) {
			ignored = append(ignored, "--"+fl.Name)
		}
	})
	if len(ignored) > 0 {
		fmt.Fprintf(cmd.ErrOrStderr(), "--resume uses the recipe in %s; ignored: %s\n", f.out, strings.Join(ignored, ", "))
	}
}

// open starts or resumes a run.
func (f *trainFlags) open(initial *experiment.Initial) (*experiment.Experiment, error) {
	if f.resume {
		return experiment.Resume(f.out)
	}
	return experiment.Start(f.out, f.recipe(), initial)
}

func (f *trainFlags) estimate(ctx context.Context, w io.Writer, initial *experiment.Initial) error {
	e, err := experiment.DryRun(ctx, f.recipe(), initial)
	if err != nil {
		return err
	}
	if f.asJSON {
		return json.NewEncoder(w).Encode(e)
	}
	_, err = fmt.Fprintf(w, "%s on %s at %.0f frames/s: %v, %d MiB of memory\nnetwork: %d parameters, %.0f M multiplications a frame\n",
		english.Plural(int(e.Steps), "step", ""), english.Plural(int(e.Frames), "frame", ""), e.FramesPerSec, e.Time.Round(time.Minute), e.Memory>>20, e.Parameters, float64(e.MACs)/1e6)
	return err
}

// trainProgress prints a line every 100 steps and after every epoch, and a live line on
// a terminal.
type trainProgress struct {
	w        io.Writer
	terminal bool
	start    time.Time
	first    int64 // first step of this process
	judge    bool  // epochs are validated
	meter    *meter

	validated bool // an epoch ended in this process, even if its steps were of an earlier one
}

// data prints what was left out of the data sets, and what batches consist of.
func (p *trainProgress) data(d *experiment.DataSets) {
	for _, set := range d.Sets {
		noteSet(set, p.w)
	}
	c, mix := &d.Recipe.Training, d.Recipe.Data.Mix
	fmt.Fprintf(p.w, "%s for training", english.Plural(d.Training, "frame", ""))
	switch {
	case mix < 1:
		fmt.Fprintf(p.w, "; %.4g %% of every batch, the rest is simulated (--mix)\n", 100*mix)
	case c.L2SP > 0:
		fmt.Fprintf(p.w, "; weights are pulled toward the initial ones with strength %g (--l2sp)\n", c.L2SP)
	case c.Tune != training.TuneAll:
		fmt.Fprintf(p.w, "; only a part of the network learns: %s (--tune)\n", c.Tune)
	default:
		fmt.Fprintln(p.w, "; nothing else is rehearsed")
	}
}

// prepared shows the progress of reading pictures.
func (p *trainProgress) prepared(n, total int) {
	if p.meter == nil {
		p.meter = newMeter(p.w, total, "picture", false)
	}
	if p.meter.at(n); n == total {
		p.meter.clear()
	}
}

func (p *trainProgress) step(s *training.Step) {
	if p.first == 0 {
		p.first, p.start = s.Number, time.Now()
		return
	}
	left := time.Since(p.start) / time.Duration(s.Number-p.first) * time.Duration(s.Total-s.Number)
	line := fmt.Sprintf("step %d/%d  loss %.3f  %.0f frames/s  %v left", s.Number, s.Total, s.Losses.Total, s.FramesPerSec, left.Round(time.Second))
	switch {
	case p.terminal:
		fmt.Fprintf(p.w, "\r\033[K%s", line)
	case s.Number%100 == 0:
		fmt.Fprintln(p.w, line)
	}
}

func (p *trainProgress) epoch(e *experiment.Epoch) {
	p.validated = true
	if p.terminal {
		fmt.Fprint(p.w, "\r\033[K")
	}
	mark := ""
	if e.Best {
		mark = "  best so far"
	}
	fmt.Fprintf(p.w, "epoch %d, step %d%s\n  training    loss %.3f", e.Number, e.Step, mark, e.Losses.Total)
	if p.judge {
		fmt.Fprintf(p.w, "; %s\n  validation  %s", measures(&e.Train), measures(&e.Validation))
	}
	fmt.Fprintln(p.w)
}

// measures formats metrics on one line.
func measures(m *experiment.Measures) string {
	out := []string{fmt.Sprintf("loss %.3f", m.Loss)}
	if m.MeanAP50 != nil {
		text := fmt.Sprintf("AP50 %.3f", *m.MeanAP50)
		for c := range perception.NumClasses {
			name := perception.Class(c).String()
			if v := m.AP50[name]; v != nil {
				text += fmt.Sprintf(", %s %.2f", name, *v)
			}
		}
		out = append(out, text)
	}
	if m.Lane != nil {
		out = append(out, fmt.Sprintf("lane %.3f m", *m.Lane))
	}
	if m.Drivable != nil {
		out = append(out, fmt.Sprintf("drivable %.3f", *m.Drivable))
	}
	if m.Signals != nil {
		out = append(out, fmt.Sprintf("signals %.1f %%", 100**m.Signals))
	}
	return strings.Join(out, "; ")
}
