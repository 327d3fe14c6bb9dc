// Package oracle puts ground truth in place of a layer of the modular driver: a Perceiver,
// a Detector, a Predictor and a Planner that read the world. Results of such a driver are
// recorded as such.
//
// The session of a drive passes its world to the driver at every step, in the context; see
// sim.WithWorld. An oracle works therefore wherever it is wrapped, and in every copy of a
// session.
package oracle

import (
	"context"
	"errors"
	"maps"

	"roadloop/perception"
	"roadloop/sim"
	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/rig"
	"roadloop/sim/road"
	"roadloop/sim/sensor"
)

// errNoWorld is returned by an oracle outside a session.
var errNoWorld = errors.New("oracle: the context carries no world: a session passes it")

// maxRange is the range of the perceiver, m: about that of the radar.
const maxRange = 120

// Perceiver is a perception.Perceiver that reads the world instead of the sensors. A
// driver with it shows what planning and control can do when nothing is missed.
type Perceiver struct {
	rig   rig.Config // its blackouts
	scene perception.Scene
	since map[actor.ID]clock.Tick // when an actor first came within range
}

// NewPerceiver returns a perceiver. Its scene is exact. Its health reports the blackouts of
// sensors, as fusion would: a driver that must stop when sensors fail can be tested with it.
func NewPerceiver(sensors *rig.Config) *Perceiver {
	return &Perceiver{rig: sensors.Clone(), since: make(map[actor.ID]clock.Tick)}
}

// Health sets a health to the ages of the last messages of sensors by their blackouts, 0
// while they work.
func Health(h *perception.Health, sensors *rig.Config, now clock.Tick) {
	*h = perception.Health{Sensors: h.Sensors[:0]}
	for i := range sensors.Sensors {
		s := &sensors.Sensors[i]
		h.Sensors = append(h.Sensors, perception.SensorAge{Sensor: s.Name, Age: age(s, now)})
	}
	h.CameraAge = youngest(sensors, now, func(m rig.Camera) bool { return m.Calibration.LooksForward() })
	h.RadarAge = youngest(sensors, now, func(rig.Radar) bool { return true })
	h.LidarAge = youngest(sensors, now, func(rig.Lidar) bool { return true })
	h.LocalizationAge = youngest(sensors, now, func(rig.GNSS) bool { return true })
}

// youngest returns the least age of the sensors with a model that serves, 0 without any.
func youngest[M rig.Model](sensors *rig.Config, now clock.Tick, serves func(M) bool) clock.Tick {
	least := clock.Tick(-1)
	for s, m := range rig.Of[M](sensors) {
		if a := age(s, now); serves(m) && (least < 0 || a < least) {
			least = a
		}
	}
	return max(least, 0)
}

// age returns the time since a blackout of a sensor began, 0 outside of one.
func age(s *rig.Sensor, now clock.Tick) clock.Tick {
	if s.Silent(now) {
		return now - s.Blackout[0]
	}
	return 0
}

// Perceive returns the true scene at the time of the observation. It ignores the
// messages.
func (o *Perceiver) Perceive(ctx context.Context, obs *sensor.Observation) (*perception.Scene, error) {
	w, ok := sim.WorldFrom(ctx)
	if !ok {
		return nil, errNoWorld
	}
	return o.read(w, obs.Now), nil
}

// Clone returns a perceiver that knows the same.
func (o *Perceiver) Clone() perception.Perceiver { return o.clone() }

func (o *Perceiver) clone() *Perceiver {
	return &Perceiver{rig: o.rig, since: maps.Clone(o.since)}
}

// Pipeline returns nil: nothing is sensed.
func (o *Perceiver) Pipeline() *perception.Pipeline { return nil }

// read returns the scene in a world.
func (o *Perceiver) read(w *sim.World, now clock.Tick) *perception.Scene {
	s := &o.scene
	s.Time = now
	ego := w.Ego()
	s.Ego = perception.Ego{
		Pose:    ego.State.Pose,
		Speed:   ego.State.Speed,
		Accel:   ego.State.Accel,
		YawRate: ego.State.YawRate,
		Steer:   ego.State.Steer,
	}
	Health(&s.Health, &o.rig, s.Time)
	o.fillTracks(w, ego)
	s.Signals = s.Signals[:0]
	for i, state := range w.Signals() {
		s.Signals = append(s.Signals, perception.Signal{
			ID: road.SignalID(i), State: state, Confidence: 1, Seen: s.Time,
		})
	}
	_, _, s.LaneOffset, s.LaneSeen = w.Map().Nearest(ego.State.Pose.Pos())
	return s
}

// fillTracks makes a certain track of every actor within range.
func (o *Perceiver) fillTracks(w *sim.World, ego *actor.Actor) {
	s := &o.scene
	s.Tracks = s.Tracks[:0]
	actors := w.Actors()
	for i := range actors {
		a := &actors[i]
		box := a.Box()
		if box.Center.Dist(ego.State.Pose.Pos()) > maxRange {
			continue
		}
		since, known := o.since[a.ID]
		if !known {
			since = s.Time
			o.since[a.ID] = since
		}
		s.Tracks = append(s.Tracks, perception.Track{
			ID:        int32(a.ID),
			Class:     perception.ClassOf(a.Kind),
			Pose:      geom.Pose{X: box.Center.X, Y: box.Center.Y, Yaw: box.Yaw},
			Vel:       a.Velocity(),
			Length:    box.Length,
			Width:     box.Width,
			Existence: 1,
			Age:       s.Time - since,
			Seen:      s.Time,
		})
	}
}
