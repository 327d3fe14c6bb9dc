package leaderboard

import (
	"fmt"
	"math"
	"slices"

	"roadloop/sim/geom"
	"roadloop/sim/road"
)

// Limits at which CARLA ends a run early, in all versions of the leaderboard: later
// events do not count, and completion stays.
const (
	blockedSpeed     = 0.1   // m/s, below which the ego stands
	blockedTime      = 180.0 // s at a standstill
	minRouteTime     = 300.0 // s, plus the time for the route at minSpeedShare
	minSpeedShare    = 0.10  // of the speed limit
	maxFromRoute     = 30.0  // m from the route
	offRouteDistance = 15.0  // m from the route, which counts as off route
	maxOffRouteShare = 0.30  // of the route, driven off route
)

// ending is the last step of a run that counts, and the reason, "" for the end of the
// run.
type ending struct {
	step   int
	reason string
}

// ending returns the step at which CARLA ends the run.
func (r *run) ending() ending {
	end := ending{step: r.last()}
	for _, rule := range []func() ending{r.blocked, r.tooLong, r.offRoute} {
		if e := rule(); e.step < end.step {
			end = e
		}
	}
	return end
}

// blocked returns the end of a standstill that lasts too long.
func (r *run) blocked() ending {
	moved := r.time(0)
	for i := range r.ego {
		if math.Abs(r.ego[i].State.Speed) >= blockedSpeed {
			moved = r.time(i)
		}
		if r.time(i)-moved > blockedTime {
			return ending{i, fmt.Sprintf("the run ends after %.0f s at a standstill", blockedTime)}
		}
	}
	return ending{step: r.last()}
}

// tooLong returns the step at which the time for the route is over.
func (r *run) tooLong() ending {
	limit := minRouteTime
	if !r.onRoute(func(l *road.Lane, way float64) { limit += way / (minSpeedShare * l.SpeedLimit) }) {
		return ending{step: r.last()}
	}
	for i := range r.ego {
		if r.time(i)-r.time(0) > limit {
			return ending{i, fmt.Sprintf("the run ends after the %.0f s that the route allows", limit)}
		}
	}
	return ending{step: r.last()}
}

// offRoute returns the step at which the ego counts as off its route.
func (r *run) offRoute() ending {
	driven, length := 0.0, r.toGoal()
	for i := range r.ego {
		d := r.fromRoute(i)
		if d > maxFromRoute {
			return ending{i, fmt.Sprintf("the run ends %.0f m from the route", d)}
		}
		if i == 0 || d <= offRouteDistance {
			continue
		}
		driven += r.boxes[i].Center.Dist(r.boxes[i-1].Center)
		if driven > maxOffRouteShare*length {
			return ending{i, fmt.Sprintf("the run ends after %.0f m more than %.0f m from the route", driven, offRouteDistance)}
		}
	}
	return ending{step: r.last()}
}

// fromRoute returns the distance from the ego's center to the nearest centerline of its
// route, m; 0 without a route.
func (r *run) fromRoute(i int) float64 {
	lanes, p := r.log.Route.Lanes, r.boxes[i].Center
	if len(lanes) == 0 {
		return 0
	}
	if s := &r.log.Steps[i]; slices.Contains(lanes, s.Lane) && math.Abs(s.D) < offRouteDistance/2 {
		return math.Abs(s.D) // near its lane: no search needed
	}
	least := math.Inf(1)
	for _, id := range lanes {
		least = math.Min(least, distanceTo(&r.log.Map.Lanes[id].Center, p))
	}
	return least
}

// distanceTo returns the distance from a line to a point, m.
func distanceTo(line *geom.Polyline, p geom.Vec) float64 {
	s, _ := line.Project(p)
	return line.At(s).Pos().Dist(p)
}

// truncated returns the part of the run that CARLA counts, r itself for all of it, and
// the reason of its end.
func (r *run) truncated() (*run, string) {
	end := r.ending()
	if end.step == r.last() {
		return r, end.reason
	}
	log := *r.log
	log.Steps = log.Steps[:end.step+1]
	log.TimedOut = false
	log.Events = nil
	for _, e := range r.log.Events {
		if e.Time <= log.Steps[end.step].Time {
			log.Events = append(log.Events, e)
		}
	}
	part := newRun(&log, nil)
	part.ref, part.expert = r.ref, r.expert
	return part, end.reason
}

// extendSeries repeats the last value of every series of a score to the end of the run.
func (r *run) extendSeries(s Score) Score {
	for i := range s.Terms {
		for series := &s.Terms[i].Series; *series != nil && len(*series) < r.steps(); {
			*series = append(*series, (*series)[len(*series)-1])
		}
	}
	return s
}
