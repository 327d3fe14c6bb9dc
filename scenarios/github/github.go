// Package github tells GitHub Actions what failed: as annotations, which are lines
// that a job prints, and in the summary of a job.
package github

import (
	"fmt"
	"io"
	"strings"

	"roadloop/scenarios"
	"roadloop/scenarios/gate"
)

// most is how many annotations of a kind GitHub shows of a step.
const most = 10

// Annotate writes an error for every case that fails the run by the rule, and a notice
// for every other case that did not pass; at most ten of each, as GitHub shows no more.
func Annotate(w io.Writer, r *scenarios.Results, rule gate.Rule) error {
	count := map[string]int{}
	for i := range r.Cases {
		c := &r.Cases[i]
		kind := "error"
		switch {
		case c.Passed:
			continue
		case !rule.Fails(c):
			kind = "notice"
		}
		if count[kind]++; count[kind] > most {
			continue
		}
		if err := annotate(w, kind, c); err != nil {
			return err
		}
	}
	return nil
}

// annotate writes a workflow command.
func annotate(w io.Writer, kind string, c *scenarios.Result) error {
	var place string
	if c.File != "" {
		place = "file=" + property.Replace(c.File) + ","
	}
	text := c.Reason
	if c.Command != "" {
		text += "\n" + c.Command
	}
	_, err := fmt.Fprintf(w, "::%s %stitle=%s::%s\n", kind, place, property.Replace(c.Case), data.Replace(text))
	return err
}

// Escapes of workflow commands, after the runner's own toolkit: of the message, and
// of a property, which also ends at colons and commas.
var (
	data     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)
