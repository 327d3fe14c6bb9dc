package report

import (
	"fmt"
	"io"
	"strings"

	"roadloop/scenarios/analysis"
	"roadloop/scenarios/runner"
)

// maxAnnotations is the maximum number of annotations of a kind that GitHub shows for a
// step.
const maxAnnotations = 10

// Annotate writes annotations for GitHub Actions, which are lines in the output of a job:
// an error for every case that fails the run under the rule, and a notice
// for every other case that did not pass. It writes at most ten of each kind, the maximum
// that GitHub shows.
func Annotate(w io.Writer, r *runner.Results, rule analysis.Rule) error {
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
		if count[kind]++; count[kind] > maxAnnotations {
			continue
		}
		if err := annotate(w, kind, c); err != nil {
			return err
		}
	}
	return nil
}

// annotate writes a workflow command.
func annotate(w io.Writer, kind string, c *runner.Result) error {
	var place string
	if c.File != "" {
		place = "file=" + escapeProperty.Replace(c.File) + ","
	}
	text := c.Reason
	if c.Command != "" {
		text += "\n" + c.Command
	}
	_, err := fmt.Fprintf(w, "::%s %stitle=%s::%s\n", kind, place, escapeProperty.Replace(c.Case), escapeMessage.Replace(text))
	return err
}

// Escapes of workflow commands, as in the runner's toolkit. Properties additionally
// escape colons and commas.
var (
	escapeMessage  = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	escapeProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)
