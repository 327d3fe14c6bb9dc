package roadloop_test

import (
	"bytes"
	"testing"

	"roadloop"
	"roadloop/scenarios/drivetest"
	"roadloop/scenarios/runner"
	"roadloop/sim/vehicle"
)

// oracleCrew returns a crew that perceives with an oracle.
func oracleCrew(t testing.TB) runner.DriverFactory {
	t.Helper()
	return drivetest.Factory(t, runner.Stack, nil)
}

// humanCrew returns a crew with a driver that brakes as the human of UN R157.
func humanCrew(t testing.TB) runner.DriverFactory {
	t.Helper()
	return drivetest.Factory(t, "cc", nil)
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
		crew    func(testing.TB) runner.DriverFactory
		seconds float64
		at      []float64 // s
	}{
		{"unprotected-left", oracleCrew, 14, []float64{0, 3.05, 9}},
		{"from-behind-parked-car", oracleCrew, 12, []float64{4.5}},
		{"blind", oracleCrew, 9, []float64{5}}, // what is silent stays silent
		{"red-light", newCrew, 2.5, []float64{.95}},
		{"cut-in", humanCrew, 8, []float64{3.1}},
	} {
		p := drivetest.Short(t, c.name, 3, c.seconds)
		crew := c.crew(t)
		whole := drivetest.Session(t, crew, p)
		drivetest.Until(t, whole, c.seconds, nil)
		want := encode(t, whole)
		for _, at := range c.at {
			s := drivetest.Session(t, crew, p)
			drivetest.Until(t, s, at, nil)
			clone, astray := s.Clone(), s.Clone()
			drivetest.Until(t, astray, at+1, &vehicle.Command{Steer: .1, Accel: -5})
			drivetest.Until(t, clone, c.seconds, nil)
			drivetest.Until(t, s, c.seconds, nil)
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
	p := drivetest.Short(t, "cut-in", 1, 3)
	s := drivetest.Session(t, oracleCrew(t), p)
	drivetest.Until(t, s, 1, nil)
	if _, err := s.Decide(t.Context()); err != nil {
		t.Fatal(err)
	}
	clone := s.Clone()
	clone.Advance(nil)
	s.Advance(nil)
	drivetest.Until(t, clone, 3, nil)
	drivetest.Until(t, s, 3, nil)
	if !bytes.Equal(encode(t, clone), encode(t, s)) {
		t.Error("the traces differ")
	}
}
