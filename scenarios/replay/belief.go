package replay

import (
	"encoding/json"
	"math"

	"roadloop/perception"
	"roadloop/planning"
	"roadloop/scenarios/metrics"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
)

// nanPose is the pose of a missing object; columns write it as null.
var nanPose = geom.Pose{X: math.NaN(), Y: math.NaN(), Yaw: math.NaN()}

// track is a track of the driver over consecutive steps.
type track struct {
	ID    int32  `json:"id"`
	Class string `json:"class"`
	From  int    `json:"from"` // its first step
	motion
	VX json.RawMessage `json:"vx"` // dm/s
	VY json.RawMessage `json:"vy"`
}

// trackRun collects the states of a track in consecutive steps.
type trackRun struct {
	from   int
	states []*perception.Track
}

// tracks returns all runs of tracks in the order of their first steps, then by ID.
func tracks(l *metrics.DriveLog) []track {
	var runs []*trackRun
	open := make(map[int32]*trackRun)
	for i := range l.Steps {
		list := l.Steps[i].Belief.Tracks
		for k := range list {
			t := &list[k]
			r := open[t.ID]
			if r == nil || r.from+len(r.states) != i || r.states[0].Class != t.Class {
				r = &trackRun{from: i}
				open[t.ID] = r
				runs = append(runs, r)
			}
			r.states = append(r.states, t)
		}
	}
	out := make([]track, len(runs))
	for i, r := range runs {
		out[i] = r.encode()
	}
	return out
}

// encode encodes a run. Its size is the last one.
func (r *trackRun) encode() track {
	n, last := len(r.states), r.states[len(r.states)-1]
	t := track{ID: last.ID, Class: last.Class.String(), From: r.from,
		motion: newMotion(n, func(i int) geom.Pose { return r.states[i].Pose }),
		VX:     column(n, deci, func(i int) float64 { return r.states[i].Vel.X }),
		VY:     column(n, deci, func(i int) float64 { return r.states[i].Vel.Y }),
	}
	t.Length, t.Width = rounded(last.Length), rounded(last.Width)
	return t
}

// rounded rounds x to a hundredth.
func rounded(x float64) float64 { return math.Round(x*centi) / centi }

// plan is a planned path, valid from a step until the next plan.
type plan struct {
	Step int             `json:"i"`
	X    json.RawMessage `json:"x"` // dm, one per kept waypoint
	Y    json.RawMessage `json:"y"`
}

const (
	planPeriod = 2 // steps between plans
	planPoints = 12
)

// plans returns the planned paths, thinned in time and space.
func plans(l *metrics.DriveLog) []plan {
	var out []plan
	for i := 0; i < len(l.Steps); i += planPeriod {
		w := thin(l.Steps[i].Plan.Waypoints)
		out = append(out, plan{Step: i,
			X: column(len(w), deci, func(k int) float64 { return w[k].Pose.X }),
			Y: column(len(w), deci, func(k int) float64 { return w[k].Pose.Y }),
		})
	}
	return out
}

// thin keeps planPoints of the waypoints, the first and the last among them.
func thin(w []planning.Waypoint) []planning.Waypoint {
	if len(w) <= planPoints {
		return w
	}
	out := make([]planning.Waypoint, planPoints)
	for i := range out {
		out[i] = w[i*(len(w)-1)/(planPoints-1)]
	}
	return out
}

// span is a time span with one reason of the driver.
type span struct {
	Kind string     `json:"kind"` // plan, or guard during an emergency brake
	Text string     `json:"text"`
	From clock.Tick `json:"from"`
	To   clock.Tick `json:"to"`
}

// spans returns the reasons of plans and guard with their times. A continuous brake with
// changing reasons is one span with the first reason.
func spans(l *metrics.DriveLog) []span {
	var out []span
	var plan, guard *span
	hold := func(now *span, kind, text string, t clock.Tick) *span {
		if now != nil {
			now.To = t
		}
		same := now != nil && (now.Text == text || kind == "guard" && text != "")
		if same {
			return now
		}
		if now != nil {
			out = append(out, *now)
		}
		if text == "" {
			return nil
		}
		return &span{Kind: kind, Text: text, From: t, To: t}
	}
	for i := range l.Steps {
		s := &l.Steps[i]
		reason := ""
		if s.Guard.Active {
			reason = s.Guard.Reason
		}
		plan = hold(plan, "plan", s.Plan.Reason, s.Time)
		guard = hold(guard, "guard", reason, s.Time)
	}
	for _, s := range []*span{plan, guard} {
		if s != nil {
			out = append(out, *s)
		}
	}
	return out
}
