package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"time"

	"github.com/spf13/cobra"

	"roadloop/internal/fileio"
	"roadloop/policy/bundled"
	"roadloop/policy/experiment"
	"roadloop/policy/improve"
	"roadloop/policy/learn"
	"roadloop/policy/tasks"
)

type policyImproveFlags struct {
	tasks                 tasks.Registry
	out, html             string
	mine, episodes        int
	steps                 int64
	share                 float64
	workers               int
	resume, asJSON, quiet bool
}

func newPolicyImprove(all tasks.Registry) *cobra.Command {
	f := policyImproveFlags{tasks: all}
	cmd := &cobra.Command{
		Use:   "improve RUN",
		Short: "Train a policy on its failures, and keep it if it is better",
		Long: `Drive episodes of training with the policy of RUN, the folder of a training run, and collect
the seeds of those that fail. Continue the training with these more often. Then compare the
new policy with the old one on held-out episodes, the same for both, and promote it only if
its return is significantly higher: the 95 % interval of the mean paired difference (bootstrap)
is above zero, a randomization test has p < 0.05, and it does not pass significantly fewer
episodes.

The --out folder is that of the new run. Its kept.rlp is the better policy: the new one if it
was promoted, otherwise the old one. Each round compares on other episodes, because a set on
which many policies were compared is not held out. A further round begins with
roadloop policy improve on the --out folder.`,
		Example: `  roadloop policy improve out/policy --out out/improved --html out/improved.html
  roadloop policy improve out/policy --out out/improved --resume    continue an interrupted round
  roadloop policy improve out/policy --mine 2000 --share 0.3 --episodes 500`,
		Args: oneArg,
		RunE: func(cmd *cobra.Command, args []string) error {
			return f.run(cmd.Context(), args[0], cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	fl := cmd.Flags()
	fl.StringVar(&f.out, "out", "out/improved", "`folder` of the new run")
	intVar(fl, &f.mine, "mine", 500, 1, improve.MaxEpisodes, "episodes of training that are searched for failures")
	int64Var(fl, &f.steps, "steps", 0, 0, maxInt, "steps of further training; 0 means a quarter of those so far")
	floatVar(fl, &f.share, "share", .5, "a number above 0 and ≤ 1", func(v float64) bool { return v > 0 && v <= 1 }, "share of the episodes of training that have a collected seed")
	intVar(fl, &f.episodes, "episodes", 200, 1, improve.MaxEpisodes, "held-out episodes of the comparison")
	intVar(fl, &f.workers, "workers", runtime.NumCPU(), 1, maxJobs, "episodes to drive in parallel; does not change the result")
	fl.BoolVar(&f.resume, "resume", false, "continue the training in --out; other flags must be the same")
	fl.StringVar(&f.html, "html", "", "write an HTML report to this `file`, with the worst episodes of both policies")
	fl.BoolVar(&f.asJSON, "json", false, "print JSON instead of text")
	fl.BoolVar(&f.quiet, "quiet", false, "hide progress")
	return cmd
}

func (f *policyImproveFlags) run(ctx context.Context, run string, out, stderr io.Writer) error {
	if err := errors.Join(checkFiles(sideFile{"--html", f.html}), checkFolder("--out", f.out)); err != nil {
		return err
	}
	recipe, err := await(ctx, func() (learn.Recipe, error) { return experiment.ReadRecipe(run) })
	if errors.Is(err, experiment.ErrNoRun) {
		if b, found := bundled.Find(run); found {
			return fmt.Errorf("%s comes with the program without the state of its training; \"policy card %s\" has the commands that train it again, into a run that can be improved", b.Name, b.Name)
		}
		return fmt.Errorf("%w: RUN is the folder of \"policy train\"", err)
	}
	if err != nil {
		return err
	}
	task, err := f.tasks.Find(recipe.Task)
	if err != nil {
		return fmt.Errorf("%s: %w", run, err)
	}
	steps := f.steps
	if steps == 0 {
		steps = max(recipe.Steps()/4, 1)
	}
	p := policyProgress{w: stderr, terminal: isTerminal(stderr), quiet: f.quiet, start: time.Now(), validated: time.Now()}
	var m *meter
	total := 0
	l := improve.Loop{Run: run, Out: f.out, Mine: f.mine, Steps: steps, Share: f.share, Episodes: f.episodes, Resume: f.resume,
		Setup: experiment.Setup{New: task.New, Workers: f.workers, Commit: commit()},
		Watch: experiment.Callbacks{Step: p.step, Validation: p.validation},
		Done: func(n, of int) {
			if m == nil || of != total {
				m, total = newMeter(stderr, of, "episode", f.quiet), of
			}
			if m.at(n); n == of {
				m.clear()
			}
		}}
	if f.html != "" {
		l.Replays = 3
	}
	r, err := l.Do(ctx)
	if m != nil {
		m.clear()
	}
	if err != nil {
		return err
	}
	if f.asJSON {
		err = printJSON(out, r)
	} else {
		s := newScreen(out)
		err = r.WriteText(s)
		fmt.Fprintf(s, "\nuse %s\n", filepath.Join(f.out, improve.KeptFile))
		err = errors.Join(err, s.Flush())
	}
	if f.html == "" || r.Evaluation == nil {
		return err
	}
	page, failed := r.Evaluation.Page()
	if failed == nil {
		failed = fileio.Write(f.html, page)
	}
	return errors.Join(err, named("--html", failed))
}
