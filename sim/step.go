package sim

import (
	"roadloop/sim/actor"
	"roadloop/sim/traffic"
	"roadloop/sim/vehicle"
)

// Step advances the world by one clock.Tick, 10 ms, in which the ego follows
// cmd. It returns the events of this tick. The next Step reuses the slice.
//
// The order is: signals change, the ego moves, scripts fire on the state so
// far, the other actors move (drivers decide at ticks 1, 11, 21, ...), and the
// ego's infractions are checked.
func (w *World) Step(cmd vehicle.Command) []Event {
	w.events = w.events[:0]
	w.now++
	w.updateSignals()
	w.plant.Step(cmd, w.friction)
	w.updateEgo(cmd)
	w.track.follow(w.ego.State.Pose)
	for i := range w.actors {
		if len(w.spec.Actors[i].Script) > 0 {
			p := w.performer(i)
			p.run()
		}
	}
	env := w.trafficEnv()
	w.traffic.Step(&env)
	w.infractions.check(w)
	return w.events
}

// emit adds an event of this tick.
func (w *World) emit(e Event) {
	e.Time = w.now
	w.events = append(w.events, e)
}

// trafficEnv returns the current input of traffic.
func (w *World) trafficEnv() traffic.Env {
	return traffic.Env{Now: w.now, Ego: &w.ego, Actors: w.actors, Signals: w.signals,
		Dark: dark(w.spec.Conditions)}
}

// brakeLightAt is the commanded deceleration from which the brake lights are on, m/s².
const brakeLightAt = 0.3

// updateEgo copies the motion of the plant into the ego's actor.
func (w *World) updateEgo(cmd vehicle.Command) {
	m := w.plant.Motion()
	s := &w.ego.State
	s.Pose, s.Speed, s.Accel, s.YawRate, s.Steer = m.Pose, m.Speed, m.Accel, m.YawRate, m.Steer
	s.Lights = 0
	if cmd.Accel < -brakeLightAt {
		s.Lights |= actor.BrakeLights
	}
	if dark(w.spec.Conditions) {
		s.Lights |= actor.Headlights
	}
}
