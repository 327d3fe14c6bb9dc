package scenarios_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"roadloop/scenarios/drivetest"
	"roadloop/scenarios/runner"
)

func TestSeedFixesParameters(t *testing.T) {
	s := drivetest.Parse(t, sound)
	a, again, b := drivetest.Case(t, s, "7"), drivetest.Case(t, s, "7"), drivetest.Case(t, s, "8")
	if d := cmp.Diff(a.Parameters, again.Parameters); d != "" {
		t.Error("the same seed differs:", d)
	}
	if cmp.Equal(a.Parameters, b.Parameters) {
		t.Error("two seeds give the same parameters", a.Parameters)
	}
}

func TestParametersCoverTheirRange(t *testing.T) {
	s := drivetest.Parse(t, sound)
	lo, hi := 1e9, -1e9
	for seed := range uint64(100) {
		p := drivetest.Case(t, s, strconv.FormatUint(seed, 10)).Parameters[0]
		v, err := strconv.ParseFloat(strings.TrimSuffix(p.Value, " m/s"), 64)
		if err != nil || p.Name != "lead.speed" || v < 8 || v > 12 {
			t.Fatalf("seed %d: %+v, want lead.speed from 8 to 12 m/s", seed, p)
		}
		lo, hi = min(lo, v), max(hi, v)
	}
	if lo > 8.4 || hi < 11.6 {
		t.Errorf("100 seeds reach from %g to %g only", lo, hi)
	}
}

// Every parameter has its own random stream: another parameter does not change its
// values.
func TestParametersAreIndependent(t *testing.T) {
	one := drivetest.Case(t, drivetest.Parse(t, sound), "3")
	two := drivetest.Case(t, drivetest.Parse(t, strings.Replace(sound, "vary:\n", "vary:\n  ego.speed: {from: 5 m/s, to: 9 m/s}\n", 1)), "3")
	if len(two.Parameters) != 2 || two.Parameters[1] != one.Parameters[0] {
		t.Errorf("lead.speed is %v alone and %v together with ego.speed", one.Parameters, two.Parameters)
	}
}

func TestParametersReachTheWorld(t *testing.T) {
	s := drivetest.Parse(t, strings.Replace(sound, "lead.speed: {from: 8 m/s, to: 12 m/s}", "'lead.s': {any: [72 m]}\n  weather.rain: {any: [50 %]}", 1))
	p, err := runner.Compile(drivetest.Case(t, s, "1"))
	if err != nil {
		t.Fatal(err)
	}
	w := p.Drive.World
	if got := w.Actors[0].Start.S; got != 72 {
		t.Errorf("lead begins at %g m, want 72", got)
	}
	if w.Conditions.Rain != .5 {
		t.Errorf("rain %g, want 0.5", w.Conditions.Rain)
	}
	if w.Ego.Start.Speed != 10 {
		t.Errorf("ego begins at %g m/s, want 36 km/h", w.Ego.Start.Speed)
	}
}
