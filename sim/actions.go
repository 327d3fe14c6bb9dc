package sim

import (
	"roadloop/sim/geom"
)

// perform begins an action. New has rejected actions that do
// not fit the actor.
func (p *performer) perform(do Action) {
	t, i := p.w.traffic, p.index
	switch a := do.(type) {
	case ChangeLane:
		over := orDefault(a.Over, 3)
		if a.Side != 0 {
			t.ChangeLane(i, a.Side, over, p.w.now)
		} else {
			t.ChangeTo(i, a.To, over, p.w.now)
		}
	case Offset:
		t.Offset(i, a.D, orDefault(a.Over, 2))
	case Speed:
		t.SetSpeed(i, a.Target, orDefault(a.Accel, 2))
	case Brake:
		t.Brake(i, a.To, orDefault(a.Decel, 4))
	case Rendezvous: // begins at the next tick
	case Stop:
		t.Brake(i, 0, orDefault(a.Decel, 3))
	case Turn:
		t.Reroute(i, a.Route)
	case Release:
		t.Release(i)
	default:
		p.performOnFoot(do)
	}
}

// performOnFoot begins an action of a pedestrian.
func (p *performer) performOnFoot(do Action) {
	t, i := p.w.traffic, p.index
	at := p.State.Pose
	switch a := do.(type) {
	case SetWalk:
		path := append([]geom.Vec{at.Pos()}, a.Path...)
		t.Walk(i, path, a.Speed, a.Wary)
	case Cross:
		t.Walk(i, []geom.Vec{at.Pos(), at.ToWorld(geom.Vec{X: a.Far})}, a.Speed, a.Wary)
	case Go:
		t.Go(i, a.Speed)
	case Hesitate:
		t.Pause(i, a.For)
	}
}

func orDefault(v, def float64) float64 {
	if v > 0 {
		return v
	}
	return def
}
