package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"roadloop/perception/network"
	"roadloop/perception/training/dataset"
	"roadloop/perception/training/stream"
)

func newData() *cobra.Command {
	var frames int
	var seed uint64
	var out string
	split := string(stream.Train)
	cmd := &cobra.Command{
		Use:   "data",
		Short: "Write simulated frames with their labels to disk",
		Long: `Write simulated frames to a folder: a PNG for each, its labels as JSON, and all
labels as lines of labels.jsonl. A folder whose writing was interrupted is completed
by the same command.`,
		Example: "  roadloop data --frames 200 --seed 7 --out out/data",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := splitNamed(split)
			if err != nil {
				return err
			}
			terminal := isTerminal(cmd.ErrOrStderr())
			return dataset.Write(cmd.Context(), stream.Stream{Config: network.DefaultConfig(), Seed: seed, Split: s}, out, frames,
				func(n int) {
					if terminal {
						fmt.Fprintf(cmd.ErrOrStderr(), "\r%d/%d frames", n, frames)
					}
				})
		},
	}
	fl := cmd.Flags()
	fl.IntVar(&frames, "frames", 100, "number of frames")
	fl.Uint64Var(&seed, "seed", 1, "seed of the frames")
	fl.StringVar(&split, "split", split, "train, validation or held-out")
	fl.StringVar(&out, "out", "out/data", "`folder` to write to")
	return cmd
}
