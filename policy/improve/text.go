package improve

import (
	"fmt"
	"io"

	"github.com/dustin/go-humanize/english"
)

// WriteText writes the report as text.
func (r *Report) WriteText(w io.Writer) error {
	verdict := "KEPT OLD"
	if r.Promoted {
		verdict = "PROMOTED"
	}
	_, err := fmt.Fprintf(w, "%s  %s\n\nfailures: %d of %s of training, from seed %d on\n", verdict, r.Reason, len(r.Mined.Failed),
		english.Plural(r.Mined.Episodes, "episode", ""), r.Mined.First)
	if err != nil || r.Comparison == nil {
		return err
	}
	c := r.Comparison
	_, err = fmt.Fprintf(w, `training: %d steps more, %.0f %% of the episodes with a failed seed; of the failures the new policy passes %d
compared on %s that neither policy was trained on, from seed %d on:
  return  %.3f → %.3f, difference %+.3f (95 %%: %+.3f to %+.3f), p = %.3g
  passed  %.1f %% → %.1f %%, difference %+.1f %% (95 %%: %+.1f to %+.1f %%), %d changed

`, r.New.Steps-r.Old.Steps, 100*r.Share, r.Mined.Passed, english.Plural(c.Episodes, "episode", ""), c.First,
		c.Return.Before, c.Return.Now, c.Return.Difference, c.Return.Low, c.Return.High, c.P,
		100*c.Passed.Before, 100*c.Passed.Now, 100*c.Passed.Difference, 100*c.Passed.Low, 100*c.Passed.High, c.Passed.Moved)
	if err != nil {
		return err
	}
	return r.Evaluation.WriteTable(w)
}
