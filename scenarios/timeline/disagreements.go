package timeline

import (
	"fmt"
	"math"
	"slices"

	"roadloop/scenarios/metrics"
	"roadloop/sim/clock"
	"roadloop/sim/vehicle"
)

// Thresholds are the limits above which override and driver disagree.
type Thresholds struct {
	Steer       float64    // difference of the road wheel angle, rad
	Accel       float64    // difference of the acceleration, m/s²
	MinDuration clock.Tick // minimum time above one of them
}

// DefaultThresholds returns 2° at the wheels, which is a lateral acceleration of 2 m/s²
// at 50 km/h; 1.5 m/s², a comfortable brake; and 0.35 s, the time of a slow glance.
func DefaultThresholds() Thresholds {
	return Thresholds{Steer: 2 * math.Pi / 180, Accel: 1.5, MinDuration: 35}
}

// Disagreement is a time span in which the driver's decision differs from the human's
// override.
type Disagreement struct {
	From, To clock.Tick // To is the last decision of it
	// Steering and Pedals report whether the steering and the acceleration differed.
	Steering, Longitudinal bool
	// At is the time of the largest difference in multiples of the thresholds. Hands is
	// the override there, Driver the driver's command, and Reason the driver's reason.
	At               clock.Tick
	Override, Driver vehicle.Command
	Reason           string
}

// String describes both commands.
func (d Disagreement) String() string {
	return fmt.Sprintf("%v to %v: human %s, driver %s (%s)", d.From, d.To, commandText(d.Override), commandText(d.Driver), d.Reason)
}

func commandText(c vehicle.Command) string {
	return fmt.Sprintf("%+.1f° %+.1f m/s²", c.Steer*180/math.Pi, c.Accel)
}

// Disagreements lists the disagreements between overrides and the driver, which keeps deciding
// while a human drives. It covers the whole drive so far and is cheap.
func (t *Timeline) Disagreements(limits Thresholds) []Disagreement {
	log, trace := t.Log(), t.past()
	var out []Disagreement
	open, worst := false, 0.0
	for i := range trace.Records {
		r := &trace.Records[i]
		override, held := trace.OverrideAt(i)
		steer := math.Abs(override.Steer-r.Command.Steer) / limits.Steer
		accel := math.Abs(override.Accel-r.Command.Accel) / limits.Accel
		most := math.Max(steer, accel)
		if !held || most <= 1 {
			open = false
			continue
		}
		if !open {
			out = append(out, Disagreement{From: r.Time})
			open, worst = true, 0
		}
		d := &out[len(out)-1]
		d.To = r.Time
		d.Steering, d.Longitudinal = d.Steering || steer > 1, d.Longitudinal || accel > 1
		if most > worst {
			worst = most
			d.At, d.Override, d.Driver, d.Reason = r.Time, override, r.Command, reason(&log.Steps[i])
		}
	}
	return slices.DeleteFunc(out, func(d Disagreement) bool { return d.To-d.From+clock.DriverPeriod < limits.MinDuration })
}

// reason returns the reason of the decision: the guard's if it intervened, else the
// plan's.
func reason(s *metrics.LoggedStep) string {
	if s.Guard.Active {
		return s.Guard.Reason
	}
	return s.Plan.Reason
}
