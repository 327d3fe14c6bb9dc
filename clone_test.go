package roadloop_test

import (
	"bytes"
	"testing"

	"roadloop"
	"roadloop/scenarios"
	"roadloop/scenarios/drivetest"
	"roadloop/sim/clock"
	"roadloop/sim/vehicle"
)

// oracleCrew returns a crew that perceives with an oracle.
func oracleCrew(t testing.TB) scenarios.DriverFactory {
	t.Helper()
	crew, err := scenarios.NewOracleFactory()
	if err != nil {
		t.Fatal(err)
	}
	return crew
}

// humanCrew returns a crew with a driver that brakes as the human of UN R157.
func humanCrew(t testing.TB) scenarios.DriverFactory {
	t.Helper()
	return drivetest.Factory(t, "cc", nil)
}

// begin starts a session.
func begin(t testing.TB, crew scenarios.DriverFactory, p *scenarios.Spec) *roadloop.Session {
	t.Helper()
	r, err := scenarios.NewCaseRun(p, crew.Driver)
	if err != nil {
		t.Fatal(err)
	}
	return r.Session
}

// until drives a session to a time, or to its end.
func until(t testing.TB, s *roadloop.Session, seconds float64, override *vehicle.Command) {
	t.Helper()
	for !s.Done() && s.World().Time() < clock.FromSeconds(seconds) {
		if _, err := s.Decide(t.Context()); err != nil {
			t.Fatal(err)
		}
		s.Advance(override)
	}
}

func encode(t testing.TB, s *roadloop.Session) []byte {
	t.Helper()
	data, err := s.Trace().Encode()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// A clone drives the same to the byte as the original, and nothing that happens to one
// changes the other.
func TestCloneGoesOnToTheByte(t *testing.T) {
	for _, c := range []struct {
		name    string
		crew    func(testing.TB) scenarios.DriverFactory
		seconds float64
		at      []float64 // s
	}{
		{"unprotected-left", oracleCrew, 14, []float64{0, 3.05, 9}},
		{"from-behind-parked-car", oracleCrew, 12, []float64{4.5}},
		{"blind", oracleCrew, 9, []float64{5}}, // what is silent stays silent
		{"red-light", newCrew, 2.5, []float64{.95}},
		{"cut-in", humanCrew, 8, []float64{3.1}},
	} {
		p := compile(t, c.name, 3, c.seconds)
		crew := c.crew(t)
		whole := begin(t, crew, p)
		until(t, whole, c.seconds, nil)
		want := encode(t, whole)
		for _, at := range c.at {
			s := begin(t, crew, p)
			until(t, s, at, nil)
			clone, astray := s.Clone(), s.Clone()
			until(t, astray, at+1, &vehicle.Command{Steer: .1, Accel: -5})
			until(t, clone, c.seconds, nil)
			until(t, s, c.seconds, nil)
			for who, got := range map[string][]byte{"clone": encode(t, clone), "original": encode(t, s)} {
				if !bytes.Equal(got, want) {
					t.Errorf("%s forked at %g s: the trace of the %s differs", c.name, at, who)
				}
			}
		}
	}
}

// A clone taken between a decision and the ticks after it goes on with that decision.
func TestCloneBetweenDecisionAndStep(t *testing.T) {
	p := compile(t, "cut-in", 1, 3)
	s := begin(t, oracleCrew(t), p)
	until(t, s, 1, nil)
	if _, err := s.Decide(t.Context()); err != nil {
		t.Fatal(err)
	}
	clone := s.Clone()
	clone.Advance(nil)
	s.Advance(nil)
	until(t, clone, 3, nil)
	until(t, s, 3, nil)
	if !bytes.Equal(encode(t, clone), encode(t, s)) {
		t.Error("the traces differ")
	}
}
