package evaluate

import (
	"fmt"
	"slices"

	"roadloop/policy"
)

// summariesOf returns the statistics of the measures of an environment.
func summariesOf(env policy.Env) ([]policy.Summary, error) {
	names := env.Spec().Measures
	s, ok := env.(policy.Summarized)
	if !ok {
		var out []policy.Summary
		for _, name := range names {
			out = append(out, policy.Summary{Name: name, Of: []string{name}})
		}
		return out, nil
	}
	out := s.Summaries()
	for i := range out {
		for _, name := range slices.Concat(out[i].Of, out[i].Per) {
			if !slices.Contains(names, name) {
				return nil, fmt.Errorf("%s: %s is of %s, which the environment does not measure", env.Spec().Task, out[i].Name, name)
			}
		}
	}
	return out, nil
}

// summary computes a statistic of the episodes of a row.
func (r *Row) summary(s *policy.Summary, names []string) Estimate {
	scale := s.Scale
	if scale == 0 {
		scale = 1
	}
	of := r.take(func(e *Episode) float64 {
		v := e.sum(names, s.Of)
		if s.Weighted {
			v *= e.sum(names, s.Per)
		}
		return v
	})
	if len(s.Per) == 0 {
		if s.Percent {
			return of.shareOf()
		}
		e := of.estimates(mean)[0]
		return Estimate{scale * e.Value, scale * e.Low, scale * e.High}
	}
	per := r.take(func(e *Episode) float64 { return e.sum(names, s.Per) })
	e := of.ratioTo(per, scale)
	if s.Weighted {
		return r.exact(e, s, names)
	}
	// The runs of a candidate have the same episodes, and are not independent: their mean counts.
	switch runs := float64(len(r.Runs)); {
	case sum(of) == 0 && sum(per) > 0:
		e.High = scale * noEvents / (sum(per) / runs)
	case sum(per) == 0:
		e.Low = scale * (sum(of) / runs) / noEvents
	}
	return e
}

// exact widens the interval of a share of the time that is 0, or 1, in all episodes: the
// bootstrap would give 0 to 0. At most as large is the share of the episodes with any such time.
func (r *Row) exact(e Estimate, s *policy.Summary, names []string) Estimate {
	if !s.Percent {
		return e
	}
	share := func(full float64) Estimate {
		return r.take(func(e *Episode) float64 {
			if e.sum(names, s.Of) != full {
				return 1
			}
			return 0
		}).shareOf()
	}
	if some := share(0); some.Value == 0 {
		e.High = some.High
	} else if less := share(1); less.Value == 0 {
		e.Low = 1 - less.High
	}
	return e
}

// Outcome is the share of episodes that says most about them, such as success or the crash rate.
type Outcome struct {
	Name  string  `json:"name"`
	Share float64 `json:"share"`
}

// isOutcome reports whether a statistic is a main one, and a share of episodes.
func isOutcome(s policy.Summary) bool { return s.Percent && s.Group == "" && len(s.Per) == 0 }

// HasOutcome reports whether the main statistics have a share of episodes. Where success ends an
// episode, the share that terminated says less than that.
func (r *Report) HasOutcome() bool { return slices.ContainsFunc(r.Summaries, isOutcome) }

// OutcomeOf returns the first share of episodes among the main statistics of their
// environments, nil if there is none.
func OutcomeOf(env policy.Env, episodes []Episode) (*Outcome, error) {
	all, err := summariesOf(env)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(all, isOutcome)
	if i < 0 || len(episodes) == 0 {
		return nil, nil
	}
	r := Row{Runs: []Run{{Episodes: episodes}}}
	return &Outcome{all[i].Name, r.summary(&all[i], env.Spec().Measures).Value}, nil
}

// sum returns the sum of measures of an episode.
func (e *Episode) sum(names, of []string) float64 {
	total := 0.0
	for i, name := range names {
		if slices.Contains(of, name) {
			total += e.Measures[i]
		}
	}
	return total
}

// take returns a value of each episode.
func (r *Row) take(value func(*Episode) float64) scores {
	s := make(scores, len(r.Runs))
	for i, run := range r.Runs {
		for k := range run.Episodes {
			s[i] = append(s[i], value(&run.Episodes[k]))
		}
	}
	return s
}
