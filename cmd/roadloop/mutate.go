package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"roadloop/scenarios"
	"roadloop/scenarios/mutant"
	"roadloop/scenarios/suite"
)

// mutateFlags are the flags of the mutate command.
type mutateFlags struct {
	cases   []string
	seeds   string
	jobs    int
	model   string
	all     bool
	explain bool
	least   float64
	asJSON  bool
	quiet   bool
}

func newMutate() *cobra.Command {
	var f mutateFlags
	cmd := &cobra.Command{
		Use:   "mutate [PATTERN…]",
		Short: "Plant known faults in the driver and see which cases catch them",
		Long: `Plant known faults in the layers of the driver, one at a time, and see which cases
catch them: pass without the fault and fail with it. Faults in sensors and detection
are planted in a driver that sees with the network, all others in one with ground
truth for perception, which is faster. PATTERN names faults, such as camera-* or
guard-off; without one all are tried. Cases of the families that should catch a fault
go first, and the first that does ends the search, unless --all asks for the whole
matrix. Exits with 1 when less than --least of the faults are caught.`,
		Example: `  roadloop mutate                               every fault, on the library
  roadloop mutate 'camera-*' --all              which cases catch wrong cameras, and which do not
  roadloop mutate --cases follow,my.yaml        on these scenarios or families
  roadloop mutate --explain                     is the layer of the fault the one that explain names?`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return mutate(cmd.Context(), &f, args, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	fl := cmd.Flags()
	fl.StringSliceVar(&f.cases, "cases", nil, "scenarios, files or families to drive, instead of the whole library")
	fl.StringVar(&f.seeds, "seeds", "1", "range of seeds of the cases")
	intVar(fl, &f.jobs, "jobs", runtime.NumCPU(), 1, maxJobs, "faults to try at once; results do not depend on it")
	fl.StringVar(&f.model, "model", "", "model `file`, or small, instead of the network that comes along")
	fl.BoolVar(&f.all, "all", false, "drive every case with every fault")
	fl.BoolVar(&f.explain, "explain", false, "explain the first failure of every fault, and count how often its layer is named")
	floatVar(fl, &f.least, "least", 0.9, "a share from 0 to 1", func(v float64) bool { return v >= 0 && v <= 1 }, "share of the faults that must be caught")
	fl.BoolVar(&f.asJSON, "json", false, "print one JSON document instead of a table")
	fl.BoolVar(&f.quiet, "quiet", false, "no progress")
	return cmd
}

// mutate is the mutate command.
func mutate(ctx context.Context, f *mutateFlags, patterns []string, stdout, stderr io.Writer) error {
	faults, err := mutant.Match(patterns...)
	if err != nil {
		return err
	}
	names, err := scenariosOf(f.cases)
	if err != nil {
		return err
	}
	chosen, err := await(ctx, func() (*suite.Suite, error) { return selectSeeds(names, &runFlags{seeds: f.seeds}) })
	if err != nil {
		return err
	}
	planted := mutant.Suite{Faults: faults, Cases: chosen.Cases, Jobs: f.jobs, All: f.all, Explain: f.explain, Oracle: stackOf(scenarios.Oracle, ""), Senses: stackOf(scenarios.CNN, f.model)}
	done := 0
	planted.Tell = func(r *mutant.Result) {
		if done++; !f.quiet {
			fmt.Fprintf(stderr, "%d of %d: %s %s\n", done, len(faults), r.Fault, outcome(r))
		}
	}
	results, ended := planted.Run(ctx)
	report := mutant.NewReport(results)
	if err := printMutants(stdout, report, f); err != nil {
		return err
	}
	switch {
	case ended != nil:
		return ended
	case report.Share < f.least:
		return errFailed
	}
	return nil
}

// stackOf returns a maker of crews for the stack with that perception.
func stackOf(perception, model string) func() (scenarios.Crew, error) {
	return func() (scenarios.Crew, error) {
		w, err := perceptionWeights(&runFlags{perception: perception, model: model})
		if err != nil {
			return nil, err
		}
		return crewOf(scenarios.Stack, perception, w)()
	}
}

// scenariosOf turns families among the names into the names of their scenarios.
func scenariosOf(names []string) ([]string, error) {
	all, err := scenarios.Library()
	if err != nil {
		return nil, err
	}
	var out []string
	for _, n := range names {
		family := false
		for _, s := range all {
			if s.Family == n {
				out, family = append(out, s.Slug()), true
			}
		}
		if !family {
			out = append(out, n)
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// outcome says in a few words what became of a fault.
func outcome(r *mutant.Result) string {
	if !r.Caught {
		return fmt.Sprintf("survived %d cases", r.Tried)
	}
	text := fmt.Sprintf("caught by %s: %s", r.By[0].Case, r.By[0].Reason)
	if len(r.By) > 1 {
		text += fmt.Sprintf(", and %d of %d more", len(r.By)-1, r.Tried-1)
	}
	return text
}

// printMutants prints the report as JSON or as tables.
func printMutants(w io.Writer, r *mutant.Report, f *mutateFlags) error {
	if f.asJSON {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(r)
	}
	out := newScreen(w)
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprint(t, "\tfault\tlayer\tcases")
	if f.explain {
		fmt.Fprint(t, "\tblamed")
	}
	fmt.Fprintln(t, "\tcaught by")
	for i := range r.Faults {
		m := &r.Faults[i]
		mark, by := "ok", ""
		if !m.Caught {
			mark = "ALIVE"
			by = "nothing: " + m.Means
		} else {
			by = m.By[0].Case + ": " + m.By[0].Reason
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%d of %d", mark, m.Fault, m.Layer, len(m.By), m.Tried)
		if f.explain {
			fmt.Fprintf(t, "\t%s", strings.Join(m.Blamed, "+"))
		}
		fmt.Fprintf(t, "\t%s\n", by)
	}
	fmt.Fprintln(t)
	for _, c := range r.Cases {
		fmt.Fprintf(t, "\t%s\tcaught %d\t\t%s\n", c.Case, len(c.Caught), strings.Join(c.Caught, ", "))
	}
	return errors.Join(t.Flush(), out.Flush(), printShares(w, r, f))
}

// printShares prints the figures that count.
func printShares(w io.Writer, r *mutant.Report, f *mutateFlags) error {
	_, err := fmt.Fprintf(w, "\ncaught %d of %d faults (%.0f %%)\n", r.Caught, len(r.Faults), 100*r.Share)
	if err == nil && f.explain {
		_, err = fmt.Fprintf(w, "explain names the layer of %d of %d (%.0f %%)\n", r.Right, r.Explained, 100*r.Accuracy)
	}
	return err
}
