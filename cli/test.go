package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"roadloop/drivers"
	"roadloop/scenarios"
	"roadloop/scenarios/analysis"
	"roadloop/scenarios/metrics/leaderboard"
	"roadloop/scenarios/runner"
	"roadloop/scenarios/suite"
)

type testFlags struct {
	runFlags
	outputs
	quick, full    bool
	families, tags []string
	match, shard   string
	baseline       string
	list, verbose  bool
	failFast       bool
	folder         string
	resume         bool
}

func newTest(r *drivers.Registry) *cobra.Command {
	f := testFlags{runFlags: runFlags{driverFlags: driverFlags{registry: r}}}
	cmd := &cobra.Command{
		Use:   "test [PATTERN…]",
		Short: "Drive the regression suite",
		Long: `Drive the regression suite and report. PATTERN selects scenarios by name (with * and ?),
by family or family/name, or by the path of a file, a folder, or a folder and its
subfolders (folder/...). It also selects single cases such as cut-in/7. The default is
the library. --quick, the default, drives some seeds of every scenario, --full the grid
of every scenario, --seeds the given seeds.

Results do not depend on --jobs or on shards. "roadloop merge" merges the documents of
all shards. With --out every finished case is saved immediately, and --resume continues
an interrupted run. If the run has ended, --resume prints its results. Cases are never
retried: a flaky case is a bug.

Exit code 1 if a case failed. A case that neither a reference driver nor the stack with
ground truth passes is labeled unpreventable. It fails the run, too, unless
--allow-unpreventable is given.

With --baseline, a case that passed before and fails now fails the run, whatever its
label. A case that also failed before does not. New cases, and cases of changed
scenarios, are judged as without a baseline. Changed metrics and scores are reported
with 95 % confidence intervals of paired differences.

In GitHub Actions, failures become annotations and the job summary.`,
		Example: `  roadloop test                                         the quick suite, with the network in the loop
  roadloop test --full --out out/full                   all grids; continue with --resume
  roadloop test pedestrian 'cut-*' --perception oracle  a family and all names that begin with cut-
  roadloop test --tag light:night --list                list the cases
  roadloop test ./scenarios/... --junit out/junit.xml   your own files, in a CI system
  roadloop test --shard 2/4 --json > out/2.json         a quarter; then roadloop merge out/*.json
  roadloop test --baseline main.json --markdown out/comment.md`,
		RunE: func(cmd *cobra.Command, args []string) error {
			f.isa = cmd.Flag("isa").Value.String()
			f.program = cmd.Root().Name()
			if err := errors.Join(exclusive(cmd, "quick", "full", "seeds"), checkSeeds(cmd, args), checkExportFormats(cmd, &f.export)); err != nil {
				return err
			}
			return f.test(cmd.Context(), args, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	fl := cmd.Flags()
	fl.BoolVar(&f.quick, "quick", false, "drive some seeds of every scenario, at least 100 cases (the default)")
	fl.BoolVar(&f.full, "full", false, "drive the grid of every scenario")
	fl.StringSliceVar(&f.families, "family", nil, "drive only these `families`")
	fl.StringSliceVar(&f.tags, "tag", nil, "drive only scenarios with all of these `tags`")
	fl.StringVar(&f.match, "run", "", "drive only cases with a name, such as cut-in/7, that matches this regular `expression`")
	fl.StringVar(&f.shard, "shard", "", "drive one `part` of several, such as 2/4")
	fl.BoolVar(&f.failFast, "fail-fast", false, "stop at the first case that fails the run")
	fl.BoolVar(&f.list, "list", false, "list the cases, do not drive them")
	fl.BoolVarP(&f.verbose, "verbose", "v", false, "print a line for every case to stderr")
	fl.StringVar(&f.folder, "out", "", "save finished cases and results.json in this `folder`")
	fl.BoolVar(&f.resume, "resume", false, "continue the run in --out; if it has ended, print its results")
	fl.StringVar(&f.baseline, "baseline", "", "compare with this results `file`")
	f.runFlags.register(cmd)
	f.outputs.register(cmd)
	return cmd
}

func (f *testFlags) test(ctx context.Context, patterns []string, stdout, stderr io.Writer) error {
	if f.resume && f.folder == "" {
		return errors.New("--resume requires --out")
	}
	job, err := await(ctx, func() (suite.Job, error) { return f.job(ctx, patterns) })
	if err != nil {
		return err
	}
	cases := job.Shard.Cases(job.Suite.Cases)
	if f.list {
		return listCases(stdout, cases, f.asJSON)
	}
	if err := errors.Join(f.outputs.check(), f.checkOutputs(), checkFolder("--out", f.folder)); err != nil {
		return err
	}
	_, err = await(ctx, func() (any, error) { return nil, (&suite.Suite{Cases: cases}).Check() })
	if err != nil {
		return err
	}
	rule, err := f.rule(ctx, &job, stderr)
	if err != nil {
		return err
	}
	if job.Options, err = await(ctx, f.options); err != nil {
		return err
	}
	if f.failFast {
		job.Stop = rule.Fails
	}
	show := newProgress(stderr, len(cases), f.quiet)
	show.verbose, show.failures = f.verbose, !f.quiet
	d, ended := f.driveSaved(ctx, job, show)
	if d == nil {
		return ended
	}
	err = f.report(d.results, rule, ended, stdout, stderr)
	return exit(errors.Join(err, d.finish(&f.runFlags, stderr)), d.results, rule)
}

// rule returns the rule that decides whether the run fails. It reads the baseline, if
// there is one, and reports what is not compared.
func (f *testFlags) rule(ctx context.Context, job *suite.Job, stderr io.Writer) (analysis.Rule, error) {
	rule := analysis.Rule{AllowUnpreventable: f.allow}
	before, err := f.readBaseline(ctx)
	if before == nil {
		return rule, err
	}
	b := analysis.NewBaselineForSuite(before, job.Suite.Identity(), job.Suite.Cases)
	if err := b.Check(); err != nil {
		return rule, fmt.Errorf("--baseline %s: %w", f.baseline, err)
	}
	if !f.quiet {
		fmt.Fprintf(stderr, "baseline: cases: %d new, %d removed, %d changed\n", len(b.New), len(b.Gone), len(b.Changed))
		if other := b.OtherScores(leaderboard.Versions()); len(other) > 0 {
			fmt.Fprintf(stderr, "baseline: not compared, scores have another version: %s\n", strings.Join(other, ", "))
		}
	}
	rule.Baseline = b
	return rule, nil
}

// job returns the job that patterns and flags select.
func (f *testFlags) job(ctx context.Context, patterns []string) (suite.Job, error) {
	q := suite.Query{Patterns: patterns, Families: f.families, Tags: f.tags, Grid: f.full}
	if f.seeds != "" {
		r, err := suite.ParseRange(f.seeds)
		if err != nil {
			return suite.Job{}, fmt.Errorf("--seeds %w", err)
		}
		q.Seeds = &r
	}
	var err error
	if f.match != "" {
		if q.Run, err = regexp.Compile(f.match); err != nil {
			return suite.Job{}, fmt.Errorf("--run: %w", err)
		}
	}
	var job suite.Job
	if f.shard != "" {
		if job.Shard, err = suite.ParseShard(f.shard); err != nil {
			return suite.Job{}, fmt.Errorf("--shard %w", err)
		}
	}
	job.Suite, err = suite.Select(ctx, q)
	return job, err
}

// readBaseline reads the baseline results, nil for none.
func (f *testFlags) readBaseline(ctx context.Context) (*runner.Results, error) {
	if f.baseline == "" {
		return nil, nil
	}
	r, err := await(ctx, func() (*runner.Results, error) { return runner.ReadResults(f.baseline) })
	if err != nil {
		return nil, fmt.Errorf("--baseline: %w", err)
	}
	return r, nil
}

// driveSaved drives a job and saves it in its folder, if there is one.
func (f *testFlags) driveSaved(ctx context.Context, job suite.Job, show *progress) (*drivenJob, error) {
	if f.folder == "" {
		return f.drive(ctx, job, show)
	}
	folder, err := f.openFolder(&job)
	if err != nil {
		return nil, err
	}
	for _, place := range folder.Damaged {
		fmt.Fprintf(show.w, "damaged: %s; driving its case again\n", place)
	}
	if folder.Complete() {
		fmt.Fprintf(show.w, "nothing left to drive: %s\n", filepath.Join(f.folder, suite.ResultsFile))
		show.quiet = true
	}
	show.total -= len(folder.Known)
	job.Known = folder.Known
	job.OnResult = folder.Add
	job.Finished = func(_ *runner.Outcome, c *runner.Result) error {
		if c.Cause == "" {
			return nil
		}
		return folder.Add(c) // again, with the explanation
	}
	d, ended := f.drive(ctx, job, show)
	if d == nil || ended != nil {
		return d, errors.Join(ended, folder.Close())
	}
	return d, named("--out", folder.Finish(d.results))
}

// openFolder opens the folder of a run.
func (f *testFlags) openFolder(job *suite.Job) (*suite.RunFolder, error) {
	head := suite.JournalHeader{Suite: job.Suite.Identity(), Setup: f.setup(&job.Options), Shard: job.Shard.String()}
	var ids []string
	for _, c := range job.Shard.Cases(job.Suite.Cases) {
		ids = append(ids, c.ID())
	}
	open := suite.BeginFolder
	if f.resume {
		open = suite.ContinueFolder
	}
	folder, err := open(f.folder, head, ids)
	switch {
	case errors.Is(err, suite.ErrInterrupted):
		return nil, fmt.Errorf("--out: %w: use --resume to continue it, or choose another folder", err)
	case err != nil:
		return nil, fmt.Errorf("--out: %w", err)
	}
	return folder, nil
}

// report prints the results and then writes the output files. It joins its errors with
// the error of the run.
func (f *testFlags) report(r *runner.Results, rule analysis.Rule, ended error, stdout, stderr io.Writer) error {
	var c *analysis.Comparison
	if rule.Baseline != nil && ended == nil {
		c = rule.Baseline.Compare(r)
	}
	err := f.printReport(stdout, r, c)
	return errors.Join(ended, err, f.outputs.write(r, c, rule, stderr))
}

// listCases prints case names, or JSON with their parameters.
func listCases(w io.Writer, cases []*scenarios.Case, asJSON bool) error {
	type listed struct {
		Case       string                `json:"case"`
		Family     string                `json:"family"`
		Tags       []string              `json:"tags,omitempty"`
		Parameters []scenarios.Parameter `json:"parameters,omitempty"`
	}
	list := []listed{}
	var names strings.Builder
	for _, c := range cases {
		list = append(list, listed{c.ID(), c.Scenario.Family, c.Scenario.Tags, c.Parameters})
		fmt.Fprintln(&names, c.ID())
	}
	if asJSON {
		return printJSON(w, list)
	}
	_, err := io.WriteString(w, names.String())
	return err
}

// inGitHub reports whether the program runs in GitHub Actions.
func inGitHub() bool { return os.Getenv("GITHUB_ACTIONS") == "true" }
