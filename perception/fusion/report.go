package fusion

import (
	"roadloop/perception"
	"roadloop/sim/geom"
	"roadloop/sim/road"
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
	s.Health = perception.Health{
		CameraAge: f.at - f.lastMessage.CameraAge, RadarAge: f.at - f.lastMessage.RadarAge,
		LidarAge: f.at - f.lastMessage.LidarAge, LocalizationAge: f.at - f.lastMessage.LocalizationAge,
	}
	if f.at-f.lastMessage.CameraAge > f.c.Params.SignalHold {
		s.LaneSeen, s.Boundaries = false, s.Boundaries[:0]
	}
	return s
}

func (f *Fusion) describe(t *track) perception.Track {
	p := t.motion.pos()
	return perception.Track{
		ID: t.id, Class: t.class(), Pose: geom.Pose{X: p.X, Y: p.Y, Yaw: t.yaw},
		Vel: t.motion.vel(), Cov: t.motion.p, Length: t.length, Width: t.width,
		Existence: t.existence(), Age: f.at - t.born, Seen: t.seen,
	}
}
