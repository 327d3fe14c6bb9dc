package cli

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"roadloop/scenarios/analysis"
	"roadloop/scenarios/runner"
	"roadloop/scenarios/suite"
)

func newMerge() *cobra.Command {
	var f testFlags
	cmd := &cobra.Command{
		Use:   "merge FILE…",
		Short: "Merge the results of all shards of a suite",
		Long: `Merge the results documents of all shards of a suite and report as "roadloop test" does.
Except for wall times, the result equals that of the suite driven in one run. Missing,
duplicate or unfinished shards are an error, and so are documents of different suites,
drivers or models.`,
		Example: `  roadloop test --shard 1/2 --json > 1.json; roadloop test --shard 2/2 --json > 2.json
  roadloop merge 1.json 2.json --json > all.json
  roadloop merge 1.json 2.json --baseline main.json --junit out/junit.xml`,
		Args: someArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			return f.merge(cmd.Context(), args, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	fl := cmd.Flags()
	fl.StringVar(&f.baseline, "baseline", "", "compare with this results `file`")
	fl.BoolVar(&f.asJSON, "json", false, "print one JSON document instead of a table")
	fl.BoolVar(&f.noWall, "no-wall", false, "omit wall times from the document")
	f.outputs.register(cmd)
	registerAllow(fl, &f.allow)
	return cmd
}

func (f *testFlags) merge(ctx context.Context, paths []string, stdout, stderr io.Writer) error {
	if err := f.outputs.check(); err != nil {
		return err
	}
	merged, err := await(ctx, func() (*runner.Results, error) { return mergeFiles(paths) })
	if err != nil {
		return err
	}
	if f.noWall {
		merged = merged.WithoutWall()
	}
	rule := analysis.Rule{AllowUnpreventable: f.allow}
	before, err := f.readBaseline(ctx)
	if err != nil {
		return err
	}
	if before != nil {
		rule.Baseline = analysis.NewBaseline(before, merged)
		if err := rule.Baseline.Check(); err != nil {
			return fmt.Errorf("--baseline %s: %w", f.baseline, err)
		}
	}
	_, err = await(ctx, func() (any, error) { return nil, f.report(merged, rule, nil, stdout, stderr) })
	return exit(err, merged, rule)
}

func mergeFiles(paths []string) (*runner.Results, error) {
	var parts []suite.Part
	for _, path := range paths {
		r, err := runner.ReadResults(path)
		if err != nil {
			return nil, err
		}
		parts = append(parts, suite.Part{Name: path, Results: r})
	}
	return suite.Merge(parts)
}
