package faults

import (
	"roadloop/planning"
	"roadloop/sim/geom"
	"roadloop/trace"
)

func predictionFaults() []Fault {
	fault := func(name, means string, f func(*prediction), likely ...string) Fault {
		return Fault{name, trace.LayerPrediction, means, likely, func(s *target) error {
			s.stack.Predictor = &predictor{s.stack.Predictor, modifyFunc[prediction](func(o prediction) prediction {
				f(&o)
				return o
			})}
			return nil
		}}
	}
	poses := func(f func(now geom.Pose, poses *[planning.Horizon]geom.Pose)) func(*prediction) {
		return func(o *prediction) {
			for i := range o.forecasts {
				for m := range o.forecasts[i].Modes {
					f(o.scene.Tracks[o.forecasts[i].Track].Pose, &o.forecasts[i].Modes[m].Poses)
				}
			}
		}
	}
	return []Fault{
		fault("forecast-still", "all road users are predicted to stand still", poses(func(now geom.Pose, way *[planning.Horizon]geom.Pose) {
			for k := range way {
				way[k] = now
			}
		}), "follow", "cut-in", "junction"),
		fault("forecast-reversed", "all road users are predicted to move backward", poses(func(now geom.Pose, way *[planning.Horizon]geom.Pose) {
			for k := range way {
				way[k].X, way[k].Y = 2*now.X-way[k].X, 2*now.Y-way[k].Y
			}
		}), "follow", "cut-in", "junction"),
		fault("forecast-fast", "all road users are predicted to move three times as far", poses(func(now geom.Pose, way *[planning.Horizon]geom.Pose) {
			for k := range way {
				way[k].X, way[k].Y = now.X+3*(way[k].X-now.X), now.Y+3*(way[k].Y-now.Y)
			}
		}), "follow", "cut-in"),
		fault("forecast-shifted", "all predictions are shifted 3 m to the left", poses(func(now geom.Pose, way *[planning.Horizon]geom.Pose) {
			for k := range way {
				at := way[k].ToWorld(geom.Vec{Y: 3})
				way[k].X, way[k].Y = at.X, at.Y
			}
		}), "follow", "cut-in", "pedestrian"),
		fault("forecast-none", "there are no predictions", func(o *prediction) { o.forecasts = nil }, "follow", "obstacle", "pedestrian"),
		fault("forecast-mixed", "each road user gets the prediction of another", func(o *prediction) {
			for i := range o.forecasts {
				o.forecasts[i].Track = (i + 1) % len(o.forecasts)
			}
		}, "junction", "cyclist"),
	}
}
