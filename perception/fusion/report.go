package fusion

import (
	"roadloop/perception"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/road"
	"roadloop/sim/sensor"
)

// report fills the scene with the current estimate.
func (f *Fusion) report() *perception.Scene {
	s := &f.scene
	s.Time = f.at
	s.Ego = f.localizer.ego()
	s.Tracks = s.Tracks[:0]
	for i := range f.tracks {
		if t := &f.tracks[i]; t.confirmed {
			s.Tracks = append(s.Tracks, f.describe(t))
		}
	}
	s.Signals = s.Signals[:0]
	for i := range f.signals {
		l := &f.signals[i]
		state, sure := l.state(f.at, f.c.Params.SignalHold)
		s.Signals = append(s.Signals, perception.Signal{ID: road.SignalID(i), State: state, Confidence: sure, Seen: l.seen})
	}
	f.reportHealth(&s.Health)
	if f.at-f.lastMessage.CameraAge > f.c.Params.SignalHold {
		s.LaneSeen, s.Boundaries = false, s.Boundaries[:0]
	}
	return s
}

// reportHealth fills in the ages of the last messages.
func (f *Fusion) reportHealth(h *perception.Health) {
	last := &f.lastMessage
	*h = perception.Health{
		CameraAge: f.at - last.CameraAge, RadarAge: f.at - last.RadarAge,
		LidarAge: f.at - last.LidarAge, LocalizationAge: f.at - last.LocalizationAge,
		Sensors: h.Sensors[:0],
	}
	for _, s := range last.Sensors {
		h.Sensors = append(h.Sensors, perception.SensorAge{Sensor: s.Sensor, Age: f.at - s.Age})
	}
}

// noteArrivals records the times of the last messages by the names of their sensors.
func (f *Fusion) noteArrivals(obs *sensor.Observation) {
	for name, at := range obs.Messages {
		f.noteArrival(name, at)
	}
}

func (f *Fusion) noteArrival(name string, at clock.Tick) {
	for i := range f.lastMessage.Sensors {
		if s := &f.lastMessage.Sensors[i]; s.Sensor == name {
			s.Age = at
			return
		}
	}
}

func (f *Fusion) describe(t *track) perception.Track {
	p := t.motion.pos()
	return perception.Track{
		ID: t.id, Class: t.class(), Pose: geom.Pose{X: p.X, Y: p.Y, Yaw: t.yaw},
		Vel: t.motion.vel(), Cov: t.motion.p, Length: t.length, Width: t.width,
		Existence: t.existence(), Age: f.at - t.born, Seen: t.seen,
	}
}
