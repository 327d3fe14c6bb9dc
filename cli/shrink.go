package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/dustin/go-humanize/english"
	"github.com/spf13/cobra"

	"roadloop"
	"roadloop/drivers"
	"roadloop/internal/fileio"
	"roadloop/scenarios"
	"roadloop/scenarios/analysis"
	"roadloop/scenarios/runner"
)

func newShrink(r *drivers.Registry) *cobra.Command {
	f := caseFlags{driverFlags: driverFlags{registry: r}}
	var out string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "shrink CASE",
		Short: "Reduce a failing case to a minimal one",
		Long: `Reduce a failing case and write it as a scenario file. The reduced case has the fewest
actors, the simplest weather, the shortest time, and parameters as near as possible to
the scenario's values without variation. It still fails for the same kind of reason.
CASE is a scenario with --seed, a single case such as cut-in/7, or a trace file. After
Ctrl-C the smallest case found so far is written.`,
		Example: `  roadloop shrink cut-in/7 --out smallest.yaml
  roadloop shrink my.yaml --seed 3 --perception oracle
  roadloop shrink braking-lead --perception oracle --fault cars-ignored`,
		Args: oneArg,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.checkFlags(cmd, args[0]); err != nil {
				return err
			}
			f.program = cmd.Root().Name()
			return f.shrink(cmd.Context(), args[0], out, asJSON, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	f.add(cmd)
	cmd.Flags().StringVar(&out, "out", "", "write the scenario to this `file` (default stdout)")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON document that contains the scenario as text")
	return cmd
}

// shrunk is the JSON document of shrink.
type shrunk struct {
	Schema   string   `json:"schema"`
	Case     string   `json:"case"`
	Was      string   `json:"was"`    // why the case fails
	Reason   string   `json:"reason"` // why the reduced case fails
	Seed     uint64   `json:"seed"`
	Fault    string   `json:"fault,omitempty"`
	Tried    int      `json:"tried"` // cases driven
	Done     []string `json:"done"`
	Scenario string   `json:"scenario"`
}

func (f *caseFlags) shrink(ctx context.Context, name, out string, asJSON bool, stdout, stderr io.Writer) error {
	if err := checkFiles(sideFile{"--out", out}); err != nil {
		return err
	}
	note := f.progressFunc(stderr)
	return f.run(ctx, name, func(c *scenarios.Case, factory runner.DriverFactory, prepare func(*roadloop.Session) error) error {
		r, ended := analysis.Shrink(ctx, c, analysis.ShrinkOptions{Factory: factory, Prepare: prepare, OnStep: func(what string, fails bool) {
			note("%s: %s", what, map[bool]string{true: "still fails", false: "needed"}[fails])
		}})
		if r == nil {
			return ended
		}
		text, err := f.file(c, r, out)
		if err != nil {
			return err
		}
		if out != "" {
			if err := fileio.Write(out, text); err != nil { // print it instead of losing it
				_, lost := stdout.Write(text)
				return errors.Join(ended, named("--out", err), lost)
			}
			fmt.Fprintln(stderr, "scenario:", out)
		}
		return errors.Join(ended, f.printShrunk(stdout, c, r, text, out, asJSON))
	})
}

// file returns the reduced scenario file. A comment has its origin and the command that
// repeats the failure: of the file out, or of standard input if out is "".
func (f *caseFlags) file(c *scenarios.Case, r *analysis.Shrunk, out string) ([]byte, error) {
	body, err := r.Document.Encode()
	if err != nil {
		return nil, err
	}
	flags := fmt.Sprintf("%s --seed %d", runner.ShellQuote(cmp.Or(out, "-")), r.Seed)
	if text := f.text(); text != "" {
		flags += " " + text
	}
	var b strings.Builder
	fmt.Fprintf(&b, "# Reduced from %s, which fails with %q.\n", c.ID(), r.Was)
	if f.fault == "" {
		fmt.Fprintf(&b, "# \"%s run %s\" fails with %q.\n", f.program, flags, r.Reason)
	} else {
		fmt.Fprintf(&b, "# Fails only with an injected fault: \"%s explain %s --fault %s\"\n# fails with %q.\n", f.program, flags, f.fault, r.Reason)
	}
	b.Write(body)
	return []byte(b.String()), nil
}

func (f *caseFlags) printShrunk(w io.Writer, c *scenarios.Case, r *analysis.Shrunk, text []byte, out string, asJSON bool) error {
	if asJSON {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(shrunk{"roadloop.shrunk/1", c.ID(), r.Was, r.Reason, r.Seed, f.fault, r.Tried, r.Done, string(text)})
	}
	if out != "" {
		_, err := fmt.Fprintf(w, "%s: %s, %s driven\n  %s\n", c.ID(), r.Reason, english.Plural(r.Tried, "case", ""), strings.Join(r.Done, "\n  "))
		return err
	}
	_, err := w.Write(text)
	return err
}
