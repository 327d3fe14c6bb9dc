package report

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/dustin/go-humanize/english"

	"roadloop/scenarios/runner"
)

// familyTotals holds the totals of a family, or of all cases.
type familyTotals struct {
	Name  string
	Cases int
	runner.Counts
	SimSeconds  float64
	WallSeconds float64
}

// add counts a case.
func (r *familyTotals) add(c *runner.Result) {
	r.Cases++
	r.SimSeconds += c.SimSeconds
	r.WallSeconds += c.WallSeconds
	r.Count(c)
}

// preventable returns the number of cases without the unpreventable failures.
func (r *familyTotals) preventable() int { return r.Cases - r.Unpreventable }

// speed returns simulated seconds per second of wall time.
func (r *familyTotals) speed() string {
	if r.WallSeconds == 0 {
		return "–"
	}
	return fmt.Sprintf("%.1f×", r.SimSeconds/r.WallSeconds)
}

// totalsByFamily returns a row for each family in order of first appearance, and the totals of
// all cases.
func totalsByFamily(r *runner.Results) (families []familyTotals, all familyTotals) {
	all.Name = "all"
	index := map[string]int{}
	for i := range r.Cases {
		c := &r.Cases[i]
		at, ok := index[c.Family]
		if !ok {
			at = len(families)
			index[c.Family] = at
			families = append(families, familyTotals{Name: cmp.Or(c.Family, "none")})
		}
		families[at].add(c)
		all.add(c)
	}
	return families, all
}

// Verdict returns the outcome of a case in one word.
func Verdict(c *runner.Result) string {
	switch {
	case c.Invalid:
		return "INVALID"
	case c.Passed:
		return "ok"
	}
	return "FAIL"
}

// Label returns "(unpreventable)" for an unpreventable failure, else "".
func Label(c *runner.Result) string {
	if !c.Unpreventable() {
		return ""
	}
	return "(unpreventable)"
}

// Failure describes the failure of a case in one line.
func Failure(c *runner.Result) string {
	text := fmt.Sprintf("%s: %s", strings.TrimSpace(c.Case+" "+Label(c)), c.Reason)
	if c.FailedAt != nil {
		text += fmt.Sprintf(" (tick %.0f)", *c.FailedAt*100)
	}
	return text
}

// totals describes the totals of all cases in one line.
func totals(all *familyTotals) string {
	text := fmt.Sprintf("%d of %s passed", all.Passed, english.Plural(all.Cases, "case", ""))
	if n := all.preventable(); n > 0 && n != all.Cases {
		text += fmt.Sprintf("; of %d preventable %.1f %%", n, 100*float64(all.Passed)/float64(n))
	}
	if all.Failed > 0 {
		text += fmt.Sprintf("; %d failed", all.Failed)
	}
	if all.Unpreventable > 0 {
		text += fmt.Sprintf(", %d of them unpreventable: no known driver passes", all.Unpreventable)
	}
	if all.Invalid > 0 {
		text += fmt.Sprintf("; %d could not be driven", all.Invalid)
	}
	return text
}
