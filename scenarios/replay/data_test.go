package replay

import (
	"bytes"
	"encoding/json"
	"math"
	"testing"

	"roadloop/scenarios"
	"roadloop/scenarios/metrics"
	"roadloop/scenarios/runner"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
)

// A case that fails by an event, and one that passes.
const (
	wall = `
version: 1
name: Wall
map: {kind: straight, length: 400 m}
ego: {lane: 0, s: 20 m, speed: 25 m/s}
actors: [{id: wall, kind: car, lane: 0, s: 50 m}]
until: {time: 6 s}
`
	free = `
version: 1
name: Free road
map: {kind: straight, length: 400 m}
ego: {lane: 0, s: 20 m, speed: 10 m/s}
until: {time: 3 s}
`
)

// replayOf drives a scenario and returns its outcome and its replay after encoding and
// decoding.
func replayOf(t *testing.T, source string) (*runner.Outcome, *Data, []byte) {
	t.Helper()
	s, err := scenarios.Parse("test.yaml", []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.Case(1)
	if err != nil {
		t.Fatal(err)
	}
	var out *runner.Outcome
	o := runner.Options{NewFactory: runner.NewOracleFactory}
	if err := runner.Run(t.Context(), []*scenarios.Case{c}, o, func(x *runner.Outcome) error { out = x; return x.Err }); err != nil {
		t.Fatal(err)
	}
	text, err := NewData(out, nil).JSON()
	if err != nil {
		t.Fatal(err)
	}
	r := new(Data)
	if err := json.Unmarshal(text, r); err != nil {
		t.Fatal(err)
	}
	return out, r, text
}

// sums decodes a column.
func sums(t *testing.T, column json.RawMessage, perUnit float64) []float64 {
	t.Helper()
	var list []*int64
	if err := json.Unmarshal(column, &list); err != nil {
		t.Fatal(err)
	}
	out, last := make([]float64, len(list)), int64(0)
	for i, d := range list {
		if out[i] = math.NaN(); d != nil {
			last += *d
			out[i] = float64(last) / perUnit
		}
	}
	return out
}

// The replay equals the drive log up to half a centimeter and half a milliradian.
func TestReplayEqualsLog(t *testing.T) {
	out, r, text := replayOf(t, wall)
	l := out.Log
	times := sums(t, r.Times, 100)
	if len(times) != len(l.Steps) || len(r.Actors) != len(l.Actors) {
		t.Fatalf("%d steps of %d actors, the record has %d of %d", len(times), len(r.Actors), len(l.Steps), len(l.Actors))
	}
	for id, a := range r.Actors {
		x, y, yaw := sums(t, a.X, centi), sums(t, a.Y, centi), sums(t, a.Yaw, milli)
		for i := range l.Steps {
			at := l.At(i, 0)
			at.Shape, at.State = l.Actors[id].Shape, l.Steps[i].States[id]
			box := at.Box()
			if box.Center.Dist(geom.Vec{X: x[i], Y: y[i]}) > .008 || math.Abs(box.Yaw-yaw[i]) > .0006 || times[i] != l.Steps[i].Time.Seconds() {
				t.Fatalf("%s at step %d is at (%g, %g, %g), in the log at %+v", a.Name, i, x[i], y[i], yaw[i], box)
			}
		}
	}
	again, err := NewData(out, nil).JSON()
	if err != nil || !bytes.Equal(text, again) {
		t.Errorf("the same outcome gives other bytes (%v)", err)
	}
}

func TestReplayContent(t *testing.T) {
	out, r, _ := replayOf(t, wall)
	if len(r.Tracks) != 1 || r.Tracks[0].Class != "car" || r.Tracks[0].From != 0 {
		t.Errorf("tracks %+v, want the wall from the first step on", r.Tracks)
	}
	var crash, verdict *event
	for i := range r.Events {
		switch r.Events[i].Kind {
		case "collision":
			crash = &r.Events[i]
		case "verdict":
			verdict = &r.Events[i]
		}
	}
	if crash == nil || !crash.Bad || crash.With != 1 || verdict == nil || verdict.Text != out.Verdict.Reason || verdict.Time != crash.Time {
		t.Errorf("events %+v, want a collision with actor 1 and the verdict %q", r.Events, out.Verdict.Reason)
	}
	braking := false
	for _, s := range r.Spans {
		braking = braking || s.Kind == "guard" && s.To > s.From
	}
	if !braking {
		t.Errorf("spans %+v do not contain the emergency brake", r.Spans)
	}
	speed := r.Curves[0]
	if v := sums(t, speed.Truth, centi); speed.Name != "speed" || math.Abs(v[0]-90) > .01 {
		t.Errorf("the first curve is %s from %g, want the speed from 90 km/h", speed.Name, v[0])
	}
	if len(r.Scores) == 0 {
		t.Error("no scores")
	}
}

// A passed case has no failure among its events.
func TestReplayOfPassedCase(t *testing.T) {
	_, r, _ := replayOf(t, free)
	for _, e := range r.Events {
		if e.Bad {
			t.Errorf("event %+v of a passed case", e)
		}
	}
}

func TestSpansJoinEqualReasons(t *testing.T) {
	l := &metrics.DriveLog{Steps: make([]metrics.LoggedStep, 6)}
	for i := range l.Steps {
		s := &l.Steps[i]
		s.Time = clock.DriverPeriod * clock.Tick(i)
		s.Plan.Reason = []string{"free", "free", "red light", "red light", "free", "free"}[i]
		s.Guard.Active = i == 2 || i == 3
		s.Guard.Reason = []string{"", "", "AEB: 0.8 s", "AEB: 0.7 s", "", ""}[i]
	}
	want := []span{{"plan", "free", 0, 10}, {"plan", "red light", 10, 20}, {"guard", "AEB: 0.8 s", 10, 20}, {"plan", "free", 20, 25}}
	got := spans(l)
	if len(got) != len(want) {
		t.Fatalf("spans %+v, want %+v", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("span %d is %+v, want %+v", i, got[i], want[i])
		}
	}
}

func TestSimplify(t *testing.T) {
	var straight, bent []geom.Vec
	for i := range 100 {
		x := float64(i)
		straight = append(straight, geom.Vec{X: x, Y: 2 * x})
		bent = append(bent, geom.Vec{X: x, Y: math.Abs(x - 50)})
	}
	if got := simplify(straight, lineTolerance); len(got) != 2 || got[1] != straight[99] {
		t.Errorf("a straight line keeps %v", got)
	}
	if got := simplify(bent, lineTolerance); len(got) != 3 || got[1] != bent[50] {
		t.Errorf("a line with one bend keeps %v", got)
	}
	if got := simplify([]geom.Vec{{X: 1}, {X: 1}, {X: 1}}, lineTolerance); len(got) != 2 {
		t.Errorf("a point keeps %v", got)
	}
}
