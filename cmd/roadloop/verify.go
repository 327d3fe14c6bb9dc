package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"roadloop"
	"roadloop/perception/network"
	"roadloop/scenarios"
	"roadloop/scenarios/tape"
)

// comparison is the result of verifying a trace.
type comparison struct {
	Trace string `json:"trace"`
	Equal bool   `json:"equal"`
	Where string `json:"where,omitempty"` // the first tick and layer that differ
	// Drivers says who had control when, where that was not one driver all along.
	Drivers string `json:"drivers,omitempty"`
}

func newVerify() *cobra.Command {
	var model string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "verify TRACE…",
		Short: "Drive recorded cases again and compare, layer by layer",
		Long: `Drive the cases of traces again and compare every layer of every decision with
what was recorded. Names the first time and layer that differ, and then exits with 1.`,
		Example: "  roadloop run cut-in --trace out && roadloop verify out/cut-in-1.trace",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			results := make([]comparison, len(args))
			for i, path := range args {
				var err error
				if results[i], err = verify(cmd.Context(), path, model); err != nil {
					return err
				}
			}
			return printComparisons(cmd.OutOrStdout(), results, asJSON)
		},
	}
	cmd.Flags().StringVar(&model, "model", "", "model `file`, or small, instead of the network that comes along")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// verify drives the case of one trace again.
func verify(ctx context.Context, path, model string) (comparison, error) {
	recorded, err := readTrace(path)
	if err != nil {
		return comparison{}, err
	}
	shelf, err := shelfFor(&recorded.Header, model)
	if err != nil {
		return comparison{}, fmt.Errorf("%s: %w", path, err)
	}
	d, differ, err := tape.Verify(ctx, recorded, shelf.crew)
	if err = errors.Join(err, shelf.close()); err != nil {
		return comparison{}, fmt.Errorf("%s: %w", path, err)
	}
	c := comparison{Trace: path, Equal: !differ, Drivers: severalDrivers(recorded)}
	if differ {
		c.Where = d.String()
		if h := &recorded.Header; d.Layer == roadloop.LayerDetection && !d.Ended && h.Perception == scenarios.CNN && h.ISA == "" {
			c.Where += fmt.Sprintf("; the trace is from before instruction sets were recorded, and this process computes with %s: "+
				"if another one computed it, --isa avx2 or --isa avx512 gives the same bytes", network.ISA())
		}
	}
	return c, nil
}

// severalDrivers says who had control when in a recorded drive, "" where it was the driver
// in the header all along.
func severalDrivers(t *roadloop.Trace) string {
	spans := tape.DriverSpans(t)
	if len(spans) <= 1 && !tape.DrivenByHuman(spans) {
		return ""
	}
	return tape.DriversText(spans)
}

// printComparisons prints what verify found; errFailed tells of a difference.
func printComparisons(w io.Writer, results []comparison, asJSON bool) error {
	if asJSON {
		if err := json.NewEncoder(w).Encode(results); err != nil {
			return err
		}
	}
	var err error
	for _, c := range results {
		text := "equal"
		if !c.Equal {
			text, err = c.Where, errFailed
		}
		if c.Drivers != "" {
			text += " (driven by: " + c.Drivers + ")"
		}
		if !asJSON {
			fmt.Fprintf(w, "%s: %s\n", c.Trace, text)
		}
	}
	return err
}

func readTrace(path string) (*roadloop.Trace, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("opening a trace: %w", err)
	}
	defer f.Close()
	t, err := roadloop.ReadTrace(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return t, nil
}
