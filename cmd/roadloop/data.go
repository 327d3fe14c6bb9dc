package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"roadloop/perception/network"
	"roadloop/perception/training/dataset"
	"roadloop/perception/training/stream"
	"roadloop/scenarios/demonstration"
	"roadloop/trace"
)

// dataFlags are the flags of data as given.
type dataFlags struct {
	first, frames int
	seed          uint64
	split, format string
	channels      []string
	from, model   string
	out           string
	quiet         bool
}

func newData() *cobra.Command {
	var f dataFlags
	cmd := &cobra.Command{
		Use:   "data",
		Short: "Write simulated frames with their labels to disk",
		Long: `Write simulated frames with their labels to a folder:

  roadloop  a PNG and a JSON document for each, and all labels as labels.jsonl
  coco      images/ and annotations/instances.json, with masks
  kitti     training/image_2, label_2 and calib
  yolo      images/, labels/ and data.yaml
  tusimple  images/ and label_data.jsonl, lane boundaries

Beside them come SHA256SUMS and a datasheet. A folder whose writing was interrupted is
completed by the same command, and frames can be added to it. Frame N of a seed is the
same whenever it is written.

The folder must be new, empty, or hold a data set of the same flags.

With --from a recorded drive is written instead, as a demonstration for imitation
learning: what the camera saw, what was done, and where the route goes. The trace
comes from run --trace or from the window, whether a driver or a human drove. A demonstration has
its own format; --first and --frames choose decisions of the drive, all by default.`,
		Example: `  roadloop data --frames 200 --seed 7 --out out/data
  roadloop data --format coco --channels depth,class,instance --out out/coco
  roadloop data --format kitti --first 17 --frames 1 --out out/frame-17
  roadloop data --from out/cut-in-1.trace --out out/demonstration`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := f.check(cmd); err != nil {
				return err
			}
			if f.from != "" {
				return f.demonstrate(cmd.Context(), cmd.ErrOrStderr())
			}
			return f.write(cmd.Context(), cmd.ErrOrStderr())
		},
	}
	fl := cmd.Flags()
	intVar(fl, &f.first, "first", 0, 0, dataset.MaxFrame, "number of the first frame, or decision with --from")
	intVar(fl, &f.frames, "frames", 100, 1, dataset.MaxFrame+1, "number of frames, or decisions with --from")
	fl.Uint64Var(&f.seed, "seed", 1, "seed of the frames")
	choiceVar(fl, &f.split, "split", string(stream.Train), splits, "train, validation or held-out")
	fl.StringVar(&f.format, "format", string(dataset.Roadloop), "roadloop, coco, kitti, yolo or tusimple")
	fl.StringSliceVar(&f.channels, "channels", nil, "pictures of depth, class and instance too")
	fl.StringVar(&f.from, "from", "", "`trace` of a drive to write as a demonstration")
	fl.StringVar(&f.model, "model", "", "model `file` that drove the trace, or small, instead of the network that comes along")
	fl.StringVar(&f.out, "out", "out/data", "`folder` to write to")
	fl.BoolVar(&f.quiet, "quiet", false, "no progress")
	return cmd
}

// check refuses flags that are out of range or would have no effect.
func (f *dataFlags) check(cmd *cobra.Command) error {
	if most := dataset.MaxFrame + 1 - f.first; f.frames > most {
		return fmt.Errorf("--frames: must be an integer from 1 to %d, got %d", most, f.frames)
	}
	if f.from == "" {
		return refuseFlags(cmd, "has no effect without --from", "model")
	}
	if !cmd.Flags().Changed("frames") {
		f.frames = 0 // all
	}
	return refuseFlags(cmd, "has no effect with --from: a demonstration has its own format, and shows the drive of the trace", "format", "channels", "seed", "split")
}

// refuseFlags reports the first of the named flags that was given, and why it must not be.
func refuseFlags(cmd *cobra.Command, why string, names ...string) error {
	for _, name := range names {
		if cmd.Flags().Changed(name) {
			return fmt.Errorf("--%s %s", name, why)
		}
	}
	return nil
}

func (f *dataFlags) write(ctx context.Context, talk io.Writer) error {
	c := newMeter(talk, f.frames, "frames", f.quiet)
	e := dataset.Export{
		Stream: stream.Stream{Config: network.DefaultConfig(), Seed: f.seed, Split: stream.Split(f.split)},
		Format: dataset.Format(f.format), First: f.first, Frames: f.frames,
		Build: "roadloop " + commit(), Done: c.at,
	}
	for _, name := range f.channels {
		channel := dataset.Channel(name)
		if !slices.Contains(dataset.Channels(), channel) {
			return fmt.Errorf("--channels %q: want some of %v", name, dataset.Channels())
		}
		e.Channels = append(e.Channels, channel)
	}
	err := e.Write(ctx, f.out)
	c.clear()
	if err == nil && !f.quiet {
		fmt.Fprintf(talk, "%s holds frames %d to %d in format %s\n", f.out, f.first, f.first+f.frames-1, f.format)
	}
	return err
}

// demonstrate writes a recorded drive as a demonstration.
func (f *dataFlags) demonstrate(ctx context.Context, talk io.Writer) (err error) {
	trace, err := await(ctx, func() (*trace.Trace, error) { return readTrace(f.from) })
	if err != nil {
		return err
	}
	shelf, err := shelfFor(&trace.Header, f.model)
	if err != nil {
		return fmt.Errorf("%s: %w", f.from, err)
	}
	defer func() { err = errors.Join(err, shelf.close()) }()
	c := newMeter(talk, len(trace.Records), "decisions", f.quiet)
	if f.frames > 0 {
		c.total = min(c.total, f.first+f.frames)
	}
	err = demonstration.Write(ctx, trace, shelf.crew, f.out, demonstration.Options{First: f.first, Decisions: f.frames, Done: c.at})
	c.clear()
	if err != nil {
		return fmt.Errorf("%s: %w", f.from, err)
	}
	if !f.quiet {
		fmt.Fprintf(talk, "%s holds a demonstration of %s\n", f.out, f.from)
	}
	return nil
}
