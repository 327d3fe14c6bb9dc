package faults

import (
	"context"
	"math"
	"slices"

	"roadloop/control"
	"roadloop/perception"
	"roadloop/sim/clock"
	"roadloop/sim/vehicle"
	"roadloop/trace"
)

func controlFaults() []Fault {
	stateful := func(name, means string, f func() modifier[vehicle.Command], likely ...string) Fault {
		return Fault{name, trace.LayerControl, means, likely, func(s *target) error {
			s.stack.Controller = &controller{s.stack.Controller, f()}
			return nil
		}}
	}
	fault := func(name, means string, f func(*vehicle.Command), likely ...string) Fault {
		return stateful(name, means, func() modifier[vehicle.Command] {
			return modifyFunc[vehicle.Command](func(c vehicle.Command) vehicle.Command {
				f(&c)
				return c
			})
		}, likely...)
	}
	// Faults behind the guard also modify the guard's own commands.
	guardFault := func(name, means string, f func(*guardOutput), likely ...string) Fault {
		return Fault{name, trace.LayerControl, means, likely, func(s *target) error {
			s.stack.Guard = &modifiedGuard{s.stack.Guard, func(v guardOutput) guardOutput {
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
		stateful("commands-late", "commands are half a second late", func() modifier[vehicle.Command] { return &delayed{} }, "lane", "follow"),
		guardFault("brakes-weak", "the brakes are limited to 1 m/s²", func(v *guardOutput) { v.cmd.Accel = math.Max(-1, v.cmd.Accel) }, "follow", "obstacle"),
		guardFault("throttle-weak", "the car never accelerates", func(v *guardOutput) { v.cmd.Accel = math.Min(0, v.cmd.Accel) }, "junction", "lane"),
		fault("pedals-tripled", "accelerations are three times as strong", func(c *vehicle.Command) { c.Accel *= 3 }, "follow", "lane"),
		guardFault("guard-alarmed", "the guard brakes without a reason, one second in every three", func(v *guardOutput) {
			if v.time/clock.PerSecond%3 == 1 {
				v.cmd.Accel, v.intervention = math.Min(v.cmd.Accel, -9), control.Intervention{Active: true, Reason: "AEB: nothing"}
			}
		}, "lane", "cut-in"),
		{"guard-off", trace.LayerControl, "the guard never intervenes", []string{"pedestrian", "cut-in"}, func(s *target) error {
			s.stack.Guard = control.NoGuard{}
			return nil
		}},
	}
}

// delayed delays commands.
type delayed struct{ waiting []vehicle.Command }

const commandDelay = 10 // decisions

func (d *delayed) modify(c vehicle.Command) vehicle.Command {
	d.waiting = append(d.waiting, c)
	if len(d.waiting) <= commandDelay {
		return d.waiting[0]
	}
	c, d.waiting = d.waiting[0], d.waiting[1:]
	return c
}

func (d *delayed) clone() modifier[vehicle.Command] { return &delayed{slices.Clone(d.waiting)} }

// guardOutput is the output of a guard and its time.
type guardOutput struct {
	time         clock.Tick
	cmd          vehicle.Command
	intervention control.Intervention
}

// modifiedGuard modifies the output of a guard. It has no state.
type modifiedGuard struct {
	inner  control.Guard
	modify func(guardOutput) guardOutput
}

func (g *modifiedGuard) Guard(ctx context.Context, scene *perception.Scene, want vehicle.Command) (vehicle.Command, control.Intervention) {
	cmd, intervention := g.inner.Guard(ctx, scene, want)
	v := g.modify(guardOutput{scene.Time, cmd, intervention})
	return v.cmd, v.intervention
}

func (g *modifiedGuard) Clone() control.Guard { return &modifiedGuard{g.inner.Clone(), g.modify} }
