package sim

import (
	"roadloop/sim/actor"
	"roadloop/sim/vehicle"
)

// Step advances the world by one clock.Tick, 10 ms, during which the ego
// follows cmd, and returns what happened. The slice is reused by the next Step.
func (w *World) Step(cmd vehicle.Command) []Event {
	w.events = w.events[:0]
	w.now++
	w.showSignals()
	w.plant.Step(cmd, w.friction)
	w.showEgo(cmd)
	return w.events
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
