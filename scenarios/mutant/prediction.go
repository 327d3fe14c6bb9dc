package mutant

import (
	"roadloop/planning"
	"roadloop/sim/geom"
	"roadloop/trace"
)

func predictionFaults() []Fault {
	fault := func(name, means string, f func(*outlook), likely ...string) Fault {
		return Fault{name, trace.LayerPrediction, means, likely, func(s *site) error {
			s.stack.Predictor = &predictor{s.stack.Predictor, plain[outlook](func(o outlook) outlook {
				f(&o)
				return o
			})}
			return nil
		}}
	}
	poses := func(f func(now geom.Pose, poses *[planning.Horizon]geom.Pose)) func(*outlook) {
		return func(o *outlook) {
			for i := range o.cast {
				for m := range o.cast[i].Modes {
					f(o.scene.Tracks[o.cast[i].Track].Pose, &o.cast[i].Modes[m].Poses)
				}
			}
		}
	}
	return []Fault{
		fault("forecast-still", "everyone is expected to stay where they are", poses(func(now geom.Pose, way *[planning.Horizon]geom.Pose) {
			for k := range way {
				way[k] = now
			}
		}), "follow", "cut-in", "junction"),
		fault("forecast-reversed", "everyone is expected to go back where they came from", poses(func(now geom.Pose, way *[planning.Horizon]geom.Pose) {
			for k := range way {
				way[k].X, way[k].Y = 2*now.X-way[k].X, 2*now.Y-way[k].Y
			}
		}), "follow", "cut-in", "junction"),
		fault("forecast-fast", "everyone is expected to go three times as far", poses(func(now geom.Pose, way *[planning.Horizon]geom.Pose) {
			for k := range way {
				way[k].X, way[k].Y = now.X+3*(way[k].X-now.X), now.Y+3*(way[k].Y-now.Y)
			}
		}), "follow", "cut-in"),
		fault("forecast-shifted", "everyone is expected 3 m further left", poses(func(now geom.Pose, way *[planning.Horizon]geom.Pose) {
			for k := range way {
				at := way[k].ToWorld(geom.Vec{Y: 3})
				way[k].X, way[k].Y = at.X, at.Y
			}
		}), "follow", "cut-in", "pedestrian"),
		fault("forecast-none", "nothing is expected of anybody", func(o *outlook) { o.cast = nil }, "follow", "obstacle", "pedestrian"),
		fault("forecast-mixed", "everyone is expected to do what the next one does", func(o *outlook) {
			for i := range o.cast {
				o.cast[i].Track = (i + 1) % len(o.cast)
			}
		}, "junction", "cyclist"),
	}
}
