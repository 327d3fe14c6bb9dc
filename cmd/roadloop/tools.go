package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"roadloop"
	"roadloop/assets"
	"roadloop/scenarios"
)

// isTerminal reports whether w is a terminal that understands control codes.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd())) && os.Getenv("TERM") != "dumb"
}

func newList() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the scenarios of the library",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			all, err := scenarios.Library()
			if err != nil {
				return err
			}
			t := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			for _, s := range all {
				fmt.Fprintf(t, "%s\t%s\t%s\n", s.Slug(), s.Family, s.Description)
			}
			return t.Flush()
		},
	}
}

func newVerify() *cobra.Command {
	var model string
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "verify TRACE…",
		Short:   "Drive recorded cases again and compare, layer by layer",
		Example: "  roadloop run cut-in --trace out && roadloop verify out/cut-in-1.trace",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			type report struct {
				Trace string `json:"trace"`
				Equal bool   `json:"equal"`
				Where string `json:"where,omitempty"`
			}
			var reports []report
			differ := false
			for _, path := range args {
				recorded, err := readTrace(path)
				if err != nil {
					return err
				}
				f := runFlags{perception: recorded.Header.Perception, model: model}
				weights, err := perceptionWeights(&f)
				if err != nil {
					return err
				}
				d, unequal, err := scenarios.Verify(cmd.Context(), recorded, weights)
				if err != nil {
					return fmt.Errorf("%s: %w", path, err)
				}
				r := report{Trace: path, Equal: !unequal}
				if unequal {
					r.Where, differ = d.String(), true
				}
				reports = append(reports, r)
				if !asJSON {
					fmt.Fprintf(cmd.OutOrStdout(), "%s: %s\n", path, map[bool]string{true: "equal", false: r.Where}[r.Equal])
				}
			}
			if asJSON {
				if err := json.NewEncoder(cmd.OutOrStdout()).Encode(reports); err != nil {
					return err
				}
			}
			if differ {
				return errFailed
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&model, "model", "", "model file instead of the one that comes along")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
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

func newDoctor() *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "Say what this machine has and lacks",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			w := cmd.OutOrStdout()
			fmt.Fprintf(w, "cores:    %d\n", runtime.NumCPU())
			display := os.Getenv("DISPLAY")
			if display == "" {
				display = "none; roadloop-desktop needs one (Xvfb will do)"
			}
			fmt.Fprintf(w, "display:  %s\n", display)
			model := "ok"
			if m, err := assets.Model(); err != nil {
				model = err.Error()
			} else {
				model = fmt.Sprintf("%d parameters, %v", m.Count(), m.Config)
			}
			fmt.Fprintf(w, "model:    %s\n", model)
			for _, tool := range []string{"xvfb-run", "pkg-config"} {
				where, err := exec.LookPath(tool)
				if err != nil {
					where = "missing"
				}
				fmt.Fprintf(w, "%-9s %s\n", tool+":", where)
			}
			return nil
		},
	}
}

func newVersion() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print what was built",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			commit := "unknown"
			if info, ok := debug.ReadBuildInfo(); ok {
				for _, s := range info.Settings {
					if s.Key == "vcs.revision" {
						commit = s.Value
					}
				}
			}
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "roadloop, commit %s, %s %s/%s\n", commit, runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return err
		},
	}
}
