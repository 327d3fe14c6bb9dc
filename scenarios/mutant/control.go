package mutant

import (
	"context"
	"math"
	"slices"

	"roadloop/control"
	"roadloop/control/guard"
	"roadloop/perception"
	"roadloop/sim/clock"
	"roadloop/sim/vehicle"
	"roadloop/trace"
)

func controlFaults() []Fault {
	remembering := func(name, means string, f func() flaw[vehicle.Command], likely ...string) Fault {
		return Fault{name, trace.LayerControl, means, likely, func(s *site) error {
			s.stack.Controller = &controller{s.stack.Controller, f()}
			return nil
		}}
	}
	fault := func(name, means string, f func(*vehicle.Command), likely ...string) Fault {
		return remembering(name, means, func() flaw[vehicle.Command] {
			return plain[vehicle.Command](func(c vehicle.Command) vehicle.Command {
				f(&c)
				return c
			})
		}, likely...)
	}
	// What happens behind the guard happens to its commands too.
	last := func(name, means string, f func(*verdict), likely ...string) Fault {
		return Fault{name, trace.LayerControl, means, likely, func(s *site) error {
			s.stack.Guard = &spoiledGuard{s.stack.Guard, func(v verdict) verdict {
				f(&v)
				return v
			}}
			return nil
		}}
	}
	return []Fault{
		fault("steering-flipped", "the wheels turn to the other side", func(c *vehicle.Command) { c.Steer = -c.Steer }, "lane", "junction"),
		fault("steering-halved", "the wheels turn half as far", func(c *vehicle.Command) { c.Steer /= 2 }, "lane", "junction"),
		fault("steering-biased", "the wheels turn 4° too far to the left", func(c *vehicle.Command) { c.Steer += 4 * deg }, "lane"),
		remembering("commands-late", "commands are half a second late", func() flaw[vehicle.Command] { return &delayed{} }, "lane", "follow"),
		last("brakes-weak", "nothing brakes harder than 1 m/s²", func(v *verdict) { v.cmd.Accel = math.Max(-1, v.cmd.Accel) }, "follow", "obstacle"),
		last("throttle-weak", "nothing accelerates the car", func(v *verdict) { v.cmd.Accel = math.Min(0, v.cmd.Accel) }, "junction", "lane"),
		fault("pedals-tripled", "pedals are pressed three times as hard", func(c *vehicle.Command) { c.Accel *= 3 }, "follow", "lane"),
		last("guard-alarmed", "the guard brakes for nothing, a second in every three", func(v *verdict) {
			if v.time/clock.PerSecond%3 == 1 {
				v.cmd.Accel, v.why = math.Min(v.cmd.Accel, -9), control.Intervention{Active: true, Reason: "AEB: nothing"}
			}
		}, "lane", "cut-in"),
		{"guard-off", trace.LayerControl, "the guard never says anything", []string{"pedestrian", "cut-in"}, func(s *site) error {
			s.stack.Guard = guard.None{}
			return nil
		}},
	}
}

// delayed carries commands out later.
type delayed struct{ waiting []vehicle.Command }

const commandDelay = 10 // decisions

func (d *delayed) spoil(c vehicle.Command) vehicle.Command {
	d.waiting = append(d.waiting, c)
	if len(d.waiting) <= commandDelay {
		return d.waiting[0]
	}
	c, d.waiting = d.waiting[0], d.waiting[1:]
	return c
}

func (d *delayed) clone() flaw[vehicle.Command] { return &delayed{slices.Clone(d.waiting)} }

// verdict is what a guard says, and when.
type verdict struct {
	time clock.Tick
	cmd  vehicle.Command
	why  control.Intervention
}

// spoiledGuard spoils the last word of a guard. It remembers nothing.
type spoiledGuard struct {
	inner control.Guard
	spoil func(verdict) verdict
}

func (g *spoiledGuard) Guard(ctx context.Context, scene *perception.Scene, want vehicle.Command) (vehicle.Command, control.Intervention) {
	cmd, why := g.inner.Guard(ctx, scene, want)
	v := g.spoil(verdict{scene.Time, cmd, why})
	return v.cmd, v.why
}

func (g *spoiledGuard) Clone() control.Guard { return &spoiledGuard{g.inner.Clone(), g.spoil} }
