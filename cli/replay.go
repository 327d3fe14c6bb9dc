package cli

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"roadloop/drivers"
	"roadloop/scenarios"
	"roadloop/scenarios/report"
	"roadloop/scenarios/runner"
	"roadloop/scenarios/timeline"
	"roadloop/trace"
)

func newReplay() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "replay TRACE…",
		Short: "Write a page that replays recorded drives",
		Long: `Write one HTML file that replays recorded drives. The browser simulates the world from
the commands in the trace, compares every state with the recorded one, and renders it
from above, from the driver's seat or from behind. The page needs no server and no
network connection. A minute of driving takes 11 kB, in addition to the program.`,
		Example: "  roadloop run cut-in --trace out && roadloop replay out/cut-in-1.trace --out out/replay.html",
		Args:    someArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := checkFiles(sideFile{"--out", out}); err != nil {
				return err
			}
			if _, err := await(cmd.Context(), func() (any, error) { return nil, writeReplay(report.BundledProgram, cmd.Root().Name(), out, args) }); err != nil {
				return err
			}
			fmt.Fprintln(cmd.ErrOrStderr(), "page:", out)
			return nil
		},
	}
	cmd.Flags().StringVar(&out, "out", filepath.Join("out", "replay.html"), "output `file`")
	return cmd
}

// writeReplay writes a page of traces with the program that simulates them. It reads
// the traces first, so that errors in them are reported by any build. program is the name
// of the command line.
func writeReplay(bundled func() (*report.Program, error), program, file string, names []string) error {
	var traces []*trace.Trace
	for _, name := range names {
		recorded, err := trace.ReadFile(name)
		if err != nil {
			return err
		}
		traces = append(traces, recorded)
	}
	player, err := bundled()
	if err != nil {
		return err
	}
	page := report.NewPage(report.PageOptions{Program: player, Lean: true})
	results := runner.NewResults()
	for i, recorded := range traces {
		name := names[i]
		out, err := resimulate(recorded)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := page.Add(out); err != nil {
			return err
		}
		h := &out.Trace.Header
		id := trace.DriverID{Name: h.DriverID.Name, Perception: h.Perception}
		f := runFlags{driverFlags: driverFlags{id: id}, program: program}
		result := runner.NewResult(out, &runner.Options{DriverID: id})
		result.Command = f.repeat().Of(out.Case)
		// No run of one driver repeats the drive, or the file of the policy is not known.
		if len(recorded.Overrides) > 0 || len(h.Changes) > 0 || h.Name == drivers.PolicyDriver {
			result.Command = program + " replay " + runner.ShellQuote(name)
		}
		results.Append(result)
	}
	return writePage(file, page, results)
}

// resimulate re-simulates a trace and returns its outcome. It returns an error if the
// world differs from the recorded one, because the page would show only a part of the
// drive.
func resimulate(trace *trace.Trace) (*runner.Outcome, error) {
	reel, err := timeline.NewCommandLog(trace)
	if err != nil {
		return nil, err
	}
	again, err := timeline.NewResim(reel)
	if err != nil {
		return nil, err
	}
	if again.Len() == 0 {
		return nil, errors.New("the trace has no decisions")
	}
	if _, err := again.Advance(math.MaxInt); err != nil {
		return nil, fmt.Errorf("%w: the trace comes from another version of roadloop or was changed; record the case again with --trace", err)
	}
	out := again.Outcome()
	out.Trace = trace
	if c := bundledCase(&trace.Header); c != nil {
		out.Case = c // its name repeats the drive
	}
	return out, nil
}

// bundledCase returns the case of a trace if the library has it unchanged, else nil.
func bundledCase(h *trace.Header) *scenarios.Case {
	s, err := scenarios.Find(strings.TrimSuffix(path.Base(h.Scenario), ".yaml"))
	if err != nil || string(s.Source) != h.Source {
		return nil
	}
	c, err := s.CaseByLabel(cmp.Or(h.Case, strconv.FormatUint(h.Seed, 10)))
	if err != nil {
		return nil
	}
	return c
}
