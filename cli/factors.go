package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"

	"github.com/dustin/go-humanize/english"
	"github.com/spf13/cobra"

	"roadloop/scenarios/analysis"
	"roadloop/scenarios/runner"
)

func newFactors() *cobra.Command {
	var alike []string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "factors FILE",
		Short: "Measure the effect of each varied parameter",
		Long: `Pair the cases of a results document that differ in exactly one parameter, and compare
the outcomes: the verdict, the recall of the road user that has the parameter (how often
it was tracked while in sight), the distance of its first detection, the least time to
collision, and the impact speed. For a parameter of no road user, such as the time of
day, recall covers all road users that the scenario names.

Differences come with 95 % bootstrap intervals and with p-values of a randomization
test (McNemar's exact test for verdicts), Holm-corrected for the number of comparisons.
Fewer than six differing pairs are reported as inconclusive.

--alike names parameters that must make no difference (fairness audit). It measures the
sensitivity of this network in this renderer. It says nothing about humans or about other
detectors. Exit code 1 if one of them makes a difference.`,
		Example: `  roadloop test --full pedestrian-group --json > group.json
  roadloop factors group.json
  roadloop factors group.json --alike first.skin,first.clothing`,
		Args: oneArg,
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := await(cmd.Context(), func() (*analysis.Sensitivity, error) { return readFactors(args[0]) })
			if err != nil {
				return err
			}
			if err := s.CheckFactors(alike...); err != nil {
				return fmt.Errorf("--alike: %w", err)
			}
			if asJSON {
				e := json.NewEncoder(cmd.OutOrStdout())
				e.SetIndent("", "  ")
				err = e.Encode(s)
			} else {
				err = printFactors(cmd.OutOrStdout(), s)
			}
			if err != nil {
				return err
			}
			if slices.ContainsFunc(s.Effects, func(e analysis.Effect) bool { return e.Differs() && slices.Contains(alike, e.Factor) }) {
				return errFailed
			}
			return nil
		},
	}
	fl := cmd.Flags()
	fl.StringSliceVar(&alike, "alike", nil, "exit with 1 if one of these `parameters`, such as first.skin, makes a difference")
	fl.BoolVar(&asJSON, "json", false, "print one JSON document instead of a table")
	return cmd
}

func readFactors(path string) (*analysis.Sensitivity, error) {
	r, err := runner.ReadResults(path)
	if err != nil {
		return nil, err
	}
	s, err := analysis.ComputeSensitivity(r)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return s, nil
}

// printFactors prints the outcomes that changed.
func printFactors(w io.Writer, s *analysis.Sensitivity) error {
	out := newScreen(w)
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "scenario\tparameter\tfrom → to\toutcome\tmeans\tdifference [95 %]\tpairs\tp\tfinding")
	still := 0
	for i := range s.Effects {
		e := &s.Effects[i]
		if e.Moved == 0 {
			still++
			continue
		}
		fmt.Fprintf(t, "%s\t%s\t%s → %s\t%s\t%.3g → %.3g\t%+.3g [%+.3g, %+.3g]\t%d of %d\t%.2g\t%s\n", e.Scenario, e.Factor, e.From, e.To, e.Name,
			e.Before, e.Now, e.Difference, e.Low, e.High, e.Moved, e.Pairs, e.Corrected, factorFinding(e))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(out, "pairs differ in exactly one parameter; p is corrected for %s; %s did not change\n",
		english.Plural(s.Comparisons, "comparison", ""), english.Plural(still, "outcome", ""))
	return errors.Join(err, out.Flush())
}

// factorFinding returns the finding in words.
func factorFinding(e *analysis.Effect) string {
	switch e.Finding {
	case analysis.TooFew:
		return "inconclusive"
	case analysis.Unclear:
		return "not significant"
	}
	return string(e.Finding)
}
