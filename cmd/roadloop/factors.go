package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"roadloop/scenarios"
	"roadloop/scenarios/factor"
	"roadloop/scenarios/paired"
)

func newFactors() *cobra.Command {
	var alike []string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "factors FILE",
		Short: "Tell what each varied parameter changes, all else equal",
		Long: `Pair the cases of a results document that differ in one parameter alone, and tell
what differs between its values: whether the case passed, how often the road user
whose parameter it is was tracked while in sight (recall) and from how far on, the
least time to collision and the speed of an impact. A parameter that belongs to
nobody, as the time of day, is told with the recall of all whom the scenario names.

Differences come with 95 % bootstrap intervals and with p-values of a randomization
test (for verdicts that is McNemar's exact test), corrected for their number by Holm.
A sample in which fewer than six pairs differ can tell nothing, and is said not to.

With --alike a parameter must make no difference: a fairness audit. It finds to what
the network is sensitive in this renderer; it says nothing of people, nor of other
detectors. Exit code 1 tells that one of them makes a difference.`,
		Example: `  roadloop test --full pedestrian-group --json > group.json
  roadloop factors group.json
  roadloop factors group.json --alike first.skin,first.clothing`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := await(cmd.Context(), func() (*factor.Study, error) { return readFactors(args[0]) })
			if err != nil {
				return err
			}
			if err := s.Has(alike...); err != nil {
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
			if slices.ContainsFunc(s.Effects, func(e factor.Effect) bool { return e.Differs() && slices.Contains(alike, e.Factor) }) {
				return errFailed
			}
			return nil
		},
	}
	fl := cmd.Flags()
	fl.StringSliceVar(&alike, "alike", nil, "`parameters`, such as first.skin, that must make no difference")
	fl.BoolVar(&asJSON, "json", false, "print one JSON document instead of a table")
	return cmd
}

// readFactors pairs the cases of a results document.
func readFactors(path string) (*factor.Study, error) {
	r, err := scenarios.ReadResults(path)
	if err != nil {
		return nil, err
	}
	s, err := factor.Of(r)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return s, nil
}

// printFactors prints what moved.
func printFactors(w io.Writer, s *factor.Study) error {
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
	_, err := fmt.Fprintf(out, "pairs differ in one parameter alone; p corrected for %d comparisons; %d outcomes did not move at all\n", s.Comparisons, still)
	return errors.Join(err, out.Flush())
}

// factorFinding says in words what the pairs tell.
func factorFinding(e *factor.Effect) string {
	switch e.Finding {
	case paired.TooFew:
		return "too few moved to tell"
	case paired.Unclear:
		return "no more than chance"
	}
	return string(e.Finding)
}
