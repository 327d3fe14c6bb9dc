package score

import (
	"fmt"
	"math"
	"slices"

	"roadloop/sim/geom"
	"roadloop/sim/road"
)

// When CARLA ends a run before its time, as the leaderboard does in all versions: what
// comes later does not count, and completion stays where it was.
const (
	blockedSpeed = 0.1   // m/s, below which the ego stands
	blockedTime  = 180.0 // s at a standstill
	leastTime    = 300.0 // s for any route, and beside that the time at
	slowest      = 0.10  // of the speed limit
	strayed      = 30.0  // m from the route
	straying     = 15.0  // m from the route, driven so for
	strayingPart = 0.30  // of its length
)

// ending is the last step that counts of a run, and why, "" for the end of the run.
type ending struct {
	step   int
	reason string
}

// ending returns where CARLA ends the run.
func (r *run) ending() ending {
	end := ending{step: r.last()}
	for _, rule := range []func() ending{r.blocked, r.tooLong, r.offRoute} {
		if e := rule(); e.step < end.step {
			end = e
		}
	}
	return end
}

// blocked finds a standstill that lasts too long.
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

// tooLong finds where the time for the route is over.
func (r *run) tooLong() ending {
	limit := leastTime
	if !r.onRoute(func(l *road.Lane, way float64) { limit += way / (slowest * l.SpeedLimit) }) {
		return ending{step: r.last()}
	}
	for i := range r.ego {
		if r.time(i)-r.time(0) > limit {
			return ending{i, fmt.Sprintf("the run ends after the %.0f s that the route allows", limit)}
		}
	}
	return ending{step: r.last()}
}

// offRoute finds where the ego has left its route for good.
func (r *run) offRoute() ending {
	driven, length := 0.0, r.toGoal()
	for i := range r.ego {
		d := r.fromRoute(i)
		if d > strayed {
			return ending{i, fmt.Sprintf("the run ends %.0f m from the route", d)}
		}
		if i == 0 || d <= straying {
			continue
		}
		driven += r.boxes[i].Center.Dist(r.boxes[i-1].Center)
		if driven > strayingPart*length {
			return ending{i, fmt.Sprintf("the run ends after %.0f m more than %.0f m from the route", driven, straying)}
		}
	}
	return ending{step: r.last()}
}

// fromRoute returns how far the middle of the ego is from the middle of the nearest lane
// of its route, m; 0 without a route.
func (r *run) fromRoute(i int) float64 {
	lanes, p := r.log.Route.Lanes, r.boxes[i].Center
	if len(lanes) == 0 {
		return 0
	}
	if s := &r.log.Steps[i]; slices.Contains(lanes, s.Lane) && math.Abs(s.D) < straying/2 {
		return math.Abs(s.D) // near enough: no need to search
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

// counted returns the part of the run that CARLA counts, r itself for all of it, and why
// it ends there.
func (r *run) counted() (*run, string) {
	end := r.ending()
	if end.step == r.last() {
		return r, end.reason
	}
	log := *r.log
	log.Steps = log.Steps[:end.step+1]
	log.Overdue = false
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

// stretched holds the last value of every series of a score to the end of the run.
func (r *run) stretched(s Score) Score {
	for i := range s.Terms {
		for series := &s.Terms[i].Series; *series != nil && len(*series) < r.steps(); {
			*series = append(*series, (*series)[len(*series)-1])
		}
	}
	return s
}
