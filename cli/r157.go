package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"roadloop/planning/refdriver"
)

func newR157() *cobra.Command {
	var grid, speeds string
	var jobs int
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "r157",
		Short: "Compare reference drivers on the grids of UN R157",
		Long: `Drive four reference drivers through the grids of concrete cases by which UN Regulation
No. 157 compares them, and count their crashes: cc (the competent and careful human
driver), fsm (Fuzzy Safety Model), rss (Responsibility-Sensitive Safety) and reg157
(paragraph 5.2.5.2). All cars measure 4.3 m × 1.9 m. A step is 0.1 s, a case takes
35 s. Speeds are in km/h.

  cut-in     A slower car cuts in from the next lane, at 0 to 1.7 m/s by 0.1.
             Ego 10 to 60 by 10, the other from 10 to below the ego by 10, gap 1 to
             59 m by 1; ego 70 to 130 by 20, the other 10, 40, 70 or 100 if below the
             ego, gap 1 to 119 m by 2. The counts equal those of the published
             comparison.
  cut-out    The lead car leaves the lane at 0.1 to 2.9 m/s by 0.2 and reveals a
             stopped car 2 to 147 m by 5 ahead of it. Ego 10 to 130 by 10, behind the
             lead by the model's own gap. The text leaves room for interpretation:
             counts of other implementations may differ by 2 %.
  following  The lead car brakes to a standstill at 0.05 to 0.95 g by 0.05. Ego 12 to
             128 by 2, behind the lead by the model's own gap: 2 s for cc and reg157,
             the safe distances of fsm and rss. A driver that crashes here relies on
             the lead not to brake that hard.`,
		Example: `  roadloop r157 --grid cut-in --ego 10-60         the low-speed grid, 15 930 cases
  roadloop r157 --grid cut-out --ego 60 --json    one speed, as a document`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			from, to, err := speedRange(speeds)
			if err != nil {
				return err
			}
			c, err := refdriver.CompareR157(cmd.Context(), refdriver.R157Kind(grid), from, to, jobs)
			if err != nil {
				return err
			}
			if asJSON {
				e := json.NewEncoder(cmd.OutOrStdout())
				e.SetIndent("", "  ")
				return e.Encode(c)
			}
			return printComparison(cmd.OutOrStdout(), c)
		},
	}
	fl := cmd.Flags()
	choiceVar(fl, &grid, "grid", string(refdriver.CutIn), []string{string(refdriver.CutIn), string(refdriver.CutOut), string(refdriver.Following)}, "one of cut-in, cut-out, following")
	fl.StringVar(&speeds, "ego", "10-60", "ego speed `range` in km/h, such as 10-60 or 90")
	intVar(fl, &jobs, "jobs", runtime.NumCPU(), 1, maxJobs, "number of workers; does not change the counts")
	fl.BoolVar(&asJSON, "json", false, "print one JSON document instead of a table")
	return cmd
}

// speedRange parses --ego.
func speedRange(text string) (from, to float64, err error) {
	a, b, found := strings.Cut(text, "-")
	if !found {
		b = a
	}
	from, err1 := strconv.ParseFloat(a, 64)
	to, err2 := strconv.ParseFloat(b, 64)
	if err1 != nil || err2 != nil || !(from <= to) {
		return 0, 0, fmt.Errorf("--ego %q: must be a range in km/h such as 10-60", text)
	}
	return from, to, nil
}

// printComparison prints crashes by cell and model, and the totals.
func printComparison(w io.Writer, c *refdriver.R157Comparison) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(t, "ego\tother\tcases\t%s\t\n", strings.Join(c.Models, "\t"))
	row := func(label string, cases int, crashes map[string]int) {
		fmt.Fprintf(t, "%s\t%d\t", label, cases)
		for _, m := range c.Models {
			fmt.Fprintf(t, "%d\t", crashes[m])
		}
		fmt.Fprintln(t)
	}
	for i := range c.Cells {
		cell := &c.Cells[i]
		row(fmt.Sprintf("%g\t%g", cell.Ego, cell.Other), cell.Cases, cell.Crashes)
	}
	row("all\t", c.Cases, c.Crashes)
	if err := t.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "crashes by model in the %s grid of UN R157; speeds in km/h\n", c.Grid)
	return err
}
