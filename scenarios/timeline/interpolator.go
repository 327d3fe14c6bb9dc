package timeline

import (
	"roadloop/sim"
	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/road"
)

// Interpolator returns the road users at any time between two decisions: the true world at
// its ticks, and linear interpolation between two ticks. It serves displays that refresh
// more often than the driver decides. The first call for a frame simulates the world up
// to the next decision; further calls for the same frame allocate nothing. The zero
// value is ready to use.
type Interpolator struct {
	of    *Step
	ticks [clock.DriverPeriod + 1]instant
	now   instant
}

// instant holds the moving parts of a world, the ego last.
type instant struct {
	users   []actor.Actor
	signals []road.SignalState
}

// At returns the road users, the ego last, the signals, and the last tick before that
// time. A share of 0 is the decision of the frame, 1 the next decision. After the end of
// the run nothing moves. The slices are valid until the next call.
func (c *Interpolator) At(f *Step, share float64) (users []actor.Actor, signals []road.SignalState, passed clock.Tick) {
	if share <= 0 || f.End {
		c.now.copy(f.World)
		return c.now.users, c.now.signals, f.Time
	}
	if c.of != f {
		c.simulate(f)
	}
	at := min(share, 1) * float64(clock.DriverPeriod)
	k := int(at)
	from := &c.ticks[k]
	if at == float64(k) {
		return from.users, from.signals, f.Time + clock.Tick(k)
	}
	c.now.users = append(c.now.users[:0], from.users...)
	for i := range c.now.users {
		a := &c.now.users[i]
		a.State = a.State.Interpolate(&c.ticks[k+1].users[i].State, at-float64(k))
	}
	return c.now.users, from.signals, f.Time + clock.Tick(k)
}

// simulate steps a copy of the world with the frame's command.
func (c *Interpolator) simulate(f *Step) {
	c.of = f
	w := f.World.Clone()
	c.ticks[0].copy(w)
	for k := 1; k < len(c.ticks); k++ {
		w.Step(f.Command)
		c.ticks[k].copy(w)
	}
}

func (n *instant) copy(w *sim.World) {
	n.users = append(append(n.users[:0], w.Actors()...), *w.Ego())
	n.signals = append(n.signals[:0], w.Signals()...)
}
