package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/dustin/go-humanize/english"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"roadloop/internal/fileio"
	"roadloop/policy/experiment"
	"roadloop/policy/learn"
	"roadloop/policy/tasks"
)

type policyTrainFlags struct {
	tasks                         tasks.Registry
	algorithm, out, file          string
	steps                         int64
	seed                          uint64
	envs, workers                 int
	rate, discount                float64
	data                          []string
	noDisturb                     bool
	resume, dryRun, asJSON, quiet bool
}

func newPolicyTrain(all tasks.Registry) *cobra.Command {
	f := policyTrainFlags{tasks: all}
	var list []string
	for _, t := range all {
		list = append(list, fmt.Sprintf("  %-31s %s", t.Name, t.Short))
	}
	cmd := &cobra.Command{
		Use:   "train TASK",
		Short: "Train a policy by reinforcement learning or imitation",
		Long: `Train a policy by reinforcement learning, with DQN (double, dueling, n-step, prioritized
replay) or PPO; or by imitation of the task's expert, with behavior cloning (bc) or DAgger.
The expert knows the world as it is. With bc it drives alone, and is disturbed at times so
that it shows how to recover (--no-disturb: it is not). With dagger the student drives, and
the expert says what it would do. With --data, imitation learns from recorded drives of any
driver, see "roadloop policy record": bc from these alone, without driving, so that --steps
only sets the number of updates; dagger begins with them. Each task has a recommended
recipe. The tasks:

` + strings.Join(list, "\n") + `

The --out folder gets recipe.json; policy.rlp, the policy at the end; best.rlp, that of
the best validation; policy.onnx; metrics.csv; episodes.csv; validation.json; event files
for TensorBoard; and a checkpoint every two minutes and after every validation. --resume
continues an interrupted run and ends with the same policy, byte for byte; it needs the
same --data. So does any number of --workers.`,
		Example: `  roadloop policy train highway-fast-v0
  roadloop policy train highway-fast-v0 --resume          continue an interrupted run
  roadloop policy train highway-fast-v0 --seed 2 --out out/highway/2
  roadloop policy train highway-v0 --algorithm ppo --steps 1000000
  roadloop policy train drive-camera-v0 --algorithm dagger
  roadloop policy train drive-mixed-v0 --algorithm bc --data out/drives.rld --steps 200000
  roadloop policy train highway-fast-v0 --recipe my.json  a changed recipe.json of a run
  roadloop policy train highway-fast-v0 --dry-run         estimate time and memory`,
		Args: oneArg,
		RunE: func(cmd *cobra.Command, args []string) error { return f.train(cmd, args[0]) },
	}
	fl := cmd.Flags()
	choiceVar(fl, &f.algorithm, "algorithm", "", learn.Algorithms(), strings.Join(learn.Algorithms(), ", ")+" (default that of the task)")
	int64Var(fl, &f.steps, "steps", 0, 0, maxInt, "steps of the environments; 0 means those of the task")
	fl.Uint64Var(&f.seed, "seed", 1, "training seed: of the weights, the exploration and the episodes")
	intVar(fl, &f.envs, "envs", 0, 0, 1<<16, "environments that are stepped together; 0 means those of the recipe")
	intVar(fl, &f.workers, "workers", runtime.NumCPU(), 1, maxJobs, "environments to step in parallel; does not change the result")
	floatVar(fl, &f.rate, "rate", 0, "a number above 0 and ≤ 1", func(v float64) bool { return v > 0 && v <= 1 }, "learning rate (default the recipe's)")
	floatVar(fl, &f.discount, "discount", 0, "a number from 0 to 1", func(v float64) bool { return v >= 0 && v <= 1 }, "discount of future rewards per step (default the recipe's)")
	fl.BoolVar(&f.noDisturb, "no-disturb", false, "bc: do not disturb the expert while it drives")
	fl.StringSliceVar(&f.data, "data", nil, "bc, dagger: recorded drives, a .rld `file` of policy record; repeat it for more")
	fl.StringVar(&f.file, "recipe", "", "use the recipe in this JSON `file`")
	fl.StringVar(&f.out, "out", "out/policy", "output `folder`")
	fl.BoolVar(&f.resume, "resume", false, "continue from the checkpoint in --out; other flags are ignored")
	fl.BoolVar(&f.dryRun, "dry-run", false, "train for a few seconds and estimate time and memory")
	fl.BoolVar(&f.asJSON, "json", false, "print JSON instead of text")
	fl.BoolVar(&f.quiet, "quiet", false, "hide progress")
	return cmd
}

// maxRecipe is the size of the largest recipe that is read, bytes.
const maxRecipe = 1 << 20

// recorded reads the recorded drives.
func (f *policyTrainFlags) recorded() ([]*learn.Dataset, error) {
	var out []*learn.Dataset
	for _, path := range f.data {
		d, err := learn.ReadDataset(path)
		if err != nil {
			return nil, named("--data", err)
		}
		out = append(out, d)
	}
	return out, nil
}

// recipe returns the recipe that the flags describe, for recorded drives.
func (f *policyTrainFlags) recipe(cmd *cobra.Command, t *tasks.Task, recorded []*learn.Dataset) (learn.Recipe, error) {
	if f.file != "" {
		if err := refuseFlags(cmd, "has no effect with --recipe", "algorithm", "steps", "envs", "rate", "discount", "no-disturb"); err != nil {
			return learn.Recipe{}, err
		}
	}
	r, err := t.Recipe(f.algorithm, f.steps)
	if err != nil {
		return r, err
	}
	if f.file != "" {
		if r, err = readRecipe(f.file); err != nil {
			return r, named("--recipe", err)
		}
		if r.Task != t.Name {
			return r, fmt.Errorf("--recipe: %s is for the task %s, not for %s", f.file, r.Task, t.Name)
		}
	}
	if f.envs > 0 {
		r.Environments = f.envs
	}
	given := cmd.Flags().Changed
	seeded := f.file == "" || given("seed")
	switch {
	case r.DQN != nil:
		override(&r.DQN.Rate, f.rate, given("rate"))
		override(&r.DQN.Discount, f.discount, given("discount"))
		override(&r.DQN.Seed, f.seed, seeded)
	case r.PPO != nil:
		override(&r.PPO.Rate, f.rate, given("rate"))
		override(&r.PPO.Discount, f.discount, given("discount"))
		override(&r.PPO.Seed, f.seed, seeded)
	default:
		if given("discount") {
			return r, fmt.Errorf("--discount has no effect with --algorithm %s", r.Algorithm())
		}
		override(&r.Imitation.Rate, f.rate, given("rate"))
		override(&r.Imitation.Seed, f.seed, seeded)
		override(&r.Imitation.Disturb, 0, f.noDisturb)
		if len(recorded) > 0 && len(r.Imitation.Data) == 0 {
			for _, d := range recorded {
				r.Imitation.Data = append(r.Imitation.Data, d.SHA256)
			}
			override(&r.Imitation.Disturb, 0, r.Algorithm() == learn.BC) // nothing drives
		}
	}
	if len(recorded) > 0 && r.Imitation == nil {
		return r, fmt.Errorf("--data has no effect with --algorithm %s, but with %s and %s", r.Algorithm(), learn.BC, learn.DAgger)
	}
	if f.noDisturb && r.Algorithm() != learn.BC {
		return r, fmt.Errorf("--no-disturb has no effect with --algorithm %s", r.Algorithm())
	}
	return r, r.Check()
}

// override sets a value if a flag asks for it.
func override[T any](dst *T, v T, asked bool) {
	if asked {
		*dst = v
	}
}

func readRecipe(path string) (learn.Recipe, error) {
	var r learn.Recipe
	data, err := fileio.ReadFile(path, maxRecipe)
	if err != nil {
		return r, err
	}
	if err := fileio.DecodeJSON(data, &r); err != nil {
		return r, fmt.Errorf("%s: %w", path, err)
	}
	return r, nil
}

func (f *policyTrainFlags) train(cmd *cobra.Command, task string) error {
	if err := exclusive(cmd, "resume", "dry-run"); err != nil {
		return err
	}
	t, err := f.tasks.Find(task)
	if err != nil {
		return err
	}
	ctx := cmd.Context()
	setup := experiment.Setup{New: t.New, Workers: f.workers, Commit: commit()}
	if setup.Recorded, err = await(ctx, f.recorded); err != nil {
		return err
	}
	var recipe learn.Recipe
	if f.resume {
		f.noteIgnored(cmd)
	} else {
		if recipe, err = await(ctx, func() (learn.Recipe, error) { return f.recipe(cmd, t, setup.Recorded) }); err != nil {
			return err
		}
		if f.dryRun {
			return f.estimate(ctx, cmd.OutOrStdout(), recipe, setup)
		}
		if err := checkFolder("--out", f.out); err != nil {
			return err
		}
	}
	e, err := await(ctx, func() (*experiment.Experiment, error) {
		if f.resume {
			e, err := experiment.Resume(f.out, setup)
			if errors.Is(err, experiment.ErrNoRun) {
				return nil, fmt.Errorf("--resume: %w; start it without --resume, or name its folder with --out", err)
			}
			return e, err
		}
		return experiment.Start(f.out, recipe, setup)
	})
	if err != nil {
		return err
	}
	defer e.Close()
	p := policyProgress{w: cmd.ErrOrStderr(), terminal: isTerminal(cmd.ErrOrStderr()), quiet: f.quiet, start: time.Now(), validated: time.Now()}
	if err := e.Train(ctx, experiment.Callbacks{Step: p.step, Validation: p.validation}); err != nil {
		return err
	}
	p.clear()
	if f.resume && p.from == 0 {
		fmt.Fprintf(p.w, "the run in %s has already ended\n", f.out)
	}
	if f.asJSON {
		return printJSON(cmd.OutOrStdout(), e.Validations())
	}
	_, err = fmt.Fprintln(cmd.OutOrStdout(), filepath.Join(f.out, experiment.PolicyFile))
	return err
}

// noteIgnored prints the flags that --resume ignores.
func (f *policyTrainFlags) noteIgnored(cmd *cobra.Command) {
	var ignored []string
	cmd.Flags().Visit(func(fl *pflag.Flag) {
		if !slices.Contains([]string{"resume", "out", "data", "json", "isa", "workers", "quiet"}, fl.Name) {
			ignored = append(ignored, "--"+fl.Name)
		}
	})
	if len(ignored) > 0 {
		fmt.Fprintf(cmd.ErrOrStderr(), "--resume uses the recipe in %s; ignored: %s\n", f.out, strings.Join(ignored, ", "))
	}
}

// estimate prints what a recipe costs, and the recipe.
func (f *policyTrainFlags) estimate(ctx context.Context, w io.Writer, r learn.Recipe, s experiment.Setup) error {
	e, err := experiment.DryRun(ctx, r, s)
	if err != nil {
		return err
	}
	if f.asJSON {
		return printJSON(w, &e)
	}
	recipe, err := json.MarshalIndent(&r, "", "  ")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s at %.0f/s: %v, %d MiB of memory\nnetwork: %s\nobservations in memory: at most %d MiB\n\n%s\n",
		english.Plural(int(e.Steps), "step", ""), e.StepsPerSec, e.Time.Round(time.Second), e.Memory>>20, english.Plural(e.Parameters, "parameter", ""), e.Stored>>20, recipe)
	return err
}

// validationInterval is the least time between two validations that are shown.
const validationInterval = 5 * time.Second

// policyProgress shows the progress of a training: a line for each validation, and a live one
// on a terminal.
type policyProgress struct {
	w               io.Writer
	terminal, quiet bool
	start, shown    time.Time
	validated       time.Time // when a validation was shown
	from            int64     // steps when this process began; 0 before
	last            experiment.Progress
}

func (p *policyProgress) step(s *experiment.Progress) {
	if p.last = *s; p.from == 0 {
		p.from, p.start = s.Steps, time.Now()
	}
	if !p.terminal || p.quiet || time.Since(p.shown) < terminalInterval {
		return
	}
	p.shown = time.Now()
	fmt.Fprintf(p.w, "\r\033[K%s %s", bar(int(s.Steps), int(s.Total)), p.line())
}

// line describes the progress.
func (p *policyProgress) line() string {
	s, took := &p.last, time.Since(p.start)
	rate := float64(s.Steps-p.from) / took.Seconds()
	line := fmt.Sprintf("step %d/%d", s.Steps, s.Total)
	if s.Episodes > 0 { // none if only recorded drives are learned from
		line += fmt.Sprintf(", %s, return %.2f", english.Plural(int(s.Episodes), "episode", ""), s.Return)
	}
	if s.Steps == p.from {
		return line
	}
	left := time.Duration(float64(max(s.Total-s.Steps, 0)) / rate * float64(time.Second))
	return line + fmt.Sprintf(", %.0f steps/s, %v left", rate, left.Round(time.Second))
}

func (p *policyProgress) validation(v *experiment.Validation) {
	// The validations of a short training are no news, but for the last one.
	if p.quiet || p.last.Steps < p.last.Total && time.Since(p.validated) < validationInterval {
		return
	}
	p.validated = time.Now()
	p.clear()
	line := p.line() + fmt.Sprintf("; validation: return %.2f", v.Return)
	if o := v.Outcome; o != nil {
		line += fmt.Sprintf(", %s %.0f %%", o.Name, 100*o.Share)
	}
	if v.Best {
		line += ", best so far"
	}
	fmt.Fprintln(p.w, line)
}

// clear removes the live line.
func (p *policyProgress) clear() {
	if p.terminal && !p.quiet {
		fmt.Fprint(p.w, "\r\033[K")
	}
}
