package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/dustin/go-humanize/english"

	"roadloop/scenarios/analysis"
	"roadloop/scenarios/runner"
)

// maxFailures bounds the failures in Markdown, because a comment on a pull request has at
// most 65,536 characters.
const maxFailures = 50

// Markdown writes the results as a comment for a pull request: the totals, the comparison
// with a baseline (c may be nil), the failures with the commands that repeat them, and
// tables of families and scores. The rule decides the mark in the title.
func Markdown(w io.Writer, r *runner.Results, c *analysis.Comparison, rule analysis.Rule) error {
	b := bufio.NewWriter(w)
	families, all := totalsByFamily(r)
	mark := "✅"
	if rule.Count(r) > 0 {
		mark = "❌"
	}
	fmt.Fprintf(b, "## %s roadloop: %s\n\n%s\n\n", mark, totals(&all), describeRun(r))
	if c != nil {
		markdownComparison(b, c)
	}
	markdownFailures(b, r, rule)
	fmt.Fprint(b, "| family | cases | passed | failed | unpreventable |\n|---|--:|--:|--:|--:|\n")
	for _, f := range append(families, all) {
		fmt.Fprintf(b, "| %s | %d | %d | %d | %d |\n", escape(f.Name), f.Cases, f.Passed, f.Failed+f.Invalid, f.Unpreventable)
	}
	if scores := r.Means(); len(scores) > 0 {
		fmt.Fprint(b, "\n| score | mean | cases | version |\n|---|--:|--:|---|\n")
		for _, m := range scores {
			fmt.Fprintf(b, "| %s | %.4g | %d | %s |\n", escape(m.Name), m.Mean, m.Cases, escape(m.Version))
		}
	}
	return b.Flush()
}

// describeRun describes the suite and the driver.
func describeRun(r *runner.Results) string {
	var parts []string
	if s := r.Suite; s != nil {
		parts = append(parts, fmt.Sprintf("suite %s of %s", s.Name, english.Plural(s.Cases, "case", "")))
	}
	if r.Shard != "" {
		parts = append(parts, "shard "+r.Shard)
	}
	if s := r.Setup; s != nil {
		parts = append(parts, "driver "+s.Name, "perception "+s.Perception)
		if s.Model != "" {
			parts = append(parts, fmt.Sprintf("model %.12s", s.Model))
		}
	}
	return escape(strings.Join(parts, ", "))
}

// markdownFailures writes the cases that did not pass. Cases that fail the run come
// first.
func markdownFailures(b *bufio.Writer, r *runner.Results, rule analysis.Rule) {
	var list []*runner.Result
	for _, fails := range []bool{true, false} {
		for i := range r.Cases {
			if c := &r.Cases[i]; !c.Passed && rule.Fails(c) == fails {
				list = append(list, c)
			}
		}
	}
	if len(list) == 0 {
		return
	}
	fmt.Fprint(b, "| case | verdict | reason | repeat |\n|---|---|---|---|\n")
	for _, c := range list[:min(len(list), maxFailures)] {
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", escape(c.Case), strings.TrimSpace(strings.ToLower(Verdict(c))+" "+Label(c)), escape(c.Reason), code(c.Command))
	}
	if len(list) > maxFailures {
		fmt.Fprintf(b, "\nand %d more\n", len(list)-maxFailures)
	}
	fmt.Fprintln(b)
}

// markdownComparison writes the comparison with a baseline.
func markdownComparison(b *bufio.Writer, c *analysis.Comparison) {
	fmt.Fprintf(b, "### Comparison with the baseline\n\n%s.", escape(passRate(&c.PassRate)))
	if c.Setup != "" {
		fmt.Fprintf(b, " %s.", escape(c.Setup))
	}
	fmt.Fprint(b, "\n\n")
	for _, line := range uncompared(c) {
		fmt.Fprintf(b, "- %s\n", escape(line))
	}
	for _, f := range c.Flips[:min(len(c.Flips), maxFailures)] {
		fmt.Fprintf(b, "- %s\n", escape(flip(&f)))
	}
	if n := len(c.Flips) - maxFailures; n > 0 {
		fmt.Fprintf(b, "- and %d more\n", n)
	}
	list := moved(c)
	if len(list) == 0 {
		fmt.Fprint(b, "\nNo measure moved.\n\n")
		return
	}
	fmt.Fprint(b, "\n| measure | before | now | difference, 95 % | moved | |\n|---|--:|--:|--:|--:|---|\n")
	for _, m := range list {
		fmt.Fprintf(b, "| %s | %.4g | %.4g | %s | %d of %d | %s |\n", escape(m.Name), m.Before, m.Now, interval(&m), m.Moved, m.Pairs, finding(m.Finding))
	}
	fmt.Fprintln(b)
}

var markdownEscapes = strings.NewReplacer("|", `\|`, "*", `\*`, "_", `\_`, "`", "\\`", "<", "&lt;", ">", "&gt;", "[", `\[`, "]", `\]`, "\\", `\\`,
	"#", `\#`, "~", `\~`, "@", "&#64;", "\r", "", "\n", "<br>")

// escape escapes text for one line of a Markdown table.
func escape(text string) string { return markdownEscapes.Replace(text) }

// code formats text as code in a table.
func code(text string) string {
	fence := "`"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	if text == "" {
		return ""
	}
	if len(fence) > 1 {
		text = " " + text + " "
	}
	return fence + strings.NewReplacer("|", `\|`, "\n", " ").Replace(text) + fence
}
