package cli

import (
	"fmt"
	"path/filepath"
	"runtime"

	"github.com/spf13/cobra"

	"roadloop/drivers"
	"roadloop/perception/inference"
	"roadloop/perception/network"
	"roadloop/perception/training/eval"
	"roadloop/perception/training/experiment"
	"roadloop/perception/training/synth"
)

func newCard() *cobra.Command {
	var frames int
	var name string
	var reports []string
	var quiet bool
	cmd := &cobra.Command{
		Use:   "card FOLDER",
		Short: "Write the model card of a training run",
		Long: `Evaluate the model in FOLDER, the folder of a training run, on held-out frames and
write its model card to standard output, as Markdown. --eval adds other evaluations of the
model, such as those on pictures of real cameras, from files that eval --json wrote.`,
		Example: `  roadloop card out/train > model.md
  roadloop eval --model out/train/model.rlm --data frames --focal 1158 --json > real.json
  roadloop card out/train --eval real.json > model.md`,
		Args: oneArg,
		RunE: func(cmd *cobra.Command, args []string) error {
			recipe, epochs, err := experiment.Read(args[0])
			if err != nil {
				return err
			}
			path := filepath.Join(args[0], experiment.ModelFile)
			w, meta, err := drivers.ReadModel(path)
			if err != nil {
				return err
			}
			others, err := readReports(reports, w)
			if err != nil {
				return err
			}
			held := synth.Stream{Config: w.Config, Seed: 1, Split: synth.HeldOut}
			m := newMeter(cmd.ErrOrStderr(), frames, "frame", quiet)
			defer m.clear()
			judgment := eval.Evaluation{
				Engine: func() (inference.Engine, error) { return inference.NewOneDNN(w) },
				Frames: func() (eval.Frames, error) { return synth.NewGenerator(held) },
				Count:  frames, Workers: runtime.NumCPU(), Done: m.at,
			}
			report, err := judgment.Run(cmd.Context())
			if err != nil {
				return fmt.Errorf("%s: %w", path, err)
			}
			report.Split, report.Seed = string(held.Split), held.Seed
			c := experiment.ModelCard{Name: name, Network: w.Config, Count: w.Count(), Meta: meta, Recipe: recipe, Epochs: epochs, Report: report, Others: others}
			return c.Write(cmd.OutOrStdout())
		},
	}
	intVar(cmd.Flags(), &frames, "frames", 1500, 1, maxInt, "held-out frames to evaluate on")
	cmd.Flags().StringArrayVar(&reports, "eval", nil, "add the results in this `file`, written by eval --json; repeatable")
	cmd.Flags().StringVar(&name, "name", "camera.rlm", "model name on the card")
	cmd.Flags().BoolVar(&quiet, "quiet", false, "hide progress")
	return cmd
}

// readReports reads evaluations and returns an error for one of another model.
func readReports(paths []string, w *network.Weights) ([]*eval.Report, error) {
	hash, err := w.SHA256()
	if err != nil {
		return nil, err
	}
	var out []*eval.Report
	for _, path := range paths {
		r, err := eval.ReadReport(path)
		if err != nil {
			return nil, named("--eval", err)
		}
		if r.Model != hash {
			return nil, fmt.Errorf("--eval: %s is of another model", path)
		}
		out = append(out, r)
	}
	return out, nil
}
