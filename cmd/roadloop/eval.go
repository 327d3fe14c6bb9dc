package main

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"roadloop/perception/inference"
	"roadloop/perception/training/eval"
	"roadloop/perception/training/stream"
)

func newEval() *cobra.Command {
	var model string
	var frames int
	var seed uint64
	var asJSON bool
	split := string(stream.HeldOut)
	cmd := &cobra.Command{
		Use:   "eval",
		Short: "Score the perception network on frames it was not trained on",
		Long: `Score the perception network on simulated frames. The held-out split has maps,
situations and weather that training never uses; validation has unseen maps and
situations only.`,
		Example: `  roadloop eval --frames 2000
  roadloop eval --model out/train/model.rlm --split validation --json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := splitNamed(split)
			if err != nil {
				return err
			}
			w, err := loadModel(model)
			if err != nil {
				return err
			}
			engine, err := inference.NewNative(w)
			if err != nil {
				return err
			}
			defer engine.Close()
			r, err := eval.Evaluate(cmd.Context(), engine, stream.Stream{Config: w.Config, Seed: seed, Split: s}, frames)
			if err != nil {
				return err
			}
			if asJSON {
				e := json.NewEncoder(cmd.OutOrStdout())
				e.SetIndent("", "  ")
				return e.Encode(r)
			}
			return r.WriteTable(cmd.OutOrStdout())
		},
	}
	fl := cmd.Flags()
	fl.StringVar(&model, "model", "", "model file instead of the one that comes along")
	fl.IntVar(&frames, "frames", 2000, "frames to score")
	fl.Uint64Var(&seed, "seed", 1, "seed of the frames")
	fl.StringVar(&split, "split", split, "train, validation or held-out")
	fl.BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// splitNamed returns the split of that name.
func splitNamed(name string) (stream.Split, error) {
	switch s := stream.Split(name); s {
	case stream.Train, stream.Validation, stream.HeldOut:
		return s, nil
	}
	return "", fmt.Errorf("--split %q: want train, validation or held-out", name)
}
