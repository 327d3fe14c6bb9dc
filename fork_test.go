package roadloop_test

import (
	"bytes"
	"strings"
	"testing"

	"roadloop"
	"roadloop/scenarios"
	"roadloop/sim"
	"roadloop/sim/clock"
	"roadloop/sim/vehicle"
)

// oracleCrew returns a crew that perceives with an oracle.
func oracleCrew(t testing.TB) scenarios.Crew {
	t.Helper()
	crew, err := scenarios.OracleCrew()
	if err != nil {
		t.Fatal(err)
	}
	return crew
}

// humanCrew returns a crew whose driver brakes as the human of UN R157.
func humanCrew(t testing.TB) scenarios.Crew {
	t.Helper()
	crew, err := scenarios.NewCrew("cc", nil)
	if err != nil {
		t.Fatal(err)
	}
	return crew
}

// begin starts a session.
func begin(t testing.TB, crew scenarios.Crew, p *scenarios.Plan) *roadloop.Session {
	t.Helper()
	s, err := roadloop.NewSession(&p.Drive, crew.Driver(p))
	if err != nil {
		t.Fatal(err)
	}
	return s
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

// What a fork does is the same to the byte as what the original does, and nothing
// that happens to one touches the other.
func TestForkGoesOnToTheByte(t *testing.T) {
	for _, c := range []struct {
		name    string
		crew    func(testing.TB) scenarios.Crew
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
			s := begin(t, crew, compile(t, c.name, 3, c.seconds)) // a crew takes an oracle's sensors away
			until(t, s, at, nil)
			fork, err := s.Fork()
			if err != nil {
				t.Fatal(err)
			}
			astray, err := s.Fork()
			if err != nil {
				t.Fatal(err)
			}
			until(t, astray, at+1, &vehicle.Command{Steer: .1, Accel: -5})
			until(t, fork, c.seconds, nil)
			until(t, s, c.seconds, nil)
			for who, got := range map[string][]byte{"fork": encode(t, fork), "original": encode(t, s)} {
				if !bytes.Equal(got, want) {
					t.Errorf("%s forked at %g s: the trace of the %s differs", c.name, at, who)
				}
			}
		}
	}
}

// A fork taken between a decision and what follows from it goes on with that
// decision.
func TestForkBetweenDecisionAndStep(t *testing.T) {
	p := compile(t, "cut-in", 1, 3)
	s := begin(t, oracleCrew(t), p)
	until(t, s, 1, nil)
	if _, err := s.Decide(t.Context()); err != nil {
		t.Fatal(err)
	}
	fork, err := s.Fork()
	if err != nil {
		t.Fatal(err)
	}
	fork.Advance(nil)
	s.Advance(nil)
	until(t, fork, 3, nil)
	until(t, s, 3, nil)
	if !bytes.Equal(encode(t, fork), encode(t, s)) {
		t.Error("the traces differ")
	}
}

// stubborn is a driver with a memory that nobody can copy.
type stubborn struct{ roadloop.Driver }

func TestForkSaysWhatItCannotCopy(t *testing.T) {
	p := compile(t, "cut-in", 1, 3)
	s, err := roadloop.NewSession(&p.Drive, func(*sim.World) (roadloop.Driver, error) { return stubborn{}, nil })
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Fork(); err == nil || !strings.Contains(err.Error(), "stubborn cannot be forked") {
		t.Errorf("forking a driver without Fork: %v", err)
	}
}
