package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"roadloop/perception/network"
	"roadloop/perception/training/dataset"
	"roadloop/perception/training/stream"
	"roadloop/scenarios/demonstration"
)

// dataFlags are the flags of data as given.
type dataFlags struct {
	first, frames int
	seed          uint64
	split, format string
	channels      []string
	from, model   string
	out           string
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

With --from a recorded drive is written instead, as a demonstration for imitation
learning: what the camera saw, what was done, and where the route goes. The trace
comes from run --trace or from the window, whoever had the wheel.`,
		Example: `  roadloop data --frames 200 --seed 7 --out out/data
  roadloop data --format coco --channels depth,class,instance --out out/coco
  roadloop data --format kitti --first 17 --frames 1 --out out/frame-17
  roadloop data --from out/cut-in-1.trace --out out/demonstration`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if f.from != "" {
				return f.demonstrate(cmd.Context(), cmd.ErrOrStderr())
			}
			return f.write(cmd.Context(), cmd.ErrOrStderr())
		},
	}
	fl := cmd.Flags()
	fl.IntVar(&f.first, "first", 0, "number of the first frame")
	fl.IntVar(&f.frames, "frames", 100, "number of frames")
	fl.Uint64Var(&f.seed, "seed", 1, "seed of the frames")
	fl.StringVar(&f.split, "split", string(stream.Train), "train, validation or held-out")
	fl.StringVar(&f.format, "format", string(dataset.Roadloop), "roadloop, coco, kitti, yolo or tusimple")
	fl.StringSliceVar(&f.channels, "channels", nil, "pictures of depth, class and instance too")
	fl.StringVar(&f.from, "from", "", "`trace` of a drive to write as a demonstration")
	fl.StringVar(&f.model, "model", "", "model `file` that drove the trace, or small, instead of the network that comes along")
	fl.StringVar(&f.out, "out", "out/data", "`folder` to write to")
	return cmd
}

func (f *dataFlags) write(ctx context.Context, talk io.Writer) error {
	split, err := splitNamed(f.split)
	if err != nil {
		return err
	}
	c := newCounter(talk, f.frames, "frames")
	defer c.end()
	e := dataset.Export{
		Stream: stream.Stream{Config: network.DefaultConfig(), Seed: f.seed, Split: split},
		Format: dataset.Format(f.format), First: f.first, Frames: f.frames,
		Build: fmt.Sprintf("roadloop, commit %s", commit()), Done: c.at,
	}
	for _, name := range f.channels {
		e.Channels = append(e.Channels, dataset.Channel(name))
	}
	return e.Write(ctx, f.out)
}

// demonstrate writes a recorded drive as a demonstration.
func (f *dataFlags) demonstrate(ctx context.Context, talk io.Writer) (err error) {
	trace, err := readTrace(f.from)
	if err != nil {
		return err
	}
	shelf, err := shelfFor(&trace.Header, f.model)
	if err != nil {
		return fmt.Errorf("%s: %w", f.from, err)
	}
	defer func() { err = errors.Join(err, shelf.close()) }()
	c := newCounter(talk, len(trace.Records), "decisions")
	defer c.end()
	if err := demonstration.Write(ctx, trace, shelf.crew, f.out, c.at); err != nil {
		return fmt.Errorf("%s: %w", f.from, err)
	}
	return nil
}
