package sim

import (
	"roadloop/sim/actor"
	"roadloop/sim/traffic"
	"roadloop/sim/vehicle"
)

// Step advances the world by one clock.Tick, 10 ms, during which the ego
// follows cmd, and returns what happened. The slice is reused by the next Step.
//
// In order: signals change, the ego moves, scripts fire on the state so far,
// everyone else moves (drivers decide at ticks 1, 11, 21, ...), and the ego is
// judged.
func (w *World) Step(cmd vehicle.Command) []Event {
	w.events = w.events[:0]
	w.now++
	w.showSignals()
	w.plant.Step(cmd, w.friction)
	w.showEgo(cmd)
	w.track.follow(w.spec.Map, w.ego.State.Pose, w.spec.Ego.Route)
	w.runScripts()
	env := w.scene()
	w.traffic.Step(&env)
	w.judge()
	return w.events
}

// scene returns what traffic sees now.
func (w *World) scene() traffic.Env {
	return traffic.Env{Now: w.now, Ego: &w.ego, Actors: w.actors, Signals: w.signals,
		Dark: dark(w.spec.Conditions)}
}

// brakeLightAt is the braking of a command, m/s², from which brake lights burn.
const brakeLightAt = 0.3

// showEgo copies the motion of the plant into the ego's actor.
func (w *World) showEgo(cmd vehicle.Command) {
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
