package cli

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/dustin/go-humanize/english"
	"github.com/spf13/cobra"

	"roadloop/drivers"
	"roadloop/internal/fileio"
	"roadloop/policy"
	"roadloop/policy/bundled"
	"roadloop/policy/learn"
	"roadloop/policy/record"
	"roadloop/policy/tasks"
	"roadloop/trace"
)

type policyRecordFlags struct {
	driverFlags
	tasks                     tasks.Registry
	episodes, every, workers  int
	seed                      uint64
	out                       string
	hands, all, asJSON, quiet bool
	force                     bool
}

// expertDriver is the value of --driver that names the expert of a task.
const expertDriver = "expert"

func newPolicyRecord(r *drivers.Registry, all tasks.Registry) *cobra.Command {
	f := policyRecordFlags{driverFlags: driverFlags{registry: r}, tasks: all}
	cmd := &cobra.Command{
		Use:   "record TASK [TRACE…]",
		Short: "Record drives as imitation data",
		Long: `Record what a driver observes and does at each decision of a task, for "roadloop policy
train --algorithm bc --data FILE" or dagger.

Without a TRACE, --driver drives episodes of training. With traces, the drives in them are
simulated again and observed as the task observes. Traces come from "roadloop run --trace"
and from the window, where a human may drive; --hands keeps only what the human did. A case
with which the task is evaluated is refused.

Actions of drivers that give commands, such as the stack and humans, are those that give
the same command, or for waypoints those where the car was in the next 2.5 s. Commands that
are stronger than any action are clipped and counted. Maneuvers cannot be read from
commands.

Only drives that reached the goal or passed are kept, unless --all is given. Decisions at
which a car has to brake for the end of its route are left out: there a driver brakes in
place of its policy.`,
		Example: `  roadloop policy record drive-highway-v0 --driver idm-mobil --episodes 200
  roadloop policy record drive-camera-v0 --driver out/drive/policy.rlp --every 4 --out out/camera.rld
  roadloop policy record drive-town-v0 --driver stack --perception oracle --episodes 50
  roadloop policy record drive-mixed-v0 --hands drives/*.trace --out out/human.rld
  roadloop policy train drive-mixed-v0 --algorithm bc --data out/human.rld --steps 200000`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return misused(cmd, "TASK is missing")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return f.record(cmd, args[0], args[1:]) },
	}
	fl := cmd.Flags()
	fl.StringVar(&f.id.Name, "driver", expertDriver, `expert (of the task), a baseline of the task such as idm-mobil or lane-following,
stack, another driver, or a trained policy, FILE.rlp`)
	f.registerPerception(fl)
	f.perception = fl.Lookup("perception")
	intVar(fl, &f.episodes, "episodes", 100, 1, 1000000, "episodes to drive")
	fl.Uint64Var(&f.seed, "seed", 1, "number of the first episode of training; the others follow")
	intVar(fl, &f.every, "every", 1, 1, 1000, "keep one decision of this number: neighbors are alike")
	fl.BoolVar(&f.hands, "hands", false, "of traces, keep only decisions at which a human drove")
	fl.BoolVar(&f.all, "all", false, "keep drives that failed, too")
	intVar(fl, &f.workers, "workers", runtime.NumCPU(), 1, maxJobs, "drives to record in parallel; does not change the result")
	fl.StringVar(&f.out, "out", filepath.Join("out", "drives.rld"), "output `file`")
	fl.BoolVar(&f.force, "force", false, "replace the file if it exists")
	fl.BoolVar(&f.asJSON, "json", false, "print JSON instead of text")
	fl.BoolVar(&f.quiet, "quiet", false, "hide progress")
	return cmd
}

// recordSummary is the output of --json.
type recordSummary struct {
	File string `json:"file"`
	*record.Summary
}

func (f *policyRecordFlags) record(cmd *cobra.Command, task string, traces []string) error {
	ctx := cmd.Context()
	t, err := f.tasks.Find(task)
	if err == nil {
		err = f.checkFlags(cmd, traces)
	}
	if err == nil {
		err = f.checkOutput()
	}
	if err != nil {
		return err
	}
	drives := f.episodes
	if len(traces) > 0 {
		drives = len(traces)
	}
	m := newMeter(cmd.ErrOrStderr(), drives, "drive", f.quiet)
	o := record.Options{Every: f.every, All: f.all, Hands: f.hands, Workers: f.workers, Done: func(n, observations int) {
		m.note = english.Plural(observations, "observation", "")
		m.at(n)
	}}
	s, err := f.write(ctx, cmd, t, traces, o)
	m.clear()
	if err != nil {
		return err
	}
	if f.asJSON {
		return printJSON(cmd.OutOrStdout(), &recordSummary{f.out, s})
	}
	return f.print(cmd.OutOrStdout(), s)
}

// checkOutput returns an error if the file cannot be written, or exists and is not to be
// replaced: it may have hours of drives.
func (f *policyRecordFlags) checkOutput() error {
	if info, err := os.Stat(f.out); err == nil && info.Mode().IsRegular() && !f.force {
		return fmt.Errorf("--out: %s exists: choose another file, or replace it with --force", f.out)
	}
	return checkFiles(sideFile{"--out", f.out})
}

// lastTraining is the number of training episodes that are not of validation.
const lastTraining = 1 << 62

// checkFlags rejects flags that are out of range or have no effect.
func (f *policyRecordFlags) checkFlags(cmd *cobra.Command, traces []string) error {
	if len(traces) > 0 {
		return refuseFlags(cmd, "has no effect on traces", "driver", "perception", "model", "episodes", "seed")
	}
	if f.seed > lastTraining-uint64(f.episodes) {
		return errors.New("--seed: must be below 2^62: training is validated on the episodes from there on")
	}
	return refuseFlags(cmd, "has no effect without a TRACE", "hands")
}

// write records the drives.
func (f *policyRecordFlags) write(ctx context.Context, cmd *cobra.Command, t *tasks.Task, traces []string, o record.Options) (*record.Summary, error) {
	if len(traces) > 0 {
		r := record.Traces{New: t.New, Files: traces, Read: func(ctx context.Context, path string) (*trace.Trace, error) {
			return await(ctx, func() (*trace.Trace, error) { return trace.ReadFile(path) })
		}}
		return r.Record(ctx, f.out, o)
	}
	e := record.Episodes{New: t.New, Seed: f.seed, Count: f.episodes}
	if _, err := await(ctx, func() (any, error) { return nil, f.find(cmd, &e) }); err != nil {
		return nil, err
	}
	return e.Record(ctx, f.out, o)
}

// find sets the driver of the episodes to the one that --driver names.
func (f *policyRecordFlags) find(cmd *cobra.Command, e *record.Episodes) error {
	env, err := e.New()
	if err != nil {
		return err
	}
	name, own := f.id.Name, []string{expertDriver}
	if g, ok := env.(policy.Guided); ok {
		own = append(own, g.Baselines()...)
	}
	if slices.Contains(own, name) {
		e.Driver, e.Open = name, func() (*record.Driver, error) {
			if name == expertDriver {
				return record.Expert(), nil
			}
			return record.Baseline(name), nil
		}
		return refuseFlags(cmd, "has no effect with --driver "+name, "perception", "model")
	}
	if !f.registry.IsPolicy(name) && !slices.Contains(f.registry.Drivers(), name) {
		return fmt.Errorf("--driver %q: must be one of %s, %s, or a policy, FILE.rlp", name, strings.Join(own, ", "), strings.Join(f.registry.Drivers(), ", "))
	}
	if err := f.check(); err != nil {
		return err
	}
	b, found := bundled.Find(name)
	if data := b.Data; found || drivers.IsPolicyFile(name) {
		if !found {
			if data, err = fileio.ReadFile(name, learn.MaxFile); err != nil {
				return fmt.Errorf("reading the policy: %w", err)
			}
		}
		p, err := learn.DecodePolicy(data)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if p.Spec.Fits(env.Spec()) == nil { // it has actions; others drive by commands
			e.Driver, e.Open = policyName(fmt.Sprintf("%x", sha256.Sum256(data))), func() (*record.Driver, error) {
				actor := p.Share()
				return record.Actor(actor, actor.Close), nil
			}
			return nil
		}
	}
	id, err := f.registry.Resolve(f.id)
	if err != nil {
		return err
	}
	if e.Driver = id.String(); id.Name == drivers.PolicyDriver {
		e.Driver = policyName(id.Model)
	}
	e.Open = func() (*record.Driver, error) {
		factory, err := f.registry.Open(f.id)
		if err != nil {
			return nil, err
		}
		return record.Commands(factory), nil
	}
	return nil
}

// policyName names a policy by the SHA-256 of its file.
func policyName(sum string) string { return fmt.Sprintf("policy %.12s", sum) }

// print prints what was recorded.
func (f *policyRecordFlags) print(w io.Writer, s *record.Summary) error {
	hands := ""
	if s.Hands > 0 {
		hands = fmt.Sprintf(", %d by a human", s.Hands)
	}
	out := newScreen(w)
	fmt.Fprintf(out, "%s: %s of %s%s\n", f.out, english.Plural(s.Observations, "observation", ""), english.Plural(s.Drives, "drive", ""), hands)
	for _, left := range []struct {
		unit string
		list []record.LeftOut
	}{{"drive", s.DrivesLeftOut}, {"decision", s.DecisionsLeftOut}} {
		total := 0
		for _, l := range left.list {
			total += l.Count
		}
		if total > 0 {
			fmt.Fprintf(out, "left out: %s: %s\n", english.Plural(total, left.unit, ""), record.Text(left.list))
		}
	}
	if s.Clipped > 0 {
		fmt.Fprintf(out, "clipped: %s, stronger than the task allows\n", english.Plural(s.Clipped, "action", ""))
	}
	return out.Flush()
}
