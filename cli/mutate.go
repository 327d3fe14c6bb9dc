package cli

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

	"github.com/dustin/go-humanize/english"
	"github.com/spf13/cobra"

	"roadloop/drivers"
	"roadloop/scenarios"
	"roadloop/scenarios/faults"
	"roadloop/scenarios/runner"
	"roadloop/scenarios/suite"
	"roadloop/trace"
)

type mutateFlags struct {
	registry *drivers.Registry
	cases    []string
	seeds    string
	jobs     int
	model    string
	all      bool
	explain  bool
	least    float64
	asJSON   bool
	quiet    bool
}

func newMutate(r *drivers.Registry) *cobra.Command {
	f := mutateFlags{registry: r}
	cmd := &cobra.Command{
		Use:   "mutate [PATTERN…]",
		Short: "Inject known faults and report which cases catch them",
		Long: `Inject known faults into the layers of the driver, one at a time, and report which cases
catch them. A case catches a fault if it passes without the fault and fails with it.
Faults in sensors and detection are injected into a driver with the network, all others
into one with oracle perception, which is faster. PATTERN selects faults, such as
'camera-*' or guard-off (default all). Cases of the families that should catch a fault
are driven first. A sensor fault is injected into a sensor of the default rig; with @ and
a name, as in 'camera-*@camera-left', into another sensor. The first case that catches it ends the search, unless --all is given.
Exit code 1 if the share of caught faults is below --least.`,
		Example: `  roadloop mutate                               all faults, on the library
  roadloop mutate 'camera-*' --all              which cases catch camera faults
  roadloop mutate --cases follow,my.yaml        only these scenarios or families
  roadloop mutate --explain                     does explain find the layer of the fault?`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return mutate(cmd.Context(), &f, args, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	fl := cmd.Flags()
	fl.StringSliceVar(&f.cases, "cases", nil, "`scenarios`, files or families to drive (default the library)")
	fl.StringVar(&f.seeds, "seeds", "1", "seeds of the cases, such as 1-3")
	intVar(fl, &f.jobs, "jobs", runtime.NumCPU(), 1, maxJobs, "faults to try in parallel; does not change the results")
	registerModel(fl, &f.model)
	fl.BoolVar(&f.all, "all", false, "drive all cases with every fault")
	fl.BoolVar(&f.explain, "explain", false, "explain the first failure of every fault and count the correct layers")
	floatVar(fl, &f.least, "least", 0.9, "a share from 0 to 1", func(v float64) bool { return v >= 0 && v <= 1 }, "least share of caught faults")
	fl.BoolVar(&f.asJSON, "json", false, "print one JSON document instead of a table")
	fl.BoolVar(&f.quiet, "quiet", false, "hide progress")
	return cmd
}

func mutate(ctx context.Context, f *mutateFlags, patterns []string, stdout, stderr io.Writer) error {
	selected, err := faults.Match(patterns...)
	if err != nil {
		return err
	}
	names, err := scenariosOf(f.cases)
	if err != nil {
		return err
	}
	chosen, err := await(ctx, func() (*suite.Suite, error) { return selectSeeds(ctx, names, &runFlags{seeds: f.seeds}) })
	if err != nil {
		return err
	}
	planted := faults.Suite{Faults: selected, Cases: chosen.Cases, Jobs: f.jobs, All: f.all, Explain: f.explain,
		Oracle: f.stack(runner.Oracle, ""), Pipeline: f.stack(runner.CNN, f.model)}
	done := 0
	planted.OnResult = func(r *faults.Result) {
		if done++; !f.quiet {
			fmt.Fprintf(stderr, "%d of %d: %s %s\n", done, len(selected), r.Fault, outcome(r))
		}
	}
	results, ended := planted.Run(ctx)
	report := faults.NewReport(results)
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

// stack returns a constructor of factories of the stack.
func (f *mutateFlags) stack(perception, model string) func() (runner.DriverFactory, error) {
	d := driverFlags{registry: f.registry, id: trace.DriverID{Name: runner.Stack, Perception: perception, Model: model}}
	return d.open
}

// scenariosOf replaces families among the names by their scenarios.
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

// outcome describes in a few words whether a fault was caught.
func outcome(r *faults.Result) string {
	if !r.Caught {
		return "survived " + english.Plural(r.Tried, "case", "")
	}
	text := fmt.Sprintf("caught by %s: %s", r.By[0].Case, r.By[0].Reason)
	if len(r.By) > 1 {
		text += fmt.Sprintf(", and %d of %d more", len(r.By)-1, r.Tried-1)
	}
	return text
}

// printMutants prints the report as JSON or as tables.
func printMutants(w io.Writer, r *faults.Report, f *mutateFlags) error {
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
			by = "nothing: " + m.Description
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

// printShares prints the totals.
func printShares(w io.Writer, r *faults.Report, f *mutateFlags) error {
	_, err := fmt.Fprintf(w, "\ncaught %d of %s (%.0f %%)\n", r.Caught, english.Plural(len(r.Faults), "fault", ""), 100*r.Share)
	if err == nil && f.explain {
		_, err = fmt.Fprintf(w, "explain found the layer of %d of %d (%.0f %%)\n", r.Right, r.Explained, 100*r.Accuracy)
	}
	return err
}
