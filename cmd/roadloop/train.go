package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"roadloop/perception/training"
	"roadloop/perception/training/augment"
	"roadloop/perception/training/stream"
)

// saveEvery is the time between checkpoints.
const saveEvery = 2 * time.Minute

func newTrain() *cobra.Command {
	var steps int64
	var seed uint64
	var out string
	var resume bool
	cmd := &cobra.Command{
		Use:   "train",
		Short: "Train the perception network on simulated frames",
		Long: `Train the perception network on frames that are rendered as training goes. The
folder given with --out gets config.json, a checkpoint every two minutes and at the
end, model.rlm with the averaged weights, and model.onnx.`,
		Example: `  roadloop train --out out/train --steps 11000
  roadloop train --out out/train --resume       go on where it was interrupted`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			checkpoint := filepath.Join(out, "checkpoint")
			t, err := open(checkpoint, resume, steps, seed)
			if err != nil {
				return err
			}
			defer t.Close()
			if err := saveConfig(out, t); err != nil {
				return err
			}
			c := t.Config()
			src := stream.Stream{Config: c.Network, Seed: c.Seed, Split: stream.Train, Augment: augment.Default()}
			saved := time.Now()
			show := trainProgress{w: cmd.ErrOrStderr(), terminal: isTerminal(cmd.ErrOrStderr())}
			err = t.Run(cmd.Context(), src, func(s training.Step) error {
				show.step(&s)
				if time.Since(saved) < saveEvery {
					return nil
				}
				saved = time.Now()
				return t.Save(checkpoint)
			})
			// An interruption saves as well: the next run goes on from here.
			return errors.Join(err, t.Save(checkpoint), export(out, t))
		},
	}
	cmd.Flags().Int64Var(&steps, "steps", 11000, "optimizer steps of 16 frames")
	cmd.Flags().Uint64Var(&seed, "seed", 1, "seed of weights and data")
	cmd.Flags().StringVar(&out, "out", "out/train", "`folder` of the run")
	cmd.Flags().BoolVar(&resume, "resume", false, "go on from the checkpoint in the folder")
	return cmd
}

// open begins or resumes a training. It refuses to write over one.
func open(checkpoint string, resume bool, steps int64, seed uint64) (*training.Trainer, error) {
	if resume {
		return training.Resume(checkpoint)
	}
	if _, err := os.Stat(checkpoint); err == nil {
		return nil, fmt.Errorf("%s exists: give --resume to go on, or another --out", checkpoint)
	}
	c := training.DefaultConfig(steps)
	c.Seed = seed
	return training.New(c)
}

func saveConfig(out string, t *training.Trainer) error {
	data, err := json.MarshalIndent(t.Config(), "", "  ")
	if err != nil {
		return err
	}
	return writeInto(filepath.Join(out, "config.json"), append(data, '\n'))
}

// export writes the averaged weights as model file and as ONNX.
func export(out string, t *training.Trainer) error {
	w, meta := t.Weights()
	meta.Data = "simulated frames, split train"
	model, err := w.Encode(meta)
	if err != nil {
		return err
	}
	onnx, err := w.ONNX()
	if err != nil {
		return err
	}
	return errors.Join(writeInto(filepath.Join(out, "model.rlm"), model), writeInto(filepath.Join(out, "model.onnx"), onnx))
}

// trainProgress prints a line every hundred steps, and on a terminal a moving one.
type trainProgress struct {
	w        io.Writer
	terminal bool
}

func (p *trainProgress) step(s *training.Step) {
	line := fmt.Sprintf("step %d/%d  loss %.3f (heat %.3f, size %.3f, distance %.3f, drivable %.3f, lanes %.3f)  %.0f frames/s",
		s.Number, s.Total, s.Losses.Total, s.Losses.Heat, s.Losses.Size, s.Losses.Distance, s.Losses.Drivable, s.Losses.Lanes, s.FramesPerSec)
	switch {
	case s.Number%100 == 0 || s.Number == s.Total:
		fmt.Fprintf(p.w, "\r%s\n", line)
	case p.terminal:
		fmt.Fprintf(p.w, "\r\033[K%s", line)
	}
}
