package roadloop

import (
	"math"

	"roadloop/perception"
	"roadloop/planning"
	"roadloop/planning/prediction"
	"roadloop/sim"
	"roadloop/sim/geom"
	"roadloop/sim/vehicle"
)

// Prophet is a Predictor that looks ahead in a copy of the world, in which the ego
// keeps its steering angle and goes on braking or at its speed. A track moves as the
// actor nearest to it will, from where the track is believed to be: errors of
// tracking stay. Of a track that is nobody's it knows no more than package
// prediction.
type Prophet struct {
	world  *sim.World
	guess  *prediction.Predictor
	future [][planning.Horizon + 1]geom.Pose // of the actors' middles, the present first
}

// NewProphet returns a prophet in the world.
func NewProphet(w *sim.World) *Prophet {
	return &Prophet{world: w, guess: prediction.New(w.Map())}
}

// Predict tells what every track will do.
func (p *Prophet) Predict(scene *perception.Scene) []planning.Forecast {
	p.foresee()
	cast := p.guess.Predict(scene)
	for i := range cast {
		t := &scene.Tracks[cast[i].Track]
		if who := p.actorOf(t); who >= 0 {
			cast[i].Modes = append(cast[i].Modes[:0], planning.Mode{Probability: 1, Poses: follow(t.Pose, &p.future[who])})
		}
	}
	return cast
}

// Fork returns a prophet in the world w.
func (p *Prophet) Fork(w *sim.World) (planning.Predictor, error) {
	return &Prophet{world: w, guess: p.guess.Clone()}, nil
}

// foresee notes where everyone will be.
func (p *Prophet) foresee() {
	w := p.world.Clone()
	ego := &w.Ego().State
	goOn := vehicle.Command{Steer: ego.Steer, Accel: math.Min(0, ego.Accel)}
	p.future = append(p.future[:0], make([][planning.Horizon + 1]geom.Pose, len(w.Actors()))...)
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

// actorOf returns the index of the actor that a track is of, -1 for nobody.
func (p *Prophet) actorOf(t *perception.Track) int {
	best, who := 2+t.Length/2, -1
	for i := range p.future {
		if d := p.future[i][0].Pos().Dist(t.Pose.Pos()); d < best {
			best, who = d, i
		}
	}
	return who
}

// follow moves a pose as another one moves.
func follow(p geom.Pose, way *[planning.Horizon + 1]geom.Pose) (out [planning.Horizon]geom.Pose) {
	for k := range out {
		by := way[k+1].Pos().Sub(way[0].Pos())
		out[k] = geom.Pose{X: p.X + by.X, Y: p.Y + by.Y, Yaw: geom.WrapAngle(p.Yaw + way[k+1].Yaw - way[0].Yaw)}
	}
	return out
}
