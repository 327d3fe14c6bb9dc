package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"roadloop/perception/network"
	"roadloop/scenarios"
	"roadloop/scenarios/tape"
	"roadloop/trace"
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
what was recorded. Names the first time and layer that differ, and then exits with 1.
A trace that cannot be verified does not keep the others from it; the exit code is 2.`,
		Example: "  roadloop run cut-in --trace out && roadloop verify out/cut-in-1.trace",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return verifyAll(cmd.Context(), args, model, asJSON, cmd.OutOrStdout())
		},
	}
	cmd.Flags().StringVar(&model, "model", "", "model `file`, or small, instead of the network that comes along")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// verify drives the case of one trace again.
func verify(ctx context.Context, path, model string) (comparison, error) {
	recorded, err := await(ctx, func() (*trace.Trace, error) { return readTrace(path) })
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
		if h := &recorded.Header; d.Layer == trace.LayerDetection && !d.Ended && h.Perception == scenarios.CNN && h.ISA == "" {
			c.Where += fmt.Sprintf("; the trace is from before instruction sets were recorded, and this process computes with %s: "+
				"if another one computed it, --isa avx2 or --isa avx512 gives the same bytes", network.ISA())
		}
	}
	return c, nil
}

// severalDrivers says who had control when in a recorded drive, "" where it was the driver
// in the header all along.
func severalDrivers(t *trace.Trace) string {
	spans := tape.DriverSpans(t)
	if len(spans) <= 1 && !tape.DrivenByHuman(spans) {
		return ""
	}
	return tape.DriversText(spans)
}

// verifyAll verifies traces and prints what it finds as it comes, or all in one
// document. It goes on after a trace that cannot be verified. errFailed says that one
// differs.
func verifyAll(ctx context.Context, paths []string, model string, asJSON bool, w io.Writer) error {
	results := []comparison{}
	differ := false
	var broken error
	for _, path := range paths {
		c, err := verify(ctx, path, model)
		if err != nil {
			broken = errors.Join(broken, err)
			if ctx.Err() != nil {
				break
			}
			continue
		}
		results = append(results, c)
		differ = differ || !c.Equal
		if !asJSON {
			text := "equal"
			if !c.Equal {
				text = c.Where
			}
			if c.Drivers != "" {
				text += " (driven by: " + c.Drivers + ")"
			}
			if _, err := fmt.Fprintf(w, "%s: %s\n", c.Trace, text); err != nil {
				return err
			}
		}
	}
	if asJSON {
		broken = errors.Join(json.NewEncoder(w).Encode(results), broken)
	}
	if broken == nil && differ {
		return errFailed
	}
	return broken
}

func readTrace(path string) (*trace.Trace, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("opening a trace: %w", err)
	}
	defer f.Close()
	t, err := trace.Read(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return t, nil
}
