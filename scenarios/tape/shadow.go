package tape

import (
	"fmt"
	"math"
	"slices"

	"roadloop/scenarios/record"
	"roadloop/sim/clock"
	"roadloop/sim/vehicle"
)

// Thresholds say from when on hands and driver disagree.
type Thresholds struct {
	Steer float64    // difference of the road wheel angle, rad
	Accel float64    // difference of the acceleration, m/s²
	Least clock.Tick // time for which one of them must be exceeded
}

// DefaultThresholds are 2° at the wheels, which at 50 km/h is 2 m/s² to the side, and
// 1.5 m/s², the brake of somebody in no hurry; for a third of a second, the time of a
// slow glance.
func DefaultThresholds() Thresholds {
	return Thresholds{Steer: 2 * math.Pi / 180, Accel: 1.5, Least: 35}
}

// Disagreement is a time in which the driver would have done otherwise than the hands
// at the wheel did.
type Disagreement struct {
	From, To clock.Tick // To is the last decision of it
	// Steering and Pedals tell which of the two differed.
	Steering, Pedals bool
	// At is where they differed most, as multiples of the thresholds; Hands is what was
	// done there, Driver what the driver would have done, and Reason why.
	At            clock.Tick
	Hands, Driver vehicle.Command
	Reason        string
}

// String says in words who would have done what.
func (d Disagreement) String() string {
	return fmt.Sprintf("%v to %v: by hand %s, the driver %s (%s)", d.From, d.To, told(d.Hands), told(d.Driver), d.Reason)
}

func told(c vehicle.Command) string {
	return fmt.Sprintf("%+.1f° %+.1f m/s²", c.Steer*180/math.Pi, c.Accel)
}

// Shadow lists where the driver, who goes on deciding while hands have the wheel, would
// have done otherwise. It looks at the whole drive so far, and costs little.
func (t *Tape) Shadow(limits Thresholds) []Disagreement {
	log, trace := t.Log(), t.past()
	var out []Disagreement
	open, worst := false, 0.0
	for i := range trace.Records {
		r := &trace.Records[i]
		hands, held := trace.OverrideAt(i)
		steer := math.Abs(hands.Steer-r.Command.Steer) / limits.Steer
		accel := math.Abs(hands.Accel-r.Command.Accel) / limits.Accel
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
		d.Steering, d.Pedals = d.Steering || steer > 1, d.Pedals || accel > 1
		if most > worst {
			worst = most
			d.At, d.Hands, d.Driver, d.Reason = r.Time, hands, r.Command, reason(&log.Steps[i])
		}
	}
	return slices.DeleteFunc(out, func(d Disagreement) bool { return d.To-d.From+clock.DriverPeriod < limits.Least })
}

// reason returns why the driver decided as it did: that of the guard where it had the
// last word.
func reason(s *record.Step) string {
	if s.Guard.Active {
		return s.Guard.Reason
	}
	return s.Plan.Reason
}
