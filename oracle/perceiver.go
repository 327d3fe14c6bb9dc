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
	return &Perceiver{rig: *sensors, since: make(map[actor.ID]clock.Tick)}
}

// Health returns the ages of the last messages of sensors by their blackouts, 0 while they
// work.
func Health(sensors *rig.Config, now clock.Tick) perception.Health {
	age := func(t *rig.Timing) clock.Tick {
		if now >= t.Blackout[0] && now < t.Blackout[1] {
			return now - t.Blackout[0]
		}
		return 0
	}
	return perception.Health{
		CameraAge: age(&sensors.Camera.Timing), RadarAge: age(&sensors.Radar.Timing),
		LidarAge: age(&sensors.Lidar.Timing), LocalizationAge: age(&sensors.GNSS.Timing),
	}
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
	s.Health = Health(&o.rig, s.Time)
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
