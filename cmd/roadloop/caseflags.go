package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"roadloop"
	"roadloop/perception/network"
	"roadloop/scenarios"
	"roadloop/scenarios/faults"
)

// caseFlags holds the flags of the commands that analyze one failing case.
type caseFlags struct {
	seed       uint64
	perception string
	model      string
	fault      string
	quiet      bool
}

// add registers the flags.
func (f *caseFlags) add(cmd *cobra.Command) {
	fl := cmd.Flags()
	fl.Uint64Var(&f.seed, "seed", 1, "seed of the case, if CASE names none")
	choiceVar(fl, &f.perception, "perception", scenarios.CNN, perceptions, "cnn (network on camera frames), cnn-opencv (the same on OpenCV's DNN)\nor oracle (ground truth)")
	fl.StringVar(&f.model, "model", "", "model `file` for cnn, or small (default the bundled network)")
	fl.StringVar(&f.fault, "fault", "", "inject this `fault`; see roadloop mutate")
	fl.BoolVar(&f.quiet, "quiet", false, "hide progress")
}

// checkFlags rejects flags that contradict CASE: a trace or a case ID already determines
// them.
func (f *caseFlags) checkFlags(cmd *cobra.Command, name string) error {
	if strings.HasSuffix(name, ".trace") {
		return refuseFlags(cmd, "has no effect: "+name+" names the case and the driver", "seed", "perception")
	}
	if f.perception == scenarios.Oracle && f.model != "" {
		return fmt.Errorf("--model %s: --perception %s uses no network", f.model, f.perception)
	}
	return checkSeeds(cmd, []string{name})
}

// open returns the case of a scenario name, of an ID such as cut-in/7, or of a trace. A
// trace also determines the perception.
func (f *caseFlags) open(name string) (*scenarios.Case, error) {
	if strings.HasSuffix(name, ".trace") {
		t, err := readTrace(name)
		if err != nil {
			return nil, err
		}
		if t.Header.Driver != scenarios.Stack {
			return nil, fmt.Errorf("%s: driven by %s, which has no layers to replace", name, t.Header.Driver)
		}
		if drivers := severalDrivers(t); drivers != "" {
			return nil, fmt.Errorf("%s: driven by %s; this command needs a single driver: name the case instead, such as cut-in/7", name, drivers)
		}
		f.perception = t.Header.Perception
		if f.perception == scenarios.CNN {
			if err := network.MatchISA(t.Header.ISA); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
		}
		return scenarios.RecordedCase(&t.Header)
	}
	if _, _, single := scenarios.SplitCaseName(name); single {
		return scenarios.FindCase(name)
	}
	s, err := scenarios.Find(name)
	if err != nil {
		return nil, err
	}
	return s.Case(f.seed)
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
		return nil, fmt.Errorf("--fault %q names %d faults, want one", name, len(found))
	}
	return &found[0], nil
}

// crew opens the driver.
func (f *caseFlags) crew() (scenarios.DriverFactory, error) { return stackOf(f.perception, f.model)() }

// run opens case, driver and fault, calls do, and closes the driver.
func (f *caseFlags) run(ctx context.Context, name string, do func(*scenarios.Case, scenarios.DriverFactory, func(*roadloop.Session) error) error) error {
	c, err := await(ctx, func() (*scenarios.Case, error) { return f.open(name) })
	if err != nil {
		return err
	}
	prepare, err := f.prepare()
	if err != nil {
		return err
	}
	crew, err := await(ctx, f.crew)
	if err != nil {
		return err
	}
	return errors.Join(do(c, crew, prepare), crew.Close())
}

// progressFunc returns a function that prints one line of progress.
func (f *caseFlags) progressFunc(stderr io.Writer) func(format string, args ...any) {
	if f.quiet {
		return func(string, ...any) {}
	}
	return func(format string, args ...any) { fmt.Fprintf(stderr, format+"\n", args...) }
}
