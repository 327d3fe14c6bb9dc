package cli

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"roadloop/drivers"
	"roadloop/internal/fileio"
	"roadloop/policy"
	"roadloop/policy/bundled"
	"roadloop/policy/drive"
	"roadloop/policy/evaluate"
	"roadloop/policy/experiment"
	"roadloop/policy/learn"
	"roadloop/policy/tasks"
	"roadloop/scenarios/runner"
	"roadloop/trace"
)

type policyEvalFlags struct {
	registry            *drivers.Registry
	tasks               tasks.Registry
	episodes, workers   int
	replays, driven     int
	stack               string
	seed                uint64
	html, csv, task     string
	best, asJSON, quiet bool
}

func newPolicyEval(r *drivers.Registry, all tasks.Registry) *cobra.Command {
	f := policyEvalFlags{registry: r, tasks: all}
	cmd := &cobra.Command{
		Use:   "eval POLICY…",
		Short: "Evaluate policies on held-out episodes",
		Long: `Evaluate policies greedily on episodes that training never saw. A POLICY is a file, the
folder of a training run, or one that comes with the program:
` + strings.Join(bundled.Names(), ", ") + `.

Policies that differ only in their training seed are evaluated together. The table also
has random actions, each constant action, the baselines of the task, and for tasks over
roadloop's worlds the modular stack, which drives fewer episodes: the network takes about
7 s of CPU time for a minute of driving.

Infractions per kilometer and other rates are ratios of sums over all episodes. An ego is
stranded when it has stood in a junction for one second, and blocked when it has stood
anywhere for the time that the task allows; a deviation is off the route, a departure over
a line that must not be crossed.

IQM is the interquartile mean of the return over all episodes and training seeds. Intervals
are 95 %, of a stratified bootstrap: training seeds are the samples, episodes the strata
(Agarwal et al. 2021). A single policy has episodes as samples. The page of --html also
has learning curves, performance profiles, and replays of the worst episodes with what the
policy saw and computed.`,
		Example: `  roadloop policy eval out/policy
  roadloop policy eval out/highway/* --html out/highway.html
  roadloop policy eval out/policy --stack oracle --csv out/episodes.csv
  roadloop policy eval out/highway/1/policy.rlp --episodes 1000 --json
  roadloop policy eval out/camera --task drive-camera-weather-v0`,
		Args: someArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			return f.run(cmd.Context(), args, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	fl := cmd.Flags()
	f.register(fl)
	fl.StringVar(&f.csv, "csv", "", "write a row for each episode, with its infractions, to this `file`")
	fl.StringVar(&f.html, "html", "", "write an HTML report to this `file`")
	intVar(fl, &f.replays, "episodes-html", 3, 0, 100, "worst episodes of each policy that the page of --html replays")
	fl.BoolVar(&f.asJSON, "json", false, "print JSON instead of text")
	return cmd
}

// register declares the flags of an evaluation.
func (f *policyEvalFlags) register(fl *pflag.FlagSet) {
	intVar(fl, &f.episodes, "episodes", 100, 1, 1000000, "episodes of each policy")
	fl.Uint64Var(&f.seed, "seed", 10000, "seed of the first episode; the others follow")
	intVar(fl, &f.workers, "workers", runtime.NumCPU(), 1, maxJobs, "episodes to drive in parallel; does not change the result")
	fl.BoolVar(&f.best, "best", false, "of a folder, evaluate the policy of the best validation instead of the last one")
	choiceVar(fl, &f.stack, "stack", "", []string{runner.CNN, runner.Oracle, noStack},
		"perception of the modular stack in the table: cnn, oracle (ground truth), or none\n(default cnn for tasks over roadloop's worlds, none for others)")
	intVar(fl, &f.driven, "stack-episodes", 20, 1, 1000000, "episodes of the modular stack, the first ones of --episodes")
	fl.StringVar(&f.task, "task", "", "evaluate on this variant of the policies' `task`, such as one with other weather")
	fl.BoolVar(&f.quiet, "quiet", false, "hide progress")
}

func (f *policyEvalFlags) run(ctx context.Context, paths []string, out, stderr io.Writer) error {
	if err := checkFiles(sideFile{"--csv", f.csv}, sideFile{"--html", f.html}); err != nil {
		return err
	}
	policies, err := f.open(ctx, paths)
	if err != nil {
		return err
	}
	defer closePolicies(policies)
	r, err := f.evaluate(ctx, policies, stderr)
	if err != nil {
		return err
	}
	if f.asJSON {
		err = printJSON(out, r)
	} else {
		s := newScreen(out)
		err = errors.Join(r.WriteTable(s), s.Flush())
	}
	if f.csv != "" {
		var episodes bytes.Buffer
		failed := r.WriteCSV(&episodes)
		if failed == nil {
			failed = fileio.Write(f.csv, episodes.Bytes())
		}
		err = errors.Join(err, named("--csv", failed))
	}
	if f.html != "" {
		page, failed := r.Page()
		if failed == nil {
			failed = fileio.Write(f.html, page)
		}
		err = errors.Join(err, named("--html", failed))
	}
	return err
}

// open reads the policies, which the caller closes.
func (f *policyEvalFlags) open(ctx context.Context, paths []string) ([]loadedPolicy, error) {
	return await(ctx, func() ([]loadedPolicy, error) { return f.load(paths) })
}

func closePolicies(policies []loadedPolicy) {
	for _, p := range policies {
		p.Close()
	}
}

// evaluate evaluates policies of one task.
func (f *policyEvalFlags) evaluate(ctx context.Context, policies []loadedPolicy, stderr io.Writer) (*evaluate.Report, error) {
	task, err := f.tasks.Find(policies[0].Spec.Task)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", policies[0].path, err)
	}
	if f.task != "" {
		if task, err = f.tasks.Find(f.task); err != nil {
			return nil, named("--task", err)
		}
	}
	env, err := task.New()
	if err != nil {
		return nil, err
	}
	for _, p := range policies {
		if err := p.Spec.Fits(env.Spec()); err != nil {
			return nil, fmt.Errorf("%s: %w", p.path, err)
		}
	}
	candidates, err := grouped(policies)
	if err != nil {
		return nil, err
	}
	guests, err := f.guests(env)
	if err != nil {
		return nil, err
	}
	var m *meter
	replays := 0
	if f.html != "" {
		replays = f.replays
	}
	e := evaluate.Evaluation{New: task.New, Candidates: candidates, Guests: guests, Seed: f.seed, Episodes: f.episodes, Workers: f.workers, Replays: replays, Done: func(n, total int) {
		if m == nil {
			m = newMeter(stderr, total, "episode", f.quiet)
		}
		m.at(n)
	}}
	r, err := e.Run(ctx)
	if m != nil {
		m.clear()
	}
	return r, err
}

// noStack is the value of --stack that leaves the modular stack out.
const noStack = "none"

// drivable is an environment with episodes that a driver can drive.
type drivable interface {
	DriveWith(open runner.DriverFunc) (*drive.Driven, error)
}

// guests returns the modular stack, if the table has it.
func (f *policyEvalFlags) guests(env policy.Env) ([]evaluate.Guest, error) {
	_, can := env.(drivable)
	switch {
	case f.stack == noStack, f.stack == "" && !can:
		return nil, nil
	case !can:
		return nil, fmt.Errorf("--stack %s: the modular stack cannot drive %s, which has no sensors", f.stack, env.Spec().Task)
	}
	id := trace.DriverID{Name: runner.Stack, Perception: cmp.Or(f.stack, runner.CNN)}
	return []evaluate.Guest{{Name: "modular stack, " + id.Perception, Episodes: f.driven, Open: func() (evaluate.Chauffeur, error) {
		factory, err := f.registry.Open(id)
		if err != nil {
			return nil, err
		}
		return stackChauffeur{factory}, nil
	}}}, nil
}

// stackChauffeur opens episodes for the drivers of a factory.
type stackChauffeur struct{ runner.DriverFactory }

// Begin opens the driver for the present episode.
func (c stackChauffeur) Begin(env policy.Env) (evaluate.Drive, error) {
	e, ok := env.(drivable)
	if !ok {
		return nil, fmt.Errorf("a driver cannot drive %s", env.Spec().Task)
	}
	return e.DriveWith(c.Driver)
}

// loadedPolicy is a policy and where it is from.
type loadedPolicy struct {
	*learn.Policy
	path  string
	age   string // its steps, or that it is the best one, at any number of steps
	curve []experiment.Validation
}

// load reads policies from files and folders.
func (f *policyEvalFlags) load(paths []string) ([]loadedPolicy, error) {
	var out []loadedPolicy
	for _, path := range paths {
		best := false
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			name := experiment.PolicyFile
			if best = f.best; best {
				name = experiment.BestFile
			}
			path = filepath.Join(path, name)
		}
		p, err := openPolicy(path)
		if err != nil {
			return nil, err
		}
		var curve []experiment.Validation
		if _, is := bundled.Find(path); !is { // a name has no folder
			if curve, err = experiment.ReadValidations(filepath.Dir(path)); err != nil {
				return nil, err
			}
		}
		age := fmt.Sprintf("%d steps", p.Steps)
		if best {
			age = fmt.Sprintf("best of %d steps", p.Recipe.Steps())
		}
		out = append(out, loadedPolicy{p, path, age, curve})
	}
	return out, nil
}

// openPolicy reads a policy file, or a bundled policy by its name.
func openPolicy(path string) (*learn.Policy, error) {
	b, found := bundled.Find(path)
	if !found {
		p, err := learn.ReadPolicy(path)
		if errors.Is(err, fs.ErrNotExist) && filepath.Base(path) == path {
			return nil, fmt.Errorf("no policy %q: it is neither a file nor one of %s", path, strings.Join(bundled.Names(), ", "))
		}
		return p, err
	}
	p, err := learn.DecodePolicy(b.Data)
	if err != nil {
		return nil, fmt.Errorf("the bundled policy %s: %w", path, err)
	}
	return p, nil
}

// grouped collects policies that differ only in their training seed. It returns an error for
// a policy that is given twice: it would narrow the intervals.
func grouped(policies []loadedPolicy) ([]evaluate.Candidate, error) {
	var out []evaluate.Candidate
	index, seen := map[string]int{}, map[string]string{}
	for _, p := range policies {
		r, seed := p.Recipe.WithSeed(0), p.Recipe.Seed()
		key, err := json.Marshal(&r)
		if err != nil {
			return nil, err
		}
		name := strings.ToUpper(p.Recipe.Algorithm())
		if _, is := bundled.Find(p.path); is {
			name = p.path // a row of its own, with the name by which the user knows it
		}
		recipe := fmt.Sprintf("%s, %s, %s", name, key, p.age)
		once := fmt.Sprintf("%s, seed %d", recipe, seed)
		if other, ok := seen[once]; ok {
			return nil, fmt.Errorf("%s and %s are of the same recipe and training seed", other, p.path)
		}
		seen[once] = p.path
		i, ok := index[recipe]
		if !ok {
			i = len(out)
			index[recipe] = i
			out = append(out, evaluate.Candidate{Name: fmt.Sprintf("%s, %s", name, p.age)})
			for k := range i {
				if out[k].Name == out[i].Name {
					out[i].Name += ", " + p.path
					break
				}
			}
		}
		c := evaluate.Curve{Name: fmt.Sprintf("%s, seed %d", out[i].Name, seed)}
		for _, v := range p.curve {
			c.Points = append(c.Points, evaluate.CurvePoint{Steps: v.Steps, Return: v.Return})
		}
		hash, err := experiment.Hash(p.Policy)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.path, err)
		}
		out[i].Actors, out[i].Policies = append(out[i].Actors, p.Policy), append(out[i].Policies, hash)
		if len(c.Points) > 0 {
			out[i].Curves = append(out[i].Curves, c)
		}
	}
	return out, nil
}
