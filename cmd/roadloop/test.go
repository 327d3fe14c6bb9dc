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
	"roadloop/scenarios/journal"
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
was interrupted or killed goes on with --resume. Nothing is ever tried twice: a case
that fails once in a while is a bug.

Exit code 1 tells that a case failed which a careful driver would have passed, or,
with --baseline, that one fails now which passed then. Measures and scores that moved
are reported with 95 % confidence intervals of paired differences.

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
	fl.BoolVar(&f.failFast, "fail-fast", false, "end with the first case that fails and is preventable")
	fl.BoolVar(&f.list, "list", false, "list the cases and drive none")
	fl.BoolVarP(&f.verbose, "verbose", "v", false, "a line for every case on standard error")
	fl.StringVar(&f.folder, "out", "", "keep finished cases and results.json in this `folder`")
	fl.BoolVar(&f.resume, "resume", false, "go on with the run whose finished cases are in --out")
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
	job, err := f.job(patterns)
	if err != nil {
		return err
	}
	cases := job.Shard.Cases(job.Suite.Cases)
	if f.list {
		return listCases(stdout, cases, f.asJSON)
	}
	if err := (&suite.Suite{Cases: cases}).Check(); err != nil {
		return err
	}
	before, err := f.readBaseline()
	if err != nil {
		return err
	}
	if job.Options, err = options(&f.runFlags); err != nil {
		return err
	}
	show := newProgress(stderr, len(cases), f.quiet)
	show.verbose, show.failures = f.verbose, !f.quiet
	results, ended := f.driveKept(ctx, job, show)
	if results == nil {
		return ended
	}
	return f.tell(results, before, ended, stdout, stderr)
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
	job := suite.Job{FailFast: f.failFast}
	if f.shard != "" {
		if job.Shard, err = suite.ParseShard(f.shard); err != nil {
			return suite.Job{}, fmt.Errorf("--shard %w", err)
		}
	}
	job.Suite, err = suite.Select(q)
	return job, err
}

// readBaseline reads the results to compare with, nil for none.
func (f *testFlags) readBaseline() (*scenarios.Results, error) {
	if f.baseline == "" {
		return nil, nil
	}
	r, err := scenarios.ReadResults(f.baseline)
	if err != nil {
		return nil, fmt.Errorf("--baseline: %w", err)
	}
	return r, nil
}

// driveKept drives a job with its journal, if there is a folder for one. When the
// job ends, results.json takes the place of the journal.
func (f *testFlags) driveKept(ctx context.Context, job suite.Job, show *progress) (*scenarios.Results, error) {
	if f.folder == "" {
		return f.drive(ctx, job, show)
	}
	path := filepath.Join(f.folder, "journal.jsonl")
	head := journal.Header{Suite: job.Suite.Identity(), Setup: f.setup(&job.Options), Shard: job.Shard.String()}
	var kept *journal.Journal
	var err error
	if f.resume {
		kept, job.Known, err = journal.Resume(path, head)
	} else {
		kept, err = journal.Create(path, head)
	}
	if errors.Is(err, journal.ErrInterrupted) {
		err = fmt.Errorf("--out: %w: go on with --resume, or choose another folder", err)
	}
	if err != nil {
		return nil, err
	}
	show.total -= len(job.Known)
	job.Keep = kept.Add
	job.Finished = func(_ *scenarios.Outcome, c *scenarios.Result) error {
		if c.Cause == "" {
			return nil
		}
		return kept.Add(c) // once more, with what was found out
	}
	results, ended := f.drive(ctx, job, show)
	if ended != nil {
		return results, errors.Join(ended, kept.Close())
	}
	if err := writeJSON(filepath.Join(f.folder, "results.json"), results); err != nil {
		return results, errors.Join(err, kept.Close())
	}
	return results, kept.Finish()
}

// tell writes the results in all forms that were asked for and returns the error
// that becomes the exit code.
func (f *testFlags) tell(r, before *scenarios.Results, ended error, stdout, stderr io.Writer) error {
	var c *baseline.Comparison
	if before != nil && ended == nil {
		var err error
		if c, err = baseline.Compare(before, r); err != nil {
			ended = fmt.Errorf("--baseline %s: %w", f.baseline, err)
		}
	}
	if err := f.outputs.write(r, c, stderr); err != nil {
		return err
	}
	if err := f.print(stdout, r, c); err != nil {
		return err
	}
	return gate(ended, r, c)
}

// gate decides whether a run lets a change pass.
func gate(err error, r *scenarios.Results, c *baseline.Comparison) error {
	switch {
	case err != nil:
		return err
	case r.Invalid > 0:
		return invalid(r)
	case c != nil && c.Regressions > 0, c == nil && r.Alarming() > 0:
		return errFailed
	}
	return nil
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
