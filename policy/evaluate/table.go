package evaluate

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/dustin/go-humanize/english"
)

// WriteTable writes the report as a text table.
func (r *Report) WriteTable(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(t, "%s, %s for each training seed, seeds %d to %d\n\n", r.Task, english.Plural(r.Episodes, "held-out episode", ""), r.Seed, r.Seed+uint64(r.Episodes)-1)
	fmt.Fprint(t, "policy\tseeds\tIQM return\t95 %\tmean return\t95 %\tdeviation\tsteps\tterminated\t")
	for _, m := range r.Measures {
		fmt.Fprintf(t, "%s\t", m)
	}
	fmt.Fprintln(t)
	for i := range r.Rows {
		row := &r.Rows[i]
		seeds := ""
		if !row.Baseline {
			seeds = fmt.Sprint(len(row.Runs))
		}
		fmt.Fprintf(t, "%s\t%s\t%.2f\t%s\t%.2f\t%s\t%.2f\t%.1f\t%.1f %%\t", row.Name, seeds, row.IQM.Value, row.IQM.between(),
			row.Mean.Value, row.Mean.between(), row.Deviation, row.Steps, 100*row.Terminated.Value)
		for _, m := range row.Measures {
			fmt.Fprintf(t, "%.3f\t", m.Value)
		}
		fmt.Fprintln(t)
	}
	for i := range r.Rows {
		row := &r.Rows[i]
		if row.Baseline {
			continue
		}
		fmt.Fprintf(t, "\n%s: mean return of each training seed", row.Name)
		for _, run := range row.Runs {
			fmt.Fprintf(t, " %.2f", run.Mean)
		}
		fmt.Fprintln(t)
		for _, p := range row.Improvements {
			fmt.Fprintf(t, "higher return than %s\t%.0f %%\t%.0f–%.0f %%\t\n", p.Over, 100*p.Probability.Value, 100*p.Probability.Low, 100*p.Probability.High)
		}
	}
	return t.Flush()
}

// between returns the interval as text.
func (e *Estimate) between() string { return fmt.Sprintf("%.2f–%.2f", e.Low, e.High) }
