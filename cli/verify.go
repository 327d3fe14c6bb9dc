package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"roadloop/drivers"
	"roadloop/perception/network"
	"roadloop/scenarios/runner"
	"roadloop/scenarios/timeline"
	"roadloop/trace"
)

// comparison is the result of verifying a trace.
type comparison struct {
	Trace string `json:"trace"`
	Equal bool   `json:"equal"`
	Where string `json:"where,omitempty"` // the first tick and layer that differ
	// Drivers names the drivers and their times, if there was more than one.
	Drivers string `json:"drivers,omitempty"`
}

func newVerify(r *drivers.Registry) *cobra.Command {
	var model string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "verify TRACE…",
		Short: "Re-drive traces and compare them layer by layer",
		Long: `Drive the cases of traces again and compare every layer of every decision with the
trace. The result is the first time and layer that differ, with exit code 1. A trace that
cannot be verified gives exit code 2; the other traces are still verified.`,
		Example: "  roadloop run cut-in --trace out && roadloop verify out/cut-in-1.trace",
		Args:    someArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			return verifyAll(cmd.Context(), r, args, model, asJSON, cmd.OutOrStdout())
		},
	}
	registerRecordedModel(cmd.Flags(), &model)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON instead of text")
	return cmd
}

func verify(ctx context.Context, r *drivers.Registry, path, model string) (comparison, error) {
	recorded, err := await(ctx, func() (*trace.Trace, error) { return trace.ReadFile(path) })
	if err != nil {
		return comparison{}, err
	}
	pool, err := recordedDrivers(r, &recorded.Header, model)
	if err != nil {
		return comparison{}, fmt.Errorf("%s: %w", path, err)
	}
	d, differ, err := timeline.Verify(ctx, recorded, pool.Open)
	if err = errors.Join(err, pool.Close()); err != nil {
		return comparison{}, fmt.Errorf("%s: %w", path, err)
	}
	c := comparison{Trace: path, Equal: !differ, Drivers: severalDrivers(recorded)}
	if differ {
		c.Where = d.String()
		if h := &recorded.Header; d.Layer == trace.LayerDetection && !d.Ended && h.Perception == runner.CNN && h.ISA == "" {
			c.Where += fmt.Sprintf("; the trace does not record its instruction set, and this process uses %s: "+
				"try --isa avx2 or --isa avx512", network.ISA())
		}
	}
	return c, nil
}

// severalDrivers describes the drivers of a trace and their times, "" if the driver of
// the header drove alone.
func severalDrivers(t *trace.Trace) string {
	spans := timeline.DriverSpans(t)
	if len(spans) <= 1 && !timeline.DrivenByHuman(spans) {
		return ""
	}
	return timeline.DriversText(spans)
}

// verifyAll verifies traces and prints each result immediately, or all in one document.
// It continues after a trace that cannot be verified. It returns errFailed if one
// differs.
func verifyAll(ctx context.Context, r *drivers.Registry, paths []string, model string, asJSON bool, w io.Writer) error {
	results := []comparison{}
	differ := false
	var broken error
	for _, path := range paths {
		c, err := verify(ctx, r, path, model)
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
