package roadloop

import (
	"context"
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

// oracleRange is how far an oracle sees, m: about as far as the radar.
const oracleRange = 120

// Oracle is a Perceiver that reads the world instead of the sensors. A driver
// with an oracle shows what planning and control can do when nothing is missed;
// its runs are recorded as such.
type Oracle struct {
	world *sim.World
	scene perception.Scene
	since map[actor.ID]clock.Tick // when an actor first came within range
	rig   rig.Config              // whose blackouts it tells of
}

// NewOracle returns an oracle of the world.
func NewOracle(w *sim.World) *Oracle {
	return &Oracle{world: w, since: make(map[actor.ID]clock.Tick)}
}

// Heed lets the oracle tell which sensors of a rig are silent, as fusion would:
// what it sees does not suffer, but a driver who must stop when the senses fail
// can be tried with it. Without it all senses work.
func (o *Oracle) Heed(c *rig.Config) { o.rig = *c }

// Silence lets the oracle tell of a silent sensor (camera, lidar, radar, odometry or
// gnss) in the time from one tick to before another.
func (o *Oracle) Silence(sensor string, from, to clock.Tick) error {
	t, err := o.rig.Timing(sensor)
	if err != nil {
		return err
	}
	t.Blackout = [2]clock.Tick{from, to}
	return nil
}

// health returns the ages of the sensors' last messages, 0 while they work.
func (o *Oracle) health(now clock.Tick) perception.Health {
	age := func(t *rig.Timing) clock.Tick {
		if now >= t.Blackout[0] && now < t.Blackout[1] {
			return now - t.Blackout[0]
		}
		return 0
	}
	return perception.Health{
		CameraAge: age(&o.rig.Camera.Timing), RadarAge: age(&o.rig.Radar.Timing),
		LidarAge: age(&o.rig.Lidar.Timing), LocalizationAge: age(&o.rig.GNSS.Timing),
	}
}

// Perceive returns the true scene at the time of the observation, whose messages
// it ignores.
func (o *Oracle) Perceive(_ context.Context, obs *sensor.Observation) (*perception.Scene, error) {
	s := &o.scene
	s.Time = obs.Now
	ego := o.world.Ego()
	s.Ego = perception.Ego{
		Pose:    ego.State.Pose,
		Speed:   ego.State.Speed,
		Accel:   ego.State.Accel,
		YawRate: ego.State.YawRate,
		Steer:   ego.State.Steer,
	}
	s.Health = o.health(s.Time)
	o.fillTracks(ego)
	s.Signals = s.Signals[:0]
	for i, state := range o.world.Signals() {
		s.Signals = append(s.Signals, perception.Signal{
			ID: road.SignalID(i), State: state, Confidence: 1, Seen: s.Time,
		})
	}
	_, _, s.LaneOffset, s.LaneSeen = o.world.Map().Nearest(ego.State.Pose.Pos())
	return s, nil
}

// Fork returns an oracle of the world w.
func (o *Oracle) Fork(w *sim.World) (perception.Perceiver, error) { return o.in(w), nil }

// in returns the oracle that o would be in the world w.
func (o *Oracle) in(w *sim.World) *Oracle {
	return &Oracle{world: w, since: maps.Clone(o.since), rig: o.rig}
}

// fillTracks makes a certain track of every actor within range.
func (o *Oracle) fillTracks(ego *actor.Actor) {
	s := &o.scene
	s.Tracks = s.Tracks[:0]
	actors := o.world.Actors()
	for i := range actors {
		a := &actors[i]
		box := a.Box()
		if box.Center.Dist(ego.State.Pose.Pos()) > oracleRange {
			continue
		}
		since, known := o.since[a.ID]
		if !known {
			since = s.Time
			o.since[a.ID] = since
		}
		s.Tracks = append(s.Tracks, perception.Track{
			ID:        int32(a.ID),
			Class:     perception.Class(a.Kind.Class()),
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
