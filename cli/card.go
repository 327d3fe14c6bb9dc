package cli

import (
	"fmt"
	"path/filepath"
	"runtime"

	"github.com/spf13/cobra"

	"roadloop/drivers"
	"roadloop/perception/inference"
	"roadloop/perception/training/eval"
	"roadloop/perception/training/experiment"
	"roadloop/perception/training/synth"
)

func newCard() *cobra.Command {
	var frames int
	var name string
	var quiet bool
	cmd := &cobra.Command{
		Use:   "card FOLDER",
		Short: "Write the model card of a training run",
		Long: `Evaluate the model in FOLDER, the folder of a training run, on held-out frames and
write its model card to standard output, as Markdown.`,
		Example: "  roadloop card out/train > model.md",
		Args:    oneArg,
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
			c := experiment.ModelCard{Name: name, Network: w.Config, Count: w.Count(), Meta: meta, Recipe: recipe, Epochs: epochs, Report: report}
			return c.Write(cmd.OutOrStdout())
		},
	}
	intVar(cmd.Flags(), &frames, "frames", 1500, 1, maxInt, "held-out frames to evaluate on")
	cmd.Flags().StringVar(&name, "name", "camera.rlm", "model name on the card")
	cmd.Flags().BoolVar(&quiet, "quiet", false, "hide progress")
	return cmd
}
