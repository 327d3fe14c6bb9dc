package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/dustin/go-humanize/english"
	"github.com/spf13/cobra"

	"roadloop"
	"roadloop/drivers"
	"roadloop/scenarios"
	"roadloop/scenarios/faults"
	"roadloop/scenarios/runner"
	"roadloop/trace"
)

// caseFlags holds the flags of the commands that analyze one failing case.
type caseFlags struct {
	driverFlags
	program string // name in the comment of a reduced scenario
	seed    uint64
	fault   string
	quiet   bool
	layers  bool // whether the driver must have layers
}

// add registers the flags.
func (f *caseFlags) add(cmd *cobra.Command) {
	fl := cmd.Flags()
	fl.Uint64Var(&f.seed, "seed", 1, "seed of the case, if CASE names none")
	f.registerReplaceable(fl)
	fl.StringVar(&f.fault, "fault", "", "inject this `fault`, such as camera-late or camera-late@camera-left; see roadloop mutate")
	fl.BoolVar(&f.quiet, "quiet", false, "hide progress")
}

// checkFlags rejects flags that contradict CASE: a trace or a case ID already determines
// them.
func (f *caseFlags) checkFlags(cmd *cobra.Command, name string) error {
	if strings.HasSuffix(name, ".trace") {
		return refuseFlags(cmd, "has no effect: "+name+" names the case and the driver", "seed", "driver", "perception")
	}
	return errors.Join(f.check(), checkSeeds(cmd, []string{name}))
}

// find returns the case of a scenario name, of an ID such as cut-in/7, or of a trace. A
// trace also determines the driver.
func (f *caseFlags) find(ctx context.Context, name string) (*scenarios.Case, error) {
	if strings.HasSuffix(name, ".trace") {
		return f.findRecorded(name)
	}
	if _, _, single := scenarios.SplitCaseName(name); !single {
		name += "/" + strconv.FormatUint(f.seed, 10)
	}
	c, err := scenarios.FindCase(name)
	if err != nil {
		return nil, err
	}
	return c, runner.Check(ctx, c.Scenario)
}

// findRecorded returns the case of a trace. f.id becomes its driver.
func (f *caseFlags) findRecorded(path string) (*scenarios.Case, error) {
	t, err := trace.ReadFile(path)
	if err != nil {
		return nil, err
	}
	id := t.Header.DriverID
	if f.registry.IsReference(id.Name) {
		return nil, fmt.Errorf("%s: driven by %s, which has no layers to replace", path, id.Name)
	}
	if drivers := severalDrivers(t); drivers != "" {
		return nil, fmt.Errorf("%s: driven by %s; this command needs a single driver: name the case instead, such as cut-in/7", path, drivers)
	}
	if id.Name == drivers.PolicyDriver {
		if f.layers {
			return nil, fmt.Errorf("%s: driven by a trained policy, which has no layers to replace", path)
		}
		if err := loadRecorded(f.registry, &t.Header, f.id.Model); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		p, err := f.registry.Policy(id.Model)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		f.id.Name, f.id.Model = p.Name, "" // as --driver names it
		return scenarios.RecordedCase(&t.Header)
	}
	if f.id.Model != "" && f.registry.UsesNetwork(id.Perception) {
		id.Model = f.id.Model
	}
	if f.id, err = f.registry.Resolve(id); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return scenarios.RecordedCase(&t.Header)
}

// prepare returns the function that injects the fault, nil for none.
func (f *caseFlags) prepare() (func(*roadloop.Session) error, error) {
	fault, err := findFault(f.fault)
	if fault == nil {
		return nil, err
	}
	return fault.Inject, nil
}

// findFault returns the fault that --fault names, nil for none.
func findFault(name string) (*faults.Fault, error) {
	if name == "" {
		return nil, nil
	}
	found, err := faults.Match(name)
	if err != nil {
		return nil, named("--fault", err)
	}
	if len(found) != 1 {
		return nil, fmt.Errorf("--fault %q names %s, want one", name, english.Plural(len(found), "fault", ""))
	}
	return &found[0], nil
}

// run opens case, driver and fault, calls do, and closes the driver.
func (f *caseFlags) run(ctx context.Context, name string, do func(*scenarios.Case, runner.DriverFactory, func(*roadloop.Session) error) error) error {
	c, err := await(ctx, func() (*scenarios.Case, error) { return f.find(ctx, name) })
	if err != nil {
		return err
	}
	prepare, err := f.prepare()
	if err != nil {
		return err
	}
	factory, err := await(ctx, f.open)
	if err != nil {
		return err
	}
	return errors.Join(do(c, factory, prepare), factory.Close())
}

// progressFunc returns a function that prints one line of progress.
func (f *caseFlags) progressFunc(stderr io.Writer) func(format string, args ...any) {
	if f.quiet {
		return func(string, ...any) {}
	}
	return func(format string, args ...any) { fmt.Fprintf(stderr, format+"\n", args...) }
}
