package evaluate

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"

	"roadloop/policy"
	"roadloop/policy/highway"
)

func near(a, b float64) bool { return math.Abs(a-b) < 1e-9 }

// Statistics of a few scores, by hand.
func TestStatisticsByHand(t *testing.T) {
	s := scores{{1, 2, 3, 4}, {5, 6, 7, 100}}
	for _, tt := range []struct {
		name      string
		got, want float64
	}{
		{"mean", mean(s), 16},
		{"interquartile mean of 8, without 1, 2, 7 and 100", iqm(s), (3. + 4 + 5 + 6) / 4},
		{"interquartile mean of 5, without the first and the last", iqm(scores{{9, 1, 2, 0, 3}}), 2},
		{"interquartile mean of 3", iqm(scores{{1, 2, 6}}), 3},
		{"deviation", deviation(scores{{1, 3}, {5, 7}}), math.Sqrt(5)},
		{"share above 4", above(4)(s), .5},
		{"share above 100", above(100)(s), 0},
		{"quantile", quantile([]float64{0, 10, 20}, .25), 5},
		// Episode 0: 1 against 0 and 3 is one of two; 2 ties with 2 and loses to 4: a quarter.
		{"improvement", improvement(scores{{1, 2}}, scores{{0, 2}, {3, 4}}), (.5 + .25) / 2},
		{"improvement of itself", improvement(s, s), .5},
	} {
		if !near(tt.got, tt.want) {
			t.Errorf("%s: %g, want %g", tt.name, tt.got, tt.want)
		}
	}
}

// The bootstrap draws runs for each episode. With two runs of 0 and 1 in n episodes the mean
// of a sample is binomial, with the standard deviation 1/√(8n).
func TestStratifiedBootstrap(t *testing.T) {
	const n = 50
	s := scores{make([]float64, n), make([]float64, n)}
	for k := range n {
		s[1][k] = 1
	}
	e := s.estimates(mean)[0]
	want := 1.96 / math.Sqrt(8*n)
	if !near(e.Value, .5) || math.Abs(e.High-.5-want) > .1*want || math.Abs(.5-e.Low-want) > .1*want {
		t.Errorf("%+v, want 0.5 ± %.3f", e, want)
	}
	// Strata: if runs agree in every episode, there is no spread, whatever the episodes are.
	for k := range n {
		s[0][k], s[1][k] = float64(k), float64(k)
	}
	if e := s.estimates(mean, iqm); e[0] != (Estimate{24.5, 24.5, 24.5}) || e[1].Low != e[1].High {
		t.Errorf("%+v", e)
	}
	// A single run has the spread of its episodes: √((n²−1)/12)/√n.
	want = 1.96 * math.Sqrt((n*n-1.)/12/n)
	if e := s[:1].estimates(mean)[0]; math.Abs(e.High-24.5-want) > .1*want {
		t.Errorf("%+v, want 24.5 ± %.2f", e, want)
	}
}

func newEnv() (policy.Env, error) { return highway.New(highway.FastV0()) }

// slower is a policy that always gives the same action.
type slower struct{ action float32 }

func (s slower) Act(_ []policy.Array, n int, actions []float32) error {
	for i := range n {
		actions[i] = s.action
	}
	return nil
}

// A constant policy has the episodes of the constant baseline, and a tie with it in each.
func TestReport(t *testing.T) {
	e := Evaluation{New: newEnv, Seed: 10000, Episodes: 80, Workers: 2,
		Candidates: []Candidate{{Name: "mine", Actors: []policy.Actor{slower{4}, slower{4}}, Curves: []Curve{{"seed 1", []CurvePoint{{1000, 12}, {2000, 24}}}}}}}
	last := 0
	e.Done = func(n, total int) {
		if n < last || total != 80*10 {
			t.Errorf("%d of %d episodes after %d", n, total, last)
		}
		last = n
	}
	r, err := e.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if last != 800 {
		t.Errorf("%d episodes, want 800", last)
	}
	byName := map[string]*Row{}
	for i := range r.Rows {
		byName[r.Rows[i].Name] = &r.Rows[i]
	}
	mine, same, random := byName["mine"], byName["always SLOWER"], byName["random"]
	if mine == nil || same == nil || random == nil || byName["lane following, IDM"] == nil || byName["IDM and MOBIL"] == nil {
		t.Fatalf("rows %v", byName)
	}
	if !near(mine.Mean.Value, same.Mean.Value) || !near(mine.IQM.Value, same.IQM.Value) || mine.Mean.Value < 20 {
		t.Errorf("mean %+v and %+v", mine.Mean, same.Mean)
	}
	if random.Mean.Value > 12 || random.Terminated.Value < .8 {
		t.Errorf("random: %+v", random.Mean)
	}
	for _, p := range mine.Improvements {
		if p.Over == "always SLOWER" && p.Probability != (Estimate{.5, .5, .5}) || p.Over == "random" && p.Probability.Low < .8 {
			t.Errorf("improvement over %s: %+v", p.Over, p.Probability)
		}
	}
	if p := mine.Profile; p[0].Share != 1 || p[len(p)-1].Share != 0 {
		t.Errorf("profile from %+v to %+v", p[0], p[len(p)-1])
	}
	var table bytes.Buffer
	if err := r.WriteTable(&table); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"highway-fast-v0, 80 held-out episodes for each training seed, seeds 10000 to 10079", "always SLOWER", "higher return than random"} {
		if !strings.Contains(table.String(), want) {
			t.Errorf("no %q in\n%s", want, table.String())
		}
	}
	page, err := r.Page()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Learning curves", "Performance profile", "always SLOWER", "Probability of improvement: mine"} {
		if !bytes.Contains(page, []byte(want)) {
			t.Errorf("no %q in the page", want)
		}
	}
}

// Episodes have the order of their seeds and do not depend on workers, nor on the number of
// environments.
func TestEpisodesDoNotDependOnWorkers(t *testing.T) {
	seeds := make([]uint64, 150)
	for i := range seeds {
		seeds[i] = uint64(1000 - i)
	}
	env, err := newEnv()
	if err != nil {
		t.Fatal(err)
	}
	many, err := episodes(context.Background(), newEnv, &random{space: env.Spec().Action}, seeds, 2, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range seeds {
		one, err := episodes(context.Background(), newEnv, &random{space: env.Spec().Action}, seeds[i:i+1], 1, nil)
		if err != nil {
			t.Fatal(err)
		}
		if one[0].Seed != seeds[i] || many[i].Seed != seeds[i] || many[i].Return != one[0].Return || many[i].Steps != one[0].Steps {
			t.Errorf("seed %d: %+v alone, %+v among others", seeds[i], one[0], many[i])
		}
	}
}

func TestTrainingSeedsAreRefused(t *testing.T) {
	for _, first := range []uint64{policy.TrainingSeed(0), policy.TrainingSeed(0) - 5, math.MaxUint64} {
		e := Evaluation{New: newEnv, Seed: first, Episodes: 10, Workers: 1}
		if _, err := e.Run(context.Background()); !errors.Is(err, ErrTrainingSeed) {
			t.Errorf("seed %d: %v", first, err)
		}
	}
}

func TestCanceledEvaluation(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	e := Evaluation{New: newEnv, Episodes: 10, Workers: 1}
	if _, err := e.Run(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

// A rate is a ratio of sums: 3 events in 2 + 8 km are 0.3 per km, although the mean of the
// ratios of the episodes is 0.5·(1/2 + 2/8).
func TestSummariesByHand(t *testing.T) {
	names := []string{"hits", "slips", "distance", "comfort", "ok"}
	row := Row{Runs: []Run{{Episodes: []Episode{{Measures: []float64{1, 0, 2000, 1, 1}}, {Measures: []float64{0, 2, 8000, .5, 1}}}}}}
	none := Row{Runs: []Run{{Episodes: []Episode{{Measures: []float64{0, 0, 2000, 1, 0}}, {Measures: []float64{0, 0, 8000, 1, 0}}}}}}
	perKm := policy.Summary{Of: []string{"hits", "slips"}, Per: []string{"distance"}, Scale: 1000}
	distance := policy.Summary{Of: []string{"distance"}, Per: []string{"hits", "slips"}, Scale: .001}
	ok := policy.Summary{Of: []string{"ok"}, Percent: true}
	for _, tt := range []struct {
		name string
		got  float64
		want float64
	}{
		{"events per km", row.summary(&perKm, names).Value, .3},
		{"a sample of the first episode alone has 0.5 per km", row.summary(&perKm, names).High, .5},
		{"a sample of the second episode alone has 0.25 per km", row.summary(&perKm, names).Low, .25},
		{"km per event", row.summary(&distance, names).Value, 10. / 3},
		{"mean weighted by the distance", row.summary(&policy.Summary{Of: []string{"comfort"}, Per: []string{"distance"}, Weighted: true}, names).Value, .6},
		{"mean of the sums", row.summary(&policy.Summary{Of: []string{"hits", "slips"}}, names).Value, 1.5},
		{"no event", none.summary(&perKm, names).Value, 0},
		{"no event in 10 km: at most −ln 0.025 / 10 km", none.summary(&perKm, names).High, .36888794541139},
		{"km per event without one, at least", none.summary(&distance, names).Low, 10 / 3.6888794541139},
		{"km per event without one", none.summary(&distance, names).Value, math.Inf(1)},
		{"all of 2 succeed: at least 0.025^(1/2)", row.summary(&ok, names).Low, .15811388300842},
		{"none of 2 succeeds: at most 1 − 0.025^(1/2)", none.summary(&ok, names).High, 1 - .15811388300842},
	} {
		if tt.got != tt.want && !near(tt.got, tt.want) {
			t.Errorf("%s: %g, want %g", tt.name, tt.got, tt.want)
		}
	}
	data, err := json.Marshal(none.summary(&distance, names))
	if err != nil {
		t.Fatal(err)
	}
	var back Estimate
	if err := json.Unmarshal(data, &back); err != nil || !math.IsInf(back.Value, 1) || !strings.Contains(string(data), `"value":null`) || !near(back.Low, 10/3.6888794541139) {
		t.Errorf("%s is read as %+v, error %v", data, back, err)
	}
}

// A baseline with fewer episodes is compared on those that both have.
func TestImprovementOverFewerEpisodes(t *testing.T) {
	if p := (scores{{1, 2, 0, 0}}).improvementOver(scores{{0, 1}}); p != (Estimate{1, 1, 1}) {
		t.Errorf("%+v", p)
	}
}

func TestCSVHasRowForEachEpisode(t *testing.T) {
	e := Evaluation{New: newEnv, Seed: 10000, Episodes: 3, Workers: 1, Candidates: []Candidate{{Name: "mine, good", Actors: []policy.Actor{slower{4}, slower{4}}}}}
	r, err := e.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := r.WriteCSV(&b); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(b.String(), "\n")
	if want := "policy,run,seed,return,steps,terminated,crashed,speed"; lines[0] != want {
		t.Errorf("%s, want %s", lines[0], want)
	}
	if want := `"mine, good",2,10002,`; !strings.HasPrefix(lines[6], want) {
		t.Errorf("row 6 is %s, want %s…", lines[6], want)
	}
	if rows := (2 + 8) * 3; len(lines) != rows+2 {
		t.Errorf("%d lines, want a head and %d", len(lines)-1, rows)
	}
}

// hand drives with one action.
type hand struct {
	env    policy.Env
	action float32
	closed *atomic.Int64
}

func (h *hand) Begin(env policy.Env) (Drive, error) { h.env = env; return h, nil }
func (h *hand) Close() error                        { h.closed.Add(1); return nil }
func (h *hand) Step(context.Context) (policy.Result, error) {
	return h.env.Step([]float32{h.action})
}

// A guest drives the first episodes, in the order of the seeds, with the results of the same
// actions, for any number of workers.
func TestGuestDrivesFirstEpisodes(t *testing.T) {
	for workers := 1; workers <= 3; workers += 2 {
		var opened, closed atomic.Int64
		e := Evaluation{New: newEnv, Seed: 10000, Episodes: 9, Workers: workers, Guests: []Guest{{Name: "hand", Episodes: 7, Open: func() (Chauffeur, error) {
			opened.Add(1)
			return &hand{action: 3, closed: &closed}, nil
		}}}}
		last := 0
		e.Done = func(n, total int) { last = max(last, n) }
		r, err := e.Run(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		guest, same := &r.Rows[len(r.Rows)-1], &r.Rows[4]
		if same.Name != "always FASTER" || guest.Episodes != 7 || !guest.Baseline || last != 8*9+7 {
			t.Fatalf("%s with %d episodes after %s, %d in all", guest.Name, guest.Episodes, same.Name, last)
		}
		for i, got := range guest.Runs[0].Episodes {
			if want := same.Runs[0].Episodes[i]; !reflect.DeepEqual(got, want) {
				t.Errorf("%d workers: %+v, want %+v", workers, got, want)
			}
		}
		if opened.Load() != int64(workers) || closed.Load() != opened.Load() {
			t.Errorf("%d workers opened %d drivers and closed %d", workers, opened.Load(), closed.Load())
		}
		var table bytes.Buffer
		if err := r.WriteTable(&table); err != nil || !strings.Contains(table.String(), "hand: only the first 7 episodes") {
			t.Errorf("error %v, no number of episodes in\n%s", err, table.String())
		}
	}
}

// The error of a guest ends the evaluation.
func TestGuestWithoutDriver(t *testing.T) {
	broken := errors.New("no network")
	e := Evaluation{New: newEnv, Seed: 10000, Episodes: 4, Workers: 2, Guests: []Guest{{Name: "stack", Episodes: 4, Open: func() (Chauffeur, error) { return nil, broken }}}}
	if _, err := e.Run(t.Context()); !errors.Is(err, broken) || !strings.Contains(err.Error(), "stack") {
		t.Errorf("error %v", err)
	}
}

// A share of the time that is 0 or 1 in all episodes has the exact interval of the share of
// the episodes.
func TestShareOfTimeWithoutSpread(t *testing.T) {
	names := []string{"speeding", "time"}
	s := policy.Summary{Name: "speeding", Of: names[:1], Per: names[1:], Weighted: true, Percent: true}
	row := func(shares ...float64) *Row {
		r := &Row{Runs: []Run{{}}}
		for _, v := range shares {
			r.Runs[0].Episodes = append(r.Runs[0].Episodes, Episode{Measures: []float64{v, 10}})
		}
		return r
	}
	bound := 1 - math.Pow(.025, 1./4)
	for _, tt := range []struct {
		row       *Row
		low, high float64
	}{{row(0, 0, 0, 0), 0, bound}, {row(1, 1, 1, 1), 1 - bound, 1}} {
		if e := tt.row.summary(&s, names); !near(e.Low, tt.low) || !near(e.High, tt.high) {
			t.Errorf("%+v, want %g to %g", e, tt.low, tt.high)
		}
	}
	if e := row(0, 0, .5, 0).summary(&s, names); e.Value != .125 || e.Low != 0 || e.High >= .5 {
		t.Errorf("%+v", e)
	}
	percent := policy.Summary{Percent: true}
	for want, e := range map[string]Estimate{"0–3 %": {0, 0, .03}, "0.0–0.4 %": {.002, 0, .004}, "1.2–1.4 %": {.013, .012, .014}, "0–0 %": {}} {
		if got := formatInterval(&percent, &e); got != want {
			t.Errorf("%+v: %s, want %s", e, got, want)
		}
	}
}

// The worst episodes are failed ones, if there are any.
func TestWorstEpisodesFailed(t *testing.T) {
	success := []string{"completion", "success"}
	r := &Row{Runs: []Run{
		{Episodes: []Episode{{Seed: 1, Return: 5, Measures: []float64{1, 0}}, {Seed: 2, Return: 1, Measures: []float64{1, 1}, Terminated: true}}},
		{Episodes: []Episode{{Seed: 3, Return: 3, Measures: []float64{0, 0}}, {Seed: 4, Return: 2, Measures: []float64{1, 1}}}},
	}}
	seeds := func(n int, measures []string) (out []uint64) {
		for _, w := range worstOf(r, n, measures) {
			out = append(out, w.episode.Seed)
		}
		return out
	}
	for _, tt := range []struct {
		n        int
		measures []string
		want     []uint64
	}{{3, success, []uint64{3, 1}}, {1, success, []uint64{3}}, {3, nil, []uint64{2}}, {0, success, nil}} {
		if got := seeds(tt.n, tt.measures); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%d by %v: %v, want %v", tt.n, tt.measures, got, tt.want)
		}
	}
	r.Runs = r.Runs[1:]
	r.Runs[0].Episodes = r.Runs[0].Episodes[1:]
	if got := seeds(3, success); !reflect.DeepEqual(got, []uint64{4}) {
		t.Errorf("without failures: %v", got)
	}
}

func TestOutcome(t *testing.T) {
	env, err := newEnv()
	if err != nil {
		t.Fatal(err)
	}
	o, err := OutcomeOf(env, []Episode{{Measures: []float64{1, 20}}, {Measures: []float64{0, 25}}, {Measures: []float64{0, 25}}, {Measures: []float64{0, 25}}})
	if err != nil || o == nil || *o != (Outcome{"crash rate", .25}) {
		t.Errorf("%v, %v, want a crash rate of 0.25", o, err)
	}
	if o, err := OutcomeOf(env, nil); err != nil || o != nil {
		t.Errorf("without episodes: %v, %v", o, err)
	}
}

// lookout counts how often an environment is observed.
type lookout struct {
	policy.Env
	observed *atomic.Int64
	skips    bool
}

func (l *lookout) Observe(dst []policy.Array) {
	if !l.skips {
		l.observed.Add(1)
	}
	l.Env.Observe(dst)
}
func (l *lookout) SkipObservations() { l.skips = true }

// Baselines drive without observations; candidates have them.
func TestBaselinesDoNotObserve(t *testing.T) {
	var observed atomic.Int64
	create := func() (policy.Env, error) {
		env, err := newEnv()
		return &lookout{env, &observed, false}, err
	}
	e := Evaluation{New: create, Seed: 10000, Episodes: 2, Workers: 1}
	if _, err := e.Run(context.Background()); err != nil || observed.Load() != 0 {
		t.Errorf("%d observations for baselines, %v", observed.Load(), err)
	}
	e.Candidates = []Candidate{{Name: "mine", Actors: []policy.Actor{slower{4}}}}
	if _, err := e.Run(context.Background()); err != nil || observed.Load() == 0 {
		t.Errorf("%d observations for a candidate, %v", observed.Load(), err)
	}
}
