package evaluate

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"roadloop/internal/fileio"
	"roadloop/policy"
)

// Schema names the format of a report.
const Schema = "roadloop.policy-eval/1"

// Candidate is what is evaluated: the policies of one recipe, one for each training seed.
type Candidate struct {
	Name   string
	Actors []policy.Actor
	// Policies are the SHA-256 of the files of the policies, in the order of Actors. They are
	// part of the report.
	Policies []string
	Curves   []Curve // of its trainings, if they are known
}

// Curve is the validation of one training.
type Curve struct {
	Name   string       `json:"name"`
	Points []CurvePoint `json:"points"`
}

// CurvePoint is a validation after a number of steps.
type CurvePoint struct {
	Steps  int64   `json:"steps"`
	Return float64 `json:"return"` // mean
}

// Evaluation runs candidates and baselines over the same episodes.
type Evaluation struct {
	New        func() (policy.Env, error)
	Candidates []Candidate
	Guests     []Guest
	Seed       uint64 // of the first episode; the others follow
	Episodes   int
	Workers    int
	Replays    int // worst episodes of each candidate that the page replays
	// Done is called with the number of episodes so far and in total; it may be nil.
	Done func(n, total int)
}

// Report is the result of an evaluation. Measures are in the units of the task.
type Report struct {
	Schema   string   `json:"schema"`
	Task     string   `json:"task"`
	Seed     uint64   `json:"seed"`
	Episodes int      `json:"episodes"`         // of each run
	Measures []string `json:"measures"`         // names of those in rows
	Remark   string   `json:"remark,omitempty"` // about the result, above the tables
	// Summaries are the statistics of measures in rows.
	Summaries []policy.Summary `json:"summaries"`
	Rows      []Row            `json:"rows"` // candidates first
	Curves    []Curve          `json:"curves"`

	replays []Replay
}

// Row is a candidate or a baseline.
type Row struct {
	Name       string     `json:"name"`
	Baseline   bool       `json:"baseline"`
	Policies   []string   `json:"policies,omitempty"` // SHA-256 of the files of a candidate
	Episodes   int        `json:"episodes"`           // of each run; a slow baseline drives fewer than the others
	Runs       []Run      `json:"runs"`               // one for each training seed
	Mean       Estimate   `json:"mean"`               // of the return
	IQM        Estimate   `json:"iqm"`                // interquartile mean of the return
	Deviation  float64    `json:"deviation"`
	Steps      float64    `json:"steps"`      // mean
	Terminated Estimate   `json:"terminated"` // share of the episodes
	Measures   []Estimate `json:"measures"`   // means at the ends of the episodes
	Summaries  []Estimate `json:"summaries"`  // those of the report
	Profile    []Point    `json:"profile"`
	// Improvements are the probabilities that a candidate has a higher return than each
	// baseline in the same episode.
	Improvements []Improvement `json:"improvements,omitempty"`

	returns scores
}

// Run is the episodes of one policy.
type Run struct {
	Mean     float64   `json:"mean"`
	Episodes []Episode `json:"episodes"`
}

// Point is the share of episodes with a return above a threshold.
type Point struct {
	Return float64 `json:"return"`
	Share  float64 `json:"share"`
	Low    float64 `json:"low"`
	High   float64 `json:"high"`
}

// Improvement is the probability of improvement over a baseline.
type Improvement struct {
	Over        string   `json:"over"`
	Probability Estimate `json:"probability"`
}

// ErrTrainingSeed is wrapped by errors about seeds of training.
var ErrTrainingSeed = errors.New("evaluation must not use seeds of training")

// maxReport is the size of the largest report that is read, bytes.
const maxReport = 1 << 30

// ReadReport reads a report from a file in JSON. It has no replays.
func ReadReport(path string) (*Report, error) {
	var r Report
	if err := fileio.ReadJSON(path, maxReport, &r); err != nil {
		return nil, fmt.Errorf("reading an evaluation: %w", err)
	}
	if r.Schema != Schema {
		return nil, fmt.Errorf("%s is no report of policy eval --json: its schema is %q, want %q", path, r.Schema, Schema)
	}
	for i := range r.Rows {
		if row := &r.Rows[i]; len(row.Runs) == 0 || len(row.Summaries) != len(r.Summaries) {
			return nil, fmt.Errorf("%s: row %s has %d runs and %d of %d statistics", path, row.Name, len(row.Runs), len(row.Summaries), len(r.Summaries))
		}
	}
	return &r, nil
}

// seeds returns the seeds of the episodes.
func (e *Evaluation) seeds() ([]uint64, error) {
	if e.Episodes < 1 {
		return nil, fmt.Errorf("evaluation of %d episodes", e.Episodes)
	}
	out := make([]uint64, e.Episodes)
	for i := range out {
		out[i] = e.Seed + uint64(i)
		if policy.IsTraining(out[i]) || out[i] < e.Seed {
			return nil, fmt.Errorf("episode with seed %d: %w, from %d on", out[i], ErrTrainingSeed, policy.TrainingSeed(0))
		}
	}
	return out, nil
}

// Scorer is an Env that can add published scores of its episodes to its measures.
type Scorer interface {
	// AddScores adds them from the next reset on. It is called before the first one.
	AddScores()
}

// scored returns a function that creates environments with scores, if they have any.
func (e *Evaluation) scored() func() (policy.Env, error) {
	return func() (policy.Env, error) {
		env, err := e.New()
		if s, ok := env.(Scorer); ok && err == nil {
			s.AddScores()
		}
		return env, err
	}
}

// Unobserved is an Env that can skip its observations, which are the most work where they are
// camera frames.
type Unobserved interface {
	// SkipObservations makes it skip them from the next reset on. Episodes are the same.
	SkipObservations()
}

// unobserved returns a function that creates environments for drivers that do not observe.
func unobserved(create func() (policy.Env, error)) func() (policy.Env, error) {
	return func() (policy.Env, error) {
		env, err := create()
		if u, ok := env.(Unobserved); ok && err == nil {
			u.SkipObservations()
		}
		return env, err
	}
}

// Run evaluates.
func (e *Evaluation) Run(ctx context.Context) (*Report, error) {
	seeds, err := e.seeds()
	if err != nil {
		return nil, err
	}
	create := e.scored()
	env, err := create()
	if err != nil {
		return nil, err
	}
	spec := env.Spec()
	r := &Report{Schema: Schema, Task: spec.Task, Seed: e.Seed, Episodes: e.Episodes, Measures: spec.Measures, Curves: []Curve{}}
	if r.Summaries, err = summariesOf(env); err != nil {
		return nil, err
	}
	all, err := e.contestants(env)
	if err != nil {
		return nil, err
	}
	total, finished := 0, 0
	for _, c := range all {
		total += len(c.runs) * c.episodes
	}
	for _, c := range all {
		for _, run := range c.runs {
			episodes, err := run(ctx, create, seeds[:c.episodes], func(n int) {
				if e.Done != nil {
					e.Done(finished+n, total)
				}
			})
			if err != nil {
				return nil, fmt.Errorf("evaluating %s: %w", c.row.Name, err)
			}
			finished += c.episodes
			c.row.Runs = append(c.row.Runs, Run{Episodes: episodes})
		}
		c.row.summarize(r.Measures, r.Summaries)
		if !c.row.Baseline {
			replays, err := e.replays(ctx, &c.row, c.actors)
			if err != nil {
				return nil, err
			}
			r.replays = append(r.replays, replays...)
		}
		r.Rows = append(r.Rows, c.row)
	}
	for _, c := range e.Candidates {
		r.Curves = append(r.Curves, c.Curves...)
	}
	r.compare()
	return r, nil
}

// contestant is what one row is about.
type contestant struct {
	row      Row
	runs     []run
	episodes int            // of each run
	actors   []policy.Actor // of a candidate
}

// run drives the episodes of seeds.
type run func(ctx context.Context, create func() (policy.Env, error), seeds []uint64, done func(n int)) ([]Episode, error)

// contestants returns candidates, baselines and guests, in the order of the table.
func (e *Evaluation) contestants(env policy.Env) ([]contestant, error) {
	acting := func(d driver) run {
		return func(ctx context.Context, create func() (policy.Env, error), seeds []uint64, done func(n int)) ([]Episode, error) {
			if _, observes := d.(actorDriver); !observes {
				create = unobserved(create)
			}
			return episodes(ctx, create, d, seeds, e.Workers, done)
		}
	}
	var all []contestant
	for _, c := range e.Candidates {
		if len(c.Actors) == 0 {
			return nil, fmt.Errorf("candidate %s has no policy", c.Name)
		}
		k := contestant{row: Row{Name: c.Name, Policies: c.Policies}, episodes: e.Episodes, actors: c.Actors}
		for _, a := range c.Actors {
			k.runs = append(k.runs, acting(actorDriver{a}))
		}
		all = append(all, k)
	}
	for _, b := range baselines(env) {
		all = append(all, contestant{row: Row{Name: b.name, Baseline: true}, episodes: e.Episodes, runs: []run{acting(b.driver)}})
	}
	for i := range e.Guests {
		g := &e.Guests[i]
		k := contestant{row: Row{Name: g.Name, Baseline: true}, episodes: min(g.Episodes, e.Episodes)}
		if k.episodes < 1 {
			return nil, fmt.Errorf("%s drives %d episodes", g.Name, k.episodes)
		}
		k.runs = []run{func(ctx context.Context, create func() (policy.Env, error), seeds []uint64, done func(n int)) ([]Episode, error) {
			return e.drive(ctx, g, unobserved(create), seeds, done)
		}}
		all = append(all, k)
	}
	return all, nil
}

// namedDriver is a baseline.
type namedDriver struct {
	name   string
	driver driver
}

// baselines returns those of every environment, and its own ones: random actions, constant
// ones, and drivers without learning.
func baselines(env policy.Env) []namedDriver {
	a := env.Spec().Action
	out := []namedDriver{{"random", &random{space: a}}}
	if a.Kind == policy.Discrete {
		names := make([]string, a.N)
		for i := range names {
			names[i] = fmt.Sprint(i)
		}
		if n, ok := env.(policy.Named); ok {
			names = n.ActionNames()
		}
		for i := range a.N {
			out = append(out, namedDriver{"always " + strings.ToUpper(names[i]), constant{float32(i)}})
		}
	} else {
		middle := make(constant, a.Size())
		for i := range middle {
			middle[i] = float32((a.Low + a.High) / 2)
		}
		out = append(out, namedDriver{"always the middle", middle})
	}
	if g, ok := env.(policy.Guided); ok {
		for _, name := range g.Baselines() {
			out = append(out, namedDriver{name, guide(name)})
		}
	}
	return out
}

// summarize computes the statistics of a row.
func (r *Row) summarize(measures []string, summaries []policy.Summary) {
	r.Episodes = len(r.Runs[0].Episodes)
	r.returns = r.take(func(e *Episode) float64 { return e.Return })
	for i := range r.Runs {
		r.Runs[i].Mean = mean(r.returns[i : i+1])
	}
	both := r.returns.estimates(mean, iqm)
	r.Mean, r.IQM, r.Deviation = both[0], both[1], deviation(r.returns)
	r.Steps = mean(r.take(func(e *Episode) float64 { return float64(e.Steps) }))
	r.Terminated = r.take(func(e *Episode) float64 {
		if e.Terminated {
			return 1
		}
		return 0
	}).shareOf()
	for m := range measures {
		r.Measures = append(r.Measures, r.take(func(e *Episode) float64 { return e.Measures[m] }).estimates(mean)[0])
	}
	for i := range summaries {
		r.Summaries = append(r.Summaries, r.summary(&summaries[i], measures))
	}
}

// profilePoints is the number of intervals of a performance profile.
const profilePoints = 50

// compare computes what needs all rows: profiles over the same returns, and probabilities of
// improvement.
func (r *Report) compare() {
	low, high := 0.0, 0.0
	for _, row := range r.Rows {
		for _, run := range row.returns {
			for _, v := range run {
				low, high = min(low, v), max(high, v)
			}
		}
	}
	var thresholds []float64
	var shares []func(scores) float64
	for k := range profilePoints + 1 {
		thresholds = append(thresholds, low+(high-low)*float64(k)/profilePoints)
		shares = append(shares, above(thresholds[k]))
	}
	for i := range r.Rows {
		row := &r.Rows[i]
		for k, e := range row.returns.estimates(shares...) {
			row.Profile = append(row.Profile, Point{thresholds[k], e.Value, e.Low, e.High})
		}
		if row.Baseline {
			continue
		}
		for k := range r.Rows {
			if other := &r.Rows[k]; k != i {
				row.Improvements = append(row.Improvements, Improvement{other.Name, row.returns.improvementOver(other.returns)})
			}
		}
	}
}
