package oracle

import (
	"context"
	"math"

	"roadloop/perception"
	"roadloop/planning"
	"roadloop/planning/prediction"
	"roadloop/sim"
	"roadloop/sim/geom"
	"roadloop/sim/road"
	"roadloop/sim/vehicle"
)

// Predictor is a planning.Predictor that simulates a copy of the world, in which the ego
// keeps its steering angle and goes on braking or at its speed. A track moves as the
// actor nearest to it will, from where the track is believed to be: errors of tracking
// stay. Tracks that match no actor use package prediction.
type Predictor struct {
	fallback planning.Predictor
	future   [][planning.Horizon + 1]geom.Pose // of the actors' middles, the present first
}

// NewPredictor returns a predictor on a map.
func NewPredictor(m *road.Map) *Predictor { return &Predictor{fallback: prediction.New(m)} }

// Predict forecasts every track. Outside a session it is package prediction.
func (p *Predictor) Predict(ctx context.Context, scene *perception.Scene) []planning.Forecast {
	p.future = p.future[:0]
	if w, ok := sim.WorldFrom(ctx); ok {
		p.simulate(w)
	}
	forecast := p.fallback.Predict(ctx, scene)
	for i := range forecast {
		t := &scene.Tracks[forecast[i].Track]
		if a := p.actorOf(t); a >= 0 {
			forecast[i].Modes = append(forecast[i].Modes[:0], planning.Mode{Probability: 1, Poses: follow(t.Pose, &p.future[a])})
		}
	}
	return forecast
}

// Clone returns a predictor that goes on exactly as p would.
func (p *Predictor) Clone() planning.Predictor { return p.clone() }

func (p *Predictor) clone() *Predictor { return &Predictor{fallback: p.fallback.Clone()} }

// simulate notes where every actor will be.
func (p *Predictor) simulate(now *sim.World) {
	w := now.Clone()
	ego := &w.Ego().State
	goOn := vehicle.Command{Steer: ego.Steer, Accel: math.Min(0, ego.Accel)}
	p.future = append(p.future, make([][planning.Horizon + 1]geom.Pose, len(w.Actors()))...)
	for k := range planning.Horizon + 1 {
		for i := range p.future {
			box := w.Actors()[i].Box()
			p.future[i][k] = geom.Pose{X: box.Center.X, Y: box.Center.Y, Yaw: box.Yaw}
		}
		for range planning.ForecastStep {
			w.Step(goOn)
		}
	}
}

// actorOf returns the index of the actor that a track is of, -1 for none.
func (p *Predictor) actorOf(t *perception.Track) int {
	best, nearest := 2+t.Length/2, -1
	for i := range p.future {
		if d := p.future[i][0].Pos().Dist(t.Pose.Pos()); d < best {
			best, nearest = d, i
		}
	}
	return nearest
}

// follow moves a pose as another one moves.
func follow(p geom.Pose, way *[planning.Horizon + 1]geom.Pose) (out [planning.Horizon]geom.Pose) {
	for k := range out {
		by := way[k+1].Pos().Sub(way[0].Pos())
		out[k] = geom.Pose{X: p.X + by.X, Y: p.Y + by.Y, Yaw: geom.WrapAngle(p.Yaw + way[k+1].Yaw - way[0].Yaw)}
	}
	return out
}
