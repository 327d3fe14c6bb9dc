package main

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

	"roadloop/scenarios"
	"roadloop/scenarios/report"
	"roadloop/scenarios/rerun"
	"roadloop/trace"
)

func newReplay() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "replay TRACE…",
		Short: "Make a page in which recorded drives happen again",
		Long: `Make one HTML file in which recorded drives happen again: the browser simulates their
worlds from the commands in the traces, compares every state with the recorded one,
and shows it from above, from the driver's seat or from behind. It needs no network
and no server, and takes 11 kB for a minute of driving beside the program.`,
		Example: "  roadloop run cut-in --trace out && roadloop replay out/cut-in-1.trace --out out/replay.html",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := checkFiles(sideFile{"--out", out}); err != nil {
				return err
			}
			if _, err := await(cmd.Context(), func() (any, error) { return nil, writeReplay(report.Bundled, out, args) }); err != nil {
				return err
			}
			fmt.Fprintln(cmd.ErrOrStderr(), "page:", out)
			return nil
		},
	}
	cmd.Flags().StringVar(&out, "out", filepath.Join("out", "replay.html"), "write the page to this `file`")
	return cmd
}

// writeReplay writes the page of some traces, which the program simulates. The traces
// are read first, so that what is wrong with them is said in any build.
func writeReplay(bundled func() (*report.Program, error), file string, names []string) error {
	var traces []*trace.Trace
	for _, name := range names {
		trace, err := readTrace(name)
		if err != nil {
			return err
		}
		traces = append(traces, trace)
	}
	program, err := bundled()
	if err != nil {
		return err
	}
	page := report.New(report.Options{Program: program, Lean: true})
	results := scenarios.NewResults()
	for i, trace := range traces {
		name := names[i]
		out, err := happenAgain(trace)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := page.Add(out); err != nil {
			return err
		}
		h := &out.Trace.Header
		f := runFlags{driver: h.Driver, perception: h.Perception}
		result := scenarios.NewResult(out, &scenarios.Options{Driver: h.Driver, Perception: h.Perception, Flags: f.repeat()})
		if len(trace.Overrides) > 0 || len(h.Changes) > 0 { // no run of the driver repeats that
			result.Command = "roadloop replay " + scenarios.Quote(name)
		}
		results.Append(result)
	}
	return writePage(file, page, results)
}

// happenAgain simulates the drive of a trace and returns what became of it. It fails
// where the world is not the recorded one: then a page would show less than all of it.
func happenAgain(trace *trace.Trace) (*scenarios.Outcome, error) {
	reel, err := rerun.NewReel(trace)
	if err != nil {
		return nil, err
	}
	again, err := rerun.New(reel)
	if err != nil {
		return nil, err
	}
	if again.Len() == 0 {
		return nil, errors.New("the trace holds no decision")
	}
	story := rerun.NewStory(again)
	if _, err := story.Go(math.MaxInt); err != nil {
		return nil, fmt.Errorf("%w: it comes from another version of roadloop, or was changed; drive the case again with --trace", err)
	}
	out := story.Outcome()
	out.Trace = trace
	if c := bundledCase(&trace.Header); c != nil {
		out.Case = c // which one drives again by its name
	}
	return out, nil
}

// bundledCase returns the case of a trace where it is one of the library as it is now,
// else nil.
func bundledCase(h *trace.Header) *scenarios.Case {
	s, err := scenarios.Find(strings.TrimSuffix(path.Base(h.Scenario), ".yaml"))
	if err != nil || string(s.Source) != h.Source {
		return nil
	}
	c, err := s.CaseLabeled(cmp.Or(h.Case, strconv.FormatUint(h.Seed, 10)))
	if err != nil {
		return nil
	}
	return c
}
