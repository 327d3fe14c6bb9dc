package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"roadloop"
	"roadloop/drivers"
	"roadloop/scenarios"
	"roadloop/scenarios/analysis"
	"roadloop/scenarios/runner"
)

func newExplain(r *drivers.Registry) *cobra.Command {
	f := caseFlags{driverFlags: driverFlags{registry: r}, layers: true}
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "explain CASE",
		Short: "Find the layer that makes a case fail",
		Long: `Drive a failing case again with ground truth in place of one layer of the driver:
sensor, detection, tracking, prediction, planning or control. Each layer is tried from
the start and from later times before the failure. The result is the first layer, or the
smallest set of layers, for which ground truth removes the failure. CASE is a scenario with
--seed, a single case such as cut-in/7 or cut-in/g012, or a trace file. A trained policy
has no layers to replace.

Exit code 1 if the case fails, whatever the cause; 0 if it passes.`,
		Example: `  roadloop explain cut-in/7
  roadloop explain my.yaml --seed 3 --perception oracle
  roadloop explain out/zebra-1.trace --json
  roadloop explain braking-lead --perception oracle --fault cars-ignored`,
		Args: oneArg,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.checkFlags(cmd, args[0]); err != nil {
				return err
			}
			if f.registry.IsPolicy(f.id.Name) {
				return fmt.Errorf("--driver %s: a trained policy has no layers to replace", f.id.Name)
			}
			return f.explain(cmd.Context(), args[0], asJSON, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	f.add(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON document instead of text")
	return cmd
}

func (f *caseFlags) explain(ctx context.Context, name string, asJSON bool, stdout, stderr io.Writer) error {
	note := f.progressFunc(stderr)
	return f.run(ctx, name, func(c *scenarios.Case, factory runner.DriverFactory, prepare func(*roadloop.Session) error) error {
		cause, err := analysis.Explain(ctx, c, analysis.ExplainOptions{Factory: factory, Prepare: prepare, OnTrial: func(t analysis.Trial) {
			note("ground truth for %s from %.4g s: %s", strings.Join(t.Layers, " and "), t.Since, verdictOf(&t))
		}})
		if err != nil {
			return err
		}
		if err := printCause(stdout, cause, asJSON); err != nil || cause.Passed {
			return err
		}
		return errFailed
	})
}

func verdictOf(t *analysis.Trial) string {
	if t.Passed {
		return "passes"
	}
	return t.Reason
}

// printCause prints a cause as JSON, or as a sentence and a table.
func printCause(w io.Writer, c *analysis.Cause, asJSON bool) error {
	if asJSON {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(c)
	}
	out := newScreen(w)
	if _, err := fmt.Fprintf(out, "%s: %s\n", c.Case, c.Sentence); err != nil || len(c.Tried) == 0 {
		return errors.Join(err, out.Flush())
	}
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "\nground truth for\tfrom\tresult")
	for i := range c.Tried {
		x := &c.Tried[i]
		fmt.Fprintf(t, "%s\t%.4g s\t%s\n", strings.Join(x.Layers, " and "), x.Since, verdictOf(x))
	}
	return errors.Join(t.Flush(), out.Flush())
}
