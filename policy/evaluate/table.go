package evaluate

import (
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/dustin/go-humanize/english"

	"roadloop/policy"
)

// WriteTable writes the report as text tables of about 120 columns: one with the returns and
// the main statistics, and one for each further group of statistics.
func (r *Report) WriteTable(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(t, "%s, %s for each training seed, seeds %d to %d\n", r.Task, english.Plural(r.Episodes, "held-out episode", ""), r.Seed, r.Seed+uint64(r.Episodes)-1)
	for i := range r.Rows {
		if row := &r.Rows[i]; row.Episodes < r.Episodes {
			fmt.Fprintf(t, "%s: only the first %s\n", row.Name, english.Plural(row.Episodes, "episode", ""))
		}
	}
	for _, g := range r.Groups() {
		r.writeGroup(t, &g)
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

// nameOf returns the name of a row, with its number of episodes if there are fewer than of others.
func (r *Report) nameOf(row *Row) string {
	if row.Episodes < r.Episodes {
		return fmt.Sprintf("%s, %s", row.Name, english.Plural(row.Episodes, "episode", ""))
	}
	return row.Name
}

// group is a part of the table: statistics with one heading.
type group struct {
	Name    string
	Columns []policy.Summary
	at      []int // of Report.Summaries
}

// Groups returns the parts of the table, the main one first.
func (r *Report) Groups() []group {
	out := []group{{}}
	for i, s := range r.Summaries {
		at := slices.IndexFunc(out, func(g group) bool { return g.Name == s.Group })
		if at < 0 {
			at = len(out)
			out = append(out, group{Name: s.Group})
		}
		out[at].Columns, out[at].at = append(out[at].Columns, s), append(out[at].at, i)
	}
	return out
}

// cell is a statistic of a row as text.
type cell struct{ Value, Interval string }

// Cells returns the statistics of a row.
func (g group) Cells(row Row) []cell {
	out := make([]cell, len(g.at))
	for k, at := range g.at {
		s, e := &g.Columns[k], &row.Summaries[at]
		out[k] = cell{format(s, e.Value), formatInterval(s, e)}
	}
	return out
}

// writeGroup writes a part of the table. Only the first statistics of a wide part have their
// intervals; the JSON report and the page have all.
func (r *Report) writeGroup(t io.Writer, g *group) {
	heads := [][2]string{{"", "policy"}}
	if g.Name == "" {
		heads = append(heads, [2]string{"training", "seeds"}, [2]string{"IQM", "return"}, [2]string{"", "95 %"}, [2]string{"mean", "return"}, [2]string{"", "steps"})
	} else {
		fmt.Fprintf(t, "\n%s\n", g.Name)
	}
	for k, s := range g.Columns {
		heads = append(heads, twoLines(s.Name))
		if g.spread(k) {
			heads = append(heads, [2]string{"", "95 %"})
		}
	}
	for line := range 2 {
		if line == 0 && !slices.ContainsFunc(heads, func(h [2]string) bool { return h[0] != "" }) {
			continue
		}
		for _, h := range heads {
			fmt.Fprintf(t, "%s\t", h[line])
		}
		fmt.Fprintln(t)
	}
	for i := range r.Rows {
		row := &r.Rows[i]
		fmt.Fprintf(t, "%s\t", row.Name)
		if g.Name == "" {
			seeds := ""
			if !row.Baseline {
				seeds = fmt.Sprint(len(row.Runs))
			}
			fmt.Fprintf(t, "%s\t%.2f\t%s\t%.2f\t%.1f\t", seeds, row.IQM.Value, row.IQM.between(), row.Mean.Value, row.Steps)
		}
		for k, c := range g.Cells(*row) {
			fmt.Fprintf(t, "%s\t", c.Value)
			if g.spread(k) {
				fmt.Fprintf(t, "%s\t", c.Interval)
			}
		}
		fmt.Fprintln(t)
	}
}

// spread reports whether column k has an interval: all of three, two of five, and the first of
// the main part, which has others.
func (g *group) spread(k int) bool {
	switch n := len(g.Columns); {
	case g.Name == "":
		return k == 0
	case n <= 3:
		return true
	case n <= 5:
		return k < 2
	}
	return false
}

// twoLines divides a heading at its last space or hyphen.
func twoLines(name string) [2]string {
	if len(name) > 9 {
		if i := strings.LastIndexAny(name, " -"); i > 0 {
			return [2]string{strings.TrimSpace(name[:i+1]), name[i+1:]}
		}
	}
	return [2]string{"", name}
}

// format returns a value of a statistic as text.
func format(s *policy.Summary, v float64) string {
	if s.Percent {
		return fmt.Sprintf("%.1f %%", 100*v)
	}
	return number(v)
}

// number returns a number with two decimals, or without any from 1000 on.
func number(v float64) string {
	switch {
	case math.IsInf(v, 1):
		return "∞"
	case math.Abs(v) >= 999.5:
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%.2f", v)
}

// formatInterval returns the interval of a statistic as text.
func formatInterval(s *policy.Summary, e *Estimate) string {
	if s.Percent {
		if low, high := 100*e.Low, 100*e.High; math.Round(low) != math.Round(high) || low == high {
			return fmt.Sprintf("%.0f–%.0f %%", low, high)
		}
		return fmt.Sprintf("%.1f–%.1f %%", 100*e.Low, 100*e.High)
	}
	return e.between()
}

// between returns the interval as text.
func (e *Estimate) between() string { return number(e.Low) + "–" + number(e.High) }

// WriteCSV writes a row for each episode: the policy, the number of its training seed within
// the candidate, from 1 on, the seed of the episode, its return, steps, and all measures.
func (r *Report) WriteCSV(w io.Writer) error {
	c := csv.NewWriter(w)
	rows := [][]string{append([]string{"policy", "run", "seed", "return", "steps", "terminated"}, r.Measures...)}
	real := func(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
	for i := range r.Rows {
		for k, run := range r.Rows[i].Runs {
			for _, e := range run.Episodes {
				row := []string{r.Rows[i].Name, strconv.Itoa(k + 1), strconv.FormatUint(e.Seed, 10), real(e.Return), strconv.Itoa(e.Steps), strconv.FormatBool(e.Terminated)}
				for _, v := range e.Measures {
					row = append(row, real(v))
				}
				rows = append(rows, row)
			}
		}
	}
	if err := c.WriteAll(rows); err != nil {
		return fmt.Errorf("writing episodes: %w", err)
	}
	return nil
}
