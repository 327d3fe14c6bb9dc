package scenarios

import (
	"fmt"
	"math"

	"roadloop"
	"roadloop/sim"
	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/geom"
)

// Sample is what was measured at one decision, on the true world.
type Sample struct {
	Time         float64   `json:"t"`
	Pose         geom.Pose `json:"pose"`
	Speed        float64   `json:"speed"`         // m/s
	Accel        float64   `json:"accel"`         // m/s²
	Gap          float64   `json:"gap"`           // to the nearest actor in the way, m; -1 for none
	TTC          float64   `json:"ttc"`           // to any actor at constant velocity, s; -1 for none within 10 s
	LateralError float64   `json:"lateral_error"` // from the middle of the lane, m
}

// Verdict is the judgment of a run.
type Verdict struct {
	Passed bool
	// Reason says in one sentence why it failed, with the time.
	Reason string
	At     clock.Tick
	// Minimum of the gap and time to collision, largest lateral error, progress.
	MinGap, MinTTC, MaxLateralError, Progress, MeanSpeed float64
	Duration                                             float64 // s
}

// judge watches a run and judges it.
type judge struct {
	plan    *Plan
	samples []Sample
	verdict Verdict
	stood   bool
	moved   bool
	done    bool
}

func newJudge(p *Plan) *judge {
	return &judge{plan: p, verdict: Verdict{MinGap: math.Inf(1), MinTTC: math.Inf(1)}}
}

// watch takes in a moment and reports whether the run should go on: a verdict of
// failure by an event ends it.
func (j *judge) watch(m *roadloop.Moment) bool {
	for i := range m.Events {
		if e := &m.Events[i]; !j.plan.Expect.Allowed[e.Kind] {
			j.fail(e.Time, "%s", j.describe(e))
		}
	}
	j.sample(m)
	j.overdue(m.Time)
	return !j.done && m.World.EgoProgress() < j.plan.End
}

// overdue fails a run that goes on beyond its limit.
func (j *judge) overdue(t clock.Tick) {
	if limit := j.plan.Timeout; limit > 0 && t >= limit && t < j.plan.Drive.Duration {
		j.fail(t, "was not over after %v, the limit of simulated time", limit)
	}
}

// fail records the first failure.
func (j *judge) fail(at clock.Tick, format string, args ...any) {
	if !j.done {
		j.done = true
		j.verdict.At = at
		j.verdict.Reason = fmt.Sprintf(format, args...)
	}
}

// describe says what an event was.
func (j *judge) describe(e *sim.Event) string {
	switch e.Kind {
	case sim.Collision:
		name := "someone"
		if int(e.Actor) < len(j.plan.Names) {
			name = j.plan.Names[e.Actor]
		}
		return fmt.Sprintf("collision with %s at %v, closing at %.0f km/h (%s)", name, e.Time, 3.6*e.Value, e.Impact)
	case sim.RedLight:
		return fmt.Sprintf("ran a red light at %v", e.Time)
	case sim.OffRoad:
		return fmt.Sprintf("left the road at %v", e.Time)
	case sim.Stranded:
		return fmt.Sprintf("stood in the junction at %v", e.Time)
	case sim.LaneDeparture:
		return fmt.Sprintf("left its lane by %.1f m at %v", e.Value, e.Time)
	}
	return fmt.Sprintf("%s at %v", e.Kind, e.Time)
}

// sample measures a moment.
func (j *judge) sample(m *roadloop.Moment) {
	ego := m.World.Ego()
	_, _, d := m.World.EgoPlace()
	s := Sample{
		Time: m.Time.Seconds(), Pose: ego.State.Pose, Speed: ego.State.Speed, Accel: ego.State.Accel,
		Gap: -1, TTC: -1, LateralError: d,
	}
	actors := m.World.Actors()
	for i := range actors {
		j.measure(&s, ego, &actors[i])
	}
	v := &j.verdict
	if s.Gap >= 0 {
		v.MinGap = math.Min(v.MinGap, s.Gap)
	}
	if s.TTC >= 0 {
		v.MinTTC = math.Min(v.MinTTC, s.TTC)
	}
	v.MaxLateralError = math.Max(v.MaxLateralError, math.Abs(d))
	v.Progress = m.World.EgoProgress() - j.plan.Drive.World.Ego.Start.S
	v.Duration = s.Time
	if s.Time > 0 {
		v.MeanSpeed = v.Progress / s.Time
	}
	j.moved = j.moved || s.Speed > 1
	j.stood = j.stood || j.moved && s.Speed < .3
	if s.Speed > j.plan.Expect.MaxSpeed {
		j.fail(m.Time, "drove %.0f km/h at %v, more than %.0f", 3.6*s.Speed, m.Time, 3.6*j.plan.Expect.MaxSpeed)
	}
	j.samples = append(j.samples, s)
}

// measure takes another actor into gap and time to collision.
func (j *judge) measure(s *Sample, ego, a *actor.Actor) {
	e, o := ego.Box(), a.Box()
	if e.Center.Dist(o.Center) > 100 {
		return
	}
	if t := geom.TimeToContact(e, ego.Velocity(), o, a.Velocity()); t < 10 && (s.TTC < 0 || t < s.TTC) {
		s.TTC = t
	}
	// In the way: on the arc that the ego drives now.
	q := ego.State.Pose.ToLocal(o.Center)
	curvature := ego.State.YawRate / math.Max(ego.State.Speed, 3)
	if q.X < 0 || math.Abs(q.Y-curvature*q.X*q.X/2) > (e.Width+o.Width)/2 {
		return
	}
	if gap := geom.Distance(e, o); s.Gap < 0 || gap < s.Gap {
		s.Gap = gap
	}
}

// finish judges what can only be known at the end.
func (j *judge) finish() Verdict {
	v, e := &j.verdict, &j.plan.Expect
	end := clock.FromSeconds(v.Duration)
	switch {
	case j.done:
	case v.MinTTC < e.MinTTC:
		j.fail(end, "time to collision fell to %.2f s, below %.2f s", v.MinTTC, e.MinTTC)
	case v.MinGap < e.MinGap:
		j.fail(end, "came within %.2f m, closer than %.2f m", v.MinGap, e.MinGap)
	case v.MaxLateralError > e.MaxLateralError:
		j.fail(end, "was %.2f m off the middle of the lane, more than %.2f m", v.MaxLateralError, e.MaxLateralError)
	case v.Progress < e.Progress:
		j.fail(end, "came %.0f m far in %.0f s, less than %.0f m", v.Progress, v.Duration, e.Progress)
	case v.Progress+j.plan.Drive.World.Ego.Start.S < e.Reach:
		j.fail(end, "came to %.0f m of its way in %.0f s, not to %.0f m", v.Progress+j.plan.Drive.World.Ego.Start.S, v.Duration, e.Reach)
	case v.MeanSpeed < e.MeanSpeed:
		j.fail(end, "drove %.0f km/h on average, less than %.0f", 3.6*v.MeanSpeed, 3.6*e.MeanSpeed)
	case e.Stops && !j.stood:
		j.fail(end, "never came to a standstill")
	}
	v.Passed = !j.done
	return *v
}
