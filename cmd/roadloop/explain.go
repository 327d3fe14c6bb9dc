package main

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
	"roadloop/scenarios"
	"roadloop/scenarios/explain"
)

func newExplain() *cobra.Command {
	var f failing
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "explain CASE",
		Short: "Say which layer of the driver made a case fail",
		Long: `Drive a failing case again, put truth in the place of one layer of the driver after
the other, from the start and from ever later moments before the failure, and name the
first layer, or else the smallest set, whose truth removes the failure: sensor,
detection, tracking, prediction, planning, control. CASE is a scenario with --seed, a
single case such as cut-in/7 or cut-in/g012, or a trace file.

Exits with 1 when the case fails, whatever the cause, and with 0 when it passes.`,
		Example: `  roadloop explain cut-in/7
  roadloop explain my.yaml --seed 3 --perception oracle
  roadloop explain out/zebra-1.trace --json
  roadloop explain braking-lead --perception oracle --fault cars-ignored`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.explicit(cmd, args[0]); err != nil {
				return err
			}
			return f.explain(cmd.Context(), args[0], asJSON, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	f.add(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON document")
	return cmd
}

// explain is the explain command.
func (f *failing) explain(ctx context.Context, name string, asJSON bool, stdout, stderr io.Writer) error {
	note := f.note(stderr)
	return f.with(ctx, name, func(c *scenarios.Case, crew scenarios.Crew, prepare func(*roadloop.Session) error) error {
		cause, err := explain.Explain(ctx, c, explain.Options{Crew: crew, Prepare: prepare, Tell: func(t explain.Trial) {
			note("true %s from %.4g s: %s", strings.Join(t.Layers, " and "), t.Since, verdictOf(&t))
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

func verdictOf(t *explain.Trial) string {
	if t.Passed {
		return "passes"
	}
	return t.Reason
}

// printCause prints a cause as JSON, or as a sentence and a table.
func printCause(w io.Writer, c *explain.Cause, asJSON bool) error {
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
	fmt.Fprintln(t, "\ntruth in the place of\tfrom\tthe case then")
	for i := range c.Tried {
		x := &c.Tried[i]
		fmt.Fprintf(t, "%s\t%.4g s\t%s\n", strings.Join(x.Layers, " and "), x.Since, verdictOf(x))
	}
	return errors.Join(t.Flush(), out.Flush())
}
