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
	"roadloop/scenarios/mutant"
)

// failing are the flags of commands that look into one failing case.
type failing struct {
	seed       uint64
	perception string
	model      string
	fault      string
	quiet      bool
}

// add adds the flags to a command.
func (f *failing) add(cmd *cobra.Command) {
	fl := cmd.Flags()
	fl.Uint64Var(&f.seed, "seed", 1, "seed of the case, where CASE names none")
	choiceVar(fl, &f.perception, "perception", scenarios.CNN, perceptions, "cnn reads the camera, cnn-opencv does so on OpenCV's DNN, oracle reads the world")
	fl.StringVar(&f.model, "model", "", "model `file` for cnn, or small, instead of the network that comes along")
	fl.StringVar(&f.fault, "fault", "", "plant this fault in the driver; roadloop mutate names them")
	fl.BoolVar(&f.quiet, "quiet", false, "no progress")
}

// explicit refuses flags that say what the name of a case or a trace says already.
func (f *failing) explicit(cmd *cobra.Command, name string) error {
	if strings.HasSuffix(name, ".trace") {
		return refuseFlags(cmd, "has no effect: "+name+" says who drove and what", "seed", "perception")
	}
	if f.perception == scenarios.Oracle && f.model != "" {
		return fmt.Errorf("--model %s: --perception %s uses no network", f.model, f.perception)
	}
	return seedless(cmd, []string{name})
}

// open returns the case of a name, an ID such as cut-in/7, or a trace, whose way to
// perceive counts.
func (f *failing) open(name string) (*scenarios.Case, error) {
	if strings.HasSuffix(name, ".trace") {
		t, err := readTrace(name)
		if err != nil {
			return nil, err
		}
		if t.Header.Driver != scenarios.Stack {
			return nil, fmt.Errorf("%s: was driven by %s, which has no layers to look into", name, t.Header.Driver)
		}
		if drivers := severalDrivers(t); drivers != "" {
			return nil, fmt.Errorf("%s: was driven by %s; this command drives the case with one driver all along: name the case, such as cut-in/7", name, drivers)
		}
		f.perception = t.Header.Perception
		if f.perception == scenarios.CNN {
			if err := network.MatchISA(t.Header.ISA); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
		}
		return scenarios.RecordedCase(&t.Header)
	}
	if _, _, single := scenarios.CutCase(name); single {
		return scenarios.FindCase(name)
	}
	s, err := scenarios.Find(name)
	if err != nil {
		return nil, err
	}
	return s.Case(f.seed)
}

// prepare returns what plants the fault, nil for none.
func (f *failing) prepare() (func(*roadloop.Session) error, error) {
	fault, err := findFault(f.fault)
	if fault == nil {
		return nil, err
	}
	return fault.Plant, nil
}

// findFault returns the fault that a --fault names, nil for none.
func findFault(name string) (*mutant.Fault, error) {
	if name == "" {
		return nil, nil
	}
	found, err := mutant.Match(name)
	if err != nil {
		return nil, named("--fault", err)
	}
	if len(found) != 1 {
		return nil, fmt.Errorf("--fault %q names %d faults, want one", name, len(found))
	}
	return &found[0], nil
}

// crew returns the crew that drives.
func (f *failing) crew() (scenarios.Crew, error) { return stackOf(f.perception, f.model)() }

// with opens case, crew and fault for do, and closes the crew.
func (f *failing) with(ctx context.Context, name string, do func(*scenarios.Case, scenarios.Crew, func(*roadloop.Session) error) error) error {
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

// note returns a printer of progress, one line a step.
func (f *failing) note(stderr io.Writer) func(format string, args ...any) {
	if f.quiet {
		return func(string, ...any) {}
	}
	return func(format string, args ...any) { fmt.Fprintf(stderr, format+"\n", args...) }
}
