package sim_test

import (
	"testing"

	"roadloop/sim"
	"roadloop/sim/road"
	"roadloop/sim/vehicle"
)

// halt drives w until the ego stands with its front at the given x on the road of
// controlled, m.
func halt(w *sim.World, front float64) []sim.Event {
	var all []sim.Event
	for range 3000 {
		v, rest := w.Ego().State.Speed, front-frontOf(w)
		if v == 0 && rest < 0.3 {
			break
		}
		accel := 1.5
		if rest < v*v/4+0.4*v+0.1 {
			accel = -2
		}
		all = append(all, w.Step(vehicle.Command{Accel: accel})...)
	}
	return all
}

// frontOf returns the x of the ego's front.
func frontOf(w *sim.World) float64 {
	shape := w.Ego().Shape
	return w.Ego().State.Pose.X + shape.RearToCenter + shape.Length/2
}

// The light turns amber at 12 s and red at 14 s, and green again at 40 s. The line is at
// 94 m, the junction begins at 100 m.
func TestEnteringAJunctionOnRed(t *testing.T) {
	wait := func(until float64) func(*sim.World) []sim.Event {
		return func(w *sim.World) []sim.Event { return run(w, until-w.Time().Seconds(), vehicle.Command{Accel: -2}) }
	}
	to := func(front float64) func(*sim.World) []sim.Event {
		return func(w *sim.World) []sim.Event { return halt(w, front) }
	}
	onward := func(w *sim.World) []sim.Event { return run(w, 8, vehicle.Command{Accel: 1}) }
	for _, c := range []struct {
		name   string
		start  sim.EgoSpec
		steps  []func(*sim.World) []sim.Event
		events int
	}{
		{"stands beyond the line, enters on red", atRest(0, 80), []func(*sim.World) []sim.Event{to(97), wait(20), onward}, 1},
		{"stands beyond the line twice, enters on red", atRest(0, 80), []func(*sim.World) []sim.Event{to(95), wait(16), to(98), wait(20), onward}, 1},
		{"stands beyond the line, enters on green", atRest(0, 80), []func(*sim.World) []sim.Event{to(97), wait(41), onward}, 0},
		{"stands beyond the line from the start", atRest(0, 93), []func(*sim.World) []sim.Event{wait(20), onward}, 1},
		{"stands before the line, enters on green", atRest(0, 80), []func(*sim.World) []sim.Event{to(93), wait(41), onward}, 0},
		{"crosses the line and enters on red", atRest(0, 80), []func(*sim.World) []sim.Event{to(93), wait(20), onward}, 1},
		{"crosses the line on red, stands beyond it, enters on red", atRest(0, 80), []func(*sim.World) []sim.Event{to(93), wait(20), to(97), wait(36), onward}, 1},
		{"stands in the junction, leaves it on red", atRest(0, 80), []func(*sim.World) []sim.Event{to(101.5), wait(20), onward}, 0},
		// The front crosses at 13.6 s on amber and enters on red, without a stop.
		{"moves on at 0.4 m/s", moving(0, 85.1, 0.4), []func(*sim.World) []sim.Event{func(w *sim.World) []sim.Event { return run(w, 38, vehicle.Command{}) }}, 0},
	} {
		m := controlled(road.SignalControl, road.SignalPlan{Green: 12, Amber: 2, Red: 26})
		m.Lanes[0].StopS = 94
		w := mustNew(t, &sim.Spec{Map: m, Ego: c.start})
		var got []sim.Event
		for _, step := range c.steps {
			got = append(got, only(step(w), sim.RedLight)...)
		}
		if x := frontOf(w); x < 101 {
			t.Errorf("%s: the front ended at %.1f m", c.name, x)
		}
		if len(got) != c.events || c.events > 0 && got[0].Lane != 0 {
			t.Errorf("%s: events %+v, want %d", c.name, got, c.events)
		}
	}
}

// The state includes whether the ego stood beyond the line.
func TestStateIncludesStopBeyondLine(t *testing.T) {
	m := controlled(road.SignalControl, road.SignalPlan{Green: 1})
	m.Lanes[0].StopS = 94
	stood := mustNew(t, &sim.Spec{Map: m, Ego: atRest(0, 80)})
	before := len(stood.AppendState(nil))
	halt(stood, 97)
	if n := len(stood.AppendState(nil)); n == before {
		t.Errorf("the state is %d bytes long before and after", n)
	}
	halt(stood, 110)
	if n := len(stood.AppendState(nil)); n != before {
		t.Errorf("the state is %d bytes long before the line and %d beyond the junction's edge", before, n)
	}
}
