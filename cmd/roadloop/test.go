package main

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

	"roadloop/scenarios"
	"roadloop/scenarios/baseline"
	"roadloop/scenarios/gate"
	"roadloop/scenarios/journal"
	"roadloop/scenarios/score"
	"roadloop/scenarios/suite"
)

// testFlags are the flags of the test command.
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

func newTest() *cobra.Command {
	var f testFlags
	cmd := &cobra.Command{
		Use:   "test [PATTERN…]",
		Short: "Drive the regression suite",
		Long: `Drive the regression suite and report. A pattern names scenarios: by name, with * and
?, by family or family/name, by the path of a file or folder, or of a folder and all
below it (folder/...); or single cases such as cut-in/7. Without one the library is
driven: --quick, the default, takes some seeds of every scenario, --full its grid of
parameters, --seeds the seeds that you choose.

Results do not depend on --jobs, nor on shards: roadloop merge puts the documents of
all shards together. With --out every finished case is on disk at once, and a run that
was interrupted or killed goes on with --resume; of one that has ended --resume prints
the results. Nothing is ever tried twice: a case that fails once in a while is a bug.

Exit code 1 means that a case failed. One that no known driver passes, neither a
reference driver nor the stack with ground truth, is labeled unpreventable. It fails
the run, too, unless --allow-unpreventable is given.

With --baseline a case that passed then and fails now fails the run, whatever its
label; one that failed then, too, does not. New cases, and those of scenarios that
changed, are judged as without a baseline. Measures and scores that moved are reported
with 95 % confidence intervals of paired differences.

In GitHub Actions failures become annotations and the summary of the job.`,
		Example: `  roadloop test                                         the quick suite, the network in the loop
  roadloop test --full --out out/full                   every grid; after Ctrl-C go on with --resume
  roadloop test pedestrian 'cut-*' --perception oracle  a family and all that begins with cut-
  roadloop test --tag light:night --list                what would be driven
  roadloop test ./scenarios/... --junit out/junit.xml   your own files, for a CI system
  roadloop test --shard 2/4 --json > out/2.json         a quarter; then roadloop merge out/*.json
  roadloop test --baseline main.json --markdown out/comment.md`,
		RunE: func(cmd *cobra.Command, args []string) error {
			f.isa = cmd.Flag("isa").Value.String()
			if err := seedless(cmd, args); err != nil {
				return err
			}
			return f.test(cmd.Context(), args, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	fl := cmd.Flags()
	fl.BoolVar(&f.quick, "quick", false, "some seeds of every scenario, at least 100 cases; this is the default")
	fl.BoolVar(&f.full, "full", false, "the grid of every scenario")
	fl.StringSliceVar(&f.families, "family", nil, "only these `families`")
	fl.StringSliceVar(&f.tags, "tag", nil, "only scenarios with all of these `tags`")
	fl.StringVar(&f.match, "run", "", "only cases whose names, such as cut-in/7, match this regular `expression`")
	fl.StringVar(&f.shard, "shard", "", "one part of several, such as 2/4")
	fl.BoolVar(&f.failFast, "fail-fast", false, "end with the first case that fails the run")
	fl.BoolVar(&f.list, "list", false, "list the cases and drive none")
	fl.BoolVarP(&f.verbose, "verbose", "v", false, "a line for every case on standard error")
	fl.StringVar(&f.folder, "out", "", "keep finished cases and results.json in this `folder`")
	fl.BoolVar(&f.resume, "resume", false, "continue the run in --out, or print its results if it has ended")
	fl.StringVar(&f.baseline, "baseline", "", "compare with the results in this `file`")
	f.runFlags.register(cmd)
	f.outputs.register(cmd)
	cmd.MarkFlagsMutuallyExclusive("quick", "full", "seeds")
	return cmd
}

// test is the test command.
func (f *testFlags) test(ctx context.Context, patterns []string, stdout, stderr io.Writer) error {
	if f.resume && f.folder == "" {
		return errors.New("--resume needs the folder of the run: --out")
	}
	job, err := await(ctx, func() (suite.Job, error) { return f.job(patterns) })
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
	if job.Options, err = await(ctx, func() (scenarios.Options, error) { return options(&f.runFlags) }); err != nil {
		return err
	}
	if f.failFast {
		job.Stop = rule.Fails
	}
	show := newProgress(stderr, len(cases), f.quiet)
	show.verbose, show.failures = f.verbose, !f.quiet
	d, ended := f.driveKept(ctx, job, show)
	if d == nil {
		return ended
	}
	err = f.tell(d.results, rule, ended, stdout, stderr)
	return exit(errors.Join(err, d.finish(&f.runFlags, stderr)), d.results, rule)
}

// rule returns what fails the run. It reads the baseline, if there is one, and notes
// what of it is not compared.
func (f *testFlags) rule(ctx context.Context, job *suite.Job, stderr io.Writer) (gate.Rule, error) {
	rule := gate.Rule{AllowUnpreventable: f.allow}
	before, err := f.readBaseline(ctx)
	if before == nil {
		return rule, err
	}
	b := baseline.For(before, job.Suite.Identity(), job.Suite.Cases)
	if err := b.Check(); err != nil {
		return rule, fmt.Errorf("--baseline %s: %w", f.baseline, err)
	}
	if !f.quiet {
		fmt.Fprintf(stderr, "baseline: %d new, %d gone, %d changed\n", len(b.New), len(b.Gone), len(b.Changed))
		if other := b.OtherScores(score.Versions()); len(other) > 0 {
			fmt.Fprintf(stderr, "baseline: scores of another version are not compared: %s\n", strings.Join(other, ", "))
		}
	}
	rule.Baseline = b
	return rule, nil
}

// job is what patterns and flags choose.
func (f *testFlags) job(patterns []string) (suite.Job, error) {
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
	job.Suite, err = suite.Select(q)
	return job, err
}

// readBaseline reads the results to compare with, nil for none.
func (f *testFlags) readBaseline(ctx context.Context) (*scenarios.Results, error) {
	if f.baseline == "" {
		return nil, nil
	}
	r, err := await(ctx, func() (*scenarios.Results, error) { return scenarios.ReadResults(f.baseline) })
	if err != nil {
		return nil, fmt.Errorf("--baseline: %w", err)
	}
	return r, nil
}

// driveKept drives a job and keeps it in its folder, if there is one.
func (f *testFlags) driveKept(ctx context.Context, job suite.Job, show *progress) (*drivenJob, error) {
	if f.folder == "" {
		return f.drive(ctx, job, show)
	}
	kept, err := f.keep(&job)
	if err != nil {
		return nil, err
	}
	for _, place := range kept.Damaged {
		fmt.Fprintf(show.w, "damaged: %s; its case is driven again\n", place)
	}
	if kept.Complete() {
		fmt.Fprintf(show.w, "nothing is left to drive: %s\n", filepath.Join(f.folder, journal.ResultsFile))
		show.quiet = true
	}
	show.total -= len(kept.Known)
	job.Known = kept.Known
	job.Keep = kept.Add
	job.Finished = func(_ *scenarios.Outcome, c *scenarios.Result) error {
		if c.Cause == "" {
			return nil
		}
		return kept.Add(c) // once more, with what was found out
	}
	d, ended := f.drive(ctx, job, show)
	if d == nil || ended != nil {
		return d, errors.Join(ended, kept.Close())
	}
	return d, named("--out", kept.Finish(d.results))
}

// keep opens the folder of a run.
func (f *testFlags) keep(job *suite.Job) (*journal.Folder, error) {
	head := journal.Header{Suite: job.Suite.Identity(), Setup: f.setup(&job.Options), Shard: job.Shard.String()}
	var ids []string
	for _, c := range job.Shard.Cases(job.Suite.Cases) {
		ids = append(ids, c.ID())
	}
	open := journal.Begin
	if f.resume {
		open = journal.Continue
	}
	kept, err := open(f.folder, head, ids)
	switch {
	case errors.Is(err, journal.ErrInterrupted):
		return nil, fmt.Errorf("--out: %w: go on with --resume, or choose another folder", err)
	case err != nil:
		return nil, fmt.Errorf("--out: %w", err)
	}
	return kept, nil
}

// tell prints the results and then writes them in all other forms that were asked for.
// What it returns is joined to the error with which the run ended.
func (f *testFlags) tell(r *scenarios.Results, rule gate.Rule, ended error, stdout, stderr io.Writer) error {
	var c *baseline.Comparison
	if rule.Baseline != nil && ended == nil {
		c = rule.Baseline.Compare(r)
	}
	err := f.print(stdout, r, c)
	return errors.Join(ended, err, f.outputs.write(r, c, rule, stderr))
}

// listCases prints the names of cases, or with their parameters as JSON.
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

// inGitHub reports whether the program runs in a job of GitHub Actions.
func inGitHub() bool { return os.Getenv("GITHUB_ACTIONS") == "true" }
