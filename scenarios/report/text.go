package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/dustin/go-humanize/english"

	"roadloop/scenarios/analysis"
	"roadloop/scenarios/runner"
)

// Text writes the failures with the commands that repeat them, a table of families, the
// mean scores, the comparison with a baseline (c may be nil) and the totals.
func Text(w io.Writer, r *runner.Results, c *analysis.Comparison) error {
	b := bufio.NewWriter(w)
	families, all := totalsByFamily(r)
	textFailures(b, r)
	t := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "family\tcases\tpassed\tfailed\tunpreventable\tsimulated\treal time")
	for _, f := range append(families, all) {
		fmt.Fprintf(t, "%s\t%d\t%d\t%d\t%d\t%.0f s\t%s\n", f.Name, f.Cases, f.Passed, f.Failed+f.Invalid, f.Unpreventable, f.SimSeconds, f.speed())
	}
	fmt.Fprintln(t)
	for i, m := range r.Means() {
		if i == 0 {
			fmt.Fprintln(t, "score\tmean\tcases\tversion")
		}
		fmt.Fprintf(t, "%s\t%.4g\t%d\t%s\n", m.Name, m.Mean, m.Cases, m.Version)
	}
	t.Flush() // Flush of b returns the error
	if c != nil {
		textComparison(b, c)
	}
	fmt.Fprintln(b, totals(&all))
	return b.Flush()
}

// textFailures writes the cases that did not pass.
func textFailures(b *bufio.Writer, r *runner.Results) {
	for i := range r.Cases {
		c := &r.Cases[i]
		if c.Passed {
			continue
		}
		fmt.Fprintf(b, "%s %s\n", Verdict(c), Failure(c))
		for _, p := range c.Parameters {
			fmt.Fprintf(b, "    %s = %s\n", p.Name, p.Value)
		}
		fmt.Fprintf(b, "    %s\n\n", c.Command)
	}
}

// textComparison writes the comparison with a baseline. It leaves out measures without a
// change.
func textComparison(b *bufio.Writer, c *analysis.Comparison) {
	fmt.Fprintf(b, "\nagainst the baseline, %s of both runs:\n", english.Plural(c.Cases, "case", ""))
	if c.Setup != "" {
		fmt.Fprintf(b, "  %s\n", c.Setup)
	}
	for _, line := range uncompared(c) {
		fmt.Fprintf(b, "  %s\n", line)
	}
	fmt.Fprintf(b, "  %s\n", passRate(&c.PassRate))
	for i := range c.Flips {
		fmt.Fprintf(b, "  %s\n", flip(&c.Flips[i]))
	}
	t := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	for _, m := range moved(c) {
		fmt.Fprintf(t, "  %s\t%.4g → %.4g\t%s\t%d of %d moved\t%s\n", m.Name, m.Before, m.Now, interval(&m), m.Moved, m.Pairs, finding(m.Finding))
	}
	t.Flush() // Flush of b returns the error
	fmt.Fprintln(b)
}

// moved returns the scores and measures that changed.
func moved(c *analysis.Comparison) []analysis.Change {
	var out []analysis.Change
	for _, list := range [][]analysis.Change{c.Scores, c.Measures} {
		for _, m := range list {
			if m.Moved > 0 {
				out = append(out, m)
			}
		}
	}
	return out
}

// interval formats a difference with its confidence interval.
func interval(c *analysis.Change) string {
	return fmt.Sprintf("%+.3g [%+.3g, %+.3g]", c.Difference, c.Low, c.High)
}

// finding describes a finding.
func finding(f analysis.Finding) string {
	switch f {
	case analysis.TooFew:
		return "too few changes for a conclusion"
	case analysis.Unclear:
		return "no clear direction"
	}
	return string(f)
}

// flip describes a flipped verdict in one line.
func flip(f *analysis.Flip) string {
	switch {
	case f.Passes:
		return fmt.Sprintf("%s passes now; before: %s", f.Case, f.Reason)
	case f.Preventable:
		return fmt.Sprintf("%s fails now: %s", f.Case, f.Reason)
	}
	return fmt.Sprintf("%s (unpreventable) fails now: %s", f.Case, f.Reason)
}

// maxNames bounds the names in a list of cases.
const maxNames = 10

// uncompared returns one line for each kind of item that is not compared.
func uncompared(c *analysis.Comparison) []string {
	var out []string
	for _, x := range []struct {
		what  string
		names []string
	}{{"new", c.New}, {"gone", c.Gone}, {"changed", c.Changed}, {"scores of another version", c.OtherScores}} {
		if len(x.names) == 0 {
			continue
		}
		list := strings.Join(x.names[:min(len(x.names), maxNames)], ", ")
		if more := len(x.names) - maxNames; more > 0 {
			list += fmt.Sprintf(" and %d more", more)
		}
		out = append(out, fmt.Sprintf("not compared, %s: %s", x.what, list))
	}
	return out
}

// passRate describes the change of the pass rate and its significance.
func passRate(p *analysis.PassRate) string {
	text := fmt.Sprintf("pass rate %.1f %% → %.1f %%: %d broken, %d mended", 100*p.Before, 100*p.Now, p.Broken, p.Fixed)
	switch p.Finding {
	case analysis.Same:
		return text + fmt.Sprintf("; changes below %.1f points are not significant in this sample", 100*p.Resolution)
	case analysis.TooFew:
		return text + "; too few changes for a conclusion about other cases"
	}
	return text + fmt.Sprintf("; difference %+.1f points [%+.1f, %+.1f], p = %.2g, %s", 100*(p.Now-p.Before), 100*p.Low, 100*p.High, p.P, finding(p.Finding))
}
