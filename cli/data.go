package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"

	"github.com/dustin/go-humanize/english"
	"github.com/spf13/cobra"

	"roadloop/drivers"
	"roadloop/perception/network"
	"roadloop/perception/training/dataset"
	"roadloop/perception/training/synth"
	"roadloop/scenarios/imitation"
	"roadloop/scenarios/runner"
	"roadloop/trace"
)

type dataFlags struct {
	driverFlags
	program       string // name in the datasheet
	first, frames int
	seed          uint64
	split, format string
	channels      []string
	val, test     int
	sensorFlags
	axes      axesFlags
	scenarios []string
	rate      float64
	from      string
	jobs      int
	out       string
	quiet     bool
	flags     string // those of the drives and the sensors, for the datasheet
}

func newData(r *drivers.Registry) *cobra.Command {
	f := dataFlags{driverFlags: driverFlags{registry: r}}
	cmd := &cobra.Command{
		Use:   "data",
		Short: "Write labeled simulated frames to disk, or verify a data set",
		Long: `Write labeled simulated frames to a folder, in one of these formats:

  roadloop        a PNG and a JSON document per frame, and all labels in labels.jsonl
  coco            images/ and annotations/instances.json, with masks
  kitti           training/ and testing/ with image_2, label_2, calib and velodyne; ImageSets/
  kitti-tracking  drives: image_02, label_02, calib, velodyne and oxts by sequence
  yolo            images/ and labels/ with train, val and test; dataset.yaml
  tusimple        images/ and label_data.jsonl, lane boundaries
  nuscenes        tables in v1.0-mini/, and the files of all sensors in samples/ and sweeps/

The folder also gets metadata.jsonl (seed, weather, light, camera and speed of each
image), SHA256SUMS and a datasheet. It must be new, empty, or hold a data set with the
same flags. Repeat the command to complete an interrupted data set, or to add frames.
Frame N of a seed is always the same.

The frames show random worlds, which are stills. With --scenario, they show a drive, at
--rate frames per second, and the labels have tracks. The case is driven with ground
truth, unless --perception or --driver say otherwise; a trace is driven again.

With --rig, write the frames of all cameras of a rig: one data set for each camera, in a
folder that is named after it, such as out/data/camera-left. nuscenes holds all cameras.
The frames with one number show the same moment. Boundaries of lanes are labeled only for
cameras that look forward.

Formats with lists for training, validation and test put all frames of a map into one
list. --val and --test choose the percentages of maps.

With --from, write a recorded drive as a demonstration for imitation learning: camera
frames, commands and the route. The trace comes from "roadloop run --trace" or from the
window. A driver or a human may have driven. Demonstrations have their own format;
--first and --frames choose decisions of the drive (default all).`,
		Example: `  roadloop data --frames 200 --seed 7 --out out/data
  roadloop data --format coco --channels depth,class,instance --out out/coco
  roadloop data --format yolo --frames 400 --val 20 --test 10 --size 640x384 --out out/yolo
  roadloop data --format kitti --size 1242x375 --fov 81 --mount z=1.65,pitch=0 --lidar hdl-64 --out out/kitti
  roadloop data --format kitti-tracking --scenario cut-in/1,zebra/2 --rate 10 --out out/tracks
  roadloop data --format nuscenes --scenario cut-in/1 --rig surround --rate 20 --out out/nuscenes
  roadloop data --scenario out/cut-in-1.trace --rate 5 --out out/drive
  roadloop data --frames 400 --vary focal=0.7:1.5,pitch=-4:4,height=-0.3:0.5 --out out/varied
  roadloop data --frames 400 --axes all --out out/looks
  roadloop data --rig surround --frames 50 --out out/around
  roadloop data --format kitti --first 17 --frames 1 --out out/frame-17
  roadloop data --from out/cut-in-1.trace --out out/demonstration
  roadloop data verify --format yolo out/yolo`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := f.checkData(cmd); err != nil {
				return err
			}
			f.program = cmd.Root().Name()
			if f.from != "" {
				return f.demonstrate(cmd.Context(), cmd.ErrOrStderr())
			}
			f.flags = givenFlags(cmd, "scenario", "rate", "driver", "perception", "model", "size", "fov", "mount", "lidar", "radar", "vary", "axes", "axis-share", "val", "test")
			return f.write(cmd.Context(), cmd.ErrOrStderr())
		},
	}
	fl := cmd.Flags()
	intVar(fl, &f.first, "first", 0, 0, dataset.MaxFrame, "first frame, or first decision with --from")
	intVar(fl, &f.frames, "frames", 100, 1, dataset.MaxFrame+1, "number of frames; all of a drive without this flag")
	fl.Uint64Var(&f.seed, "seed", 1, "seed of the frames of random worlds")
	choiceVar(fl, &f.split, "split", string(synth.Train), splits, "random worlds of train, validation or held-out")
	fl.StringVar(&f.format, "format", string(dataset.Roadloop), "one of roadloop, coco, kitti, kitti-tracking, yolo, tusimple, nuscenes")
	fl.StringSliceVar(&f.channels, "channels", nil, "extra images: any of depth, class, instance")
	intVar(fl, &f.val, "val", 0, 0, 100, "percent of the maps for validation (default 20 for kitti, kitti-tracking, yolo\nand nuscenes)")
	intVar(fl, &f.test, "test", 0, 0, 100, "percent of the maps for test")
	f.sensorFlags.register(fl)
	f.axes.register(fl, "none")
	fl.StringSliceVar(&f.scenarios, "scenario", nil, "show these drives: a `case` such as cut-in/1, or a trace")
	floatVar(fl, &f.rate, "rate", 10, "a number above 0 that divides 20", dividesDecisions, "frames per second of a drive: 20, 10, 5, 4, 2, 1, 0.5 …")
	f.driverFlags.register(fl)
	f.id.Perception = runner.Oracle
	fl.Lookup("perception").DefValue = runner.Oracle
	fl.Lookup("model").Usage += ";\nof a trace, its network or policy"
	fl.StringVar(&f.from, "from", "", "write this `trace` as a demonstration")
	intVar(fl, &f.jobs, "jobs", runtime.NumCPU(), 1, maxJobs, "frames to render in parallel; does not change the files")
	fl.StringVar(&f.out, "out", "out/data", "output `folder`")
	fl.BoolVar(&f.quiet, "quiet", false, "hide progress")
	cmd.AddCommand(newDataVerify())
	return cmd
}

// checkData rejects flags that are out of range or have no effect.
func (f *dataFlags) checkData(cmd *cobra.Command) error {
	if most := dataset.MaxFrame + 1 - f.first; f.frames > most {
		return fmt.Errorf("--frames: must be an integer from 1 to %d, got %d", most, f.frames)
	}
	if f.from != "" {
		if !cmd.Flags().Changed("frames") {
			f.frames = 0 // all
		}
		return refuseFlags(cmd, "has no effect with --from", "format", "channels", "seed", "split", "rig", "scenario", "rate",
			"driver", "perception", "size", "fov", "mount", "lidar", "radar", "vary", "axes", "axis-share", "val", "test", "jobs")
	}
	format := dataset.Format(f.format)
	if !format.Lists() {
		if err := refuseFlags(cmd, fmt.Sprintf("has no effect: format %s has no lists", f.format), "val", "test"); err != nil {
			return err
		}
	} else if !cmd.Flags().Changed("val") && format != dataset.COCO {
		f.val = min(20, 100-f.test)
	}
	if f.val+f.test > 100 {
		return fmt.Errorf("--val %d --test %d: more than 100 percent", f.val, f.test)
	}
	if err := f.checkSensors(cmd); err != nil {
		return err
	}
	if err := f.axes.check(cmd); err != nil {
		return err
	}
	if len(f.scenarios) == 0 {
		if format == dataset.KITTITracking {
			return fmt.Errorf("--format %s needs --scenario: it holds drives", f.format)
		}
		return errors.Join(refuseFlags(cmd, "has no effect without --scenario", "rate", "driver", "perception"),
			refuseFlags(cmd, "has no effect without --scenario or --from", "model"))
	}
	if err := f.driverFlags.check(); err != nil && !slices.ContainsFunc(f.scenarios, isTrace) {
		return err
	}
	if !cmd.Flags().Changed("frames") {
		f.frames = 0 // all
	}
	return refuseFlags(cmd, "has no effect with --scenario", "seed", "split", "vary", "axes", "axis-share")
}

// isTrace reports whether a drive is named by its trace.
func isTrace(name string) bool { return strings.HasSuffix(name, ".trace") }

// givenFlags returns the named flags that were given, for a command line.
func givenFlags(cmd *cobra.Command, names ...string) string {
	var parts []string
	for _, name := range names {
		fl := cmd.Flag(name)
		if !fl.Changed {
			continue
		}
		value := strings.Trim(fl.Value.String(), "[]")
		if fl.Value.Type() == "bool" {
			parts = append(parts, "--"+name)
			continue
		}
		parts = append(parts, "--"+name+" "+runner.ShellQuote(value))
	}
	return strings.Join(parts, " ")
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
	e := dataset.Export{
		Rig:    f.rig,
		Stream: synth.Stream{Config: network.DefaultConfig(), Seed: f.seed, Split: synth.Split(f.split), Vary: f.vary.ranges},
		Format: dataset.Format(f.format), First: f.first, Frames: f.frames, Val: f.val, Test: f.test, Jobs: f.jobs,
		Program: f.program, Flags: f.flags, Build: "roadloop " + commit(),
	}
	e.Stream.Axes, e.Stream.AxisShare = f.axes.chosen()
	for _, name := range f.channels {
		channel := dataset.Channel(name)
		if !slices.Contains(dataset.Channels(), channel) {
			return fmt.Errorf("--channels %q: must be among %v", name, dataset.Channels())
		}
		e.Channels = append(e.Channels, channel)
	}
	var err error
	if e.Sensors, err = f.sensors(e.Format); err != nil {
		return err
	}
	folders, err := e.Folders()
	if err != nil {
		return err
	}
	frames := f.frames
	if len(f.scenarios) > 0 {
		if e.Drives, frames, err = f.drives(ctx, stderr); err != nil {
			return err
		}
		e.First, e.Frames = 0, 0
	}
	c := newMeter(stderr, frames*folders, "frame", f.quiet)
	e.Done = c.at
	err = e.Write(ctx, f.out)
	c.clear()
	if err != nil || f.quiet {
		return err
	}
	what := fmt.Sprintf("frames %d to %d", f.first, f.first+frames-1)
	if len(f.scenarios) > 0 {
		what = fmt.Sprintf("%s of %s", english.Plural(frames, "frame", ""), strings.Join(f.scenarios, ", "))
	}
	fmt.Fprintf(stderr, "wrote %s to %s in format %s\n", what, f.out, f.format)
	return nil
}

// demonstrate writes a recorded drive as a demonstration.
func (f *dataFlags) demonstrate(ctx context.Context, stderr io.Writer) (err error) {
	recorded, err := await(ctx, func() (*trace.Trace, error) { return trace.ReadFile(f.from) })
	if err != nil {
		return err
	}
	pool, err := recordedDrivers(f.registry, &recorded.Header, f.id.Model)
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
