package tape

import (
	"roadloop/sim"
	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/road"
)

// Course is how road users move from one decision to the next: the true world at its
// ticks, and between two of them by straight interpolation. It serves pictures that come
// more often than decisions. It holds the way after one frame, which the first look
// simulates; further looks at it allocate nothing. The zero value is ready.
type Course struct {
	of    *Frame
	ticks [clock.DriverPeriod + 1]instant
	now   instant
}

// instant is what moves in a world, the ego last.
type instant struct {
	users   []actor.Actor
	signals []road.SignalState
}

// At returns everyone, the ego last, and the signals a share of the time after the
// decision of a frame, 0, to the next one, 1, and the tick that has passed. After the end
// of the run nothing moves. What is returned is good until the next call.
func (c *Course) At(f *Frame, share float64) (users []actor.Actor, signals []road.SignalState, passed clock.Tick) {
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
		a.State = a.State.Between(&c.ticks[k+1].users[i].State, at-float64(k))
	}
	return c.now.users, from.signals, f.Time + clock.Tick(k)
}

// simulate lets a copy of the world go on as the frame's command made it.
func (c *Course) simulate(f *Frame) {
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
