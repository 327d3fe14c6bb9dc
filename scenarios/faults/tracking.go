package faults

import (
	"slices"

	"roadloop/perception"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
	"roadloop/sim/road"
	"roadloop/trace"
)

func trackingFaults() []Fault {
	stateful := func(name, means string, f func() modifier[*perception.Scene], likely ...string) Fault {
		return Fault{name, trace.LayerTracking, means, likely, func(s *target) error {
			s.stack.Perceiver = &perceiver{s.stack.Perceiver, f()}
			return nil
		}}
	}
	fault := func(name, means string, f func(*perception.Scene), likely ...string) Fault {
		return stateful(name, means, func() modifier[*perception.Scene] {
			return modifyFunc[*perception.Scene](func(s *perception.Scene) *perception.Scene {
				f(s)
				return s
			})
		}, likely...)
	}
	every := func(f func(*perception.Scene, *perception.Track)) func(*perception.Scene) {
		return func(s *perception.Scene) {
			for i := range s.Tracks {
				f(s, &s.Tracks[i])
			}
		}
	}
	without := func(f func(*perception.Scene, *perception.Track) bool) func(*perception.Scene) {
		return func(s *perception.Scene) {
			s.Tracks = slices.DeleteFunc(s.Tracks, func(t perception.Track) bool { return f(s, &t) })
		}
	}
	ofClass := func(c perception.Class) func(*perception.Scene) {
		return without(func(_ *perception.Scene, t *perception.Track) bool { return t.Class == c })
	}
	return []Fault{
		stateful("tracks-stale", "tracks are those of a second ago", func() modifier[*perception.Scene] { return &stale{tracks: true} }, "cut-in", "pedestrian", "follow"),
		stateful("lights-stale", "lights are those of 4 s ago", func() modifier[*perception.Scene] { return &stale{} }, "junction"),
		fault("near-only", "tracks beyond 12 m are dropped", without(func(s *perception.Scene, t *perception.Track) bool {
			return t.Pose.Pos().Dist(s.Ego.Pose.Pos()) > 12
		}), "obstacle", "follow"),
		fault("tracks-mirrored", "tracks are mirrored left to right", every(mirrorTrack), "cut-in", "pedestrian", "junction"),
		fault("velocity-zero", "all tracks have the velocity 0", every(func(_ *perception.Scene, t *perception.Track) { t.Vel = geom.Vec{} }), "cut-in", "follow"),
		fault("velocity-doubled", "all tracks have twice their velocity", every(func(_ *perception.Scene, t *perception.Track) { t.Vel = t.Vel.Scale(2) }), "follow", "cut-in"),
		fault("headings-reversed", "headings and velocities of tracks are reversed", every(func(_ *perception.Scene, t *perception.Track) {
			t.Pose.Yaw, t.Vel = geom.WrapAngle(t.Pose.Yaw+180*deg), t.Vel.Scale(-1)
		}), "follow", "cut-in"),
		fault("people-ignored", "tracks of pedestrians are dropped", ofClass(perception.Pedestrian), "pedestrian"),
		fault("cyclists-ignored", "tracks of cyclists are dropped", ofClass(perception.Cyclist), "cyclist"),
		fault("cars-ignored", "tracks of cars are dropped", ofClass(perception.Car), "follow", "obstacle"),
		fault("still-ignored", "tracks of stationary objects are dropped", without(func(_ *perception.Scene, t *perception.Track) bool { return t.Vel.Norm() < 1 }), "obstacle", "follow"),
		fault("left-ignored", "tracks on the left are dropped", without(func(s *perception.Scene, t *perception.Track) bool {
			return s.Ego.Pose.ToLocal(t.Pose.Pos()).Y > 1
		}), "junction", "cut-in", "cyclist"),
		fault("doubted", "the existence probability of tracks is 60 % lower", every(func(_ *perception.Scene, t *perception.Track) { t.Existence *= .4 }), "follow", "obstacle"),
		fault("sizes-shrunk", "tracks have a quarter of their length and width", every(func(_ *perception.Scene, t *perception.Track) {
			t.Length, t.Width = t.Length/4, t.Width/4
		}), "obstacle", "follow"),
		fault("speed-believed-low", "the estimated ego speed is half of the true one", func(s *perception.Scene) { s.Ego.Speed /= 2 }, "lane", "obstacle"),
		fault("position-shifted", "the estimated ego position is 1 m too far left", func(s *perception.Scene) {
			at := s.Ego.Pose.ToWorld(geom.Vec{Y: 1})
			s.Ego.Pose.X, s.Ego.Pose.Y = at.X, at.Y
		}, "lane"),
		fault("position-ahead", "the estimated ego position is 4 m too far ahead", func(s *perception.Scene) {
			at := s.Ego.Pose.ToWorld(geom.Vec{X: 4})
			s.Ego.Pose.X, s.Ego.Pose.Y = at.X, at.Y
		}, "follow", "lane"),
		fault("heading-believed-left", "the estimated ego heading is 5° too far left", func(s *perception.Scene) {
			s.Ego.Pose.Yaw = geom.WrapAngle(s.Ego.Pose.Yaw + 5*deg)
		}, "lane"),
		fault("lights-believed-green", "every light is perceived as green", func(s *perception.Scene) {
			for i := range s.Signals {
				s.Signals[i].State = road.Green
			}
		}, "junction"),
		fault("tracks-flicker", "all tracks are lost for a second every other second", func(s *perception.Scene) {
			if s.Time/clock.PerSecond%2 == 1 {
				s.Tracks = nil
			}
		}, "pedestrian", "follow", "cut-in"),
	}
}

func mirrorTrack(s *perception.Scene, t *perception.Track) {
	p := s.Ego.Pose.ToLocal(t.Pose.Pos())
	at := s.Ego.Pose.ToWorld(geom.Vec{X: p.X, Y: -p.Y})
	t.Pose.X, t.Pose.Y = at.X, at.Y
}

// stale returns old tracks, or old lights, as current ones.
type stale struct {
	tracks bool
	past   []*perception.Scene
}

func (o *stale) modify(s *perception.Scene) *perception.Scene {
	old := *s
	o.past = append(o.past, &old)
	age := 4 * clock.PerSecond
	if o.tracks {
		age = clock.PerSecond
	}
	for len(o.past) > 1 && o.past[1].Time <= s.Time-age {
		o.past = o.past[1:]
	}
	if o.tracks {
		s.Tracks = o.past[0].Tracks
	} else {
		s.Signals = o.past[0].Signals
	}
	return s
}

// clone shares the scenes, which are immutable.
func (o *stale) clone() modifier[*perception.Scene] { return &stale{o.tracks, slices.Clone(o.past)} }
