package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"roadloop/drivers"
	"roadloop/perception/network"
	"roadloop/perception/training/dataset"
	"roadloop/perception/training/synth"
	"roadloop/scenarios/imitation"
	"roadloop/sim/rig"
	"roadloop/trace"
)

type dataFlags struct {
	registry      *drivers.Registry
	program       string // name in the datasheet
	first, frames int
	seed          uint64
	split, format string
	rig           string
	channels      []string
	from, model   string
	out           string
	quiet         bool
}

func newData(r *drivers.Registry) *cobra.Command {
	f := dataFlags{registry: r}
	cmd := &cobra.Command{
		Use:   "data",
		Short: "Write labeled simulated frames to disk",
		Long: `Write labeled simulated frames to a folder, in one of these formats:

  roadloop  a PNG and a JSON document per frame, and all labels in labels.jsonl
  coco      images/ and annotations/instances.json, with masks
  kitti     training/image_2, label_2 and calib
  yolo      images/, labels/ and data.yaml
  tusimple  images/ and label_data.jsonl, lane boundaries

The folder also gets SHA256SUMS and a datasheet. It must be new, empty, or hold a data
set with the same flags. Repeat the command to complete an interrupted data set, or to
add frames. Frame N of a seed is always the same.

With --rig, write the frames of all cameras of a rig: one data set for each camera, in a
folder that is named after it, such as out/data/camera-left. The frames with one number
show the same moment. Labels are those of the camera's view; boundaries of lanes are
labeled only for cameras that look forward.

With --from, write a recorded drive as a demonstration for imitation learning: camera
frames, commands and the route. The trace comes from "roadloop run --trace" or from the
window. A driver or a human may have driven. Demonstrations have their own format;
--first and --frames choose decisions of the drive (default all).`,
		Example: `  roadloop data --frames 200 --seed 7 --out out/data
  roadloop data --format coco --channels depth,class,instance --out out/coco
  roadloop data --rig surround --frames 50 --out out/around
  roadloop data --format kitti --first 17 --frames 1 --out out/frame-17
  roadloop data --from out/cut-in-1.trace --out out/demonstration`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := f.check(cmd); err != nil {
				return err
			}
			f.program = cmd.Root().Name()
			if f.from != "" {
				return f.demonstrate(cmd.Context(), cmd.ErrOrStderr())
			}
			return f.write(cmd.Context(), cmd.ErrOrStderr())
		},
	}
	fl := cmd.Flags()
	intVar(fl, &f.first, "first", 0, 0, dataset.MaxFrame, "first frame, or first decision with --from")
	intVar(fl, &f.frames, "frames", 100, 1, dataset.MaxFrame+1, "number of frames, or decisions with --from")
	fl.Uint64Var(&f.seed, "seed", 1, "seed of the frames")
	choiceVar(fl, &f.split, "split", string(synth.Train), splits, "one of train, validation, held-out")
	fl.StringVar(&f.format, "format", string(dataset.Roadloop), "one of roadloop, coco, kitti, yolo, tusimple")
	fl.StringSliceVar(&f.channels, "channels", nil, "extra images: any of depth, class, instance")
	choiceVar(fl, &f.rig, "rig", "", rig.Names(), "write all cameras of this `rig`: "+strings.Join(rig.Names(), " or ")+" (default the front camera alone)")
	fl.StringVar(&f.from, "from", "", "write this `trace` as a demonstration")
	registerRecordedModel(fl, &f.model)
	fl.StringVar(&f.out, "out", "out/data", "output `folder`")
	fl.BoolVar(&f.quiet, "quiet", false, "hide progress")
	return cmd
}

// check rejects flags that are out of range or have no effect.
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
	return refuseFlags(cmd, "has no effect with --from", "format", "channels", "seed", "split", "rig")
}

// refuseFlags returns an error for the first of the named flags that was given. why is
// the reason.
func refuseFlags(cmd *cobra.Command, why string, names ...string) error {
	for _, name := range names {
		if cmd.Flags().Changed(name) {
			return fmt.Errorf("--%s %s", name, why)
		}
	}
	return nil
}

func (f *dataFlags) write(ctx context.Context, stderr io.Writer) error {
	frames := f.frames
	if f.rig != "" {
		sensors, err := rig.Named(f.rig)
		if err != nil {
			return named("--rig", err)
		}
		frames *= sensors.Cameras()
	}
	c := newMeter(stderr, frames, "frame", f.quiet)
	e := dataset.Export{
		Rig:    f.rig,
		Stream: synth.Stream{Config: network.DefaultConfig(), Seed: f.seed, Split: synth.Split(f.split)},
		Format: dataset.Format(f.format), First: f.first, Frames: f.frames,
		Program: f.program, Build: "roadloop " + commit(), Done: c.at,
	}
	for _, name := range f.channels {
		channel := dataset.Channel(name)
		if !slices.Contains(dataset.Channels(), channel) {
			return fmt.Errorf("--channels %q: must be among %v", name, dataset.Channels())
		}
		e.Channels = append(e.Channels, channel)
	}
	err := e.Write(ctx, f.out)
	c.clear()
	if err == nil && !f.quiet {
		fmt.Fprintf(stderr, "wrote frames %d to %d to %s in format %s\n", f.first, f.first+f.frames-1, f.out, f.format)
	}
	return err
}

// demonstrate writes a recorded drive as a demonstration.
func (f *dataFlags) demonstrate(ctx context.Context, stderr io.Writer) (err error) {
	recorded, err := await(ctx, func() (*trace.Trace, error) { return trace.ReadFile(f.from) })
	if err != nil {
		return err
	}
	pool, err := recordedDrivers(f.registry, &recorded.Header, f.model)
	if err != nil {
		return fmt.Errorf("%s: %w", f.from, err)
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	c := newMeter(stderr, len(recorded.Records), "decision", f.quiet)
	if f.frames > 0 {
		c.total = min(c.total, f.first+f.frames)
	}
	err = imitation.Write(ctx, recorded, pool.Open, f.out, imitation.Options{First: f.first, Decisions: f.frames, Done: c.at})
	c.clear()
	if err != nil {
		return fmt.Errorf("%s: %w", f.from, err)
	}
	if !f.quiet {
		fmt.Fprintf(stderr, "wrote a demonstration of %s to %s\n", f.from, f.out)
	}
	return nil
}
