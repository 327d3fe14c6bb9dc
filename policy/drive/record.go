package drive

import (
	"slices"
	"strings"

	"roadloop"
	"roadloop/planning"
	"roadloop/policy"
	"roadloop/scenarios/metrics"
	"roadloop/scenarios/metrics/leaderboard"
	"roadloop/sim"
	"roadloop/sim/actor"
	"roadloop/sim/clock"
	"roadloop/sim/road"
	"roadloop/sim/vehicle"
)

// recorder keeps the drive log of an episode, with a step every 50 ms.
type recorder struct {
	log    *metrics.Recorder
	events []sim.Event // since the last step of the log
	last   clock.Tick  // time of that step
}

// Record makes the environment keep the drive log of the episodes that begin from now on.
func (e *Env) Record() error {
	e.recording = true
	return nil
}

// Log returns the drive log of the present episode so far. It is nil before Record.
func (e *Env) Log() *metrics.DriveLog {
	if e.recorder.log == nil {
		return nil
	}
	return e.recorder.log.Log()
}

// begin begins the log of an episode.
func (r *recorder) begin(e *Env) {
	names, traffic := []string{"ego"}, actor.ID(1)
	if e.scenario != nil {
		names, traffic = e.scenario.Names, e.scenario.FirstTraffic
	} else {
		for i := range e.spec.Actors {
			names = append(names, e.spec.Actors[i].Name)
		}
	}
	c := roadloop.Case{World: e.spec, Route: e.course.route(e.spec.Ego.Route)}
	*r = recorder{log: metrics.NewRecorder(&c, names, traffic), events: r.events[:0]}
}

// record adds a step. The last step of an episode has a time of its own if an infraction
// ended it between two steps.
func (r *recorder) record(w *sim.World, command vehicle.Command, plan *planning.Plan) {
	m := roadloop.Step{Time: w.Time(), World: w, Events: r.events}
	m.Command, m.Want, m.Plan = command, command, plan
	r.log.Record(&m, nil)
	r.last, r.events = w.Time(), r.events[:0]
}

// route returns the lanes up to the goal, of those of the course, and its place there.
func (c *course) route(lanes []road.LaneID) planning.Route {
	end, at := c.start+c.total, 0
	for i := range c.lines {
		if c.lines[i].base <= end {
			at = i
		}
	}
	l := &c.lines[at]
	for _, p := range l.Pieces {
		if i := slices.Index(lanes, p.Lane); i >= 0 && p.Start <= end-l.base && end-l.base <= p.End {
			return planning.Route{Lanes: lanes[:i+1], GoalS: end - l.base - p.Start}
		}
	}
	return planning.Route{Lanes: lanes}
}

// Ending describes how the present episode ended, and reports whether that is a failure.
func (e *Env) Ending() (text string, failed bool) {
	switch {
	case e.succeeded:
		return "goal reached", false
	case !e.done:
		return "not over", false
	case e.truncated && e.step[blocked] > 0:
		return termNames[blocked], true
	case e.truncated:
		return "time over", true
	}
	var parts []string
	for t := range numTerms {
		if e.step[t] > 0 && e.weights[t].Terminate {
			parts = append(parts, termNames[t])
		}
	}
	return strings.Join(parts, ", "), true
}

// scoreNames are the measures that AddScores adds.
var scoreNames = []string{leaderboard.CARLA20, leaderboard.CARLA21, leaderboard.Bench2Drive}

// AddScores adds the driving scores of the CARLA leaderboard 2.0 and 2.1 and of Bench2Drive,
// 0 to 100, to the measures of episodes that begin from now on; see package leaderboard for
// their definitions. They are 0 until an episode ends. They rate the episode as it was
// driven: infractions after its end do not count, and a truncated one has timed out.
func (e *Env) AddScores() {
	if e.scored {
		return
	}
	e.recording, e.scored = true, true
	e.specification.Measures = append(slices.Clip(e.specification.Measures), scoreNames...)
}

// score writes the scores of the present episode if it is over.
func (e *Env) score(dst []float64) {
	clear(dst)
	if !e.done || e.recorder.log == nil {
		return
	}
	log := *e.Log()
	log.TimedOut = e.truncated
	for _, s := range leaderboard.DrivingScores(&log, nil) {
		if i := slices.Index(scoreNames, s.Name); i >= 0 {
			dst[i] = s.Value
		}
	}
}

// Summaries returns the statistics of episodes: success, completion of the route, comfort as a
// share of the time and the mean speed; safety; each infraction per kilometer; and with
// AddScores the published scores.
func (e *Env) Summaries() []policy.Summary {
	infractions := termNames[collision : blocked+1]
	out := []policy.Summary{
		{Name: "success", Of: []string{measureSuccess}, Percent: true},
		{Name: "route", Of: []string{measureCompletion}, Percent: true},
		{Name: "comfort", Of: []string{measureComfort}, Per: []string{measureTime}, Weighted: true, Percent: true},
		{Name: "m/s", Of: []string{measureDistance}, Per: []string{measureTime}},
	}
	add := func(s policy.Summary, group string) {
		s.Group = group
		out = append(out, s)
	}
	const safety, each, scores = "safety", "infractions per km", "published scores"
	add(policy.Summary{Name: "infractions per km", Of: infractions, Per: []string{measureDistance}, Scale: 1000}, safety)
	add(policy.Summary{Name: "km per infraction", Of: []string{measureDistance}, Per: infractions, Scale: .001}, safety)
	for _, name := range []string{termNames[speeding], termNames[tooClose]} {
		add(policy.Summary{Name: name, Of: []string{name}, Per: []string{measureTime}, Weighted: true, Percent: true}, safety)
	}
	for _, name := range infractions {
		add(policy.Summary{Name: name, Of: []string{name}, Per: []string{measureDistance}, Scale: 1000}, each)
	}
	if e.scored {
		for i, name := range []string{"CARLA 2.0", "CARLA 2.1", "Bench2Drive"} {
			add(policy.Summary{Name: name, Of: scoreNames[i : i+1]}, scores)
		}
	}
	return out
}
